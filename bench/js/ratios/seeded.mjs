// Request streams made by code, the same in every run.

import { logNormal, mulberry32, zipf } from '../tools/random.mjs';

export const SEED = 0x9e3779b9;

/** What makes the next key of each stream; and entries of the caches, where shares of the keys would miss the point. */
const KINDS = {
  'zipf 0.8': { make: (random) => zipf(random, 100_000, 0.8) },
  'zipf 1.0': { make: (random) => zipf(random, 100_000, 1) },
  'loop 1k': { make: () => loop(1_000), sizes: loopSizes(1_000) },
  'loop 10k': { make: () => loop(10_000), sizes: loopSizes(10_000) },
  scans: { make: (random) => scans(random, 20_000) },
  recency: { make: (random) => recency(random, 1_000) },
  mixture: { make: (random) => mixture(random, 2_000, 10_000) },
  twice: { make: (random) => twice(random, 20_000, 2_000), sizes: [500, 1_000, 2_000, 4_000, 8_000] },
};

/** The kinds that are replayed with sizes too. */
export const SIZED = ['zipf 0.8', 'zipf 1.0', 'scans'];

/** The streams: their names, and the entries of the caches, where the kind gives them. */
export const SEEDED = Object.entries(KINDS).map(([stream, { sizes }]) => ({ stream, sizes }));

/** The stream of this name. */
export function makeStream(name, seed, length) {
  return Uint32Array.from({ length }, KINDS[name].make(mulberry32(seed)));
}

/** The bytes of so many objects: most near 2,000, and a few many times as large, about as on the web. */
export function makeSizes(seed, count) {
  const random = mulberry32(seed ^ 0x51ed);
  return Uint32Array.from({ length: count }, () => Math.max(1, Math.round(logNormal(random, 2_000, 1.5))));
}

/** The caches for a loop: it is so many times as long as they have room. The smallest say little, and are left out. */
function loopSizes(length) {
  return [100, 20, 10, 5, 3, 2, 1.5, 1.25, 1.1].map((times) => Math.round(length / times)).filter((size) => size >= 50);
}

/** All keys in the same order, again and again. */
function loop(size) {
  let last = -1;
  return () => (last = (last + 1) % size);
}

/** Zipf requests; after every 3,000 of them a scan of 1,000 keys that come once and never again. */
function scans(random, size) {
  const popular = zipf(random, size, 1);
  let [at, fresh] = [0, size];
  return () => {
    at = (at + 1) % 4_000;
    return at < 3_000 ? popular() : fresh++;
  };
}

/**
 * The key that was asked for n keys ago, where n has a geometric distribution. How recent a request is says everything
 * here, and how often a key was asked for says nothing: LRU is the best of all that don't know the future.
 */
function recency(random, mean) {
  const rate = Math.log1p(-1 / (mean + 1));
  // The latest is the last one.
  const stack = [];
  return () => {
    const place = stack.length - 1 - Math.floor(Math.log(1 - random()) / rate);
    const [key] = place >= 0 ? stack.splice(place, 1) : [stack.length];
    stack.push(key);
    return key;
  };
}

/** By chance a Zipf request for one of the hot keys, or the next one of a loop. */
function mixture(random, hot, others) {
  const [popular, round] = [zipf(random, hot, 1), loop(others)];
  return () => (random() < 0.5 ? popular() : hot + round());
}

/**
 * By chance a Zipf request, or one of a key that is asked for exactly twice. The second time comes 2 to 25 % of
 * `nominal` requests after the first: in a cache of that many entries, a policy that drops new keys too early misses
 * all of these, and one that keeps them for long wastes the room.
 */
function twice(random, size, nominal) {
  const popular = zipf(random, size, 1);
  /** What is asked for again, by the time. */
  const due = new Map();
  let [time, fresh] = [0, size];
  return () => {
    time += 1;
    const key = due.get(time);
    due.delete(time);
    if (key !== undefined) return key;
    if (random() < 2 / 3) return popular();
    let again = time + Math.floor((0.02 + 0.23 * random()) * nominal);
    while (due.has(again)) again += 1;
    due.set(again, fresh);
    return fresh++;
  };
}
