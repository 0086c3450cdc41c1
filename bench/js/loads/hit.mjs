// What a read-through call costs that finds its value: one call after the other, each awaited.

import { makeValues, readyKeys } from '../keys.mjs';
import { drawOrder } from '../random.mjs';
import { contendersOf } from './contenders.mjs';

/** Random keys in an order of access, of which each round takes another part. */
const ORDER = 1 << 17;
/** Operations of a round: enough for what a contender finds in the processor's caches not to be most of it. */
const COUNT = 1 << 15;
/** The part of a round that those do who take longer than this, in nanoseconds: some are slower than others by far. */
const SHARE = 1 / 8;
const SLOW = 1_200;

/**
 * Has each contender load every key, and compiles its loop.
 *
 * @returns What `measure` takes. A contender that calls its loader once more while it is timed has given a wrong answer.
 */
export async function prepareHits(spec) {
  const { size, ttl } = spec;
  const keys = readyKeys(0, size);
  const values = makeValues(size);
  const byKey = new Map(keys.map((key, index) => [key, values[index]]));
  const racers = [];
  for (const { name, make } of contendersOf(spec)) {
    let loads = 0;
    const call = make({
      size,
      ttl,
      load: async (key) => {
        loads += 1;
        return byKey.get(key);
      },
    });
    for (const key of keys)
      if ((await call(key)) !== byKey.get(key)) throw new Error(`${name} has loaded another value`);
    if (loads !== size) throw new Error(`${name} has called its loader ${loads} times for ${size} keys`);
    const loop = compile(name);
    const run = ({ keys, from, to }) => loop(call, keys, from, to);
    racers.push({ name, run, isRight: () => loads === size, share: await shareOf(run, keys) });
  }
  const stream = Array.from(drawOrder('uniform', size, ORDER), (index) => keys[index]);
  let start = 0;
  const next = (count) => {
    start = (start + 7919) % ORDER;
    return { keys: stream, from: start, to: start + count };
  };
  return { racers, next, count: COUNT };
}

/** The part of a batch that a contender can do in a reasonable time, by how long it takes when it is warm. */
async function shareOf(run, keys) {
  const batch = {
    keys: Array.from({ length: ORDER }, (_, index) => keys[index % keys.length]),
    from: 0,
    to: keys.length,
  };
  await run(batch);
  const start = performance.now();
  await run(batch);
  return ((performance.now() - start) * 1e6) / keys.length > SLOW ? SHARE : 1;
}

/** A loop of its own for each contender, as in loops.mjs: the answers are counted, so that none can be left out. */
function compile(label) {
  const name = `load_${label}`.replace(/\W/g, '_');
  const source = `'use strict';
    return async function ${name}(call, keys, from, to) {
      let count = 0;
      for (let i = from; i < to; i += 1) {
        if ((await call(keys[i & ${ORDER - 1}])) !== undefined) count += 1;
      }
      return count;
    };`;
  return new Function(source)();
}
