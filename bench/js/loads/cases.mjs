// What is measured of loads: a hit of a read-through call, and many callers of one missing key.

/** Entries of the caches that are hit. */
const SIZE = 10_000;

/** The cases whose result is a row like the others; see hit.mjs. */
export const HITS = [
  { name: 'loads hit 10k', op: 'load', size: SIZE, ttl: false },
  { name: 'loads hit ttl 10k', op: 'load', size: SIZE, ttl: true },
];

/** The case of many callers; see waiters.mjs. */
export const WAITERS = { name: 'loads waiters 10k', callers: 10_000 };
