// Pinned entries: never evicted, counted against the bounds.

import { assert, failure, group, refuses, withClock } from './harness.mjs';

const POLICIES = ['tinylfu', 'sampled', 'lru'];

/** Keys from 0 on. */
const keys = (count) => Array.from({ length: count }, (_, key) => key);

/** A cache with a list of what it refuses. */
function watched({ Cache }, options) {
  const refused = [];
  const events = ({ type, ...event }) => type === 'refuse' && refused.push(event);
  return [new Cache({ ...options, events }), refused];
}

export default group('pins', (test) => {
  test('in strict LRU, hits count again once an entry is unpinned', ({ Cache }) => {
    const cache = new Cache({ max: 4, policy: 'lru' });
    for (const key of ['before', 'a', 'b', 'c', 'd']) cache.set(key, 1);
    cache.set('b', 2, { pinned: true }).set('b', 3).set('b', 4, { pinned: false });
    cache.set('c', 1).set('d', 1);
    cache.get('b');
    assert.deepEqual(
      [...cache.ranked()].map(([key]) => key),
      ['b', 'd', 'c', 'a'],
    );
  });

  test('a pinned entry outlives a flood', ({ Cache }) => {
    for (const policy of POLICIES) {
      for (const bounds of [{ max: 10 }, { maxSize: 10, sizeCalculation: () => 1 }]) {
        const cache = new Cache({ ...bounds, policy });
        for (const key of keys(5)) cache.set(key, key, { pinned: true });
        for (let key = 100; key < 1000; key += 1) {
          cache.set(key, key);
          cache.get(key % 5);
        }
        assert.deepEqual(cache.getMany(keys(5)), keys(5), policy);
        assert.isAtMost(cache.size, 10);
        assert.isAbove(cache.size, 5, 'others come and go');
      }
    }
  });

  test('a set that could only evict pinned entries is refused, and says so', (context) => {
    for (const policy of POLICIES) {
      const [cache, refused] = watched(context, { max: 3, policy });
      cache.setMany(
        keys(3).map((key) => [key, key]),
        { pinned: true },
      );
      assert.strictEqual(cache.set('new', 1), cache);
      cache.namespace('n').set('new', 1, { pinned: true });
      assert.equal(cache.getOrInsert('new', 2), 2);
      const event = { key: 'new', size: 0, reason: 'pinned', namespace: [] };
      assert.deepEqual(refused, [event, { ...event, namespace: ['n'] }, event]);
      assert.deepInclude(cache.stats(), { refusals: 3, entries: 3, evictions: 0 });
      cache.set(1, 'another');
      assert.equal(cache.get(1), 'another', 'a new value needs no room');
      cache.set(1, 'another', { pinned: false });
      cache.set('new', 1);
      assert.sameMembers([...cache.keys()], [0, 2, 'new']);
    }
  });

  test('too large for what the pinned leave: refused, and the old value is gone', (context) => {
    const [cache, refused] = watched(context, { maxSize: 100, sizeCalculation: (size) => size });
    cache.set('pinned', 60, { pinned: true }).set('a', 30);
    cache.set('a', 50);
    assert.isFalse(cache.has('a'));
    cache.set('b', 41).set('c', 101).set('pinned', 90).set('d', 10);
    assert.deepEqual(
      refused.map(({ key, reason }) => [key, reason]),
      [
        ['a', 'pinned'],
        ['b', 'pinned'],
        ['c', 'size'],
      ],
    );
    assert.deepEqual([...cache.values()], [90, 10]);
    cache.set('pinned', 101);
    assert.isFalse(cache.has('pinned'), 'what is out of date is gone, pinned or not');
  });

  test('a pin stays until it is ended, or the entry leaves', (context) =>
    withClock((clock) => {
      const cache = new context.Cache({ max: 10, ttl: 1000, maxSize: 1e6, isolate: 'freeze' });
      const isPinned = () => cache.info('a').pinned;
      cache.set('a', 1);
      assert.isFalse(isPinned());
      cache.set('a', 2, { pinned: true });
      assert.isTrue(isPinned());
      const changes = {
        set: () => cache.set('a', 3),
        'another size': () => cache.set('a', 3, { size: 500, tags: ['t'] }),
        touch: () => cache.touch('a', { ttl: 5000 }),
        update: () => cache.update('a', (value) => value + 1),
        setMany: () => cache.setMany([['a', 5]], 100),
        peek: () => cache.peek('a'),
        resize: () => cache.resize({ max: 1, maxSize: 1000 }),
      };
      for (const [name, change] of Object.entries(changes)) {
        change();
        assert.isTrue(isPinned(), name);
      }
      cache.update('a', (value) => value, { pinned: false });
      assert.isFalse(isPinned());
      cache.set('a', 1, { pinned: true });
      for (const leave of [
        () => cache.delete('a'),
        () => cache.take('a'),
        () => cache.clear(),
        () => clock.advance(1000),
      ]) {
        cache.set('a', 1, { pinned: true });
        leave();
        assert.isFalse(cache.has('a'));
        cache.purgeStale();
        cache.set('a', 1);
        assert.isFalse(isPinned(), String(leave));
      }
      cache.set('a', 1, { pinned: true, tags: ['t'] });
      assert.equal(cache.deleteByTag('t'), 1);
    }));

  test('a pin goes with a dump', ({ Cache }) => {
    for (const policy of POLICIES) {
      const cache = new Cache({ max: 10, policy });
      for (const key of keys(10)) cache.set(key, key, { pinned: key % 3 === 0 });
      cache.namespace('n').set('inner', 1, { pinned: true });
      const dump = cache.dump();
      const pinned = dump.filter(([, entry]) => entry.pinned).map(([key]) => key);
      assert.sameMembers(pinned, [0, 3, 6, 9, 'inner']);
      assert.sameMembers(
        dump.slice(0, 5).map(([key]) => key),
        pinned,
        'they are worth most',
      );
      assert.isTrue(dump.every(([, entry]) => entry.pinned === true || !('pinned' in entry)));
      const copy = new Cache({ max: 5, policy });
      copy.load(JSON.parse(JSON.stringify(dump)));
      for (let key = 100; key < 200; key += 1) copy.set(key, key);
      assert.sameMembers([...copy.keys()], [0, 3, 6, 9]);
      assert.isTrue(copy.namespace('n').info('inner').pinned);
      const small = new Cache({ max: 3, policy });
      small.load(dump);
      assert.equal(small.stats().entries, 3);
      assert.equal(small.set('new', 1).has('new'), false);
    }
  });

  test('bounds without room for the pinned are refused, and nothing changes', (context) => {
    for (const policy of POLICIES) {
      const cache = new context.Cache({ max: 10, maxSize: 100, sizeCalculation: () => 10, policy });
      for (const key of keys(10)) cache.set(key, key, { pinned: key < 4 });
      const before = cache.stats();
      for (const bounds of [3, { max: 3 }, { maxSize: 39 }, { max: 10, maxSize: 10 }]) {
        refuses(context, () => cache.resize(bounds), 'invalid-option', 'pinned');
        assert.deepEqual(cache.stats(), before);
      }
      cache.resize({ max: 4, maxSize: 40 });
      assert.deepEqual([...cache.keys()].sort(), [0, 1, 2, 3]);
    }
  });

  test('pop leaves pinned entries, and ranked begins with them', ({ Cache }) => {
    for (const policy of POLICIES) {
      const cache = new Cache({ max: 10, policy });
      for (const key of keys(6)) cache.set(key, key, { pinned: key % 2 === 0 });
      for (let round = 0; round < 9; round += 1) cache.getMany([1, 3, 5]);
      assert.sameMembers(Array.from(cache.ranked(), ([key]) => key).slice(0, 3), [0, 2, 4]);
      assert.sameMembers([cache.pop(), cache.pop(), cache.pop()], [1, 3, 5]);
      assert.isUndefined(cache.pop());
      assert.equal(cache.size, 3);
    }
  });

  test('a load can pin, and a reload keeps the pin', async ({ Cache }) => {
    const cache = new Cache({ max: 2 });
    await cache.getOrSet('a', () => 1, { pinned: true });
    assert.isTrue(cache.info('a').pinned);
    await cache.refresh('a', () => 2);
    assert.deepInclude(cache.info('a'), { value: 2, pinned: true });
    await cache.getOrSetMany(['b'], () => [1], { pinned: true });
    assert.equal(await cache.getOrSet('c', () => 'given all the same'), 'given all the same');
    assert.isFalse(cache.has('c'));
    const lock = await cache.lock('a2');
    await lock.setResult(1, { pinned: true });
    await lock.exit();
    await cache.refresh('a', () => 3, { pinned: false });
    assert.isFalse(cache.info('a').pinned);
  });

  test('what has expired makes room, even if it is pinned', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 50 });
      for (const key of keys(50)) cache.set(key, key, { pinned: true, ttl: key === 20 ? 100 : 0 });
      cache.set('new', 1);
      assert.isFalse(cache.has('new'));
      clock.advance(100);
      cache.set('new', 1);
      assert.isTrue(cache.has('new'));
      assert.equal(cache.size, 50);
    }));

  test('wrong pins', async (context) => {
    const cache = new context.Cache({ max: 10 }).set('a', 1);
    for (const pinned of [1, 'yes', null, {}]) {
      refuses(context, () => cache.set('a', 2, { pinned }), 'invalid-option', 'pinned');
      refuses(context, () => cache.load([['a', { value: 2, pinned }]]), 'invalid-option', 'pinned');
      assert.equal((await failure(cache.getOrSet('a', assert.fail, { pinned }))).code, 'invalid-option');
    }
    assert.equal(cache.set('b', 1, { pinned: undefined }).get('a'), 1);
    refuses(context, () => cache.touch('a', { pinned: true }), 'invalid-option', 'pinned');
  });
});
