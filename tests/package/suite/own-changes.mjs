// What a loader, or the holder of a lock, changes itself: before its first `await`, when it can be known, and after.

import { assert, gated, group, settled } from './harness.mjs';

/** Changes of the key `k`, whose value carries the tag `t`. */
const CHANGES = {
  set: (cache) => cache.set('k', 'inner'),
  setMany: (cache) => cache.setMany([['k', 'inner']]),
  delete: (cache) => cache.delete('k'),
  deleteMany: (cache) => cache.deleteMany(['k']),
  take: (cache) => cache.take('k'),
  clear: (cache) => cache.clear(),
  load: (cache) => cache.load([]),
  deleteByTag: (cache) => cache.deleteByTag('t'),
};

/** Ways to compute the value of `k` by a callback. */
const COMPUTATIONS = {
  getOrSet: (cache, callback) => cache.getOrSet('k', async () => (await callback(), 'outer'), { tags: ['t'] }),
  refresh: (cache, callback) => cache.refresh('k', async () => (await callback(), 'outer'), { tags: ['t'] }),
  'getOrSet with retry': (cache, callback) => {
    let tries = 0;
    const loader = async () => {
      if ((tries += 1) < 3) throw new Error('again');
      await callback();
      return 'outer';
    };
    return cache.getOrSet('k', loader, { tags: ['t'], retry: { times: 5, delay: 0 } });
  },
  getOrSetMany: (cache, callback) =>
    cache.getOrSetMany(['j', 'k'], async () => (await callback(), ['j', 'outer']), { tags: ['t'] }).then(([, v]) => v),
  withLock: (cache, callback) =>
    cache.withLock('k', async (lock) => {
      await callback();
      await lock.setResult('outer', { tags: ['t'] });
      return lock.result;
    }),
};

export default group('own changes', (test) => {
  for (const [how, compute] of Object.entries(COMPUTATIONS)) {
    for (const [change, call] of Object.entries(CHANGES)) {
      test(`${how}: ${change} before the first await is no change by others`, async ({ Cache }) => {
        for (const where of [(cache) => cache, (cache) => cache.namespace('n')]) {
          if (change === 'load' && where(new Cache({ max: 1 })).load === undefined) continue;
          const told = [];
          const cache = new Cache({ max: 10, events: ({ type }) => told.push(type) });
          const space = where(cache);
          const value = compute(space, () => void call(space));
          const joined = space.getOrSet('k', () => 'another');
          assert.equal(await value, 'outer');
          // Who comes then waits for it, unless there is a value.
          assert.include(change.startsWith('set') ? ['inner', 'outer'] : ['outer'], await joined);
          assert.equal(space.get('k'), 'outer');
          assert.notInclude(told, 'fenced');
          assert.equal(cache.stats().fenced, 0);
          assert.deepEqual(cache.inspect(), []);
        }
      });

      test(`${how}: ${change} after an await fences it, as nobody can tell who it is, and the event says so`, async ({
        Cache,
      }) => {
        const told = [];
        const cache = new Cache({ max: 10, events: ({ type, key }) => type === 'fenced' && told.push(key) });
        assert.equal(await compute(cache, () => settled(5).then(() => call(cache))), 'outer');
        assert.equal(cache.peek('k'), change.startsWith('set') ? 'inner' : undefined);
        assert.include(told, 'k');
        assert.deepEqual(cache.inspect(), []);
      });
    }

    test(`${how}: what others compute is fenced all the same`, async ({ Cache }) => {
      const cache = new Cache({ max: 10 });
      const [other, same] = [gated(), gated()];
      const space = cache.namespace('n');
      const values = [cache.getOrSet('other', other.loader, { tags: ['t'] }), space.getOrSet('k', same.loader)];
      await compute(cache, () => void (cache.delete('other'), cache.clear()));
      other.open('v');
      same.open('v');
      await Promise.all(values);
      assert.isFalse(cache.has('other') || space.has('k'));
      assert.equal(cache.get('k'), 'outer');
      assert.equal(cache.stats().fenced, 2);
    });
  }

  test('one that others have fenced: its own change fences the newer one', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const newer = gated();
    let tries = 0;
    const loader = () => {
      cache.delete('k');
      if ((tries += 1) > 1) return 'older';
      throw new Error('again');
    };
    const older = cache.getOrSet('k', loader, { retry: { times: 1, delay: 0 } });
    cache.delete('k');
    const value = cache.getOrSet('k', newer.loader);
    assert.equal(await older, 'older');
    newer.open('newer');
    assert.equal(await value, 'newer');
    assert.isFalse(cache.has('k'));
    assert.equal(cache.stats().fenced, 2);
  });

  test('a holder that sets after its result: those who come then have what was set', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    await cache.withLock('k', (lock) => {
      void lock.setResult('result');
      cache.set('k', 'newer');
      const next = cache.acquire('k');
      assert.isFalse(next.done, 'the result is out of date');
      return next.exit();
    });
    assert.equal(cache.get('k'), 'newer');
  });

  test('a loader within a loader: each one’s key is its own', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const inner = async () => {
      cache.delete('a');
      cache.delete('b');
      return 'b';
    };
    const outer = async () => `a ${await cache.getOrSet('b', inner)}`;
    assert.equal(await cache.getOrSet('a', outer), 'a b');
    assert.deepEqual(cache.getMany(['a', 'b']), ['a b', 'b']);
  });
});
