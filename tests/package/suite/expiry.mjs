// Time: entries live as long as they should, whatever the clock does.

import { assert, group, settled, sleep, withClock } from './harness.mjs';

export default group('expiry', (test) => {
  test('an entry expires at the very millisecond', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10, ttl: 100 });
      cache.set('a', 1).set('b', 2, { ttl: 50.5 });
      clock.advance(50);
      assert.equal(cache.get('b'), 2);
      clock.advance(0.5);
      assert.isUndefined(cache.get('b'));
      clock.advance(49);
      assert.equal(cache.get('a'), 1);
      assert.isTrue(cache.has('a'));
      clock.advance(0.5);
      assert.isFalse(cache.has('a'));
      assert.isUndefined(cache.peek('a'));
      assert.isUndefined(cache.get('a'));
    }));

  test('0, Infinity and undefined mean what they say', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10, ttl: 100 });
      cache.set('zero', 1, { ttl: 0 }).set('infinity', 1, { ttl: Infinity }).set('default', 1, { ttl: undefined });
      assert.equal(cache.getRemainingTTL('zero'), Infinity);
      assert.equal(cache.getRemainingTTL('infinity'), Infinity);
      assert.equal(cache.getRemainingTTL('default'), 100);
      assert.equal(cache.getRemainingTTL('absent'), 0);
      clock.advance(1e12);
      assert.deepEqual([...cache.keys()], ['zero', 'infinity']);
    }));

  test('a time to live can be longer than any timer', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10 });
      cache.set('a', 1, { ttl: 2 ** 40 });
      clock.advance(2 ** 40 - 1);
      assert.equal(cache.get('a'), 1);
      clock.advance(1);
      assert.isUndefined(cache.get('a'));
    }));

  test('overwriting gives a new life, or none', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10 });
      cache.set('a', 1, { ttl: 100 });
      clock.advance(60);
      cache.set('a', 2, { ttl: 100 });
      clock.advance(60);
      assert.equal(cache.get('a'), 2);
      cache.set('a', 3);
      clock.advance(1e9);
      assert.equal(cache.get('a'), 3);
      assert.equal(cache.getRemainingTTL('a'), Infinity);
      cache.set('a', 4, { ttl: 5 });
      clock.advance(5);
      assert.isUndefined(cache.get('a'));
    }));

  test('a step back of the clock extends no life', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10, ttl: 100 });
      cache.set('a', 1);
      clock.advance(30);
      assert.equal(cache.getRemainingTTL('a'), 70);
      clock.advance(-1_000_000);
      assert.equal(cache.getRemainingTTL('a'), 70);
      clock.advance(69);
      assert.equal(cache.get('a'), 1);
      clock.advance(1);
      assert.isUndefined(cache.get('a'));
    }));

  test('a clock that starts at 0 is a clock', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10 });
      cache.set('a', 1, { ttl: 100 });
      clock.advance(99);
      assert.equal(cache.get('a'), 1);
      clock.advance(1);
      assert.isUndefined(cache.get('a'));
    }, 0));

  test('a clock that tells nonsense stands still', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10, ttl: 100 });
      cache.set('a', 1);
      for (const reading of [NaN, Infinity, undefined, 'now']) {
        clock.set(reading);
        assert.equal(cache.get('a'), 1);
        cache.set('b', 2);
      }
    }));

  test('a hit can renew a life', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10, ttl: 100, updateAgeOnGet: true });
      const plain = new Cache({ max: 10, ttl: 100 });
      for (const each of [cache, plain]) each.set('a', 1).set('forever', 2, { ttl: 0 });
      for (let step = 0; step < 5; step += 1) {
        clock.advance(60);
        assert.equal(cache.get('a'), 1);
        cache.get('forever');
        assert.equal(plain.get('a', { updateAgeOnGet: true }), 1);
      }
      assert.equal(cache.getRemainingTTL('forever'), Infinity);
      clock.advance(60);
      assert.equal(cache.get('a', { updateAgeOnGet: false }), 1);
      assert.equal(cache.peek('a'), 1);
      clock.advance(40);
      assert.isUndefined(cache.get('a'));
      assert.isUndefined(plain.get('a'));
    }));

  test('touch renews a life, or gives another', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10, ttl: 100 });
      cache.set('a', 1).set('b', 2).set('forever', 3, { ttl: 0 });
      clock.advance(80);
      assert.isTrue(cache.touch('a'));
      assert.isTrue(cache.touch('b', { ttl: 500 }));
      assert.isTrue(cache.touch('forever'));
      assert.isFalse(cache.touch('absent'));
      assert.equal(cache.getRemainingTTL('a'), 100);
      assert.equal(cache.getRemainingTTL('b'), 500);
      assert.equal(cache.getRemainingTTL('forever'), Infinity);
      assert.isTrue(cache.touch('forever', { ttl: 30 }));
      clock.advance(30);
      assert.isFalse(cache.touch('forever'));
      assert.isUndefined(cache.get('forever'));
      assert.isTrue(cache.touch('b', { ttl: 0 }));
      assert.equal(cache.getRemainingTTL('b'), Infinity);
    }));

  test('touch can give the first time to live of a cache', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10 });
      cache.set('a', 1).set('b', 2);
      cache.touch('a', { ttl: 50 });
      clock.advance(50);
      assert.isUndefined(cache.get('a'));
      assert.equal(cache.get('b'), 2);
    }));

  test('allowStale returns an expired value once more', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10, ttl: 100, allowStale: true });
      cache.set('a', 1).set('b', 2);
      clock.advance(100);
      cache.set('c', 3);
      assert.isFalse(cache.has('a'));
      assert.equal(cache.peek('a'), 1);
      assert.isUndefined(cache.peek('a', { allowStale: false }));
      assert.equal(cache.get('a'), 1);
      assert.isUndefined(cache.get('a'));
      assert.isUndefined(cache.get('b', { allowStale: false }));
      assert.isUndefined(cache.take('b'));
      const strict = new Cache({ max: 10, ttl: 100 });
      strict.set('a', 1);
      clock.advance(100);
      assert.equal(strict.get('a', { allowStale: true }), 1);
      assert.equal(strict.size, 0);
    }));

  test('purgeStale removes what has expired, and nothing else', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 1000 });
      const space = cache.namespace('n');
      for (let key = 0; key < 100; key += 1) cache.set(key, key, { ttl: key % 2 ? 10 : 0 });
      space.set('a', 1, { ttl: 10 });
      clock.advance(10);
      assert.equal(cache.purgeStale(), 51);
      assert.equal(cache.purgeStale(), 0);
      assert.equal(cache.size, 50);
      assert.equal(space.size, 0);
      assert.equal(cache.stats().expirations, 51);
    }));

  test('overwriting one key again and again is a write like others: expired entries leave', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 100, ttl: 1000 });
      for (let key = 0; key < 100; key += 1) cache.set(`short ${key}`, key, { ttl: 10 });
      cache.set('long', 0);
      clock.advance(10);
      for (let count = 1; count <= 1000; count += 1) {
        clock.advance(1);
        cache.set('long', count);
        assert.equal(cache.get('long'), count);
        assert.equal(cache.getRemainingTTL('long'), 1000);
      }
      assert.equal(cache.size, 1);
      assert.include(cache.stats(), { updates: 1000, expirations: 99 });
    }));

  test('overwriting with another life, among entries without end', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10 });
      cache.set('endless', 0).set('ends', 0, { ttl: 50 });
      for (let count = 1; count <= 20; count += 1) {
        cache.set('endless', count).set('ends', count, { ttl: 50 + count });
        assert.equal(cache.getRemainingTTL('endless'), Infinity);
        assert.equal(cache.getRemainingTTL('ends'), 50 + count);
      }
      clock.advance(70);
      assert.deepEqual([...cache.entries()], [['endless', 20]]);
      cache.set('endless', 21, { ttl: 5 });
      clock.advance(5);
      assert.equal(cache.get('endless'), undefined);
    }));

  test('writes remove expired entries bit by bit', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 1000, ttl: 100 });
      for (let key = 0; key < 100; key += 1) cache.set(key, key);
      clock.advance(100);
      assert.equal(cache.size, 100);
      // Each insert looks at four slots of the 128 that there are, and one in four overwrites does.
      for (let key = 0; key < 128; key += 1) cache.set('x', key);
      assert.equal(cache.size, 1);
    }));

  test('jitter only shortens lives', ({ Cache }) =>
    withClock(() => {
      const cache = new Cache({ max: 1000, ttl: 1000, ttlJitter: 0.5 });
      for (let key = 0; key < 300; key += 1) cache.set(key, key);
      const lives = Array.from({ length: 300 }, (_, key) => cache.getRemainingTTL(key));
      assert.isTrue(lives.every((life) => life > 500 && life <= 1000));
      assert.isAbove(new Set(lives).size, 290);
    }));

  test('an iteration leaves out what has expired', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10 });
      cache.set('a', 1, { ttl: 10 }).set('b', 2).set('c', 3, { ttl: 20 });
      clock.advance(10);
      const seen = [];
      for (const [key] of cache) {
        seen.push(key);
        clock.advance(10);
      }
      assert.deepEqual(seen, ['b']);
    }));

  test('on the real clock, an entry lives until the end of the turn in which it expires, and no longer', async ({
    Cache,
  }) => {
    const cache = new Cache({ max: 10 });
    cache.set('a', 1, { ttl: 200 });
    assert.equal(cache.get('a'), 1);
    await sleep(220);
    assert.isUndefined(cache.get('a'));
    const exact = new Cache({ max: 10, clock: 'exact' });
    exact.set('a', 1, { ttl: 15 });
    const end = Date.now() + 30;
    while (Date.now() < end);
    assert.isUndefined(exact.get('a'));
  });

  test('a reading of the clock serves one turn', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.set('a', 1, { ttl: 100 });
    assert.equal(cache.get('a'), 1);
    const end = Date.now() + 120;
    while (Date.now() < end);
    await settled(3);
    assert.isUndefined(cache.get('a'), 'a microtask ends the reading, without a timer');
  });

  test('a clock replaced within a turn is noticed at once', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.set('a', 1, { ttl: 60_000 });
    assert.equal(cache.get('a'), 1);
    withClock((clock) => {
      clock.advance(120_000);
      assert.isUndefined(cache.get('a'));
    }, Date.now());
  });

  test('the engine’s memory may grow while a cache sleeps', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 100, ttl: 100 });
      cache.set('a', 1).set('b', 2);
      const other = new Cache({ max: 200_000, ttl: 1e6 });
      for (let key = 0; key < 200_000; key += 1) other.set(key, key);
      assert.equal(cache.get('a'), 1);
      assert.isTrue(cache.has('b'));
      clock.advance(100);
      assert.isFalse(cache.has('b'));
      assert.isUndefined(cache.get('a'));
      other[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    }));
});
