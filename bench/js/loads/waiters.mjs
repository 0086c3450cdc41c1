// What it costs to wait: many callers of one missing key, whose load ends when all of them are there.

import { FLOOR, SUBJECT } from '../contenders.mjs';
import { quartiles } from '../tools/rounds.mjs';
import { CONTENDERS } from './contenders.mjs';

const WARMUPS = 4;
const ROUNDS = 12;

/**
 * Measures the callers of a missing key, a new one in each round: those of the hand-written cache, and of ours. Returns
 * nanoseconds and bytes of heap per caller, as quartiles. A caller is a function that awaits the call, which is part of both.
 */
export async function measure({ callers }) {
  const racers = CONTENDERS.filter(({ name }) => name === FLOOR || name === SUBJECT).map(({ name, make }) => {
    const racer = { name, loads: 0, times: [], bytes: [] };
    const load = () => {
      racer.loads += 1;
      return new Promise((resolve) => (racer.end = resolve));
    };
    return Object.assign(racer, { call: make({ size: 1_000, ttl: false, load }) });
  });
  for (let round = 0; round < WARMUPS + ROUNDS; round += 1) {
    // Each second round backwards: nobody always comes first.
    for (const racer of round % 2 === 0 ? racers : racers.toReversed()) {
      const { taken } = await roundOf(racer, callers, `time ${round}`, false);
      const { held } = await roundOf(racer, callers, `bytes ${round}`, true);
      if (round < WARMUPS) continue;
      racer.times.push((taken * 1e6) / callers);
      racer.bytes.push(held / callers);
    }
  }
  return racers.map(({ name, times, bytes }) => ({ name, times: quartiles(times), bytes: quartiles(bytes) }));
}

/** One round: the milliseconds that it has `taken`, or the bytes that the waiting callers have `held`. */
async function roundOf(racer, callers, key, isWeighed) {
  const { name, call } = racer;
  const value = { key };
  const waiting = new Array(callers).fill(undefined);
  let right = 0;
  const wait = async () => {
    if ((await call(key)) === value) right += 1;
  };
  const heap = () => {
    globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  await new Promise((resolve) => setImmediate(resolve));
  racer.loads = 0;
  const before = heap();
  const start = performance.now();
  for (let caller = 0; caller < callers; caller += 1) waiting[caller] = wait();
  const held = isWeighed ? heap() - before : 0;
  racer.end(value);
  await Promise.all(waiting);
  const taken = performance.now() - start;
  if (racer.loads !== 1) throw new Error(`${name} has loaded ${racer.loads} times for one key`);
  if (right !== callers) throw new Error(`${name} has given ${right} of ${callers} callers their value`);
  return { taken, held };
}
