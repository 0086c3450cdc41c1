// Replays one request stream through the caches: a get, and a set where it misses.

import { Cache } from 'keylatch';
import { LRUCache } from 'lru-cache';
import { makeValues, readyKeys } from '../keys.mjs';
import { nextUses, optimalHits } from './opt.mjs';
import { compare } from './reference.mjs';
import { makeStream } from './seeded.mjs';
import { readTrace } from './traces.mjs';

/** Who replays it. One LRU of another package is enough: all of them have the same hits. */
const CONTENDERS = [
  { name: 'keylatch', make: (max) => new Cache({ max }) },
  { name: 'keylatch lru', make: (max) => new Cache({ max, policy: 'lru' }) },
  { name: 'lru-cache', make: (max) => new LRUCache({ max }) },
];

/**
 * Replays the stream of a case in all sizes.
 *
 * @returns How long it is, and a cell for each size: the hit ratio of OPT and of each cache. For a whole trace also how
 *   that compares with its reference.
 */
export async function measureRatios({ name, stream, file, cut, seed, length, sizes = [], shares, reference = [] }) {
  const { requests: raw, isCut } = file ? readTrace(file, cut) : { requests: makeStream(stream, seed, length) };
  const { requests, count } = renumber(raw);
  const input = { requests, keys: readyKeys(0, count), values: makeValues(count) };
  const next = nextUses(requests, count);
  const parts = shares.map((share) => Math.max(1, Math.round(share * count)));
  const cells = [];
  for (const size of new Set([...sizes, ...parts])) {
    const opt = optimalHits(next, size) / requests.length;
    const ratios = {};
    for (const { name, make } of CONTENDERS) {
      ratios[name] = hitsOf(name, make(size), size, input) / requests.length;
      // In which the process learns whether somebody still waits for it.
      await new Promise((resolve) => setImmediate(resolve));
    }
    cells.push({ size, opt, ratios });
  }
  const check = isCut ? undefined : compare(cells, reference);
  return {
    name,
    stream,
    seed,
    isTrace: file !== undefined,
    isCut,
    requests: requests.length,
    keys: count,
    cells,
    check,
  };
}

/** Numbers keys in the order of their first request, from 0 on. */
function renumber(raw) {
  const numbers = new Map();
  const requests = new Uint32Array(raw.length);
  for (let index = 0; index < raw.length; index += 1) {
    let number = numbers.get(raw[index]);
    if (number === undefined) numbers.set(raw[index], (number = numbers.size));
    requests[index] = number;
  }
  return { requests, count: numbers.size };
}

function hitsOf(name, cache, size, { requests, keys, values }) {
  let hits = 0;
  for (let index = 0; index < requests.length; index += 1) {
    const number = requests[index];
    const value = cache.get(keys[number]);
    if (value === undefined) cache.set(keys[number], values[number]);
    else if (value === values[number]) hits += 1;
    else throw new Error(`${name} gave a wrong answer: a key has another value`);
  }
  if (cache.size > size) throw new Error(`${name} gave a wrong answer: its bound does not hold`);
  return hits;
}
