// A process for each piece of work: what V8 learns in one case about a contender's code must not decide the next.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Runs a script in a process of its own, and sends it some `work` if there is any. Waits for its end, `patience`
 * milliseconds after its answer at the most. Returns the `answer`, which is the first message that it sends; how it ended;
 * and how many milliseconds `after` the answer.
 */
export async function runScript(url, { args = [], execArgv = [], work, patience } = {}) {
  const child = fork(fileURLToPath(url), args, { execArgv });
  let answer, answered, timer;
  child.once('message', (message) => {
    [answer, answered] = [message, performance.now()];
    if (patience !== undefined) timer = setTimeout(() => child.kill(), patience);
  });
  // The channel closes after the last message, before the process ends or after it.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  // If the process is gone already, its end tells.
  if (work !== undefined) child.send(work, () => {});
  const [[code, signal]] = await ended;
  clearTimeout(timer);
  return { answer, code, signal, after: performance.now() - answered };
}

const WORKER = new URL('worker.mjs', import.meta.url);

/** Has a new process call `measure` of a file with a case and a plan, and waits for the process to end. */
export async function inChild(file, spec, plan) {
  const execArgv = [...new Set([...process.execArgv, '--expose-gc'])];
  const { answer, code, signal } = await runScript(WORKER, { execArgv, work: { file, spec, plan } });
  const { result, error = `its process ended with ${signal ?? `code ${code}`}` } = answer ?? {};
  if (result === undefined) throw new Error(`${spec.name}: ${error}`);
  return result;
}
