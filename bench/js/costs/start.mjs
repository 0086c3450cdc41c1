// From import to the first hit, in fresh processes.

import { PEER, SUBJECT } from '../contenders.mjs';
import { runScript } from '../tools/child.mjs';
import { quartiles } from '../tools/rounds.mjs';

/** The program that starts: a script of its own, because nothing else may be loaded before. */
const SCRIPT = new URL('first-hit.mjs', import.meta.url);

/**
 * Starts as many processes for each, in turn.
 *
 * @returns For each the milliseconds, as quartiles, and their ratio to the peer's. The start of Node is not in them.
 */
export async function measure({ starts }) {
  const times = { [SUBJECT]: [], [PEER]: [] };
  // The first ones read the files from the disk.
  for (let round = -1; round < starts; round += 1) {
    for (const [name, list] of Object.entries(times)) {
      const { answer } = await runScript(SCRIPT, { args: [name] });
      if (!(answer > 0)) throw new Error(`${name} has not told how long its first hit took`);
      if (round >= 0) list.push(answer);
    }
  }
  const ofPeer = quartiles(times[PEER])[1];
  return Object.fromEntries(
    Object.entries(times).map(([name, list]) => {
      const milliseconds = quartiles(list);
      return [name, { milliseconds, ratio: milliseconds[1] / ofPeer, times: list }];
    }),
  );
}
