// The seed's classes: its interface, and subclasses over other stores.

import { assert, group, settled, withClock, withTime } from './harness.mjs';

export default group('aries', (test) => {
  test('get, set, clear and flush, in seconds', ({ InMemoryCache }) =>
    withClock(async (clock) => {
      const cache = new InMemoryCache();
      assert.isUndefined(await cache.get('k'));
      assert.isUndefined(await cache.set('k', 'v', 0.05));
      await cache.set(['a', 'b'], { shared: true }, 10);
      await cache.set('forever', 1, 0);
      clock.advance(49);
      assert.equal(await cache.get('k'), 'v');
      clock.advance(1);
      assert.isUndefined(await cache.get('k'));
      assert.strictEqual(await cache.get('a'), await cache.get('b'));
      clock.advance(10_000);
      assert.isUndefined(await cache.get('a'));
      assert.equal(await cache.get('forever'), 1);
      await cache.clear('forever');
      await cache.clear('forever');
      assert.isUndefined(await cache.get('forever'));
      await cache.set('x', 1);
      await cache.flush();
      assert.isUndefined(await cache.get('x'));
    }));

  test('one key or many, atomically', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    await cache.set([], 1);
    await cache.set(new Set(['a', 1]), 'v');
    assert.equal(await cache.get('a'), 'v');
    assert.equal(await cache.get(1), 'v');
    const error = await cache.set(['b', {}], 1).then(assert.fail, (reason) => reason);
    assert.equal(error.code, 'invalid-key');
    assert.isUndefined(await cache.get('b'));
    await cache.set('a', undefined);
    assert.isUndefined(await cache.get('a'));
  });

  test('takes the options of a cache, with its ttl in seconds', ({ InMemoryCache }) =>
    withClock(async (clock) => {
      const gone = [];
      const cache = new InMemoryCache({ max: 2, ttl: 5, isolate: 'clone', dispose: (value, key) => gone.push(key) });
      const value = { list: [] };
      await cache.set('a', value);
      assert.notStrictEqual(await cache.get('a'), value);
      await cache.set('b', 1);
      await cache.set('c', 1);
      assert.lengthOf(gone, 1);
      clock.advance(5000);
      assert.isUndefined(await cache.get('c'));
      const unbounded = new InMemoryCache({ max: Infinity });
      for (let key = 0; key < 20_000; key += 1) await unbounded.set(key, key);
      assert.equal(await unbounded.get(0), 0);
      const bounded = new InMemoryCache();
      await bounded.set(
        Array.from({ length: 20_000 }, (_, key) => key),
        1,
      );
      let kept = 0;
      for (let key = 0; key < 20_000; key += 1) kept += (await bounded.get(key)) === undefined ? 0 : 1;
      assert.equal(kept, 10_000);
    }));

  test('a subclass over a Map gets its locks', async ({ BaseCache, InMemoryCache }) => {
    class MapCache extends BaseCache {
      store = new Map();
      writes = 0;
      async get(key) {
        await settled(2);
        return this.store.get(key);
      }
      async set(keys, value) {
        await settled(2);
        for (const key of [keys].flat()) this.store.set(key, value);
        this.writes += 1;
      }
      clear = async (key) => void this.store.delete(key);
      async flush() {
        for (const key of [...this.store.keys()]) await this.clear(key);
      }
    }
    const cache = new MapCache();
    assert.notInstanceOf(cache, InMemoryCache);
    let computed = 0;
    const compute = () =>
      cache.withLock('k', async (lock) => {
        if (!lock.done) await lock.setResult(`v${(computed += 1)}`);
        return lock.result;
      });
    assert.deepEqual(await Promise.all([compute(), compute(), compute()]), ['v1', 'v1', 'v1']);
    assert.equal(cache.writes, 1);
    assert.equal(cache.store.get('k'), 'v1');

    await cache.clear('k');
    const holder = await cache.lock('k');
    await cache.clear('k');
    await holder.setResult('stale');
    assert.isFalse(cache.store.has('k'), 'even for a method that is a field of the instance');
    await holder.exit();

    const second = await cache.lock('k');
    await cache.flush();
    await second.setResult('stale');
    assert.isFalse(cache.store.has('k'));
    const generator = (function* () {
      yield 'k';
    })();
    const third = await cache.lock('other');
    await cache.set(generator, 'from a generator');
    await third.exit();
  });

  test('a cache of another one', async ({ BaseCache, InMemoryCache }) => {
    class Prefixed extends BaseCache {
      constructor(inner, prefix) {
        super();
        this.inner = inner;
        this.prefix = prefix;
      }
      get(key) {
        return this.inner.get(this.prefix + key);
      }
      set(keys, value, ttl) {
        return this.inner.set(
          [keys].flat().map((key) => this.prefix + key),
          value,
          ttl,
        );
      }
      clear(key) {
        return this.inner.clear(this.prefix + key);
      }
      flush() {
        return this.inner.flush();
      }
    }
    const inner = new InMemoryCache();
    const cache = new Prefixed(inner, 'tenant:');
    const lock = await cache.lock('k');
    await lock.setResult(1, { ttl: 60 });
    assert.equal(await inner.get('tenant:k'), 1);
    await lock.exit();
  });

  test('it tells what it holds, and which keys are locked', ({ InMemoryCache }) =>
    withTime(async () => {
      const cache = new InMemoryCache({ max: 10, lease: 5000, lockTimeout: 5 });
      assert.deepEqual(cache.inspect(), []);
      await cache.set('a', 1);
      await cache.get('a');
      await cache.get('b');
      assert.equal(cache.size, 1);
      const { hits, misses, entries, max } = cache.stats();
      assert.deepEqual({ hits, misses, entries, max }, { hits: 1, misses: 1, entries: 1, max: 10 });

      const lock = await cache.lock('k');
      const waits = cache.lock('k').catch((error) => error.code);
      await settled();
      const [live, ...others] = cache.inspect();
      assert.deepEqual(others, []);
      assert.deepInclude(live, { key: 'k', namespace: [], kind: 'lock', holder: lock.token, waiting: 1 });
      assert.isAbove(live.remaining, 0);
      assert.isAtMost(live.remaining, 5000, "the cache's own lease");
      assert.equal(await waits, 'lock-timeout', "the cache's own patience");
      await lock.exit();
      assert.deepEqual(cache.inspect(), []);
    }));
});
