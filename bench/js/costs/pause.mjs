// The longest pause: how long single operations take in a large cache, one contender in a process of its own.

import { contenderOf } from '../contenders.mjs';
import { keyOf } from '../tools/keys.mjs';
import { mulberry32 } from '../tools/random.mjs';

/** How recent a key is that is asked for: in this part of the cache's size, counted backwards. Any policy still has it. */
const RECENT = 1 / 256;
const SHARES = { p50: 0.5, p99: 0.99, 'p99.99': 0.9999, longest: 1 };

/**
 * Fills a cache from empty, and sets new keys into the full one, with a get of a recent key after each: microseconds.
 *
 * An operation is all that a program does for it: build the key, make the value, call. It begins where the one before it
 * ends, so that each collection of garbage falls into one, and so does whatever else the process had to wait for.
 */
export function measure({ contender: name, size, sets }) {
  const { make, most = (size) => size } = contenderOf(name);
  // Has the code compiled before it is measured.
  run(make({ size: 5_000, ttl: false, evicts: true }), 5_000, 40_000);
  globalThis.gc();
  const cache = make({ size, ttl: false, evicts: true });
  const { found, ...times } = run(cache, size, sets);
  // Few may be missing: a cache may let a new key go before an older one.
  if (found < 0.99 * sets || cache.size < size || cache.size > most(size))
    throw new Error(`${name} gave a wrong answer: it holds ${cache.size}, and found ${found} of ${sets}`);
  const percentiles = (list) => {
    list.sort();
    const at = (share) => list[Math.floor(share * (list.length - 1))];
    return Object.fromEntries(Object.entries(SHARES).map(([name, share]) => [name, at(share)]));
  };
  return Object.fromEntries(Object.entries(times).map(([phase, list]) => [phase, percentiles(list)]));
}

function run(cache, size, count) {
  const random = mulberry32(0x9e3779b9);
  const recent = Math.ceil(size * RECENT);
  const [growth, sets, gets] = [size, count, count].map((length) => new Float32Array(length));
  let found = 0;
  let before = performance.now();
  const lap = () => {
    const [last, now] = [before, performance.now()];
    before = now;
    return (now - last) * 1e3;
  };
  for (let index = 0; index < size; index += 1) {
    cache.set(keyOf(index), { id: index });
    growth[index] = lap();
  }
  for (let index = 0; index < count; index += 1) {
    const last = size + index;
    cache.set(keyOf(last), { id: last });
    sets[index] = lap();
    const asked = last - Math.floor(random() * recent);
    if (cache.get(keyOf(asked))?.id === asked) found += 1;
    gets[index] = lap();
  }
  return { filling: growth, sets, gets, found };
}
