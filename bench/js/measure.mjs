// How it is measured: contenders take turns round by round, and what counts is the ratio within a round. A machine that
// is slow for a while is slow for all of them.

/** How long a round of the fastest contender takes, in milliseconds. The others take two or three times as long. */
const ROUND = 5;
/**
 * Operations of the first round, from which the count for the others is found; none has fewer. Each contender begins
 * with what the one before has left in the processor's caches, and that should not be most of what is measured.
 */
const FIRST = 1 << 15;

/** A turn of the event loop. It ends what a cache knows about the time: microtasks and timers run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Times the racers of a case.
 *
 * @param race What `prepare` returns. With a `count` of operations for each round, none is looked for.
 *   A racer with a `share` below 1 does that part of a batch only, since it would take too long otherwise.
 * @param plan How many rounds are dropped (`warmups`) and how many count (`rounds`). A case that has taken `patience`
 *   milliseconds gets no more than the `fewest`: its rounds are long, and chance weighs less in each.
 * @returns The operations of a round, and the nanoseconds per operation of each racer, round by round.
 */
export async function measure({ racers, next, least, count: fixed }, { warmups, rounds, fewest, patience }) {
  globalThis.gc();
  const end = performance.now() + patience;
  const isLate = () => performance.now() > end;
  const count = fixed ?? (await calibrate(racers, next, least));
  for (let round = 0; round < warmups && !isLate(); round += 1) await race(racers, next(count), round);
  const times = racers.map(() => []);
  // Ends after an even number of rounds, for the sake of the order in `race`.
  for (let round = 0; round < rounds && (round < fewest || round % 2 === 1 || !isLate()); round += 1) {
    const taken = await race(racers, next(count), round);
    taken.forEach((time, index) => times[index].push((time * 1e6) / count));
  }
  return { count, times: Object.fromEntries(racers.map(({ name }, index) => [name, times[index]])) };
}

/** The operations that a round needs. */
async function calibrate(racers, next, least) {
  for (let count = Math.max(FIRST, least), round = 0, enough = 0; ; round += 1) {
    const fastest = Math.min(...(await race(racers, next(count), round)));
    // Step by step, and twice to be sure: the first rounds are slow, since the code isn't compiled yet.
    enough = fastest >= ROUND * 0.8 ? enough + 1 : 0;
    if (enough === 2) return count;
    if (enough === 0) count = Math.round(count * Math.min(2, ROUND / fastest));
  }
}

/**
 * The order of a round. Each second round is the one before it backwards, so that in two rounds all come equally early;
 * with every two rounds somebody else is the first.
 */
function orderOf(count, round) {
  const order = Array.from({ length: count }, (_, place) => ((round >> 1) + place) % count);
  return round % 2 === 0 ? order : order.reverse();
}

/** Runs one batch with each racer, one after the other. Returns the milliseconds that each took. */
async function race(racers, batch, round) {
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

/** The 25th, 50th and 75th percentile of a list. */
export function quartiles(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((share) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place - Math.floor(place));
  });
}

/** The quartiles of the ratio, round by round. */
export function ratio(times, others) {
  return quartiles(times.map((time, round) => time / others[round]));
}
