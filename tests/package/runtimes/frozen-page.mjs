// In a page that is frozen for longer than a lease, and then goes on: what each test begins before, and what has come of
// it afterwards. Every test has a cache of its own.

import * as keylatch from 'keylatch';
import { assert } from './suite.mjs';

/** A lease that is over while the page is frozen, and one that isn't. */
const LEASE = 300;
const LONG = 60_000;

/** After how long something is stuck. The timers of a page that nobody looks at may fire once in a second only. */
const STUCK = 10_000;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How a promise ends: with a value, or with an error's code. */
const end = (promise) =>
  promise.then(
    (value) => ({ value }),
    ({ code, message }) => ({ code: code ?? message }),
  );

const tests = {
  'the page stands still while it is frozen': async ({ thawed }) => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 10);
    const { frozenFor } = await thawed;
    clearInterval(timer);
    assert.isAtLeast(frozenFor, 4 * LEASE);
    assert.isBelow(ticks, 80, `${ticks} ticks of 10 ms`);
  },

  'what has expired meanwhile is not served': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 10, swr: 2 * LEASE });
    cache.set('expired', 1, { ttl: LEASE });
    cache.set('alive', 1, { ttl: LONG });
    await thawed;
    assert.deepEqual(
      ['expired', 'alive'].map((key) => cache.get(key)),
      [undefined, 1],
    );
    const options = { ttl: LEASE, swr: 2 * LEASE };
    assert.equal(await cache.getOrSet('expired', () => 'new', options), 'new', 'too old to be served meanwhile');
  },

  'a value that may be served meanwhile is, and is loaded anew': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 10, swr: LONG });
    cache.set('k', 'stale', { ttl: LEASE });
    await thawed;
    assert.equal(await cache.getOrSet('k', () => 'new', { ttl: LONG }), 'stale');
    await sleep(0);
    assert.equal(cache.get('k'), 'new');
  },

  'a lock whose lease is over is taken over, and its late result is refused': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 10, lease: LEASE });
    const late = cache.withLock('k', async (lock) => {
      const { signal } = lock;
      // As if the holder had more to do than its lease allows.
      await sleep(2 * LEASE);
      assert.isTrue(signal.aborted);
      await lock.setResult('late');
    });
    const others = [1, 2, 3].map((name) =>
      cache.withLock('k', async (lock) => {
        // At once: a throttled page's timers may take longer than the lease.
        if (!lock.done) await lock.setResult(name);
        return lock.result;
      }),
    );
    await thawed;
    const ends = await Promise.all([late, ...others].map(end));
    assert.deepEqual(ends[0], { code: 'lock-lost' });
    assert.equal(new Set(ends.slice(1).map(({ value }) => value)).size, 1);
    assert.equal(cache.get('k'), ends[1].value);
    assert.equal(cache.stats().takeovers, 1);
  },

  'a lock whose lease is over keeps its turn if nobody waits': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 10, lease: LEASE });
    const lock = await cache.lock('k');
    await thawed;
    await lock.setResult('late');
    await lock.exit();
    assert.equal(cache.get('k'), 'late');
  },

  'a lock whose lease goes on keeps its turn': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 10, lease: LONG });
    const lock = await cache.lock('k');
    const other = cache.withLock('k', ({ result }) => result);
    await thawed;
    await lock.setResult('in time');
    await lock.exit();
    assert.equal(await other, 'in time');
  },

  'a newcomer takes a lock whose lease is over at once': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 10, lease: LEASE });
    const abandoned = await cache.lock('k');
    await thawed;
    const lock = await cache.lock('k');
    assert.isFalse(lock.done);
    assert.isAbove(lock.token, abandoned.token);
    await lock.setResult('new');
    assert.deepEqual(await end(abandoned.setResult('late')), { code: 'lock-lost' });
    await lock.exit();
    assert.equal(cache.get('k'), 'new');
  },

  'who waits for a lock no longer than a while gives up afterwards': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 10, lease: LONG });
    const lock = await cache.lock('k');
    const waiting = end(cache.lock('k', { timeout: LEASE }));
    await thawed;
    assert.deepEqual(await waiting, { code: 'lock-timeout' });
    await lock.setResult(1);
    await lock.exit();
  },

  'a load whose lease is over is replaced, and its late value isn’t stored': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 10, lease: LEASE });
    const { promise, resolve } = withResolvers();
    const late = end(cache.getOrSet('k', () => promise));
    const others = ['a', 'b'].map((name) => cache.getOrSet('k', () => sleep(50).then(() => name)));
    await thawed;
    assert.deepEqual(await late, { code: 'load-timeout' });
    assert.deepEqual(await Promise.all(others), ['a', 'a']);
    resolve('late');
    await sleep(50);
    assert.equal(cache.get('k'), 'a');
    assert.include(cache.stats(), { loads: 2, takeovers: 1 });
  },

  'a request that is under way when the page is frozen ends a load afterwards': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 10, lease: LONG });
    const load = () => cache.getOrSet('k', async ({ signal }) => (await fetch('./slow', { signal })).text());
    const loads = [end(load()), end(load())];
    await thawed;
    assert.deepEqual(await Promise.all(loads), Array(2).fill({ value: 'slow' }));
    assert.equal(cache.get('k'), 'slow');
  },

  'a thousand that wait for what never ends are freed': async ({ Cache, thawed }) => {
    const cache = new Cache({ max: 2000, lease: LEASE });
    const never = () => new Promise(() => {});
    const keys = Array.from({ length: 500 }, (_, index) => `k${index}`);
    const loads = keys.flatMap((key) => [cache.getOrSet(key, never), cache.getOrSet(key, () => key)].map(end));
    await thawed;
    const ends = await Promise.all(loads);
    assert.deepEqual(
      ends,
      keys.flatMap((key) => [{ code: 'load-timeout' }, { value: key }]),
    );
    assert.deepEqual(cache.inspect(), []);
  },
};

function withResolvers() {
  let resolve;
  const promise = new Promise((onResolve) => (resolve = onResolve));
  return { promise, resolve };
}

/** Begins all tests. `results` is there when all of them have ended, or haven't within a few leases. */
export function begin() {
  const { promise: thawed, resolve } = withResolvers();
  let frozenAt = Infinity;
  document.addEventListener('freeze', () => (frozenAt = Date.now()));
  document.addEventListener('resume', () => resolve({ frozenFor: Date.now() - frozenAt }));
  const limit = thawed.then(() => sleep(STUCK));
  const results = Promise.all(
    Object.entries(tests).map(async ([name, test]) => {
      const stuck = limit.then(() => assert.fail('it is stuck'));
      try {
        await Promise.race([test({ ...keylatch, thawed }), stuck]);
        return { passed: 1, failures: [] };
      } catch (error) {
        return { passed: 0, failures: [{ name, error: String(error.stack) }] };
      }
    }),
  );
  return { results };
}
