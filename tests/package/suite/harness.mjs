// What the tests of the package need, in every runtime: a list of tests, virtual time, and random numbers with a seed.

import { assert } from 'chai';
import { mulberry32 } from '../../../bench/js/tools/random.mjs';
import { clearingTimers, sleep } from './time.mjs';

export { assert };
export { settled, sleep, withClock, withTime, withWallClock } from './time.mjs';

/** @typedef {{ name: string, file?: string, run: (context: Context) => unknown }} Test */
/** @typedef {typeof import('keylatch')} Keylatch */
/** @typedef {Keylatch & { seed: number }} Context */

/** Makes a list of tests, all of whose names begin with the same words. */
export function group(title, define) {
  /** @type {Test[]} */
  const tests = [];
  define((name, run) => tests.push({ name: `${title}: ${name}`, run }));
  return tests;
}

/** How long a test may take, in real milliseconds. The slowest takes a second, and ten where all else is slow, too. */
const LIMIT = 60_000;

// The runtime's own: tests replace them.
const { setTimeout, clearTimeout } = globalThis;

/** Says which test begins, where the program can: whoever ends a program that hangs then knows where. */
const tellBegin = (name) => globalThis.process?.stderr?.write(`> ${name}\n`);

/**
 * Runs tests one after the other, and tells how they went. A test that doesn't end in time has failed.
 *
 * @param {Test[]} tests
 * @param {Context} [context]
 * @param {object} [options]
 * @param {string} [options.only] Runs the tests that have these words in their name or in that of their file.
 * @param {number} [options.failures] How many may fail before the rest is left out.
 * @param {number} [options.limit] How many milliseconds a test may take.
 * @param {boolean} [options.keepsTimers] Whether timers that a test leaves behind may fire later.
 * @param {(name: string) => void} [options.onBegin] Is told of each test that begins.
 */
export async function runAll(tests, context, options = {}) {
  const { only, failures: most = Infinity, limit = LIMIT, keepsTimers = false, onBegin = tellBegin } = options;
  const withTimers = keepsTimers ? (run) => run() : clearingTimers;
  const failures = [];
  let passed = 0;
  for (const { name, file, run } of tests) {
    if (only && !`${file}: ${name}`.includes(only)) continue;
    if (failures.length >= most) break;
    onBegin(name);
    try {
      await withTimers(() => inTime(run(context), limit));
      passed += 1;
    } catch (error) {
      failures.push({ name, error: String(error?.stack ?? error) });
    }
  }
  return { passed, failures };
}

/** Waits for something that has to end within so many real milliseconds. */
async function inTime(result, limit) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it has not ended within ${limit / 1000} s`)), limit);
  });
  try {
    await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Random numbers that a seed decides. */
export function random(seed) {
  const next = mulberry32(seed);
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
  // Vercel's edge runtime gives the error itself.
  const listener = (event) => (event.preventDefault?.(), heard.push(event.error ?? event));
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
