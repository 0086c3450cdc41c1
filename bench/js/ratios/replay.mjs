// Replays one request stream through the caches: a get, and a set where it misses.

import { Cache } from 'keylatch';
import { LRUCache } from 'lru-cache';
import { makeValues, readyKeys } from '../tools/keys.mjs';
import { mapped } from '../tools/rounds.mjs';
import { beladySize } from './belady-size.mjs';
import { nextUses, optimalHits } from './opt.mjs';
import { compare } from './reference.mjs';
import { readStream } from './stream.mjs';

const sizeCalculation = ({ size }) => size;

/** Who replays it, in caches of so many entries or bytes. One LRU of another package is enough: all have the same hits. */
export const CONTENDERS = {
  entries: [
    { name: 'keylatch', make: (max) => new Cache({ max }) },
    { name: 'keylatch lru', make: (max) => new Cache({ max, policy: 'lru' }) },
    { name: 'lru-cache', make: (max) => new LRUCache({ max }) },
  ],
  bytes: [
    { name: 'keylatch', make: (maxSize) => new Cache({ maxSize, sizeCalculation }) },
    { name: 'keylatch tinylfu', make: (maxSize) => new Cache({ maxSize, sizeCalculation, policy: 'tinylfu' }) },
    { name: 'keylatch lru', make: (maxSize) => new Cache({ maxSize, sizeCalculation, policy: 'lru' }) },
    { name: 'lru-cache', make: (maxSize) => new LRUCache({ maxSize, sizeCalculation }) },
  ],
};

/**
 * Replays the stream of a case. Returns a cell for each size of the cache. Its `ratios` are those of the best that is
 * possible and of each cache: the share of the requests that hit (`objects`) and, with sizes, of the bytes that were asked
 * for (`bytes`). It has what is `known` of other policies. A whole trace is compared with its reference.
 */
export async function measure(spec) {
  const { stream, file, seed, isSized, best, sizes: wanted, shares, reference = {} } = spec;
  const { requests, count, isCut, sizes } = readStream(spec);
  const next = nextUses(requests, count);
  const values = makeValues(count).map((value, key) => ({ ...value, size: sizes?.[key] ?? 1 }));
  const input = { requests, keys: readyKeys(0, count), values };
  const asked = requests.reduce((sum, key) => sum + values[key].size, 0);
  const room = values.reduce((sum, { size }) => sum + size, 0);
  const ratioOf = ({ objects, bytes }) => {
    return { objects: objects / requests.length, ...(isSized && { bytes: bytes / asked }) };
  };
  const bound = isSized ? 'bytes' : 'entries';
  const cells = [];
  for (const size of new Set([...wanted, ...shares.map((share) => Math.max(1, Math.round(share * room)))])) {
    const optimum = isSized ? beladySize(requests, next, sizes, size) : { objects: optimalHits(next, size) };
    const hits = { [best]: optimum };
    for (const { name, make } of CONTENDERS[bound]) {
      hits[name] = hitsOf(name, make(size), size, input);
      // In which the process learns whether somebody still waits for it.
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What is known is known of the whole trace. These two are replayed here in just the same way.
    const { OPT, LRU, ...known } = (!isCut && reference[size]) || {};
    cells.push({ size, ratios: mapped(hits, ratioOf), known });
  }
  const extent = { requests: requests.length, keys: count, isCut, ...(isSized && { bytes: room }) };
  const check = isCut ? undefined : compare(cells, reference, bound);
  return { stream, seed, isTrace: file !== undefined, best, ...extent, cells, check };
}

function hitsOf(name, cache, bound, { requests, keys, values }) {
  const hits = { objects: 0, bytes: 0 };
  const fail = (what) => {
    throw new Error(`${name} gave a wrong answer: ${what}`);
  };
  for (let index = 0; index < requests.length; index += 1) {
    const number = requests[index];
    const value = cache.get(keys[number]);
    if (value === undefined) cache.set(keys[number], values[number]);
    else if (value === values[number]) {
      hits.objects += 1;
      hits.bytes += value.size;
    } else fail('a key has another value');
  }
  // Counted here; without sizes each entry counts 1.
  let room = 0;
  for (const [, { size }] of cache) room += size;
  if (room > bound) fail('its bound does not hold');
  return hits;
}
