// What a read-through call costs that finds its value: one call after the other, each awaited.

import { drawOrder, slices } from '../hits/loops.mjs';
import { makeValues, readyKeys } from '../tools/keys.mjs';
import { compileLoop } from '../tools/loop.mjs';
import { runRounds } from '../tools/rounds.mjs';
import { contendersOf } from './contenders.mjs';

/** Random keys in an order of access, of which each round takes another part. */
const ORDER = 1 << 17;
/** Operations of a round: enough for what a contender finds in the processor's caches not to be most of it. */
const COUNT = 1 << 15;
/** The part of a round that those do who take longer than this, in nanoseconds: some are slower than others by far. */
const SHARE = 1 / 8;
const SLOW = 1_200;

const BODY = `for (let i = from; i < to; i += 1)
  if ((await call(keys[i & ${ORDER - 1}])) !== undefined) count += 1;`;

/** Has each contender load every key, and then times hits. Who calls its loader once more has given a wrong answer. */
export async function measure(spec, plan) {
  const { size, ttl } = spec;
  const keys = readyKeys(0, size);
  const values = makeValues(size);
  const byKey = new Map(keys.map((key, index) => [key, values[index]]));
  const racers = [];
  for (const { name, make } of contendersOf(spec)) {
    let loads = 0;
    const load = async (key) => {
      loads += 1;
      return byKey.get(key);
    };
    const call = make({ size, ttl, load });
    for (const key of keys)
      if ((await call(key)) !== byKey.get(key)) throw new Error(`${name} has loaded another value`);
    if (loads !== size) throw new Error(`${name} has called its loader ${loads} times for ${size} keys`);
    const loop = compileLoop(`load_${name}`, 'call, keys, from, to', BODY, { isAsync: true });
    const run = ({ keys, from, to }) => loop(call, keys, from, to);
    racers.push({ name, run, isRight: () => loads === size, share: await shareOf(run, keys) });
  }
  const stream = Array.from(drawOrder('uniform', size, ORDER), (index) => keys[index]);
  return runRounds({ racers, next: slices(stream), count: COUNT }, plan);
}

/** The part of a batch that a contender can do in a reasonable time, by how long it takes when it is warm. */
async function shareOf(run, keys) {
  const stream = Array.from({ length: ORDER }, (_, index) => keys[index % keys.length]);
  const batch = { keys: stream, from: 0, to: keys.length };
  await run(batch);
  const start = performance.now();
  await run(batch);
  return ((performance.now() - start) * 1e6) / keys.length > SLOW ? SHARE : 1;
}
