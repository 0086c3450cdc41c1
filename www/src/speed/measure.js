// How many hits there are in a second. The contenders take turns round by round, so that what slows the page down for a
// while slows all of them.

import { Cache } from 'keylatch';
import { sleep } from '../dom.js';
import { hitsOfCache, hitsOfExpiring, hitsOfMap } from './loops.js';

/** Rounds that count, and those before them, in which the engine compiles the loops. */
const ROUNDS = 9;
const WARMUPS = 3;
/** How long a contender's turn takes at least, in milliseconds: the clock of a page may be as coarse as one. */
const TURN = 25;
/** How many look-ups there are in one pass of a loop. Drawn by lot, as a cache is seldom asked in order. */
const PASS = 1 << 15;
/** Long enough for nothing to expire meanwhile. */
const TTL = 3_600_000;

/** Who is measured, in the order of the table's rows. */
export const CONTENDERS = [
  { name: 'Map', loop: hitsOfMap, open: () => new Map() },
  { name: 'Cache', loop: hitsOfCache, open: (max) => new Cache({ max }) },
  { name: 'Cache with ttl', loop: hitsOfExpiring, open: (max) => new Cache({ max, ttl: TTL }) },
];

/**
 * Measures hits.
 *
 * @param entries How many entries there are.
 * @param onProgress Called with the share of the work that is done.
 * @returns For each contender its name, and the hits per second of each round.
 */
export async function measure(entries, onProgress) {
  const contenders = prepare(entries);
  const rates = contenders.map(() => []);
  const turns = (WARMUPS + ROUNDS) * contenders.length;
  for (let turn = 0; turn < turns; turn += 1) {
    // The page stays alive in between, and the cache has a new turn of the event loop to read the clock in.
    await sleep(0);
    const which = turn % contenders.length;
    const rate = time(contenders[which]);
    if (turn >= WARMUPS * contenders.length) rates[which].push(rate);
    onProgress((turn + 1) / turns);
  }
  return contenders.map(({ name }, index) => ({ name, rates: rates[index] }));
}

/** The look-ups per second of one turn. */
function time({ name, loop, store, keys }) {
  const begun = performance.now();
  let passes = 0;
  let elapsed = 0;
  while (elapsed < TURN) {
    if (loop(store, keys) !== keys.length) throw new Error(`${name} has lost an entry`);
    passes += 1;
    elapsed = performance.now() - begun;
  }
  return (passes * keys.length * 1000) / elapsed;
}

function prepare(entries) {
  const present = Array.from({ length: entries }, (_, index) => `user:${index}`);
  const keys = Array.from({ length: PASS }, () => present[Math.floor(Math.random() * entries)]);
  return CONTENDERS.map(({ name, loop, open }) => {
    const store = open(entries);
    present.forEach((key, index) => store.set(key, index));
    return { name, loop, store, keys };
  });
}

/** The middle of a list, its least and its greatest. */
export function summary(rates) {
  const sorted = [...rates].sort((a, b) => a - b);
  return { median: sorted[(sorted.length - 1) >> 1], least: sorted[0], greatest: sorted.at(-1) };
}
