// The program that each cell of the matrix builds and runs: the package imported, and required by a dependency.

import { Cache, CacheError, InMemoryCache } from 'keylatch';
import * as dependency from 'matrix-dependency';

const { keylatch: required } = dependency.default ?? dependency;

function expect(found, wanted) {
  const [left, right] = [found, wanted].map((value) => JSON.stringify(value));
  if (left !== right) throw new Error(`${left} instead of ${right}`);
}

/** Runs something while the wall clock is set forward by what `later` is told. */
async function withClock(run) {
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  try {
    await run((milliseconds) => (ahead += milliseconds));
  } finally {
    Date.now = now;
  }
}

/** Later than what happens in this turn of the event loop. Not every place has timers. */
const soon = async () => {
  for (let step = 0; step < 20; step += 1) await undefined;
};

const TESTS = {
  'a value is found again': () => {
    const cache = new Cache({ max: 10 });
    expect([cache.set('a', 1).get('a'), cache.get('b'), cache.size], [1, undefined, 1]);
  },

  'the bound holds': () => {
    const cache = new Cache({ max: 100 });
    for (let index = 0; index < 10_000; index += 1) cache.set(index, index);
    expect([cache.size, cache.stats().evictions > 0], [100, true]);
  },

  'entries expire': () =>
    withClock((later) => {
      const cache = new Cache({ max: 10, ttl: 60_000 }).set('a', 1);
      expect(cache.get('a'), 1);
      later(60_001);
      expect([cache.get('a')], [undefined]);
    }),

  'many callers, one load': async () => {
    const cache = new Cache({ max: 10 });
    let loads = 0;
    const load = () => soon().then(() => (loads += 1));
    const all = await Promise.all(Array.from({ length: 100 }, () => cache.getOrSet('a', load)));
    expect([new Set(all).size, loads], [1, 1]);
  },

  'one computes, the others wait': async () => {
    const cache = new Cache({ max: 10 });
    let computed = 0;
    const compute = () =>
      cache.withLock('a', async (lock) => {
        if (!lock.done) await lock.setResult(await soon().then(() => (computed += 1)));
        return lock.result;
      });
    expect([await Promise.all([compute(), compute(), compute()]), computed], [[1, 1, 1], 1]);
  },

  'tags, namespaces, dumps': () => {
    const cache = new Cache({ max: 10 }).set('a', 1, { tags: ['t'] });
    cache.namespace('n').set('a', 2);
    expect(cache.deleteByTag('t'), 1);
    const copy = new Cache({ max: 10 });
    copy.load(JSON.parse(JSON.stringify(cache.dump())));
    expect([copy.get('a'), copy.namespace('n').get('a')], [undefined, 2]);
  },

  'the Aries classes': async () => {
    const cache = new InMemoryCache();
    await cache.set(['a', 'b'], 1, 600);
    expect(await cache.get('b'), 1);
  },

  'errors have a class and a code': () => {
    try {
      new Cache({ max: -1 });
    } catch (error) {
      return expect([error instanceof CacheError, error.code], [true, 'invalid-option']);
    }
    throw new Error('no error');
  },

  'the dependency works': () => expect(new required.Cache({ max: 2 }).set('a', 1).get('a'), 1),

  'the dependency has the same classes': () =>
    expect([required.Cache === Cache, required.CacheError === CacheError], [true, true]),
};

/** Runs the tests. Returns how many have passed, and what has failed. */
export async function check() {
  const failures = [];
  for (const [name, test] of Object.entries(TESTS)) {
    try {
      await test();
    } catch (error) {
      failures.push(`${name}: ${error?.stack ?? error}`);
    }
  }
  return { passed: Object.keys(TESTS).length - failures.length, failures };
}
