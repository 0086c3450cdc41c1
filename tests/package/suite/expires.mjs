// Lives that are given as a moment, or as a bare number.

import { assert, group, rejects, refuses, settled, withClock } from './harness.mjs';

export default group('expires', (test) => {
  test('a moment of the wall clock ends an entry, to the millisecond', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10, ttl: 5 });
      cache.namespace('n').set('a', 1, { expires: clock.now + 100 });
      cache.set('a', 1, { expires: clock.now + 100 }).set('never', 1, { expires: Infinity });
      cache.setMany([['b', 1, { expires: clock.now + 50 }]]);
      cache.set('t', 1);
      assert.isTrue(cache.touch('t', { expires: clock.now + 70 }));
      assert.equal(cache.getRemainingTTL('a'), 100);
      clock.advance(69);
      assert.deepEqual([...cache.keys()], ['a', 'never', 't']);
      clock.advance(30);
      assert.deepEqual([...cache.keys()], ['a', 'never']);
      assert.equal(cache.namespace('n').get('a'), 1);
      clock.advance(1);
      assert.deepEqual([...cache.keys()], ['never']);
      assert.isUndefined(cache.namespace('n').get('a'));
    }));

  test('it goes by the wall clock after the clock was set back, too', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10 });
      cache.set('x', 1, { ttl: 10 });
      clock.advance(-5_000);
      cache.set('a', 1, { expires: clock.now + 100 });
      assert.equal(cache.getRemainingTTL('a'), 100);
      assert.equal(cache.info('a').expires, clock.now + 100);
    }));

  test('one that has passed deletes: nothing is stored, and what there was leaves', ({ Cache }) =>
    withClock((clock) => {
      const gone = [];
      const cache = new Cache({ max: 10, dispose: (value, key, reason) => gone.push([key, value, reason]) });
      for (const expires of [clock.now, clock.now - 1, 0, -5, -Infinity]) {
        cache.set('a', 'old');
        assert.strictEqual(cache.set('a', 'new', { expires }), cache);
        assert.equal(cache.size, 0, `${expires}`);
        assert.deepEqual(gone.splice(0), [['a', 'old', 'delete']]);
      }
      cache.set('b', 1);
      cache.setMany([['b', 2]], { expires: clock.now });
      assert.isFalse(cache.has('b'));
      cache.set('c', 1);
      assert.isFalse(cache.touch('c', { expires: clock.now - 1 }));
      assert.isUndefined(cache.get('c'));
    }));

  test('a lock’s result takes it', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    await cache.withLock('a', (lock) => lock.setResult(1, { expires: Date.now() + 60_000 }));
    assert.isAbove(cache.getRemainingTTL('a'), 50_000);
    const result = await cache.withLock('b', async (lock) => {
      await lock.setResult(1, { expires: Date.now() - 1 });
      return lock.result;
    });
    assert.equal(result, 1);
    assert.isFalse(cache.has('b'));
  });

  test('what is no moment, and a moment beside a ttl, are refused', async (context) => {
    const cache = new context.Cache({ max: 10 });
    cache.set('a', 1);
    for (const expires of [NaN, '5', null, new Date(), 5n]) {
      refuses(context, () => cache.set('a', 2, { expires }), 'invalid-ttl', 'expires');
      refuses(context, () => cache.touch('a', { expires }), 'invalid-ttl', 'expires');
    }
    refuses(context, () => cache.set('a', 2, { expires: Date.now() + 9, ttl: 9 }), 'invalid-ttl', 'ttl', 'expires');
    refuses(context, () => cache.set('a', 2, { expires: Date.now() + 9, ttl: 0 }), 'invalid-ttl', 'ttl', 'expires');
    refuses(context, () => cache.touch('a', { expires: Date.now() + 9, ttl: 9 }), 'invalid-ttl', 'ttl');
    await rejects(
      context,
      cache.getOrSet('b', () => 1, { expires: 1 }),
      'invalid-option',
    );
    assert.equal(cache.get('a'), 1);
    await settled();
  });

  test('a number as the third argument is the ttl', (context) =>
    withClock((clock) => {
      const cache = new context.Cache({ max: 10, ttl: 1_000 });
      cache.set('a', 1, 50).set('never', 1, 0).set('infinite', 1, Infinity);
      cache.setMany(
        [
          ['b', 1, 20],
          ['c', 1],
        ],
        30,
      );
      cache.namespace('n').set('a', 2, 50);
      cache.setMany(
        [
          { key: 'k', value: 1, ttl: 40 },
          { key: 'l', value: 2 },
        ],
        60,
      );
      assert.equal(cache.getRemainingTTL('k'), 40);
      assert.equal(cache.getRemainingTTL('l'), 60);
      refuses(context, () => cache.setMany([{ key: {}, value: 1 }]), 'invalid-key');
      refuses(context, () => cache.setMany([{ key: 'a' }]), 'invalid-argument', 'entries');
      assert.equal(cache.getRemainingTTL('a'), 50);
      assert.equal(cache.namespace('n').getRemainingTTL('a'), 50);
      assert.equal(cache.getRemainingTTL('b'), 20);
      assert.equal(cache.getRemainingTTL('c'), 30);
      assert.equal(cache.getRemainingTTL('never'), Infinity);
      assert.equal(cache.getRemainingTTL('infinite'), Infinity);
      for (const ttl of [NaN, -1, -Infinity]) {
        refuses(context, () => cache.set('a', 2, ttl), 'invalid-ttl', 'ttl');
        refuses(context, () => cache.setMany([['a', 2]], ttl), 'invalid-ttl', 'ttl');
      }
      for (const odd of ['50', true, null]) refuses(context, () => cache.set('a', 2, odd), 'invalid-option', 'options');
      assert.equal(cache.get('a'), 1);
      clock.advance(50);
      assert.isFalse(cache.has('a'));
    }));
});
