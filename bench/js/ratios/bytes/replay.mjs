// Replays one request stream through caches that are bounded by the sizes of what they hold.

import { Cache } from 'keylatch';
import { LRUCache } from 'lru-cache';
import { readyKeys } from '../../keys.mjs';
import { nextUses } from '../opt.mjs';
import { readStream } from '../stream.mjs';
import { beladySize } from './bound.mjs';
import { compareSized, knownOthersSized } from './reference.mjs';

const sizeCalculation = ({ size }) => size;

/** Who replays it. */
const CONTENDERS = [
  { name: 'keylatch', make: (maxSize) => new Cache({ maxSize, sizeCalculation }) },
  { name: 'keylatch tinylfu', make: (maxSize) => new Cache({ maxSize, sizeCalculation, policy: 'tinylfu' }) },
  { name: 'keylatch lru', make: (maxSize) => new Cache({ maxSize, sizeCalculation, policy: 'lru' }) },
  { name: 'lru-cache', make: (maxSize) => new LRUCache({ maxSize, sizeCalculation }) },
];

/**
 * Replays the stream of a case in all sizes.
 *
 * @returns How long it is, and a cell for each size: of BeladySize and of each cache the share of the requests that hit
 *   (`objects`) and of the bytes that were asked for (`bytes`), and what is known of other policies.
 */
export async function measureSized(spec) {
  const { name, stream, file, seed, maxSizes = [], shares, reference = [] } = spec;
  const { requests, count, isCut, sizes } = readStream(spec);
  const next = nextUses(requests, count);
  const total = requests.reduce((sum, key) => sum + sizes[key], 0);
  const unique = sizes.reduce((sum, size) => sum + size, 0);
  const ratio = ({ objects, bytes }) => ({ objects: objects / requests.length, bytes: bytes / total });
  const input = { requests, keys: readyKeys(0, count), values: Array.from(sizes, (size, id) => ({ id, size })) };
  const cells = [];
  for (const maxSize of new Set([...maxSizes, ...shares.map((share) => Math.max(1, Math.floor(share * unique)))])) {
    const bound = ratio(beladySize(requests, next, sizes, maxSize));
    const ratios = {};
    for (const { name, make } of CONTENDERS) {
      const cache = make(maxSize);
      ratios[name] = ratio(hitsOf(name, cache, input));
      if (sizeOfAll(cache) > maxSize) throw new Error(`${name} gave a wrong answer: its bound does not hold`);
      // In which the process learns whether somebody still waits for it.
      await new Promise((resolve) => setImmediate(resolve));
    }
    cells.push({ size: maxSize, bound, ratios, known: isCut ? {} : knownOthersSized(reference, maxSize) });
  }
  return {
    name,
    stream,
    seed,
    isTrace: file !== undefined,
    isSized: true,
    isCut,
    requests: requests.length,
    keys: count,
    uniqueBytes: unique,
    cells,
    check: isCut ? undefined : compareSized(cells, reference),
  };
}

function hitsOf(name, cache, { requests, keys, values }) {
  const hits = { objects: 0, bytes: 0 };
  for (let index = 0; index < requests.length; index += 1) {
    const number = requests[index];
    const value = cache.get(keys[number]);
    if (value === undefined) cache.set(keys[number], values[number]);
    else if (value === values[number]) {
      hits.objects += 1;
      hits.bytes += value.size;
    } else throw new Error(`${name} gave a wrong answer: a key has another value`);
  }
  return hits;
}

/** What all that is in a cache takes together, counted here. */
function sizeOfAll(cache) {
  let sum = 0;
  for (const [, { size }] of cache) sum += size;
  return sum;
}
