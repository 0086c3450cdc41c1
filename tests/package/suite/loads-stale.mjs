// Stale values: while revalidating, as a fallback, and loading ahead.

import { assert, failure, gated, group, never, rejects, settled, sleep, withClock, withTime } from './harness.mjs';

const error = new Error('from the loader');
const fails = async () => {
  throw error;
};

/** A cache with a value that has been expired for so long. */
function expired({ Cache }, clock, late, options) {
  const cache = new Cache({ max: 10, ttl: 100, ...options });
  cache.set('k', 'old');
  clock.advance(100 + late);
  return cache;
}

export default group('stale values', (test) => {
  test('swr: served at once, while one caller’s loader runs behind', (context) =>
    withClock(async (clock) => {
      const cache = expired(context, clock, 0, { swr: 50 });
      const load = gated();
      const values = await Promise.all(Array.from({ length: 100 }, () => cache.getOrSet('k', load.loader)));
      assert.isTrue(values.every((value) => value === 'old'));
      assert.equal(load.context.stale, 'old');
      assert.isUndefined(cache.get('k'), 'get gives no expired value');
      load.open('new');
      await settled();
      assert.equal(await cache.getOrSet('k', assert.fail), 'new');
      assert.include(cache.stats(), { loads: 1, staleServes: 100, joins: 0 });
    }));

  test('swr: only for so long, a call can ask for less, and nobody waits for a load behind that fails', (context) =>
    withClock(async (clock) => {
      const cache = expired(context, clock, 49, { swr: 50 });
      assert.equal(await cache.getOrSet('k', fails), 'old');
      await settled();
      assert.equal(await cache.getOrSet('k', () => 'own', { swr: 49 }), 'own');
      cache.set('k', 'old');
      clock.advance(150);
      assert.equal(await cache.getOrSet('k', () => 'fresh'), 'fresh');
      const strict = expired(context, clock, 0, {});
      assert.equal(await strict.getOrSet('k', ({ stale }) => stale ?? 'none', { swr: 1000 }), 'none', 'none was kept');
    }));

  test('swr: who needs the value itself joins the load behind', (context) =>
    withClock(async (clock) => {
      const cache = expired(context, clock, 0, { swr: 50 });
      const load = gated();
      assert.equal(await cache.getOrSet('k', load.loader), 'old');
      const waits = [
        cache.getOrSet('k', assert.fail, { swr: 0 }),
        failure(cache.getOrSet('k', assert.fail, { swr: 0, hardTimeout: 5 })),
      ];
      clock.advance(5);
      await sleep(20);
      assert.equal((await waits[1]).code, 'load-timeout');
      assert.isFalse(load.context.signal.aborted, 'a load behind goes on');
      load.open('new');
      assert.equal(await waits[0], 'new');
    }));

  test('grace: the stale value if the load fails, for all who wait', (context) =>
    withClock(async (clock) => {
      const cache = expired(context, clock, 49, { grace: 50 });
      assert.deepEqual(await Promise.all([cache.getOrSet('k', fails), cache.getOrSet('k', fails)]), ['old', 'old']);
      assert.strictEqual(await failure(cache.getOrSet('k', fails, { grace: 49 })), error);
      assert.include(cache.stats(), { staleServes: 2 });
      assert.equal(await cache.getOrSet('k', () => 'new'), 'new');
      clock.advance(150);
      assert.strictEqual(await failure(cache.getOrSet('k', fails)), error);
    }));

  test('grace and timeout: the stale value when it takes too long, and the load goes on behind', ({ Cache }) =>
    withTime(async () => {
      for (const timeout of [15, 0]) {
        const cache = new Cache({ max: 10, ttl: 1, grace: 60_000, timeout });
        cache.set('k', 'old');
        await sleep(5);
        const load = gated();
        const begun = Date.now();
        assert.equal(await cache.getOrSet('k', load.loader), 'old');
        assert.isAtMost(Date.now() - begun, 15);
        assert.isFalse(load.context.signal.aborted);
        load.open('new');
        await settled();
        assert.include(cache.stats(), { updates: 1, staleServes: 1, fenced: 0 });
      }
    }));

  test('timeout without a stale value changes nothing', async ({ Cache }) => {
    const cache = new Cache({ max: 10, timeout: 5, grace: 60_000 });
    assert.equal(await cache.getOrSet('k', async () => (await sleep(20), 'v')), 'v');
    assert.equal(await cache.getOrSet('l', async () => (await sleep(20), 'v'), { timeout: 0 }), 'v');
  });

  test('hardTimeout and the lease: the stale value within grace, else load-timeout', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, ttl: 1, grace: 60_000 });
      cache.set('k', 'old');
      await sleep(5);
      assert.equal(await cache.getOrSet('k', never, { hardTimeout: 10 }), 'old');
      await rejects(context, cache.getOrSet('k', never, { hardTimeout: 10, grace: 0 }), 'load-timeout');
      assert.equal(await cache.getOrSet('k', never, { lease: 10 }), 'old');
      const dead = cache.getOrSet('k', never, { lease: 20 });
      assert.equal(await cache.getOrSet('k', fails, { lease: 20 }), 'old');
      assert.equal(await dead, 'old');
      assert.deepEqual(cache.inspect(), []);
    }));

  test('stale values are kept for loads only, and are isolated like others', (context) =>
    withClock(async (clock) => {
      const cache = new context.Cache({ max: 10, ttl: 100, swr: 1000, isolate: 'clone' });
      cache.set('k', { list: [] });
      clock.advance(100);
      assert.deepEqual([cache.has('k'), cache.peek('k'), [...cache], cache.dump()], [false, undefined, [], []]);
      const stale = await cache.getOrSet('k', never);
      stale.list.push(1);
      assert.deepEqual(await cache.getOrSet('k', never), { list: [] });
      assert.isUndefined(cache.take('k'));
      cache.delete('k');
      assert.equal(await cache.getOrSet('k', ({ stale }) => stale ?? 'gone'), 'gone');
    }));

  test('a cache with allowStale serves none to a load without swr or grace', (context) =>
    withClock(async (clock) => {
      const cache = expired(context, clock, 5, { allowStale: true });
      assert.equal(await cache.getOrSet('k', ({ stale }) => `${stale} and new`), 'old and new');
    }));

  test('refresh and forceFresh load in any case, and join no load that has begun before', async (context) => {
    const cache = new context.Cache({ max: 10 }).set('k', 'old');
    assert.equal(await cache.getOrSet('k', () => 'newer', { forceFresh: true }), 'newer');
    assert.equal(await cache.refresh('k', () => 'newest', { ttl: 5000 }), 'newest');
    assert.equal(cache.get('k'), 'newest');
    assert.isAbove(cache.getRemainingTTL('k'), 4000);
    cache.delete('k');
    const [before, after] = [gated(), gated()];
    const early = cache.getOrSet('k', before.loader);
    const late = cache.refresh('k', after.loader);
    const joined = cache.getOrSet('k', assert.fail);
    after.open('after');
    assert.deepEqual(await Promise.all([late, joined]), ['after', 'after']);
    before.open('before');
    assert.equal(await early, 'before', 'who came before gets what they waited for');
    assert.equal(cache.get('k'), 'after');
    assert.include(cache.stats(), { joins: 1, fenced: 1, loads: 4 });
  });

  test('refresh: what there was stays until it ends, and if it fails', async ({ Cache }) => {
    const cache = new Cache({ max: 10, swr: 1000 }).set('k', 'old');
    const load = gated();
    const refreshed = failure(cache.refresh('k', load.loader));
    assert.equal(await cache.getOrSet('k', assert.fail), 'old');
    load.fail(error);
    assert.strictEqual(await refreshed, error);
    assert.equal(cache.get('k'), 'old');
    assert.isUndefined(await cache.refresh('k', () => undefined));
    assert.equal(cache.get('k'), 'old');
  });

  test('refresh while somebody holds a lock: it doesn’t wait, and the lock’s result is not stored', async ({
    Cache,
  }) => {
    const cache = new Cache({ max: 10 });
    const lock = await cache.lock('k');
    assert.equal(await cache.refresh('k', () => 'fresh'), 'fresh');
    await lock.setResult('older');
    assert.equal(lock.result, 'older');
    assert.equal(cache.get('k'), 'fresh');
    await lock.exit();
  });

  test('refreshAhead: after its share of the life, a value that is asked for is loaded anew behind', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10, ttl: 1000, refreshAhead: 0.8 });
      await cache.getOrSet('k', () => 'first');
      clock.advance(750);
      assert.equal(await cache.getOrSet('k', assert.fail), 'first');
      clock.advance(100);
      const load = gated();
      const values = await Promise.all([1, 2, 3].map(() => cache.getOrSet('k', load.loader)));
      assert.deepEqual(values, ['first', 'first', 'first']);
      assert.isUndefined(load.context.stale, 'it has not expired');
      load.open('second');
      await settled();
      assert.equal(await cache.getOrSet('k', assert.fail), 'second');
      assert.equal(cache.getRemainingTTL('k'), 1000);
      clock.advance(900);
      assert.equal(await cache.getOrSet('k', fails), 'second', 'a load ahead that fails harms nobody');
      await settled();
      assert.equal(cache.stats().loads, 3);
      assert.equal(cache.stats().staleServes, 0);
      cache.set('forever', 'v', { ttl: 0 });
      clock.advance(1e9);
      assert.equal(await cache.getOrSet('forever', assert.fail), 'v');
    }));

  test('refreshAhead: keys that were stored together are loaded at different times', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 100, ttl: 1000, refreshAhead: 0.5 });
      for (let key = 0; key < 100; key += 1) cache.set(key, key);
      clock.advance(510);
      for (let key = 0; key < 100; key += 1) assert.equal(await cache.getOrSet(key, async () => key), key);
      await settled();
      assert.isTrue(cache.stats().loads > 5 && cache.stats().loads < 100, String(cache.stats().loads));
    }));
});
