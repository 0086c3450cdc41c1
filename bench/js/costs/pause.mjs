// The longest pause: how long single operations take in a large cache, one contender in a process of its own.

import { CONTENDERS } from '../contenders.mjs';
import { keyOf } from '../keys.mjs';
import { quartiles } from '../measure.mjs';
import { xorshift } from '../random.mjs';

/** How recent a key is that is asked for: in this part of the cache's size, counted backwards. Any policy still has it. */
const RECENT = 1 / 256;
/** Percentiles beside the longest. */
const SHARES = { p50: 0.5, p99: 0.99, 'p99.99': 0.9999 };

/**
 * Fills a cache from empty, and sets as many new keys as it says into the full one, with a get of a recent key after each.
 *
 * An operation is all that a program does for it: build the key, make the value, call. It begins where the one before it
 * ends, so that each collection of garbage falls into one, and so does whatever else the process had to wait for.
 *
 * @returns Microseconds, while it fills (`growth`) and when it is full (`sets`, `gets`).
 */
export async function measureCost({ name, size, sets }) {
  const { make, most = (size) => size } = CONTENDERS.find((contender) => contender.name === name);
  rehearse(make);
  globalThis.gc();
  const cache = make({ size, ttl: false, evicts: true });
  const growth = new Float32Array(size);
  fill(cache, growth);
  const times = { sets: new Float32Array(sets), gets: new Float32Array(sets) };
  const found = churn(cache, size, times);
  // Few may be missing: a cache may let a new key go before an older one.
  if (found < 0.99 * sets || cache.size < size || cache.size > most(size))
    throw new Error(`${name} gave a wrong answer: it holds ${cache.size}, and found ${found} of ${sets}`);
  return {
    growth: percentiles(growth),
    sets: percentiles(times.sets),
    gets: percentiles(times.gets),
    found: found / sets,
  };
}

/** Has the code compiled before it is measured. */
function rehearse(make) {
  const size = 5_000;
  const cache = make({ size, ttl: false, evicts: true });
  fill(cache, new Float32Array(size));
  churn(cache, size, { sets: new Float32Array(40_000), gets: new Float32Array(40_000) });
}

function fill(cache, taken) {
  let before = performance.now();
  for (let index = 0; index < taken.length; index += 1) {
    cache.set(keyOf(index), { id: index });
    const now = performance.now();
    taken[index] = (now - before) * 1e3;
    before = now;
  }
}

function churn(cache, size, { sets, gets }) {
  const below = xorshift(0x9e3779b9);
  const recent = Math.ceil(size * RECENT);
  let found = 0;
  let before = performance.now();
  for (let index = 0; index < sets.length; index += 1) {
    const last = size + index;
    cache.set(keyOf(last), { id: last });
    const between = performance.now();
    sets[index] = (between - before) * 1e3;
    const asked = last - below(recent);
    const value = cache.get(keyOf(asked));
    if (value !== undefined && value.id === asked) found += 1;
    before = performance.now();
    gets[index] = (before - between) * 1e3;
  }
  return found;
}

function percentiles(times) {
  times.sort();
  const at = (share) => times[Math.floor(share * (times.length - 1))];
  return { ...Object.fromEntries(Object.entries(SHARES).map(([name, share]) => [name, at(share)])), longest: at(1) };
}

/** The medians of several processes, number by number. */
export function medians(results) {
  const [{ found, ...phases }] = results;
  const middle = (phase, key) => quartiles(results.map((result) => result[phase][key]))[1];
  const both = Object.entries(phases).map(([phase, numbers]) => {
    return [phase, Object.fromEntries(Object.keys(numbers).map((key) => [key, middle(phase, key)]))];
  });
  return { ...Object.fromEntries(both), found };
}
