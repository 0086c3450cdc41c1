// Replays one request stream through the caches: a get, and a set where it misses.

import { Cache } from 'keylatch';
import { LRUCache } from 'lru-cache';
import { makeValues, readyKeys } from '../keys.mjs';
import { measureSized } from './bytes/replay.mjs';
import { nextUses, optimalHits } from './opt.mjs';
import { compare, knownOthers } from './reference.mjs';
import { readStream } from './stream.mjs';

/** Who replays it. One LRU of another package is enough: all of them have the same hits. */
const CONTENDERS = [
  { name: 'keylatch', make: (max) => new Cache({ max }) },
  { name: 'keylatch lru', make: (max) => new Cache({ max, policy: 'lru' }) },
  { name: 'lru-cache', make: (max) => new LRUCache({ max }) },
];

/**
 * Replays the stream of a case in all sizes.
 *
 * @returns How long it is, and a cell for each size: the hit ratio of OPT and of each cache, and what is known of other
 *   policies. For a whole trace also how that compares with its reference.
 */
export async function measureRatios(spec) {
  if (spec.isSized) return measureSized(spec);
  const { name, stream, file, seed, sizes = [], shares, reference = [] } = spec;
  const { requests, count, isCut } = readStream(spec);
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
    // What is known is known of the whole trace.
    cells.push({ size, opt, ratios, known: isCut ? {} : knownOthers(reference, size) });
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
