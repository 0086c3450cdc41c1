// What the tests of the package need, in every runtime: a list of tests, a virtual clock, and random numbers with a seed.

import { assert } from 'chai';
import { replaceNow } from './monotonic.mjs';

export { assert };

/** @typedef {{ name: string, run: (context: Context) => unknown }} Test */
/** @typedef {typeof import('keylatch')} Keylatch */
/** @typedef {Keylatch & { seed: number }} Context */

/** Makes a list of tests, all of whose names begin with the same words. */
export function group(title, define) {
  /** @type {Test[]} */
  const tests = [];
  define((name, run) => tests.push({ name: `${title}: ${name}`, run }));
  return tests;
}

/** Runs tests one after the other, and tells how they went. */
export async function runAll(tests, context, { only, failures: most = Infinity } = {}) {
  const failures = [];
  let passed = 0;
  for (const { name, run } of tests) {
    if (only !== undefined && !name.includes(only)) continue;
    if (failures.length >= most) break;
    try {
      await run(context);
      passed += 1;
    } catch (error) {
      failures.push({ name, error: String(error?.stack ?? error) });
    }
  }
  return { passed, failures };
}

/**
 * Runs a test on a virtual clock: `Date` and `performance.now` are others meanwhile, which stand still unless they are
 * told otherwise.
 *
 * @param {(clock: { advance(by: number): void, set(to: number): void, now: number }) => unknown} run
 */
export function withClock(run, start = 1_700_000_000_000) {
  return withWallClock((clock) => {
    const restore = replaceNow(() => clock.now);
    return finallyDo(restore, () => run(clock));
  }, start);
}

/** The same, for `Date` alone: as if the machine's clock were set, while time goes on. */
export function withWallClock(run, start = 1_700_000_000_000) {
  const RealDate = Date;
  const clock = {
    now: start,
    advance(by) {
      clock.now += by;
    },
    set(to) {
      clock.now = to;
    },
  };
  globalThis.Date = class extends RealDate {
    static now() {
      return clock.now;
    }
  };
  return finallyDo(
    () => (globalThis.Date = RealDate),
    () => run(clock),
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

/** Random numbers that a seed decides (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, below: (bound) => Math.floor(next() * bound), pick: (list) => list[Math.floor(next() * list.length)] };
}

/** Checks that a call throws a CacheError with this code, whose message has these words in it. */
export function refuses({ CacheError }, call, code, ...words) {
  let error;
  try {
    call();
  } catch (caught) {
    error = caught;
  }
  assert.instanceOf(error, CacheError, `expected ${code}`);
  assert.equal(error.code, code, error.message);
  for (const word of words) assert.include(error.message, word);
}

/** Checks that a promise rejects with a CacheError with this code. */
export async function rejects({ CacheError }, promise, code) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  assert.instanceOf(error, CacheError, `expected ${code}`);
  assert.equal(error.code, code, error.message);
}

/** The next turns of the event loop, as many as it takes for promises to settle. */
export async function settled(turns = 20) {
  for (let turn = 0; turn < turns; turn += 1) await undefined;
}

/** Waits for so many real milliseconds: for timers, which a virtual clock can't move. */
export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** What a promise rejects with; fails if it doesn't. */
export async function failure(promise) {
  const [outcome] = await Promise.allSettled([promise]);
  assert.equal(outcome.status, 'rejected', `it gave ${outcome.value}`);
  return outcome.reason;
}

/** Runs a test, and tells what was reported meanwhile as errors that nobody has caught. */
export async function uncaught(run) {
  const heard = [];
  const { process } = globalThis;
  const listener = (event) => (event.preventDefault(), heard.push(event.error));
  const note = (error) => heard.push(error);
  if (process?.on) process.on('uncaughtException', note);
  else addEventListener('error', listener);
  try {
    await run(heard);
    await sleep(1);
  } finally {
    if (process?.on) process.off('uncaughtException', note);
    else removeEventListener('error', listener);
  }
  return heard;
}

/** A loader that never settles. */
export const never = () => new Promise(() => {});

/** A loader that gives what it is told to, when it is told to; called once. */
export function gated() {
  const gate = {
    context: undefined,
    loader: (context) => {
      assert.isUndefined(gate.context, 'called twice');
      gate.context = context;
      return promise;
    },
  };
  const promise = new Promise((resolve, reject) => Object.assign(gate, { open: resolve, fail: reject }));
  promise.catch(() => {});
  return gate;
}
