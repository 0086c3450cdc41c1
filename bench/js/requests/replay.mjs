// What a request costs that reads through by hand: a get, and a set where it misses. Who hits more often sets less.

import { contendersOf } from '../contenders.mjs';
import { makeValues, readyKeys } from '../keys.mjs';
import { measure } from '../measure.mjs';
import { makeStream } from '../ratios/seeded.mjs';
import { readTrace } from '../ratios/traces.mjs';

/**
 * Times the contenders of a case. A round is the whole stream, each time with a new cache: making and filling it is part
 * of the time.
 *
 * @returns What `measure` does, and beside it the hit ratio of each contender, as the mean of its rounds.
 */
export async function measureRequests(spec, plan) {
  const requests = requestsOf(spec);
  const numbers = [...new Set(requests)];
  const [keys, values] = [readyKeys(0, numbers.length), makeValues(numbers.length)];
  const places = new Map(numbers.map((number, place) => [number, place]));
  const stream = Array.from(requests, (number) => keys[places.get(number)]);
  const answers = Array.from(requests, (number) => values[places.get(number)]);
  const racers = contendersOf(spec).map((contender) => racerOf(contender, spec, answers));
  const next = (count) => ({ keys: stream, from: 0, to: count });
  const result = await measure({ racers, next, count: stream.length }, plan);
  const ratios = racers.map(({ name, hits, rounds }) => [name, hits() / rounds() / stream.length]);
  return { ...result, hits: Object.fromEntries(ratios) };
}

function requestsOf({ stream, seed, file, length }) {
  if (file === undefined) return makeStream(stream, seed, length);
  return readTrace(file, { over: length, first: length }).requests;
}

function racerOf({ name, make, most = (size) => size }, { size, ttl }, answers) {
  const loop = compile(name);
  let [hits, rounds, cache] = [0, 0, undefined];
  const run = ({ keys, to }) => {
    cache = make({ size, ttl, evicts: true });
    const hit = loop(cache, keys, answers, to);
    hits += hit;
    rounds += 1;
    return hit < 0 ? hit : to;
  };
  return { name, run, isRight: () => cache.size <= most(size), hits: () => hits, rounds: () => rounds };
}

/** A loop of its own for each contender, as in loops.mjs. A wrong value makes the answer negative. */
function compile(label) {
  const name = `replay_${label}`.replace(/\W/g, '_');
  const source = `'use strict';
    return function ${name}(cache, keys, answers, to) {
      let hits = 0;
      for (let i = 0; i < to; i += 1) {
        const value = cache.get(keys[i]);
        if (value === undefined) cache.set(keys[i], answers[i]);
        else if (value === answers[i]) hits += 1;
        else return -1;
      }
      return hits;
    };`;
  return new Function(source)();
}
