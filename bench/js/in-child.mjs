// A process for each piece of work.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MEMORY } from './cases.mjs';

const child = fileURLToPath(new URL('child.mjs', import.meta.url));

/** Has a process of its own do some work, and waits for what it finds and for its end: it must not slow the next one. */
export async function inChild(work) {
  const worker = fork(child, { execArgv: [...new Set([...process.execArgv, '--expose-gc'])] });
  let answer;
  worker.once('message', (message) => (answer = message));
  // The channel is closed after the last message has come, whichever of the two is first.
  const ended = Promise.all([once(worker, 'exit'), once(worker, 'disconnect')]);
  // What cannot be sent, since the process is gone, comes to light as its end.
  worker.send(work, () => {});
  const [[code, signal]] = await ended;
  const { result, error = `its process ended with ${signal ?? `code ${code}`}` } = answer ?? {};
  if (result === undefined) {
    throw new Error(`${(work.spec ?? work.ratios ?? work.cost ?? work.checks)?.name ?? MEMORY}: ${error}`);
  }
  return result;
}
