// What changes while a value is computed, by a load or by the holder of a lock, in every order.

import { assert, failure, gated, group, rejects, settled, withClock } from './harness.mjs';

/** What means that a value that is being computed may be out of date. */
const CHANGES = {
  set: (cache) => cache.set('k', 'newer'),
  'set to undefined': (cache) => cache.set('k', undefined),
  setMany: (cache) => cache.setMany([['k', 'newer']]),
  delete: (cache) => cache.delete('k'),
  deleteMany: (cache) => cache.deleteMany(['x', 'k']),
  take: (cache) => cache.take('k'),
  clear: (cache) => cache.clear(),
  load: (cache) => cache.load([]),
  'load of the key': (cache) => cache.load([['k', { value: 'newer' }]]),
};

/** What says nothing about the value. */
const HARMLESS = {
  get: (cache) => cache.get('k'),
  'set of another key': (cache) => cache.set('other', 1),
  'delete of another key': (cache) => cache.delete('other'),
  'the same key of a namespace': (cache) => cache.namespace('n').set('k', 1).delete('k'),
  'clear of a namespace': (cache) => cache.namespace('n').clear(),
  purgeStale: (cache) => cache.purgeStale(),
  touch: (cache) => cache.touch('k'),
  'deleteByTag of another tag': (cache) => cache.deleteByTag('other'),
  'deleteByTag in a namespace': (cache) => cache.namespace('n').deleteByTags(['t']),
  eviction: (cache) => {
    for (let key = 0; key < 100; key += 1) cache.set(key, key);
  },
  resize: (cache) => cache.resize(1),
};

/** Ways to compute a value: each begins, and tells what to call to end it, and what its caller gets. */
const COMPUTATIONS = {
  load: (cache, options) => {
    const load = gated();
    return { end: load.open, got: cache.getOrSet('k', load.loader, options) };
  },
  lock: (cache, { tags } = {}) => {
    const load = gated();
    const got = cache.withLock('k', async (lock) => {
      await lock.setResult(await load.loader({}), tags && { tags });
      return lock.result;
    });
    return { end: load.open, got };
  },
  'load of many': (cache, options) => {
    const load = gated();
    return {
      end: (value) => load.open([value]),
      got: cache.getOrSetMany(['k'], load.loader, options).then(([v]) => v),
    };
  },
};

