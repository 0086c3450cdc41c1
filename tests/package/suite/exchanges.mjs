// Methods that read and write a key in one call: getOrInsert, getOrInsertComputed, update.

import { assert, group, refuses, withClock } from './harness.mjs';

const error = new Error('from the callback');

export default group('exchanges', (test) => {
  test('getOrInsert gives what is there, or stores what it is given', (context) =>
    withClock((clock) => {
      const cache = new context.Cache({ max: 10, ttl: 100 });
      assert.equal(cache.getOrInsert('a', 1), 1);
      assert.equal(cache.getOrInsert('a', 2), 1);
      assert.equal(cache.getOrInsert('null', null), null);
      assert.equal(cache.getOrInsert('null', 2), null, 'null is a value');
      assert.equal(cache.getOrInsert('b', 1, { ttl: 50, tags: ['t'] }), 1);
      assert.equal(cache.getOrInsert('c', 1, 0), 1);
      assert.deepEqual(cache.tagsOf('b'), ['t']);
      assert.deepEqual(
        ['a', 'b', 'c'].map((key) => cache.info(key).ttl),
        [100, 50, Infinity],
      );
      assert.deepInclude(cache.stats(), { hits: 2, misses: 4, inserts: 4 });
      clock.advance(100);
      assert.equal(cache.getOrInsert('a', 3), 3, 'what has expired is not there');
    }));

  test('an expired value is not there, even where stale ones are allowed', (context) =>
    withClock((clock) => {
      for (const options of [{ allowStale: true }, { grace: 1000 }]) {
        const cache = new context.Cache({ max: 10, ttl: 100, ...options });
        cache.set('a', 1).set('b', 1);
        clock.advance(100);
        assert.equal(cache.getOrInsert('a', 2), 2);
        assert.equal(
          cache.getOrInsertComputed('b', () => 2),
          2,
        );
      }
    }));

  test('getOrInsertComputed computes once', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const calls = [];
    const compute = (...given) => (calls.push(given), calls.length);
    assert.deepEqual(
      ['a', 'a', 'b', 'a'].map((key) => cache.getOrInsertComputed(key, compute)),
      [1, 1, 2, 1],
    );
    assert.deepEqual(calls, [['a'], ['b']]);
    assert.isUndefined(cache.getOrInsertComputed('none', () => undefined));
    assert.isFalse(cache.has('none'));
    const other = cache.namespace('n');
    assert.equal(other.getOrInsertComputed('a', compute), 3);
    assert.equal(cache.get('a'), 1);
  });

  test('a callback that throws stores nothing', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const fail = () => {
      throw error;
    };
    assert.throws(() => cache.getOrInsertComputed('a', fail), error);
    assert.equal(cache.size, 0);
    assert.equal(
      cache.getOrInsertComputed('a', () => 1),
      1,
    );
    assert.equal(cache.getOrInsertComputed('a', fail), 1);
  });

  test('what the callback returns goes over what it has stored itself', (context) => {
    const cache = new context.Cache({ max: 10 });
    const write = () => (cache.set('a', 'inner'), 'outer');
    assert.equal(cache.getOrInsertComputed('a', write), 'outer');
    assert.equal(cache.get('a'), 'outer');
    const nested = () => cache.getOrInsertComputed('b', () => 'inner') + ' outer';
    assert.equal(cache.getOrInsertComputed('b', nested), 'inner outer');
    assert.equal(cache.get('b'), 'inner outer');
    assert.equal(cache.stats().entries, 2);
    cache.delete('a');
    refuses(context, () => cache.getOrInsertComputed('a', () => cache.close()), 'disposed');
  });

  test('the cache may refuse the value: the caller gets it all the same', ({ Cache }) => {
    const refused = [];
    const events = ({ type, key }) => type === 'refuse' && refused.push(key);
    const cache = new Cache({ max: 10, maxEntrySize: 5, events });
    assert.equal(cache.getOrInsert('a', 'x', { size: 9 }), 'x');
    assert.equal(
      cache.getOrInsertComputed('b', () => 'y', { size: 9 }),
      'y',
    );
    assert.deepEqual(refused, ['a', 'b']);
    assert.equal(cache.size, 0);
  });

  test('the caller can change a clone, and nobody else sees it', ({ Cache }) => {
    const cache = new Cache({ max: 10, isolate: 'clone' });
    for (let round = 0; round < 2; round += 1) {
      cache.getOrInsert('a', [1]).push(2);
      cache.getOrInsertComputed('b', () => [1]).push(2);
      assert.deepEqual([cache.get('a'), cache.get('b')], [[1], [1]]);
    }
  });

  test('a load of the same key is out of date then', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const load = cache.getOrSet('a', async () => 'old');
    assert.equal(cache.getOrInsert('a', 'new'), 'new');
    assert.equal(await load, 'old');
    assert.equal(cache.get('a'), 'new');
  });

  test('wrong arguments change nothing, and run no callback', (context) => {
    const cache = new context.Cache({ max: 10 }).set('there', 1);
    for (const key of ['there', 'absent']) {
      refuses(context, () => cache.getOrInsertComputed(key, 5), 'invalid-argument', 'callback');
      refuses(context, () => cache.getOrInsertComputed(key, assert.fail, { ttl: -1 }), 'invalid-ttl');
      refuses(context, () => cache.getOrInsert(key, 1, { tll: 1 }), 'invalid-option', 'tll');
      refuses(context, () => cache.getOrInsert(key, 1, null), 'invalid-option');
    }
    refuses(context, () => cache.getOrInsert({}, 1), 'invalid-key');
    refuses(context, () => cache.getOrInsertComputed(null, assert.fail), 'invalid-key');
    assert.deepEqual([...cache], [['there', 1]]);
    cache.close();
    refuses(context, () => cache.getOrInsertComputed('a', assert.fail), 'disposed');
  });

  test('update gives the new value, and the callback gets the old one', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const count = (key) => cache.update(key, (value = 0) => value + 1);
    assert.deepEqual([count('a'), count('a'), count('b'), count('a')], [1, 2, 1, 3]);
    const given = [];
    cache.update('a', (...each) => given.push(each));
    assert.deepEqual(given, [[3, 'a']]);
    assert.equal(cache.get('a'), 1);
    assert.equal(
      cache.update('none', () => null),
      null,
    );
    assert.equal(cache.get('none'), null);
  });

  test('update keeps how long the entry lives, and its tags', ({ Cache }) =>
    withClock((clock) => {
      for (const options of [{}, { maxSize: 100 }, { updateAgeOnGet: false, ttlJitter: 0.5 }]) {
        const cache = new Cache({ max: 10, ttl: 1000, ...options });
        cache
          .set('a', 1, { ttl: 100, tags: ['t'] })
          .set('b', 1, { ttl: 0 })
          .set('c', 1);
        const ends = ['a', 'b', 'c'].map((key) => cache.info(key).expires);
        for (let round = 0; round < 10; round += 1) {
          clock.advance(5);
          for (const key of ['a', 'b', 'c']) cache.update(key, (value) => value + 1);
        }
        assert.deepEqual(
          ['a', 'b', 'c'].map((key) => cache.info(key).expires),
          ends,
        );
        assert.deepEqual([cache.tagsOf('a'), cache.tagsOf('b')], [['t'], []]);
        assert.deepEqual([...cache.values()], [11, 11, 11]);
        assert.equal(cache.info('b').ttl, Infinity);
        // A touch starts the whole life again.
        if (options.ttlJitter === undefined) assert.isTrue(cache.touch('a') && cache.info('a').remaining === 100);
        cache.update('a', () => 1, { ttl: 7, tags: [] });
        assert.isAtMost(cache.info('a').ttl, 7);
        assert.deepEqual(cache.tagsOf('a'), []);
        cache.update('a', () => 1, { expires: clock.now + 30 });
        assert.equal(cache.info('a').remaining > 10, true);
        clock.advance(30);
        cache.update('a', (value) => assert.isUndefined(value) ?? 'new');
        assert.isAtLeast(cache.info('a').remaining, 500, 'a new entry has the ttl of the cache');
      }
    }));

  test('without a tag in the cache, update keeps the expiry, too', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 10 });
      cache.set('a', 1, { ttl: 100 });
      for (let round = 0; round < 9; round += 1) {
        clock.advance(10);
        cache.update('a', (value) => value + 1);
      }
      assert.equal(cache.get('a'), 10);
      assert.equal(cache.getRemainingTTL('a'), 10);
      clock.advance(10);
      assert.isUndefined(cache.get('a'));
    }));

  test('update measures the new value', ({ Cache }) => {
    const refused = [];
    const events = ({ type, size }) => type === 'refuse' && refused.push(size);
    const cache = new Cache({ maxSize: 10, sizeCalculation: (value) => value.length, events });
    cache.set('a', 'x').set('b', 'xx');
    cache.update('a', (value) => value + 'xxxx');
    assert.equal(cache.info('a').size, 5);
    assert.equal(cache.stats().size, 7);
    assert.equal(
      cache.update('a', () => 'x'.repeat(11)),
      'x'.repeat(11),
    );
    assert.deepEqual(refused, [11]);
    assert.deepEqual([...cache.keys()], ['b'], 'what is out of date is gone');
  });

  test('update deletes what becomes undefined', ({ Cache }) => {
    const disposed = [];
    const cache = new Cache({ max: 10, dispose: (value, key, reason) => disposed.push([value, key, reason]) });
    cache.set('a', 1);
    assert.isUndefined(cache.update('a', () => undefined));
    assert.isUndefined(cache.update('b', () => undefined));
    assert.equal(cache.size, 0);
    assert.deepEqual(disposed, [[1, 'a', 'delete']]);
  });

  test('an update whose callback throws, writes, deletes or closes', (context) => {
    const cache = new context.Cache({ max: 10 }).set('a', 1, { tags: ['t'] });
    const fail = () => {
      throw error;
    };
    assert.throws(() => cache.update('a', fail), error);
    assert.deepEqual([cache.get('a'), cache.tagsOf('a')], [1, ['t']]);
    assert.equal(
      cache.update('a', (value) => (cache.set('a', 50), value + 1)),
      2,
    );
    assert.equal(cache.get('a'), 2);
    assert.equal(
      cache.update('a', (value) => cache.update('a', (inner) => inner + 10) + value),
      14,
    );
    assert.equal(cache.get('a'), 14);
    assert.equal(
      cache.update('a', () => (cache.clear(), 3)),
      3,
    );
    assert.deepEqual([...cache], [['a', 3]]);
    assert.equal(
      cache.update('a', (value) => (cache.delete('a'), value)),
      3,
    );
    refuses(context, () => cache.update('a', 5), 'invalid-argument', 'change');
    refuses(context, () => cache.update('a', assert.fail, { size: 1, nothing: 2 }), 'invalid-option', 'nothing');
    refuses(context, () => cache.update(undefined, assert.fail), 'invalid-key');
    refuses(context, () => cache.update('a', () => 1, { size: 1 }), 'invalid-option', 'size');
    assert.equal(cache.get('a'), 3);
    refuses(context, () => cache.update('a', () => (cache.close(), 1)), 'disposed');
  });

  test('an update is a change: a load that runs is out of date, the holder of a lock is not', async ({ Cache }) => {
    const cache = new Cache({ max: 10 }).set('a', 1);
    const load = cache.refresh('a', async () => 'old');
    assert.equal(
      cache.update('a', (value) => value + 1),
      2,
    );
    assert.equal(await load, 'old');
    assert.equal(cache.get('a'), 2);
    await cache.withLock('b', async (lock) => {
      cache.update('b', () => 1);
      await lock.setResult(2);
    });
    assert.equal(cache.get('b'), 2);
    assert.equal(cache.stats().fenced, 1);
  });

  test('an update of a clone changes nothing behind the cache’s back', ({ Cache }) => {
    const cache = new Cache({ max: 10, isolate: 'clone' }).set('a', [1]);
    const list = cache.update('a', (list) => (list.push(2), list));
    list.push(3);
    assert.deepEqual(cache.get('a'), [1, 2]);
    const fail = (list) => {
      list.push(9);
      throw error;
    };
    assert.throws(() => cache.update('a', fail), error);
    assert.deepEqual(cache.get('a'), [1, 2]);
  });
});
