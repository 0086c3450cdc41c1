// How time is measured: contenders take turns round by round, and what counts is the ratio within a round. A machine that
// is slow for a while is slow for all of them.

import { SUBJECT } from '../contenders.mjs';

/** How long a round of the fastest contender takes, in milliseconds. The others take two or three times as long. */
const ROUND = 5;
/** Operations of the first round; none has fewer. What the processor's caches hold at its begin must not count for much. */
const FIRST = 1 << 15;

/** A turn of the event loop. It ends what a cache knows about the time: microtasks and timers run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Times racers: nanoseconds per operation of each, round by round.
 *
 * @param race `racers` with `run`, which does a batch and returns how many operations went well; `next`, which makes a
 *   batch of so many operations, the same for all; and a fixed `count` of operations, or the `least` of a round. A racer
 *   whose `share` is below 1 does that part of a batch only: it is slow.
 * @param plan How many rounds are dropped (`warmups`) and how many count (`rounds`). A case that has taken `patience`
 *   milliseconds gets no more than the `fewest`: its rounds are long, and chance weighs less in each.
 *   Without any patience, rounds are short, and measure nothing.
 */
export async function runRounds({ racers, next, least = 0, count: fixed }, { warmups, rounds, fewest, patience }) {
  globalThis.gc();
  const end = performance.now() + patience;
  const isLate = () => performance.now() > end;
  const count = fixed ?? (patience > 0 ? await calibrate(racers, next, least) : Math.max(FIRST, least));
  for (let round = 0; round < warmups && !isLate(); round += 1) await runRound(racers, next(count), round);
  const times = racers.map(() => []);
  // Ends after an even number of rounds, because of the order in `orderOf`.
  for (let round = 0; round < rounds && (round < fewest || round % 2 === 1 || !isLate()); round += 1) {
    const taken = await runRound(racers, next(count), round);
    taken.forEach((time, index) => times[index].push((time * 1e6) / count));
  }
  return { count, times: Object.fromEntries(racers.map(({ name }, index) => [name, times[index]])) };
}

/** The operations that a round needs. */
async function calibrate(racers, next, least) {
  for (let count = Math.max(FIRST, least), round = 0, enough = 0; ; round += 1) {
    const fastest = Math.min(...(await runRound(racers, next(count), round)));
    // Step by step, and twice to be sure: the first rounds are slow, since the code isn't compiled yet.
    enough = fastest >= ROUND * 0.8 ? enough + 1 : 0;
    if (enough === 2) return count;
    if (enough === 0) count = Math.round(count * Math.min(2, ROUND / fastest));
  }
}

/** The order of a round: each second one backwards, so that all come equally early, and after two another one begins. */
function orderOf(count, round) {
  const order = Array.from({ length: count }, (_, place) => ((round >> 1) + place) % count);
  return round % 2 === 0 ? order : order.reverse();
}

/** Runs one batch with each racer, one after the other. Returns the milliseconds that each took. */
async function runRound(racers, batch, round) {
  const taken = racers.map(() => 0);
  for (const index of orderOf(racers.length, round)) {
    const { name, run, isRight, share = 1 } = racers[index];
    const part = { ...batch, to: batch.from + Math.ceil((batch.to - batch.from) * share) };
    await turn();
    // What one has thrown away, the next one should not have to clear up.
    globalThis.gc({ type: 'minor' });
    const start = performance.now();
    const answer = run(part);
    // Only those that are asynchronous are waited for: it would be time that the others don't take.
    const right = typeof answer === 'number' ? answer : await answer;
    taken[index] = ((performance.now() - start) * (batch.to - batch.from)) / (part.to - part.from);
    if (right !== part.to - part.from || !isRight(part)) throw new Error(`${name} gave a wrong answer`);
  }
  return taken;
}

/**
 * Times a case, by `measure` of this file, in several processes or pages: V8 compiles the same code differently at times.
 *
 * @returns The nanoseconds and ratios as quartiles, and the times they come from; and what each process says of hits.
 */
export async function timeCase(file, spec, plan, work) {
  const [times, operations, hits] = [{}, [], []];
  const own = { ...plan, ...spec.plan };
  for (let number = 0; number < own.processes; number += 1) {
    const result = await work(file, spec, own);
    operations.push(result.count);
    if (result.hits) hits.push(result.hits);
    for (const [name, list] of Object.entries(result.times)) (times[name] ??= []).push(...list);
  }
  const { [SUBJECT]: ours, ...others } = times;
  const ratios = mapped(others, (list) => quartiles(ours.map((time, at) => time / list[at])));
  return { spec, operations, nanoseconds: mapped(times, quartiles), ratios, times, ...(hits.length > 0 && { hits }) };
}

/** The 25th, 50th and 75th percentile of a list. */
export function quartiles(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((share) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place - Math.floor(place));
  });
}

/** An object with the same names, and what a function makes of its values. */
export const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

export const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
export const geometricMean = (list) => Math.exp(mean(list.map(Math.log)));
