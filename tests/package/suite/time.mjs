// Virtual time: `Date`, `performance.now`, `setTimeout` and `clearTimeout` for as long as a test or a schedule runs. So a
// test takes no time, and has the same outcome on a slow machine as on a fast one.

// The runtime's own. `performance.now` is its prototype's in most runtimes, and its own in Bun.
const real = { Date, setTimeout, clearTimeout };
const ownNow = Object.getOwnPropertyDescriptor(performance, 'now');

const START = 1_700_000_000_000;

/** Gives the runtime back its clocks and timers. */
export function restoreTime() {
  Object.assign(globalThis, real);
  restoreNow();
}

function restoreNow() {
  delete performance.now;
  if (ownNow !== undefined) Object.defineProperty(performance, 'now', ownNow);
}

/** Puts a function in place of `performance.now`; the answer puts the real one back. */
export function replaceNow(now) {
  Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true });
  return restoreNow;
}

/**
 * Runs a test, and then clears the timers that it has left behind. One that fired later would tell the package that time
 * has come which another test's clock has not seen, and so end that test's leases.
 */
export async function clearingTimers(run) {
  const timers = [];
  globalThis.setTimeout = (...all) => {
    const { setTimeout } = real;
    const timer = setTimeout(...all);
    timers.push(timer);
    return timer;
  };
  try {
    await run();
  } finally {
    restoreTime();
    for (const timer of timers) clearTimeout(timer);
  }
}

export class Time {
  now = START;
  #before;
  #timers = new Map();
  #last = 0;
  #turn;

  /** Puts itself in place of the runtime's clocks and timers, or of some of them. */
  install(parts = ['Date', 'performance', 'timers']) {
    const time = this;
    this.#before = { Date, setTimeout, clearTimeout };
    if (parts.includes('performance')) replaceNow(() => time.now);
    if (parts.includes('Date')) {
      globalThis.Date = class extends real.Date {
        static now() {
          return time.now;
        }
      };
    }
    if (!parts.includes('timers')) return;
    globalThis.setTimeout = (callback, delay = 0) => {
      time.#last += 1;
      time.#timers.set(time.#last, { callback, at: time.now + Math.max(1, Math.trunc(delay)) });
      return time.#last;
    };
    globalThis.clearTimeout = (timer) => void time.#timers.delete(timer);
  }

  restore() {
    const { clearTimeout } = real;
    clearTimeout(this.#turn);
    Object.assign(globalThis, this.#before);
    restoreNow();
  }

  /** How many timers have neither fired nor been cleared. */
  get pending() {
    return this.#timers.size;
  }

  /** When the next timer is due; Infinity if there is none. */
  get nextDue() {
    let due = Infinity;
    for (const { at } of this.#timers.values()) due = Math.min(due, at);
    return due;
  }

  /** Fires the first timer that is due. Timers that are due at the same time fire in the order in which they were set. */
  fire() {
    const due = this.nextDue;
    if (due > this.now) return false;
    const [timer, { callback }] = [...this.#timers].find(([, { at }]) => at === due);
    this.#timers.delete(timer);
    callback();
    return true;
  }

  /** Moves on and fires what is due, all in one turn of the event loop. */
  advance(by) {
    const end = this.now + by;
    while (this.nextDue <= end) {
      this.now = Math.max(this.now, this.nextDue);
      this.fire();
    }
    this.now = end;
  }

  /** Sets the clocks, and fires nothing. */
  set(to) {
    this.now = to;
  }

  /** From now on moves to the next timer and fires it whenever nothing else is left to do, one a turn of the event loop. */
  run() {
    const { setTimeout } = real;
    this.#turn = setTimeout(() => {
      // Before the timer fires, whose callback may throw.
      this.run();
      if (this.pending > 0) this.now = Math.max(this.now, this.nextDue);
      this.fire();
    }, 0);
  }

  /** Forgets all timers, of a schedule that has failed. */
  reset() {
    this.#timers.clear();
  }
}

/** Runs a test on virtual time, which moves on to the next timer whenever nothing else is left to do. */
export async function withTime(run) {
  const time = new Time();
  time.install();
  time.run();
  try {
    await run(time);
  } finally {
    time.restore();
  }
}

/**
 * Runs a test on a virtual clock: `Date` and `performance.now` are others meanwhile, which stand still unless they are
 * told otherwise. Timers are real.
 *
 * @param {(clock: { advance(by: number): void, set(to: number): void, now: number }) => unknown} run
 */
export function withClock(run, start) {
  return withClocks(['Date', 'performance'], run, start);
}

/** The same, for `Date` alone: as if the machine's clock were set, while time goes on. */
export function withWallClock(run, start) {
  return withClocks(['Date'], run, start);
}

function withClocks(parts, run, start = START) {
  const time = new Time();
  time.now = start;
  time.install(parts);
  return finallyDo(
    () => time.restore(),
    () => run(time),
  );
}

/** Runs something, and something else once that is over. */
function finallyDo(end, run) {
  let result;
  try {
    result = run();
  } catch (error) {
    end();
    throw error;
  }
  if (typeof result?.then === 'function') return result.finally(end);
  end();
  return undefined;
}

/** Waits for so many milliseconds: real ones, unless time is virtual. */
export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The next turns of promises, as many as it takes for them to settle. */
export async function settled(turns = 20) {
  for (let turn = 0; turn < turns; turn += 1) await undefined;
}
