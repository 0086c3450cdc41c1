// How it is measured: contenders take turns round by round, and what counts is the ratio within a round. A machine that
// is slow for a while is slow for all of them.

/** How long a round of the fastest contender takes, in milliseconds. The others take two or three times as long. */
const ROUND = 5;
/** Operations of the first round, from which the count for the others is found. */
const FIRST = 1 << 13;

/** A turn of the event loop. It ends what a cache knows about the time: microtasks and timers run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Times the racers of a case.
 *
 * @param race What `prepare` returns.
 * @param plan How many rounds are dropped, and how many count.
 * @returns The operations of a round, and the nanoseconds per operation of each racer, round by round.
 */
export async function measure({ racers, next, least }, { warmups, rounds }) {
  globalThis.gc();
  const count = await calibrate(racers, next, least);
  for (let round = 0; round < warmups; round += 1) await race(racers, next(count), round);
  const times = racers.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const taken = await race(racers, next(count), round);
    taken.forEach((time, index) => times[index].push((time * 1e6) / count));
  }
  return { count, times: Object.fromEntries(racers.map(({ name }, index) => [name, times[index]])) };
}

/** The operations that a round needs. */
async function calibrate(racers, next, least) {
  for (let count = Math.max(FIRST, least), round = 0; ; round += 1) {
    const fastest = Math.min(...(await race(racers, next(count), round)));
    if (fastest >= ROUND * 0.8) return count;
    // Step by step: the first rounds are slow, since the code isn't compiled yet.
    count = Math.max(least, Math.round(count * Math.min(2, ROUND / fastest)));
  }
}

/** Runs one batch with each racer, each time in another order. Returns the milliseconds that each took. */
async function race(racers, batch, round) {
  const taken = racers.map(() => 0);
  for (let turns = 0; turns < racers.length; turns += 1) {
    // Forwards and backwards in turn: otherwise each one would always run behind the same other one.
    const place = (round + turns) % racers.length;
    const index = round % 2 === 0 ? place : racers.length - 1 - place;
    const { name, run, isRight } = racers[index];
    await turn();
    // What one has thrown away, the next one should not have to clear up.
    globalThis.gc({ type: 'minor' });
    const start = performance.now();
    const right = run(batch);
    taken[index] = performance.now() - start;
    if (right !== batch.to - batch.from || !isRight(batch)) throw new Error(`${name} gave a wrong answer`);
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
