// Processes that hold a cache each, over one Redis.

import { execFileSync, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * The environment in which the wall clock is some hours ahead. The library is preloaded without the command `faketime`, which
 * would stand between the process and its signals.
 */
function clock(hours) {
  const library = execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim();
  // Timers go by the other clock, and would hang.
  return { LD_PRELOAD: library, FAKETIME: `${hours < 0 ? '' : '+'}${hours}h`, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

/**
 * A process with a cache. Its methods are the commands of its script.
 *
 * @param hours How far its clock is ahead of this machine's.
 */
export async function start(port, options, hours = 0, script = 'process.mjs') {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [String(port), JSON.stringify(options)], {
    env: hours === 0 ? process.env : { ...process.env, ...clock(hours) },
  });
  const waiting = new Map();
  let last = 0;
  const begun = new Promise((resolve) => waiting.set(0, { resolve }));
  child.on('message', ({ id, answer, error }) => {
    // Some tell more than they were asked.
    if (id === undefined) return;
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  });
  await begun;
  const call = (command, words = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      child.send({ id: last, command, ...words });
    });
  return Object.assign(call, { child, kill: (signal) => child.kill(signal) });
}
