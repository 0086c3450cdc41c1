// A ttl that a load computes from its value: 0 and less mean that the value is handed out, and not kept.

import { assert, gated, group, settled, uncaught, withClock } from './harness.mjs';

/** Ways to compute a ttl: a loader, and the options of the load. */
const WAYS = {
  setTtl: (ttl) => [({ setTtl }) => (setTtl(ttl), 'v'), {}],
  'setTtl, with another ttl as option': (ttl) => [({ setTtl }) => (setTtl(ttl), 'v'), { ttl: 1000 }],
  'a function': (ttl) => [() => 'v', { ttl: () => ttl }],
  'a function, of null': (ttl) => [() => null, { ttl: () => ttl }],
  'setTtl, of null': (ttl) => [({ setTtl }) => (setTtl(ttl), null), { negativeTtl: 1000 }],
};

export default group('computed ttl', (test) => {
  for (const [way, make] of Object.entries(WAYS)) {
    for (const ttl of [0, -0, -1, -Infinity]) {
      test(`${Object.is(ttl, -0) ? '-0' : ttl} by ${way}: all who wait get the value, and it isn’t kept`, async ({
        Cache,
      }) => {
        const told = [];
        const cache = new Cache({ max: 10, events: ({ type }) => told.push(type) });
        const [loader, options] = make(ttl);
        const load = gated();
        const heard = await uncaught(async () => {
          const both = [
            cache.getOrSet('k', async (context) => (await load.loader(context), loader(context)), options),
            cache.getOrSet('k', assert.fail),
          ];
          load.open();
          const value = loader({ setTtl() {} });
          assert.deepEqual(await Promise.all(both), [value, value]);
          assert.isFalse(cache.has('k'));
          assert.deepEqual(cache.inspect(), []);
          assert.equal(await cache.getOrSet('k', () => 'next'), 'next');
        });
        assert.deepEqual(heard, []);
        assert.notInclude(told, 'error');
      });
    }

    test(`a lock that waits for a load with ttl 0 by ${way} gets its value`, async ({ Cache }) => {
      const cache = new Cache({ max: 10 });
      const [loader, options] = make(0);
      const load = gated();
      const got = cache.getOrSet('k', async (context) => (await load.loader(context), loader(context)), options);
      const lock = cache.lock('k');
      await settled();
      load.open();
      assert.equal((await lock).result, await got);
      await (await lock).exit();
      assert.deepEqual(cache.inspect(), []);
    });
  }

  test('of many keys: each by its own', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const options = { ttl: (value) => (value - 2) * 1000 };
    assert.deepEqual(await cache.getOrSetMany(['a', 'b', 'c'], () => [1, 2, 3], options), [1, 2, 3]);
    assert.deepEqual([...cache.keys()], ['c']);
  });

  test('what there was makes way for a value that isn’t kept', ({ Cache }) =>
    withClock(async (clock) => {
      const disposed = [];
      const cache = new Cache({
        max: 10,
        ttl: 100,
        swr: 1000,
        dispose: (value, _, reason) => disposed.push([value, reason]),
      });
      const passing = ({ setTtl }) => (setTtl(0), 'newer');
      cache.set('k', 'old');
      assert.equal(await cache.refresh('k', passing), 'newer');
      assert.isUndefined(cache.get('k'), 'nobody gets the older value after the newer one');
      assert.deepEqual(disposed, [['old', 'set']]);
      cache.set('k', 'old');
      clock.advance(100);
      assert.equal(await cache.getOrSet('k', passing), 'old');
      await settled();
      assert.equal(await cache.getOrSet('k', passing), 'newer');
    }));

  test('unless the key was changed meanwhile', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const load = gated();
    const got = cache.getOrSet('k', load.loader, { ttl: () => 0 });
    cache.set('k', 'set');
    load.open('older');
    assert.equal(await got, 'older');
    assert.equal(cache.get('k'), 'set');
  });

  test('options that are numbers: 0 is for ever, as in set', async ({ Cache }) => {
    const cache = new Cache({ max: 10, ttl: 50, negativeTtl: 0 });
    await cache.getOrSet('a', () => 1, { ttl: 0 });
    await cache.getOrSet('b', () => null);
    await cache.getOrSet('c', () => 1, { ttl: () => undefined });
    assert.deepEqual(
      ['a', 'b'].map((key) => cache.getRemainingTTL(key)),
      [Infinity, Infinity],
    );
    assert.isAtMost(cache.getRemainingTTL('c'), 50, 'nothing computed: the cache’s own');
  });
});
