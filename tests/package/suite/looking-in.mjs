// What can be known of entries and caches without changing them.

import { assert, group, refuses, withClock } from './harness.mjs';

export default group('looking in', (test) => {
  test('info tells what is known of one entry', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ maxSize: 100, sizeCalculation: () => 7, swr: 500 });
      cache.set('a', 'x', { ttl: 100, tags: ['one', 'two'] });
      cache.set('b', 'y', { size: 3 });
      clock.advance(40);
      const a = {
        value: 'x',
        ttl: 100,
        remaining: 60,
        expires: clock.now + 60,
        size: 7,
        etag: undefined,
        pinned: false,
        isStale: false,
      };
      const { tags, ...rest } = cache.info('a');
      assert.deepEqual(rest, a);
      assert.sameMembers(tags, ['one', 'two']);
      assert.deepEqual(cache.info('b'), {
        value: 'y',
        ttl: Infinity,
        remaining: Infinity,
        expires: Infinity,
        size: 3,
        tags: [],
        etag: undefined,
        pinned: false,
        isStale: false,
      });
      assert.isUndefined(cache.info('none'));
      clock.advance(80);
      assert.deepInclude(cache.info('a'), { value: 'x', remaining: 0, expires: clock.now - 20, isStale: true });
      assert.equal(cache.getRemainingTTL('a'), cache.getRemainingTTL('none'), 'only info tells these apart');
      assert.isUndefined(cache.namespace('n').info('a'));
    }));

  test('info is no use, no hit, and no eviction', (context) => {
    const cache = new context.Cache({ max: 2, policy: 'lru' });
    cache.set('a', 1).set('b', 2);
    cache.info('a');
    cache.tagsOf('a');
    assert.deepInclude(cache.stats(), { hits: 0, misses: 0, entries: 2 });
    cache.set('c', 3);
    assert.isFalse(cache.has('a'));
    refuses(context, () => cache.info({}), 'invalid-key', 'key');
    refuses(context, () => cache.tagsOf(null), 'invalid-key', 'key');
    cache.close();
    refuses(context, () => cache.info('a'), 'disposed');
    refuses(context, () => cache.pop(), 'disposed');
  });

  test('an isolated value stays one', ({ Cache }) => {
    const cache = new Cache({ max: 2, isolate: 'clone' });
    cache.set('a', { list: [1] });
    cache.info('a').value.list.push(2);
    assert.deepEqual(cache.get('a'), { list: [1] });
  });

  test('the tags of an entry can be read, and kept by the next set', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.set('a', 1, { tags: ['user:1', 'role'] });
    assert.sameMembers(cache.tagsOf('a'), ['user:1', 'role']);
    assert.deepEqual(cache.tagsOf('none'), []);
    cache.set('a', 2, { tags: cache.tagsOf('a') });
    assert.sameMembers(cache.tagsOf('a'), ['user:1', 'role']);
    cache.set('a', 3);
    assert.deepEqual(cache.tagsOf('a'), []);
    assert.equal(cache.deleteByTag('role'), 0);
  });

  test('a tag of the cache reaches entries of all its namespaces, but not the other way round', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const inner = cache.namespace('n').namespace('m');
    cache.set('a', 1, { tags: ['t'] });
    cache.namespace('n').set('a', 1, { tags: ['t'] });
    inner.set('a', 1, { tags: ['t', 'u'] });
    assert.deepEqual(inner.tagsOf('a').sort(), ['t', 'u']);
    assert.equal(inner.deleteByTag('t'), 1);
    assert.equal(cache.deleteByTag('t'), 2);
    assert.equal(cache.stats().entries, 0);
  });

  test('an iteration can include what has expired and is still there', (context) =>
    withClock((clock) => {
      const cache = new context.Cache({ max: 10, grace: 1_000 });
      cache.set('a', 1, 10).set('b', 2).set('c', 3, 10);
      clock.advance(20);
      assert.deepEqual([...cache.keys()], ['b']);
      assert.deepEqual([...cache.keys({ allowStale: true })], ['a', 'b', 'c']);
      assert.deepEqual([...cache.values({ allowStale: true })], [1, 2, 3]);
      assert.deepEqual([...cache.entries({ allowStale: true })].flat(), ['a', 1, 'b', 2, 'c', 3]);
      assert.equal(cache.size, 3);
      assert.equal([...cache.keys()].length, 1, 'the live ones');
      refuses(context, () => [...cache.keys({ allowStale: 1 })], 'invalid-option', 'allowStale');
      refuses(context, () => [...cache.keys({ stale: true })], 'invalid-option', 'stale');
    }));

  test('an iteration can begin at the end', (context) =>
    withClock((clock) => {
      for (const policy of ['tinylfu', 'sampled', 'lru']) {
        const cache = new context.Cache({ max: 10, policy, grace: 1_000 });
        cache.set('a', 1).set('b', 2, 10).set('c', 3);
        const spaced = cache.namespace('n').set('d', 4).set('e', 5);
        clock.advance(10);
        for (const each of [cache, spaced]) {
          for (const list of ['keys', 'values', 'entries', 'ranked']) {
            for (const allowStale of [true, false]) {
              const forth = [...each[list]({ allowStale })];
              assert.deepEqual([...each[list]({ allowStale, reverse: true })], forth.reverse(), `${policy} ${list}`);
            }
          }
        }
        assert.sameMembers([...cache.keys({ reverse: true })], ['a', 'c']);
        assert.equal(cache.stats().hits, 0);
        refuses(context, () => [...cache.keys({ reverse: 1 })], 'invalid-option', 'reverse');
        refuses(context, () => [...cache.ranked({ order: 1 })], 'invalid-option', 'order');
      }
    }));

  test('an iteration from the end skips what is removed meanwhile', ({ Cache }) => {
    const cache = new Cache({ max: 10 }).setMany(['a', 'b', 'c', 'd'].map((key) => [key, key]));
    const seen = [];
    for (const key of cache.keys({ reverse: true })) {
      seen.push(key);
      if (key === 'd') cache.delete('c');
      if (key === 'b') cache.set('e', 1).clear();
    }
    assert.deepEqual(seen, ['d', 'b']);
  });

  test('ranked begins with what is most worth keeping', ({ Cache }) => {
    for (const policy of ['tinylfu', 'sampled', 'lru']) {
      const cache = new Cache({ max: 100, policy });
      for (let key = 0; key < 100; key += 1) cache.set(key, String(key));
      for (let round = 0; round < 20; round += 1) {
        for (let key = 1000; key < 1050; key += 1) cache.set(round * 100 + key, 'once');
        for (let key = 20; key < 30; key += 1) cache.getOrInsert(key, String(key));
      }
      const keys = Array.from(cache.ranked(), ([key]) => key);
      assert.deepEqual(
        keys,
        cache.dump().map(([key]) => key),
      );
      assert.includeMembers(keys.slice(0, 15), [20, 21, 22, 23, 24, 25, 26, 27, 28, 29], policy);
      assert.equal(cache.ranked({ reverse: true }).next().value[0], keys.at(-1));
      for (const [key, value] of cache.ranked()) assert.equal(value, cache.peek(key));
      cache.namespace('n').set('inner', 1);
      assert.deepEqual([...cache.namespace('n').ranked()], [['inner', 1]]);
    }
  });

  test('pop hands out what would be evicted next', ({ Cache }) =>
    withClock((clock) => {
      const events = [];
      const disposed = [];
      const cache = new Cache({
        max: 10,
        policy: 'lru',
        events: ({ type, key }) => events.push([type, key]),
        dispose: (value, key, reason) => disposed.push([key, reason]),
      });
      cache.set('dead', 0, 10).set('a', 1).set('b', 2);
      cache.namespace('n').set('c', 3);
      cache.get('a');
      clock.advance(10);
      events.length = 0;
      assert.equal(cache.pop(), 2, 'not the one that has expired');
      assert.deepEqual(events.splice(0), [
        ['expire', 'dead'],
        ['take', 'b'],
      ]);
      assert.deepEqual(disposed, [['dead', 'expire']]);
      assert.equal(cache.pop(), 3);
      assert.equal(cache.pop(), 1);
      assert.isUndefined(cache.pop());
      assert.equal(cache.size, 0);
      for (const policy of ['tinylfu', 'sampled']) {
        const other = new Cache({ max: 10, policy });
        for (let key = 0; key < 10; key += 1) other.set(key, key);
        const popped = Array.from({ length: 11 }, () => other.pop());
        assert.sameMembers(popped, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, undefined]);
      }
    }));

  test('purgeStale leaves what swr and grace may still serve', async (context) => {
    await withClock(async (clock) => {
      const cache = new context.Cache({ max: 10, ttl: 10, grace: 100, swr: 50 });
      cache.set('a', 'old');
      clock.advance(60);
      assert.equal(cache.purgeStale(), 0);
      assert.equal(await cache.getOrSet('a', () => Promise.reject(new Error('down'))), 'old');
      clock.advance(50);
      assert.equal(cache.purgeStale(), 1);
      cache.set('b', 1);
      clock.advance(20);
      assert.equal(cache.purgeStale({ all: false }), 0);
      assert.equal(cache.purgeStale({ all: true }), 1);
      refuses(context, () => cache.purgeStale({ all: 1 }), 'invalid-option', 'all');
      refuses(context, () => cache.purgeStale({ every: true }), 'invalid-option', 'every');
      const stale = new context.Cache({ max: 10, ttl: 10, allowStale: true });
      stale.set('a', 1);
      clock.advance(20);
      assert.equal(stale.purgeStale(), 1, 'what only allowStale keeps is what it is for');
    });
  });

  test('a cache shows its numbers, and no values', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.set('secret key', 'secret value');
    cache.get('secret key');
    cache.get('none');
    cache.namespace('n').set('a', 1);
    const json = JSON.parse(JSON.stringify({ cache, space: cache.namespace('n') }));
    assert.deepEqual(json, {
      cache: { entries: 2, max: 10, size: 0, maxSize: null, hitRatio: 0.5 },
      space: { path: ['n'], entries: 1 },
    });
    assert.equal(String(cache), '[object Cache]');
    assert.equal(String(cache.namespace('n')), '[object Namespace]');
    const print = cache[Symbol.for('nodejs.util.inspect.custom')](2, {}, (value) => JSON.stringify(value));
    assert.include(print, 'Cache {"entries":2');
    assert.notInclude(print, 'secret');
    cache.close();
    assert.deepEqual(cache.toJSON(), { closed: true });
    assert.deepEqual(cache.namespace === undefined ? undefined : Object.keys(cache), []);
  });

  test('different caches compare as different, one and the same as equal', ({ Cache }) => {
    const [one, other] = [new Cache({ max: 10 }), new Cache({ max: 10 })];
    one.set('a', 1);
    other.set('a', 2);
    assert.notDeepEqual(one, other);
    assert.notDeepEqual({ cache: new Cache({ max: 1 }) }, { cache: new Cache({ max: 1 }) });
    assert.deepEqual(one, one);
    assert.deepEqual(one.namespace('n'), one.namespace('n'));
    assert.notDeepEqual(one.namespace('n'), one.namespace('m'));
    assert.notDeepEqual(one.namespace('n'), other.namespace('n'));
  });

  test('close ends a cache, as disposing of it does', async (context) => {
    const left = [];
    const cache = new context.Cache({ max: 10, dispose: (value, key, reason) => left.push([key, reason]) });
    cache.set('a', 1);
    cache.close();
    cache.close();
    assert.deepEqual(left, [['a', 'delete']]);
    refuses(context, () => cache.get('a'), 'disposed');
  });

  test('a value that is too large is an event', ({ Cache }) => {
    const events = [];
    const cache = new Cache({ maxSize: 10, events: (event) => events.push(event) });
    cache.namespace('n').set('a', 'old', { size: 1 });
    events.length = 0;
    cache.namespace('n').set('a', 'huge', { size: 11 });
    assert.deepEqual(events, [
      { type: 'refuse', key: 'a', size: 11, reason: 'size', namespace: ['n'] },
      { type: 'delete', key: 'a', value: 'old', namespace: ['n'] },
    ]);
    assert.equal(cache.stats().refusals, 1);
  });
});
