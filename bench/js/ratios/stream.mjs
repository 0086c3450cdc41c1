// The requests of a case, from where they are: a trace's file, or the code that makes them.

import { makeSizes, makeStream } from './seeded.mjs';
import { readTrace } from './traces.mjs';

/**
 * The requests, whose keys are numbered in the order of their first request, from 0 on; how many keys there are; the
 * size of each, where the case is about sizes; and whether the stream is only the beginning of a longer one.
 *
 * @throws The file can't be read, or a request has no size.
 */
export function readStream({ stream, file, sizeFile, cut, seed, length, isSized = false }) {
  const { requests: raw, isCut = false } = file ? readTrace(file, cut) : { requests: makeStream(stream, seed, length) };
  const { requests, count } = renumber(raw);
  if (!isSized) return { requests, count, isCut };
  const sizes = file
    ? firstSizes(requests, count, readTrace(sizeFile, cut).requests, sizeFile)
    : makeSizes(seed, count);
  return { requests, count, isCut, sizes };
}

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

/** The size of each key: the one that it had first. None is smaller than 1. */
function firstSizes(requests, count, sizeByRequest, file) {
  if (sizeByRequest.length !== requests.length) throw new Error(`${file} has not a size for each request`);
  const sizes = new Uint32Array(count);
  requests.forEach((key, index) => (sizes[key] ||= Math.max(1, sizeByRequest[index])));
  return sizes;
}