export default group('fencing', (test) => {
  for (const [what, compute] of Object.entries(COMPUTATIONS)) {
    for (const [change, call] of Object.entries(CHANGES)) {
      test(`${what}, then ${change}: its value goes to who came before, and is not stored`, async ({ Cache }) => {
        const cache = new Cache({ max: 10 });
        const { end, got } = compute(cache);
        const [joined, locked] = [cache.getOrSet('k', assert.fail), cache.lock('k')];
        await settled();
        call(cache);
        const newer = cache.peek('k');
        const after = cache.getOrSet('k', () => 'afresh');
        assert.equal(await after, newer ?? 'afresh');
        end('older');
        assert.deepEqual(await Promise.all([got, joined]), ['older', 'older']);
        const lock = await locked;
        assert.equal(lock.result, 'older');
        await lock.exit();
        assert.equal(cache.get('k'), newer ?? 'afresh');
        assert.equal(cache.stats().fenced, 1);
        assert.deepEqual(cache.inspect(), []);
      });

      test(`${change}, before ${what} begins and after it ends: nothing is refused`, async ({ Cache }) => {
        const cache = new Cache({ max: 10 });
        call(cache);
        cache.delete('k');
        const { end, got } = compute(cache);
        end('v');
        assert.equal(await got, 'v');
        assert.equal(cache.get('k'), 'v');
        call(cache);
        assert.notEqual(cache.get('k'), 'v');
        assert.equal(cache.stats().fenced, 0);
      });
    }

    for (const [change, call] of Object.entries(HARMLESS)) {
      test(`${what}, then ${change}: stored all the same`, async ({ Cache }) => {
        const cache = new Cache({ max: 10 });
        const { end, got } = compute(cache, { tags: ['t'] });
        await settled();
        call(cache);
        const joined = cache.getOrSet('k', assert.fail);
        end('v');
        assert.deepEqual(await Promise.all([got, joined]), ['v', 'v']);
        assert.equal(cache.get('k'), 'v');
        assert.equal(cache.stats().fenced, 0);
      });
    }

    test(`${what} of what has expired, or was evicted meanwhile: stored`, ({ Cache }) =>
      withClock(async (clock) => {
        const cache = new Cache({ max: 10, ttl: 100, swr: 1000 });
        cache.set('k', 'old');
        clock.advance(100);
        const { end, got } = compute(cache, { swr: 0 });
        await settled();
        clock.advance(5000);
        cache.purgeStale();
        for (let key = 0; key < 50; key += 1) cache.set(key, key);
        end('v');
        assert.equal(await got, 'v');
        assert.equal(cache.get('k'), 'v');
      }));

    test(`${what}, then deleteByTag of a tag that its value gets only at the end: not stored`, async ({ Cache }) => {
      for (const tags of [['t'], ['other', 't'], ['other']]) {
        for (const where of [(cache) => cache, (cache) => cache.namespace('n')]) {
          const cache = new Cache({ max: 10 });
          const space = where(cache);
          const { end, got } = compute(space, { tags });
          await settled();
          assert.equal(cache.deleteByTags(['x', 't']), 0);
          end('v');
          assert.equal(await got, 'v');
          assert.equal(space.has('k'), !tags.includes('t'));
          assert.equal(cache.stats().fenced, Number(tags.includes('t')));
          cache.clear();
          const again = compute(space, { tags });
          again.end('w');
          assert.equal(await again.got, 'w');
          assert.isTrue(space.has('k'), 'only what was being computed at the time');
        }
      }
    });

    test(`${what} in a namespace, which is cleared, from within or from above`, async ({ Cache }) => {
      for (const clear of [
        (cache) => cache,
        (cache) => cache.namespace('n'),
        (cache) => cache.namespace('n').namespace('m'),
      ]) {
        const cache = new Cache({ max: 10 });
        const space = cache.namespace('n').namespace('m');
        const { end, got } = compute(space);
        await settled();
        clear(cache).clear();
        end('v');
        assert.equal(await got, 'v');
        assert.isFalse(space.has('k'));
        const safe = compute(space);
        cache.namespace('o').clear();
        cache.namespace('n').namespace('p').clear();
        safe.end('w');
        await safe.got;
        assert.equal(space.get('k'), 'w');
      }
    });

    test(`${what}, of an entry that goes by its tag`, async ({ Cache }) => {
      const cache = new Cache({ max: 10, ttl: 100, swr: 100 });
      await withClock(async (clock) => {
        cache.set('k', 'old', { tags: ['t'] });
        clock.advance(100);
        const { end, got } = compute(cache, { swr: 0 });
        await settled();
        assert.equal(cache.deleteByTag('t'), 1);
        assert.equal(await cache.getOrSet('k', () => 'afresh', { swr: 0 }), 'afresh');
        end('older');
        assert.equal(await got, 'older');
        assert.equal(cache.get('k'), 'afresh');
      });
    });
  }

  test('deleteByTag of a tag that a load is known to carry: later callers begin afresh', async ({ Cache }) => {
    for (const remove of [(space) => space.deleteByTag('t'), (space) => space.expireByTags(['t'])]) {
      const cache = new Cache({ max: 10 });
      const [option, kept, own] = ['option', 'kept', 'own'].map((name) => ({ name, load: gated() }));
      cache.set('kept', 'old', { tags: ['t'] });
      const first = [
        cache.getOrSet('option', option.load.loader, { tags: ['s', 't'] }),
        cache.refresh('kept', kept.load.loader),
        cache.getOrSet('own', (context) => (context.setTags(['t']), own.load.loader(context))),
        cache.getOrSet('other', gated().loader, { tags: ['other'] }),
      ];
      await settled();
      remove(cache);
      const keys = ['option', 'kept', 'own'];
      assert.deepEqual(await Promise.all(keys.map((key) => cache.getOrSet(key, () => `new ${key}`))), [
        'new option',
        'new kept',
        'new own',
      ]);
      const joined = cache.getOrSet('other', assert.fail);
      for (const { name, load } of [option, kept, own]) load.open(`late ${name}`);
      assert.deepEqual(await Promise.all(first.slice(0, 3)), ['late option', 'late kept', 'late own']);
      assert.deepEqual(
        keys.map((key) => cache.get(key)),
        ['new option', 'new kept', 'new own'],
      );
      cache.close();
      await Promise.allSettled([joined, first[3]]);
    }
  });

  test('tags that the loader sets itself count too', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const load = gated();
    const got = cache.getOrSet('k', async ({ setTags }) => {
      const value = await load.loader({});
      setTags(['t']);
      return value;
    });
    cache.deleteByTag('t');
    load.open('v');
    assert.equal(await got, 'v');
    assert.isFalse(cache.has('k'));
  });

  test('a lock whose turn comes after deleteByTag may store what carries the tag', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const first = await cache.lock('k');
    const waiting = cache.lock('k');
    const load = cache.getOrSet('l', () => 'v', { tags: ['t'] });
    await settled();
    cache.deleteByTag('t');
    await first.exit();
    const second = await waiting;
    await second.setResult('v', { tags: ['t'] });
    await second.exit();
    await load;
    assert.equal(cache.get('k'), 'v');
  });

  test('several changes, several loads: the last one is stored, whichever ends first', async ({ Cache }) => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const cache = new Cache({ max: 10 });
      const loads = [gated(), gated(), gated()];
      const got = loads.map(({ loader }) => {
        cache.delete('k');
        return cache.getOrSet('k', loader);
      });
      for (const index of order) {
        loads[index].open(`v${index}`);
        await got[index];
      }
      assert.deepEqual(await Promise.all(got), ['v0', 'v1', 'v2']);
      assert.equal(cache.get('k'), 'v2');
      assert.equal(cache.stats().fenced, 2);
    }
  });

  test('a fenced load that fails, fails for those who came before; who came after is not concerned', async ({
    Cache,
  }) => {
    const cache = new Cache({ max: 10 });
    const [before, after] = [gated(), gated()];
    const olds = [failure(cache.getOrSet('k', before.loader)), failure(cache.getOrSet('k', assert.fail))];
    cache.delete('k');
    const news = [cache.getOrSet('k', after.loader), cache.getOrSet('k', assert.fail)];
    const error = new Error('older');
    before.fail(error);
    assert.deepEqual(await Promise.all(olds), [error, error]);
    after.open('v');
    assert.deepEqual(await Promise.all(news), ['v', 'v']);
    assert.equal(cache.get('k'), 'v');
  });

  test('those who wait at a fenced lock that leaves without a result wait for the newer load', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const old = await cache.lock('k');
    const [load, lock] = [cache.getOrSet('k', assert.fail), cache.lock('k')];
    await settled();
    cache.delete('k');
    const fresh = gated();
    const after = cache.getOrSet('k', fresh.loader);
    await old.exit();
    await settled();
    fresh.open('fresh');
    assert.deepEqual(await Promise.all([load, after]), ['fresh', 'fresh']);
    const waited = await lock;
    assert.equal(waited.result, 'fresh');
    await waited.exit();
    assert.deepEqual(cache.inspect(), []);
  });

  test('swr: a delete while the value is loaded behind', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10, ttl: 100, swr: 100 }).set('k', 'old');
      clock.advance(100);
      const load = gated();
      assert.equal(await cache.getOrSet('k', load.loader), 'old');
      cache.delete('k');
      assert.equal(await cache.getOrSet('k', ({ stale }) => stale ?? 'fresh'), 'fresh');
      load.open('older');
      await settled();
      assert.equal(cache.get('k'), 'fresh');
      assert.equal(cache.stats().fenced, 1);
    }));

  test('what is refused is told at once, with its key and its namespace', async (context) => {
    const told = [];
    const events = ({ type, key, namespace }) => type === 'fenced' && told.push([key, ...namespace]);
    const cache = new context.Cache({ max: 10, events });
    const space = cache.namespace('n');
    const load = gated();
    const got = space.getOrSet('k', load.loader);
    space.delete('k');
    load.open('v');
    await got;
    assert.deepEqual(told, [['k', 'n']]);
    await cache.withLock('l', async (lock) => {
      await settled();
      cache.set('l', 'newer');
      await lock.setResult('older');
      assert.deepEqual(told[1], ['l']);
      await rejects(context, lock.setResult('again'), 'result-already-set');
    });
  });
});
