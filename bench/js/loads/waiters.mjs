// What it costs to wait: many callers of one missing key, whose load ends when all of them are there.

import { quartiles } from '../measure.mjs';
import { CONTENDERS } from './contenders.mjs';

/** The hand-written one, and the one that is measured. */
const NAMES = ['Map', 'keylatch'];
const WARMUPS = 4;
const ROUNDS = 12;

/**
 * Measures the callers of a missing key, a new one in each round.
 *
 * @returns For each contender the nanoseconds and the bytes of heap per caller, as quartiles. A caller is a function that
 * awaits the call, which is part of both.
 * @throws If a contender has called its loader twice, or somebody got no value.
 */
export async function measureWaiters({ callers }) {
  const racers = NAMES.map((name) => racerOf(CONTENDERS.find((contender) => contender.name === name)));
  const results = racers.map(({ name }) => ({ name, times: [], bytes: [] }));
  for (let round = 0; round < WARMUPS + ROUNDS; round += 1) {
    // Each second round backwards: nobody always comes first.
    const order = racers.map((_, index) => (round % 2 === 0 ? index : racers.length - 1 - index));
    for (const index of order) {
      const time = await roundOf(racers[index], callers, `time ${round}`, false);
      const bytes = await roundOf(racers[index], callers, `bytes ${round}`, true);
      if (round < WARMUPS) continue;
      results[index].times.push((time * 1e6) / callers);
      results[index].bytes.push(bytes / callers);
    }
  }
  const summarized = results.map(({ name, times, bytes }) => ({
    name,
    times: quartiles(times),
    bytes: quartiles(bytes),
  }));
  return { callers, contenders: summarized };
}

/** A contender whose loads end when the round says so. */
function racerOf({ name, make }) {
  const racer = { name, loads: 0, end: undefined };
  const load = () => {
    racer.loads += 1;
    return new Promise((resolve) => (racer.end = resolve));
  };
  racer.call = make({ size: 1_000, ttl: false, load });
  return racer;
}

/** One round. Returns the milliseconds that it took, or the bytes that the waiting callers hold. */
async function roundOf(racer, callers, key, isWeighed) {
  const { call } = racer;
  const value = { key };
  const waiting = new Array(callers).fill(undefined);
  let right = 0;
  const wait = async () => {
    if ((await call(key)) === value) right += 1;
  };
  await new Promise((resolve) => setImmediate(resolve));
  racer.loads = 0;
  globalThis.gc();
  const before = isWeighed ? process.memoryUsage().heapUsed : 0;
  const start = performance.now();
  for (let caller = 0; caller < callers; caller += 1) waiting[caller] = wait();
  if (isWeighed) globalThis.gc();
  const held = isWeighed ? process.memoryUsage().heapUsed - before : 0;
  racer.end(value);
  await Promise.all(waiting);
  const taken = performance.now() - start;
  if (racer.loads !== 1) throw new Error(`${racer.name} has loaded ${racer.loads} times for one key`);
  if (right !== callers) throw new Error(`${racer.name} has given ${right} of ${callers} callers their value`);
  return isWeighed ? held : taken;
}
