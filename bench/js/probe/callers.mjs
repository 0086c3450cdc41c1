// What rows are made of: loaders that end when they are told to, and callers whose end is looked at.

import { setTimeout as pause } from 'node:timers/promises';

/** Long enough for what goes on behind to be over once its loader is. */
export const settle = () => pause(10);

/** A loader that gives this value at once. */
export const giving = (value) => async () => value;

/** A loader that somebody else ends: `called` resolves when it runs, `end` gives it its value. `calls` is a count. */
export function held() {
  const all = { calls: 0 };
  const result = new Promise((resolve) => (all.end = resolve));
  all.called = new Promise((resolve) => {
    all.loader = (signal) => {
      all.calls += 1;
      resolve(signal);
      return result;
    };
  });
  return all;
}

/** Calls, and tells what came of it: `value`, `error`, or `thrown` if the call itself threw. Never rejects. */
export async function outcome(call) {
  let promise;
  try {
    promise = call();
  } catch (thrown) {
    return { thrown };
  }
  return Promise.resolve(promise).then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
}

/** What a promise gives, or `late` if it takes longer. */
export async function within(milliseconds, promise) {
  const control = new AbortController();
  const timeout = pause(milliseconds, late, { signal: control.signal }).catch(() => {});
  return Promise.race([promise, timeout]).finally(() => control.abort());
}

export const late = Symbol('late');

/** Whether a cache has a value for this key: it calls the loader if it has none. */
export async function stored(cache, key, options) {
  const fresh = Symbol('fresh');
  const { value } = await outcome(() => cache.load(key, giving(fresh), options));
  return value === fresh ? undefined : value;
}

/** Notes the rejections that nobody handles while a function runs. */
export async function straysDuring(run) {
  const strays = [];
  const note = (error) => strays.push(error);
  process.on('unhandledRejection', note);
  try {
    return { result: await run(), strays };
  } finally {
    process.off('unhandledRejection', note);
  }
}

/**
 * Whether an adapter does what the rows take for granted, in a quiet moment.
 *
 * @throws What it does wrong.
 */
export async function check({ name, has, make }) {
  for (const tagged of has.includes('tag') ? [false, true] : [false]) {
    const [cache, options] = [make({ tagged }), tagged ? { tag: 'tag' } : {}];
    const changes = tagged ? { invalidate: ['tag'] } : { delete: ['key'], set: ['key', 'NEW'], clear: [] };
    await cache.load('key', giving('A'), options);
    if ((await cache.load('key', giving('B'), options)) !== 'A') throw new Error(`${name} has not stored a value`);
    for (const [change, words] of Object.entries(changes)) {
      await cache[change](...words);
      const [wanted, value] = [change === 'set' ? 'NEW' : change, await cache.load('key', giving(change), options)];
      if (value !== wanted) throw new Error(`the adapter of ${name} is wrong: ${change}`);
    }
  }
}
