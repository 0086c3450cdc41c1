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
});
