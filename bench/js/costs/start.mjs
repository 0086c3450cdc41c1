// From import to the first hit, in fresh processes.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { quartiles } from '../measure.mjs';

/** Who starts, and the program that does it: a script for each, since nothing else may be loaded before. */
export const STARTERS = ['keylatch', 'lru-cache'];
const script = fileURLToPath(new URL('first-hit.mjs', import.meta.url));

/**
 * Starts as many processes for each, in turn.
 *
 * @returns For each the milliseconds, as quartiles. The start of the runtime itself is not in it.
 */
export async function measureCost({ starts }) {
  const times = Object.fromEntries(STARTERS.map((name) => [name, []]));
  // The first ones read the files from the disk.
  for (let round = -1; round < starts; round += 1) {
    for (const name of STARTERS) {
      const taken = Number(execFileSync(process.execPath, [script, name], { encoding: 'utf8' }));
      if (!(taken > 0)) throw new Error(`${name} has not told how long its first hit took`);
      if (round >= 0) times[name].push(taken);
    }
  }
  return Object.fromEntries(
    STARTERS.map((name) => [name, { milliseconds: quartiles(times[name]), times: times[name] }]),
  );
}
