// For programs that have tests of their own, by name: runs them one after the other, and prints how they went.

import { runAll } from './suite.mjs';

export async function report(tests) {
  const list = Object.entries(tests).map(([name, run]) => ({ name, run }));
  console.log(JSON.stringify({ seed: 0, ...(await runAll(list, undefined, { keepsTimers: true })) }));
}
