// The requests of a case, from where they are: a trace's file, or the code that makes them.

import { makeSizes, makeStream } from './seeded.mjs';
import { readTrace } from './traces.mjs';

/**
 * The requests, whose keys are numbered in the order of their first request, from 0 on; how many keys there are; the
 * size of each, where the case is about sizes; and whether the stream is only the beginning of a longer one.
 */
export function readStream({ stream, file, sizeFile, cut, seed, length, isSized = false }) {
  const { requests: raw, isCut = false } = file ? readTrace(file, cut) : { requests: makeStream(stream, seed, length) };
  const numbers = new Map();
  const requests = raw.map((key) => {
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key);
  });
  const count = numbers.size;
  if (!isSized) return { requests, count, isCut };
  if (!file) return { requests, count, isCut, sizes: makeSizes(seed, count) };
  const { requests: sizeByRequest } = readTrace(sizeFile, cut);
  if (sizeByRequest.length !== requests.length) throw new Error(`${sizeFile} has not a size for each request`);
  // A key has the size that it had first.
  const sizes = new Uint32Array(count);
  requests.forEach((key, index) => (sizes[key] ||= Math.max(1, sizeByRequest[index])));
  return { requests, count, isCut, sizes };
}
