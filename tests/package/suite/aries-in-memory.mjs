// What an InMemoryCache has beyond the seed's: namespaces, tags, statistics, dumps, an end.

import { assert, failure, group, rejects, settled, withClock } from './harness.mjs';

const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** A clock that goes on by a millisecond whenever it is read. */
function withTickingClock(run) {
  return withClock(async (clock) => {
    let time = clock.now;
    Object.defineProperty(clock, 'now', { get: () => (time += 1), set: (to) => void (time = to) });
    return run(clock);
  });
}

export default group('aries in memory', (test) => {
  test('what is set together expires together', ({ Cache, InMemoryCache }) =>
    withTickingClock(async () => {
      const keys = Array.from({ length: 50 }, (_, key) => key);
      const moments = (cache) =>
        new Set(
          cache
            .dump()
            .filter(([key]) => typeof key === 'number')
            .map(([, { start, ttl }]) => start + ttl),
        );
      const cache = new Cache({ max: 100 });
      cache.setMany(
        keys.map((key) => [key, 'v']),
        { ttl: 60_000 },
      );
      assert.lengthOf(moments(cache), 1, 'setMany');
      const restored = new Cache({ max: 100 });
      restored.load(cache.dump());
      assert.lengthOf(moments(restored), 1, 'load');
      const aries = new InMemoryCache();
      await aries.set(keys, 'v', 60);
      assert.lengthOf(moments(aries), 1, 'set of many keys');
      await aries.set(keys, 'w', 60);
      assert.lengthOf(moments(aries), 1, 'and over others');
    }));

  test('its locks are counted and told of', async (context) => {
    const told = [];
    const cache = new context.InMemoryCache({ lease: 10, events: ({ type, key }) => told.push(`${type} ${key}`) });
    const dead = await cache.lock('k');
    const lock = await cache.lock('k', { lease: 1000 });
    await rejects(context, dead.setResult('late'), 'lock-lost');
    assert.include(cache.stats(), { takeovers: 1, fenced: 1 });
    assert.includeMembers(told, ['takeover k', 'fenced k']);
    await cache.clear('k');
    await lock.setResult('v');
    assert.equal(cache.stats().fenced, 2);
    await lock.exit();
    await dead.exit();
  });

  test('options for loads are refused, since it has none', async (context) => {
    const { InMemoryCache } = context;
    for (const [name, value] of Object.entries({
      swr: 5,
      grace: 5,
      negativeTtl: 5,
      timeout: 5,
      hardTimeout: 5,
      refreshAhead: 0.5,
      retry: 2,
      waitUntil: () => {},
    })) {
      const error = await failure(Promise.resolve().then(() => new InMemoryCache({ [name]: value })));
      assert.equal(error.code, 'invalid-option', name);
      assert.include(error.message, name);
      new InMemoryCache({ [name]: undefined });
    }
    new InMemoryCache({ lease: 5, lockTimeout: 5 });
    await rejects(
      context,
      Promise.resolve().then(() => new InMemoryCache({ unknown: 1 })),
      'invalid-option',
    );
  });

  test('a namespace for each wallet: keys, tags and locks of its own, in seconds', ({ InMemoryCache }) =>
    withClock(async (clock) => {
      const cache = new InMemoryCache({ max: 100 });
      const [alice, bob] = ['alice', 'bob'].map((name) => cache.namespace(name));
      await alice.set('k', 'a', 10);
      await bob.set(['k', 'l'], 'b', { ttl: 20, tags: ['t'] });
      assert.isUndefined(await cache.get('k'));
      assert.deepEqual([await alice.get('k'), await bob.get('k')], ['a', 'b']);
      assert.deepEqual([alice.size, bob.size, cache.stats().entries], [1, 2, 3]);
      clock.advance(10_000);
      assert.deepEqual([await alice.get('k'), await bob.get('k')], [undefined, 'b']);

      const [a, b, again] = await Promise.all([alice.lock('m'), bob.lock('m'), cache.namespace('bob').acquire('m')]);
      assert.isFalse(a.done || b.done);
      await b.setResult('from bob', { ttl: 5, tags: ['t'] });
      assert.isFalse(a.done);
      assert.equal((await again.enter()).result, 'from bob');
      assert.equal(await bob.get('m'), 'from bob');
      for (const lock of [a, b, again]) await lock.exit();
      assert.equal(await bob.deleteByTag('t'), 3);
      assert.equal(await cache.deleteByTag('t'), 0);

      await alice.namespace('nested').set('k', 1);
      await bob.set('k', 1);
      await alice.flush();
      assert.isUndefined(await alice.namespace('nested').get('k'));
      assert.equal(await bob.get('k'), 1);
      await cache.flush();
      assert.isUndefined(await bob.get('k'));
    }));

  test('an expiry that has passed: nothing is stored, and who waits has the result', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    await cache.set(['k', 'l'], 'old');
    await cache.set('k', 'new', { expires: Date.now() - 1 });
    assert.isUndefined(await cache.get('k'));
    assert.equal(await cache.get('l'), 'old');
    const [holder, waiter] = [cache.acquire('l'), cache.acquire('l')];
    await cache.clear('l');
    await holder.enter();
    await holder.setResult('result', { expires: 0 });
    assert.equal((await waiter.enter()).result, 'result');
    assert.isUndefined(await cache.get('l'));
    for (const lock of [holder, waiter]) await lock.exit();
  });

  test('a namespace is a BaseCache, and to close it is to empty it', async ({ BaseCache, InMemoryCache }) => {
    const space = new InMemoryCache().namespace('n');
    assert.instanceOf(space, BaseCache);
    await space.set('k', 1);
    await space.close();
    assert.equal(space.size, 0);
    await space.set('k', 2);
    assert.equal(await space.get('k'), 2);
  });

  test('a computation is out of date when its tag is invalidated, or its namespace flushed', async ({
    InMemoryCache,
  }) => {
    const cache = new InMemoryCache();
    for (const change of [(space) => space.deleteByTag('t'), (space) => space.flush(), () => cache.flush()]) {
      const space = cache.namespace('n');
      const lock = await space.lock('k');
      await change(space);
      await lock.setResult('v', { tags: ['t'] });
      await lock.exit();
      assert.isUndefined(await space.get('k'));
    }
    assert.equal(cache.stats().fenced, 3);
  });

  test('set takes a moment of the wall clock, in milliseconds as everywhere', async (context) =>
    withClock(async (clock) => {
      const cache = new context.InMemoryCache();
      await cache.set(['a', 'b'], 'v', { expires: clock.now + 500 });
      await cache.withLock('c', (lock) => lock.setResult('v', { expires: clock.now + 500 }));
      clock.advance(499);
      for (const key of ['a', 'b', 'c']) assert.equal(await cache.get(key), 'v');
      clock.advance(1);
      for (const key of ['a', 'b', 'c']) assert.isUndefined(await cache.get(key));
      await rejects(context, cache.set('k', 'v', { expires: NaN }), 'invalid-ttl');
      await rejects(context, cache.set('k', 'v', { expires: clock.now + 9, ttl: 9 }), 'invalid-ttl');
    }));

  test('set takes a ttl, or options with one; both in seconds', (context) =>
    withClock(async (clock) => {
      const cache = new context.InMemoryCache({ maxSize: 100 });
      await cache.set('k', 'v', { ttl: 0.5, size: 7, tags: ['t'] });
      assert.equal(cache.stats().size, 7);
      for (const [options, code] of [
        [{ ttl: -1 }, 'invalid-ttl'],
        [{ ttl: '1' }, 'invalid-ttl'],
        ['1', 'invalid-option'],
        [null, 'invalid-option'],
        [NaN, 'invalid-ttl'],
        [{ swr: 1 }, 'invalid-option'],
        [{ tags: 'text' }, 'invalid-option'],
      ]) {
        await rejects(context, cache.set('k', 'w', options), code);
        const lock = await cache.lock('other');
        await rejects(context, lock.setResult('w', options), code);
        assert.isFalse(lock.done);
        await lock.exit();
      }
      clock.advance(499);
      assert.equal(await cache.get('k'), 'v');
      clock.advance(1);
      assert.isUndefined(await cache.get('k'));
    }));

  test('a subclass that overrides get and set has its locks go by them', async ({ InMemoryCache }) => {
    class LowerCase extends InMemoryCache {
      get(key) {
        return super.get(key.toLowerCase());
      }
      set(keys, value, options) {
        return super.set(
          [keys].flat().map((key) => key.toLowerCase()),
          value,
          options,
        );
      }
    }
    const cache = new LowerCase();
    const lock = await cache.lock('K');
    await lock.setResult('v', 60);
    await lock.exit();
    assert.equal(await cache.get('k'), 'v');
    assert.equal((await cache.lock('k')).result, 'v');
  });

  test('dump and load', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    await cache.set('k', 'v', { ttl: 60, tags: ['t'] });
    await cache.namespace('n').set('k', 'w');
    const other = new InMemoryCache();
    other.load(cache.dump());
    assert.deepEqual([await other.get('k'), await other.namespace('n').get('k')], ['v', 'w']);
    assert.equal(await other.deleteByTag('t'), 1);
  });

  for (const end of ['close', asyncDispose]) {
    test(`${String(end)} ends the cache, its namespaces and its locks`, async (context) => {
      const cache = new context.InMemoryCache();
      const space = cache.namespace('n');
      await space.set('k', 1);
      const holder = await cache.lock('k');
      const waits = [cache.lock('k'), cache.withLock('k', assert.fail)];
      await settled();
      await cache[end]();
      await cache[end]();
      for (const wait of waits) await rejects(context, wait, 'disposed');
      for (const call of [
        () => cache.get('k'),
        () => cache.set('k', 1),
        () => cache.lock('k'),
        () => space.lock('k'),
        () => space.get('k'),
        () => holder.setResult(1),
      ]) {
        await rejects(context, Promise.resolve().then(call), 'disposed');
      }
      await holder.exit();
      await rejects(
        context,
        Promise.resolve().then(() => cache.release('k')),
        'disposed',
      );
    });
  }

  test('close of a subclass of BaseCache ends its locks; the store is its own', async (context) => {
    class Mapped extends context.BaseCache {
      store = new Map();
      async get(key) {
        return this.store.get(key);
      }
      async set(key, value) {
        this.store.set(key, value);
      }
      async clear(key) {
        this.store.delete(key);
      }
      async flush() {
        this.store.clear();
      }
    }
    const cache = new Mapped();
    const holder = await cache.lock('k');
    const waits = cache.lock('k');
    await settled();
    cache.close();
    cache.close();
    await rejects(context, waits, 'disposed');
    await rejects(context, cache.lock('k'), 'disposed');
    await rejects(context, holder.setResult(1), 'not-holder');
    await cache.set('k', 1);
    await cache.flush();
    cache.release('k');
    assert.deepEqual(cache.inspect(), []);
    const unused = new Mapped();
    await unused[asyncDispose]();
    await rejects(context, unused.lock('k'), 'disposed');
  });

  test('a log, JSON and a comparison show which cache it is, and no value', async ({ InMemoryCache }) => {
    const [one, other] = [new InMemoryCache(), new InMemoryCache()];
    await one.set('k', 'secret');
    assert.include(JSON.stringify(one), '"entries":1');
    assert.notInclude(JSON.stringify(one), 'secret');
    assert.match(String(one[Symbol.for('nodejs.util.inspect.custom')](0, {}, JSON.stringify)), /^InMemoryCache \{/);
    assert.notDeepEqual(one, other);
    assert.notDeepEqual(one.namespace('a'), one.namespace('b'));
    assert.deepEqual(one, one);
  });
});
