// What a request costs that reads through by hand: a get, and a set where it misses. Who hits more often sets less.

import { contendersOf } from '../contenders.mjs';
import { CONTENDERS } from '../ratios/replay.mjs';
import { readStream } from '../ratios/stream.mjs';
import { makeValues, readyKeys } from '../tools/keys.mjs';
import { compileLoop } from '../tools/loop.mjs';
import { runRounds } from '../tools/rounds.mjs';

/** A wrong value makes the count negative for good. */
const BODY = `for (let i = 0; i < to; i += 1) {
  const value = cache.get(keys[i]);
  if (value === undefined) cache.set(keys[i], answers[i]);
  else if (value === answers[i]) count += 1;
  else count = -Infinity;
}`;

/**
 * Times the contenders of a case, and finds their hit ratios. A round is the whole stream, each time with a new cache:
 * making and filling it is part of the time.
 */
export async function measure(spec, plan) {
  const { requests, count, sizes } = readStream(spec);
  const [keys, values] = [readyKeys(0, count), makeValues(count)];
  sizes?.forEach((size, index) => (values[index].size = size));
  const stream = Array.from(requests, (number) => keys[number]);
  const answers = Array.from(requests, (number) => values[number]);
  const racers = contendersIn(spec).map((contender) => racerOf(contender, spec, answers));
  const next = (count) => ({ keys: stream, from: 0, to: count });
  const result = await runRounds({ racers, next, count: stream.length }, plan);
  return { ...result, hits: Object.fromEntries(racers.map(({ name, ratio }) => [name, ratio()])) };
}

/** Where sizes bound the caches, those that know of sizes. */
export const contendersIn = (spec) =>
  spec.isSized
    ? CONTENDERS.bytes.map((each) => ({ ...each, make: ({ size }) => each.make(size) }))
    : contendersOf(spec);

function racerOf({ name, make, most = (size) => size }, { size, ttl, isSized }, answers) {
  const loop = compileLoop(`replay_${name}`, 'cache, keys, answers, to', BODY);
  let [hits, operations, cache] = [0, 0, undefined];
  const run = ({ keys, to }) => {
    cache = make({ size, ttl, evicts: true });
    const hit = loop(cache, keys, answers, to);
    hits += hit;
    operations += to;
    return hit < 0 ? hit : to;
  };
  return { name, run, isRight: () => isSized || cache.size <= most(size), ratio: () => hits / operations };
}
