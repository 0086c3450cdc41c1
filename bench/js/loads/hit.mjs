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
  const values = new Map(makeValues(size).map((value, index) => [keys[index], value]));
  const stream = Array.from(drawOrder('uniform', size, ORDER), (index) => keys[index]);
  const racers = [];
  for (const { name, make } of contendersOf(spec)) {
    let loads = 0;
    const load = async (key) => {
      loads += 1;
      return values.get(key);
    };
    const call = make({ size, ttl, load });
    for (const key of keys) if ((await call(key)) !== values.get(key)) throw new Error(`${name} has lost a value`);
    const loop = compileLoop(`load_${name}`, 'call, keys, from, to', BODY, { isAsync: true });
    const run = ({ keys, from, to }) => loop(call, keys, from, to);
    // Twice: warm it does what a round will.
    const time = async () => {
      const start = performance.now();
      await run({ keys: stream, from: 0, to: size });
      return ((performance.now() - start) * 1e6) / size;
    };
    await time();
    racers.push({ name, run, isRight: () => loads === size, share: (await time()) > SLOW ? SHARE : 1 });
  }
  return runRounds({ racers, next: slices(stream), count: COUNT }, plan);
}
