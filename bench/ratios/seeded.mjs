// Request streams made by code, the same in every run.

import { xorshift, zipf } from '../random.mjs';

/** What the random numbers of each stream begin with. */
export const SEED = 0x9e3779b9;

/** The kinds of requests: each makes a function that returns the key of the next one. */
const KINDS = {
  'zipf 0.8': (below) => zipf(100_000, 0.8, below),
  'zipf 1.0': (below) => zipf(100_000, 1, below),
  loop: () => loop(10_000),
  scans: (below) => scans(20_000, below),
  recency: (below) => recency(1_000, below),
  mixture: (below) => mixture(2_000, 10_000, below),
};

/** The names of the streams. */
export const SEEDED = Object.keys(KINDS);

/** The stream of this name. */
export function makeStream(name, seed, length) {
  const next = KINDS[name](xorshift(seed));
  return Uint32Array.from({ length }, next);
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
