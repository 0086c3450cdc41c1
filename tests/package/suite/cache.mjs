// What a cache does with its entries, time and bounds aside.

import { assert, group } from './harness.mjs';

export default group('cache', (test) => {
  test('stores and finds values of every kind by reference', ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    const values = [0, -0, '', false, null, NaN, 1n, Symbol('s'), {}, [], () => {}, new Date(0), new Map()];
    values.forEach((value, index) => cache.set(index, value));
    values.forEach((value, index) => assert.isTrue(Object.is(cache.get(index), value)));
    assert.equal(cache.size, values.length);
  });

  test('is chainable, and overwrites', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    assert.strictEqual(cache.set('a', 1).set('a', 2), cache);
    assert.equal(cache.get('a'), 2);
    assert.equal(cache.size, 1);
  });

  test('tells numbers from strings, and has no special keys', ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    const keys = [1, '1', '', '__proto__', 'constructor', 'toString', '\ud800', '\udfff', '\ufffd', 0.5, -1, Infinity];
    keys.forEach((key, index) => cache.set(key, index));
    keys.forEach((key, index) => assert.strictEqual(cache.get(key), index, String(key)));
    assert.equal(cache.size, keys.length);
    assert.isUndefined(cache.get('hasOwnProperty'));
  });

  test('takes NaN for one key, and 0 and -0 for one, as a Map does', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.set(NaN, 'n').set(-0, 'z');
    assert.equal(cache.get(NaN), 'n');
    assert.equal(cache.get(0), 'z');
    assert.equal(cache.size, 2);
  });

  test('counts null as a value and undefined as none', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.set('a', null);
    assert.isNull(cache.get('a'));
    assert.isTrue(cache.has('a'));
    cache.set('a', undefined);
    assert.isFalse(cache.has('a'));
    assert.equal(cache.size, 0);
    assert.isUndefined(cache.set('b', undefined).get('b'));
  });

  test('has, peek, delete and take', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.set('a', 1).set('b', 2);
    assert.isTrue(cache.has('a'));
    assert.isFalse(cache.has('c'));
    assert.equal(cache.peek('a'), 1);
    assert.isUndefined(cache.peek('c'));
    assert.isTrue(cache.delete('a'));
    assert.isFalse(cache.delete('a'));
    assert.equal(cache.take('b'), 2);
    assert.isUndefined(cache.take('b'));
    assert.equal(cache.size, 0);
  });

  test('getMany, setMany and deleteMany', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    assert.strictEqual(
      cache.setMany(
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
      ),
      cache,
    );
    cache.setMany([['c', 3, { tags: ['t'] }]], { tags: ['other'] });
    assert.deepEqual(cache.getMany(['b', 'x', 'a', 'b']), [2, undefined, 1, 2]);
    assert.deepEqual(cache.getMany(new Set(['c'])), [3]);
    assert.equal(cache.deleteByTag('other'), 0);
    assert.equal(cache.deleteMany(['a', 'b', 'x', 'a']), 2);
    assert.deepEqual(cache.getMany([]), []);
    assert.deepEqual([...cache.keys()], ['c']);
  });

  test('clear leaves nothing, and the cache goes on', ({ Cache }) => {
    const cache = new Cache({ max: 1000, ttl: 60_000 });
    for (let round = 0; round < 3; round += 1) {
      for (let key = 0; key < 500; key += 1) cache.set(key, key, { tags: ['t'] });
      assert.equal(cache.size, 500);
      cache.clear();
      assert.equal(cache.size, 0);
      assert.isUndefined(cache.get(7));
      assert.equal(cache.deleteByTag('t'), 0);
    }
  });

  test('iterates like a Map, in the order of insertion', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.set('a', 1).set('b', 2).set('c', 3).set('a', 4);
    assert.deepEqual(
      [...cache],
      [
        ['a', 4],
        ['b', 2],
        ['c', 3],
      ],
    );
    assert.deepEqual([...cache.entries()], [...cache]);
    assert.deepEqual([...cache.keys()], ['a', 'b', 'c']);
    assert.deepEqual([...cache.values()], [4, 2, 3]);
    const seen = [];
    const self = {};
    cache.forEach(function (value, key, all) {
      assert.strictEqual(this, self);
      assert.strictEqual(all, cache);
      seen.push([key, value]);
    }, self);
    assert.deepEqual(seen, [...cache]);
    assert.deepEqual(
      new Map(cache),
      new Map([
        ['a', 4],
        ['b', 2],
        ['c', 3],
      ]),
    );
  });

  test('iterates through changes like a Map', ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    for (let key = 0; key < 10; key += 1) cache.set(key, key);
    const seen = [];
    for (const [key] of cache) {
      seen.push(key);
      cache.delete(key + 1);
      if (key < 6) cache.set(100 + key, 'new');
    }
    assert.deepEqual(seen, [0, 2, 4, 6, 8, 100, 102, 104]);
    for (const key of cache.keys()) if (key === 2) cache.clear();
    assert.equal(cache.size, 0);
  });

  test('entries set during an iteration that evicts are whole', ({ Cache }) => {
    const cache = new Cache({ max: 20 });
    for (let key = 0; key < 20; key += 1) cache.set(key, `v${key}`);
    let next = 20;
    for (const [key, value] of cache) {
      assert.equal(value, `v${key}`);
      if (next < 200) cache.set(next, `v${next++}`);
    }
    assert.equal(cache.size, 20);
  });

  test('counts what happens', ({ Cache }) => {
    const cache = new Cache({ max: 2 });
    cache.set('a', 1).set('b', 2).set('a', 3);
    cache.get('a');
    cache.get('x');
    cache.peek('a');
    cache.has('a');
    cache.set('c', 4);
    cache.take('c');
    cache.delete('nothing');
    const stats = cache.stats();
    assert.include(stats, { hits: 2, misses: 1, inserts: 3, updates: 1, evictions: 1, expirations: 0, deletions: 1 });
    assert.include(stats, { refusals: 0, entries: 1, size: 0, max: 2, maxSize: Infinity });
  });

  test('ends when it is disposed of', ({ Cache, CacheError }) => {
    const gone = [];
    const cache = new Cache({ max: 10, dispose: (value, key, reason) => gone.push([value, key, reason]) });
    cache.set('a', 1);
    const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
    cache[dispose]();
    cache[dispose]();
    assert.deepEqual(gone, [[1, 'a', 'delete']]);
    assert.equal(cache.size, 0);
    const calls = {
      get: () => cache.get('a'),
      set: () => cache.set('a', 1),
      has: () => cache.has('a'),
      peek: () => cache.peek('a'),
      delete: () => cache.delete('a'),
      take: () => cache.take('a'),
      clear: () => cache.clear(),
      getMany: () => cache.getMany([]),
      setMany: () => cache.setMany([]),
      deleteMany: () => cache.deleteMany([]),
      keys: () => [...cache.keys()],
      iteration: () => [...cache],
      forEach: () => cache.forEach(() => {}),
      touch: () => cache.touch('a'),
      getRemainingTTL: () => cache.getRemainingTTL('a'),
      purgeStale: () => cache.purgeStale(),
      dump: () => cache.dump(),
      load: () => cache.load([]),
      stats: () => cache.stats(),
      resize: () => cache.resize(5),
      deleteByTag: () => cache.deleteByTag('t'),
      deleteByTags: () => cache.deleteByTags(['t']),
      namespace: () => cache.namespace('n'),
    };
    for (const [name, call] of Object.entries(calls)) {
      assert.throws(call, CacheError, 'disposed of', name);
    }
  });

  test('caches know nothing of each other', ({ Cache }) => {
    const caches = Array.from({ length: 50 }, (_, index) => new Cache({ max: index + 1 }));
    for (let key = 0; key < 100; key += 1) caches.forEach((cache, index) => cache.set(key, index));
    caches.forEach((cache, index) => {
      assert.equal(cache.size, index + 1);
      assert.equal(cache.get(99), index);
    });
  });
});
