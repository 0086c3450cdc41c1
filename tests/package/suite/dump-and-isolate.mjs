// Entries outside of a cache, and values that nobody can change behind its back.

import { assert, group, refuses, withClock } from './harness.mjs';

export default group('dump and isolate', (test) => {
  test('a dump brings back everything', ({ Cache }) =>
    withClock((clock) => {
      const options = { maxSize: 1000, sizeCalculation: () => 5 };
      const cache = new Cache(options);
      cache.set('a', { deep: [1] }, { ttl: 100, tags: ['x', 'y'] }).set(1, null, { size: 7 });
      cache
        .namespace('n')
        .namespace('m')
        .set('c', 3, { tags: ['x'] });
      cache.set('dead', 1, { ttl: 10 });
      clock.advance(30);
      const dump = JSON.parse(JSON.stringify(cache.dump()));
      assert.lengthOf(dump, 3);
      const a = dump.find(([key]) => key === 'a')[1];
      assert.deepEqual(a, {
        value: { deep: [1] },
        ttl: 100,
        start: clock.now - 30,
        size: 5,
        tags: a.tags,
        uses: a.uses,
      });
      assert.sameMembers(a.tags, ['x', 'y']);
      const copy = new Cache(options);
      copy.set('old', 1);
      copy.load(dump);
      assert.isFalse(copy.has('old'));
      assert.deepEqual(copy.get('a'), { deep: [1] });
      assert.isNull(copy.get(1));
      assert.equal(copy.namespace('n').namespace('m').get('c'), 3);
      assert.equal(copy.getRemainingTTL('a'), 70);
      assert.equal(copy.getRemainingTTL(1), Infinity);
      assert.equal(copy.stats().size, 17);
      assert.equal(copy.deleteByTag('x'), 2);
    }));

  test('what expires between dump and load stays out', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10, ttl: 100 });
      cache.set('a', 1).set('b', 2, { ttl: 0 });
      const dump = cache.dump();
      clock.advance(100);
      const copy = new Cache({ max: 10 });
      copy.load(dump);
      assert.deepEqual([...copy], [['b', 2]]);
    }));

  test('a dump of lru-cache will do', ({ Cache }) =>
    withClock((clock) => {
      const dump = [
        ['a', { value: 1 }],
        ['b', { value: 2, ttl: 100, start: clock.now - 40 }],
        ['c', { value: 3, size: 9 }],
      ];
      const cache = new Cache({ max: 10 });
      cache.load(dump);
      assert.deepEqual(
        [...cache],
        [
          ['a', 1],
          ['b', 2],
          ['c', 3],
        ],
      );
      assert.equal(cache.getRemainingTTL('b'), 60);
    }));

  test('a load that is too large keeps the bound', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.load(Array.from({ length: 100 }, (_, key) => [key, { value: key }]));
    assert.equal(cache.size, 10);
  });

  test('a load that is wrong changes nothing', (context) => {
    const cache = new context.Cache({ max: 10 });
    cache.set('a', 1);
    const good = ['b', { value: 2 }];
    const wrong = [
      [5, 'invalid-argument'],
      [undefined, 'invalid-argument'],
      ['text', 'invalid-argument'],
      [[good, 5], 'invalid-argument'],
      [[good, ['c']], 'invalid-argument'],
      [[good, ['c', null]], 'invalid-argument'],
      [[good, ['c', {}]], 'invalid-argument'],
      [[good, [{}, { value: 1 }]], 'invalid-key'],
      [[good, ['c', { value: 1, ttl: -1 }]], 'invalid-ttl'],
      [[good, ['c', { value: 1, ttl: 'x' }]], 'invalid-ttl'],
      [[good, ['c', { value: 1, start: NaN }]], 'invalid-argument'],
      [[good, ['c', { value: 1, start: 'x' }]], 'invalid-argument'],
      [[good, ['c', { value: 1, tags: [5] }]], 'invalid-option'],
      [[good, ['c', { value: 1, tags: 5 }]], 'invalid-option'],
      [[good, ['c', { value: 1, namespace: 'n' }]], 'invalid-argument'],
      [[good, ['c', { value: 1, namespace: [5] }]], 'invalid-argument'],
    ];
    for (const [dump, code] of wrong) {
      refuses(context, () => cache.load(dump), code);
      assert.deepEqual([...cache], [['a', 1]]);
    }
  });

  test('clones share nothing with what was set', ({ Cache }) => {
    const cache = new Cache({ max: 10, isolate: 'clone' });
    const value = { list: [1], map: new Map([['k', { deep: 1 }]]), when: new Date(5) };
    cache.set('a', value).set('b', 5).set('c', 'text');
    value.list.push(2);
    const found = cache.get('a');
    assert.deepEqual(found.list, [1]);
    found.map.get('k').deep = 2;
    assert.deepEqual(cache.get('a').map.get('k'), { deep: 1 });
    for (const other of [cache.peek('a'), [...cache.values()][0], cache.dump().find(([key]) => key === 'a')[1].value]) {
      assert.notStrictEqual(other, cache.get('a'));
      assert.deepEqual(other.when, new Date(5));
    }
    assert.equal(cache.get('b'), 5);
    const taken = cache.take('a');
    taken.list.push(3);
    assert.isFalse(cache.has('a'));
  });

  test('frozen values are frozen all the way down', ({ Cache }) => {
    const cache = new Cache({ max: 10, isolate: 'freeze' });
    const value = { list: [{ deep: 1 }], nothing: null, [Symbol.for('s')]: { x: 1 } };
    value.self = value;
    cache.set('a', value);
    assert.strictEqual(cache.get('a'), value);
    assert.isFrozen(value);
    assert.isFrozen(value.list);
    assert.isFrozen(value.list[0]);
    assert.isFrozen(value[Symbol.for('s')]);
    cache.set('a', value);
  });

  test('what can’t be isolated is refused, and stays as it was', (context) => {
    const clones = new context.Cache({ max: 10, isolate: 'clone' });
    for (const value of [() => {}, { f: () => {} }, Symbol('s'), new WeakMap()]) {
      refuses(context, () => clones.set('a', value), 'not-isolable');
    }
    assert.equal(clones.size, 0);
    const frozen = new context.Cache({ max: 10, isolate: 'freeze' });
    const inner = { plain: {} };
    for (const awkward of [
      new Map(),
      new Date(),
      new Uint8Array(2),
      () => {},
      new (class A {})(),
      Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }),
    ]) {
      refuses(context, () => frozen.set('a', { inner, awkward }), 'not-isolable');
      assert.isNotFrozen(inner);
    }
    assert.equal(frozen.size, 0);
    const sized = new context.Cache({ maxSize: 10, isolate: 'freeze' });
    refuses(context, () => sized.set('a', inner, { size: -1 }), 'invalid-size');
    assert.isNotFrozen(inner);
  });
});
