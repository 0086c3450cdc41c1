// Request streams made by code, the same in every run.

import { xorshift, zipf } from '../random.mjs';

/** What the random numbers of each stream begin with. */
export const SEED = 0x9e3779b9;

/** The bytes of the object in the middle, and how far apart the others are. */
const SIZE = { median: 2_000, sigma: 1.5 };

/**
 * The kinds of requests. Each makes a function that returns the key of the next one. `sizes` are the entries of the
 * caches where shares of the keys would miss what the stream is about.
 */
const KINDS = {
  'zipf 0.8': { make: (below) => zipf(100_000, 0.8, below) },
  'zipf 1.0': { make: (below) => zipf(100_000, 1, below) },
  'loop 1k': { make: () => loop(1_000), sizes: loopSizes(1_000) },
  'loop 10k': { make: () => loop(10_000), sizes: loopSizes(10_000) },
  scans: { make: (below) => scans(20_000, below) },
  recency: { make: (below) => recency(1_000, below) },
  mixture: { make: (below) => mixture(2_000, 10_000, below) },
  twice: { make: (below) => twice(20_000, 2_000, below), sizes: [500, 1_000, 2_000, 4_000, 8_000] },
};

/** The kinds that are replayed with sizes too. */
export const SIZED = ['zipf 0.8', 'zipf 1.0', 'scans'];

/** The streams: their names, and the entries of the caches, where the kind gives them. */
export const SEEDED = Object.entries(KINDS).map(([stream, { sizes }]) => ({ stream, sizes }));

/** The stream of this name. */
export function makeStream(name, seed, length) {
  const next = KINDS[name].make(xorshift(seed));
  return Uint32Array.from({ length }, next);
}

/**
 * The sizes of so many objects, in the order of their first request: most near the median, and a few many times as
 * large, about as on the web. The logarithms have about a normal distribution (a sum of twelve random numbers).
 */
export function makeSizes(seed, count) {
  const below = xorshift(seed ^ 0x51ed);
  const normal = () => {
    let sum = -6;
    for (let term = 0; term < 12; term += 1) sum += below(2 ** 31) / 2 ** 31;
    return sum;
  };
  return Uint32Array.from({ length: count }, () =>
    Math.max(1, Math.round(SIZE.median * Math.exp(SIZE.sigma * normal()))),
  );
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
function scans(size, below) {
  const popular = zipf(size, 1, below);
  let [at, fresh] = [0, size];
  return () => {
    at = (at + 1) % 4_000;
    return at < 3_000 ? popular() : fresh++;
  };
}

/**
 * The key that was asked for n keys ago, where n has a geometric distribution; a new one where there were not so many
 * keys yet. How recent a request is says everything here, and how often a key was asked for says nothing: LRU is the
 * best of all that don't know the future.
 */
function recency(mean, below) {
  const rate = Math.log1p(-1 / (mean + 1));
  // The latest is the last one.
  let [stack, count] = [new Uint32Array(1 << 10), 0];
  return () => {
    const unit = (below(2 ** 31) + 1) / 2 ** 31;
    const distance = Math.floor(Math.log(unit) / rate);
    if (distance < count) {
      const place = count - 1 - distance;
      const key = stack[place];
      stack.copyWithin(place, place + 1, count);
      return (stack[count - 1] = key);
    }
    if (count === stack.length) {
      const longer = new Uint32Array(2 * count);
      longer.set(stack);
      stack = longer;
    }
    stack[count] = count;
    return count++;
  };
}

/** By chance a Zipf request for one of the hot keys, or the next one of a loop. */
function mixture(hot, others, below) {
  const popular = zipf(hot, 1, below);
  const round = loop(others);
  return () => (below(2) === 0 ? popular() : hot + round());
}

/**
 * By chance a Zipf request, or one of a key that is asked for exactly twice. The second time comes 2 to 25 % of
 * `nominal` requests after the first: in a cache of that many entries, a policy that drops new keys too early misses
 * all of these, and one that keeps them for long wastes the room.
 */
function twice(size, nominal, below) {
  const popular = zipf(size, 1, below);
  const [least, most] = [0.02 * nominal, 0.25 * nominal];
  /** What is asked for again, by the time. */
  const due = new Map();
  let [time, fresh] = [0, size];
  return () => {
    time += 1;
    const key = due.get(time);
    if (key !== undefined) {
      due.delete(time);
      return key;
    }
    if (below(3) !== 0) return popular();
    let again = time + least + below(most - least);
    while (due.has(again)) again += 1;
    due.set(again, fresh);
    return fresh++;
  };
}
