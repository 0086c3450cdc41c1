// Callbacks: what they are told, and that nothing they do harms the cache that calls them.

import { assert, group, uncaught, withClock } from './harness.mjs';

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** Every method, as a callback might use it. */
const METHODS = {
  get: (cache) => cache.get('a'),
  set: (cache) => cache.set(`new${Math.floor(cache.size)}`, { size: 1 }, { ttl: 500, tags: ['t'] }),
  overwrite: (cache) => cache.set('a', { size: 2 }),
  has: (cache) => cache.has('a'),
  peek: (cache) => cache.peek('a'),
  delete: (cache) => cache.delete('a'),
  take: (cache) => cache.take('b'),
  clear: (cache) => cache.clear(),
  getMany: (cache) => cache.getMany(['a', 'b']),
  setMany: (cache) =>
    cache.setMany([
      ['x', { size: 1 }],
      ['y', { size: 1 }],
    ]),
  deleteMany: (cache) => cache.deleteMany(['a', 'x']),
  iterate: (cache) => [...cache, ...cache.keys(), ...cache.values(), ...cache.entries(), ...cache.ranked()],
  forEach: (cache) => cache.forEach(() => cache.delete('c')),
  getOrInsert: (cache) => cache.getOrInsert('d', { size: 1 }),
  getOrInsertComputed: (cache) => cache.getOrInsertComputed('e', () => ({ size: 1 })),
  update: (cache) => cache.update('a', ({ size = 0 } = {}) => ({ size: size + 1 })),
  touch: (cache) => cache.touch('a'),
  getRemainingTTL: (cache) => cache.getRemainingTTL('a'),
  purgeStale: (cache) => cache.purgeStale(),
  dump: (cache) => cache.dump(),
  load: (cache) => cache.load([['a', { value: { size: 1 }, size: 1 }]]),
  stats: (cache) => cache.stats(),
  resize: (cache) => cache.resize(4),
  deleteByTag: (cache) => cache.deleteByTag('t'),
  namespace: (cache) => cache.namespace('n').set('a', { size: 1 }),
  dispose: (cache) => cache[dispose](),
};

/** Ways to run code of the caller's in the middle of a call: each wraps `inside` in one, and makes the call. */
const DOORS = {
  dispose: (make, inside) => {
    let cache = null;
    cache = make({ dispose: () => inside(cache) });
    return [cache, () => cache.delete('a')];
  },
  'dispose while it evicts': (make, inside) => {
    let cache = null;
    cache = make({ dispose: () => inside(cache) });
    return [cache, () => cache.set('more', { size: 6 })];
  },
  'dispose while it clears': (make, inside) => {
    let cache = null;
    cache = make({ dispose: () => inside(cache) });
    return [cache, () => cache.clear()];
  },
  onInsert: (make, inside) => {
    let cache = null;
    cache = make({ onInsert: () => inside(cache) });
    return [cache, () => cache.set('a', { size: 1 })];
  },
  events: (make, inside) => {
    let cache = null;
    cache = make({ events: () => inside(cache) });
    return [cache, () => (cache.get('a'), cache.get('nothing'), cache.set('z', { size: 1 }))];
  },
  sizeCalculation: (make, inside) => {
    let cache = null;
    cache = make({ sizeCalculation: (value) => (inside(cache), value.size) });
    return [
      cache,
      () => (
        cache.set('a', { size: 3 }),
        cache.setMany([
          ['q', { size: 1 }],
          ['r', { size: 1 }],
        ])
      ),
    ];
  },
  'accessors of options': (make, inside) => {
    const cache = make({});
    const options = {
      get ttl() {
        inside(cache);
        return 5_000;
      },
      get tags() {
        inside(cache);
        return ['t'];
      },
    };
    return [cache, () => cache.set('a', { size: 1 }, options)];
  },
  'iterators of arguments': (make, inside) => {
    const cache = make({});
    const keys = function* () {
      for (const key of ['a', 'b', 'nothing']) {
        inside(cache);
        yield key;
      }
    };
    const entries = function* () {
      for (const key of ['a', 'w']) {
        inside(cache);
        yield [key, { size: 1 }];
      }
    };
    return [cache, () => (cache.getMany(keys()), cache.setMany(entries()), cache.deleteMany(keys()))];
  },
  'a loop over the cache': (make, inside) => {
    const cache = make({});
    return [
      cache,
      () => {
        let steps = 0;
        for (const [] of cache) if (steps++ < 20) inside(cache);
        cache.forEach(() => steps++ < 40 && inside(cache));
      },
    ];
  },
};

export default group('callbacks', (test) => {
  test('dispose and onInsert are told what happened', ({ Cache }) =>
    withClock((clock) => {
      const told = [];
      const cache = new Cache({
        max: 2,
        dispose: (value, key, reason) => told.push(['dispose', key, value, reason]),
        onInsert: (value, key, reason) => told.push(['insert', key, value, reason]),
      });
      cache.set('a', 1).set('a', 1).set('a', 2);
      cache.set('b', 3).set('c', 4);
      const evicted = told.filter(([, , , reason]) => reason === 'evict');
      assert.lengthOf(evicted, 1);
      assert.deepEqual(told.slice(0, 4), [
        ['insert', 'a', 1, 'add'],
        ['insert', 'a', 1, 'update'],
        ['dispose', 'a', 1, 'set'],
        ['insert', 'a', 2, 'replace'],
      ]);
      told.length = 0;
      cache.clear();
      assert.lengthOf(
        told.filter(([what, , , reason]) => what === 'dispose' && reason === 'delete'),
        2,
      );
      cache.set('d', 5, { ttl: 10 });
      told.length = 0;
      clock.advance(10);
      cache.get('d');
      assert.deepEqual(told, [['dispose', 'd', 5, 'expire']]);
      cache.set('e', 6);
      told.length = 0;
      assert.equal(cache.take('e'), 6);
      assert.deepEqual(told, [], 'what is taken is not disposed of');
    }));

  test('a value displaced by one that is too large is disposed of', ({ Cache }) => {
    const told = [];
    const cache = new Cache({
      maxSize: 10,
      sizeCalculation: (value) => value,
      dispose: (value, key, reason) => told.push([key, value, reason]),
    });
    cache.set('a', 5).set('a', 11);
    assert.deepEqual(told, [['a', 5, 'set']]);
  });

  test('events tell of everything', ({ Cache }) =>
    withClock((clock) => {
      const events = [];
      const cache = new Cache({ max: 2, allowStale: true, events: (event) => events.push(event) });
      const space = cache.namespace('n');
      cache.get('a');
      cache.set('a', 1, { ttl: 10 });
      cache.get('a');
      clock.advance(10);
      cache.get('a');
      space.set('b', 2);
      cache.set('c', 3).set('d', 4);
      cache.delete('d');
      space.take('b');
      cache.take('c');
      const told = events.map(({ type, key, value, reason, namespace }) =>
        [type, [...namespace, key].join('/'), value, reason].filter((part) => part !== undefined).join(' '),
      );
      assert.deepEqual(told.slice(0, 6), ['miss a', 'set a 1 add', 'hit a', 'stale a', 'expire a 1', 'set n/b 2 add']);
      assert.include(told, 'set d 4 add');
      assert.include(told, 'delete d 4');
      assert.lengthOf(
        told.filter((line) => line.startsWith('evict')),
        1,
      );
      assert.lengthOf(
        told.filter((line) => line.startsWith('take')),
        1,
      );
    }));

  test('callbacks run when the call has done its work', ({ Cache }) => {
    const seen = [];
    const cache = new Cache({ max: 10, dispose: (value, key) => seen.push([key, cache.has(key), cache.size]) });
    cache.setMany([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    cache.delete('a');
    assert.deepEqual(seen, [['a', false, 2]]);
    cache.clear();
    assert.deepEqual(seen.slice(1), [
      ['b', false, 0],
      ['c', false, 0],
    ]);
  });

  test('callbacks nest without an end to the stack', ({ Cache }) => {
    let left = 50_000;
    const cache = new Cache({ max: 1, dispose: () => left-- > 0 && cache.set(left, left) });
    cache.set('a', 1).set('b', 2);
    assert.equal(left, -1);
    assert.equal(cache.size, 1);
  });

  /** Callbacks that answer each other for ever: a cache, and a call that begins it. */
  const LOOPS = {
    'dispose that sets again': (Cache, count) => {
      const cache = new Cache({ max: 1, dispose: () => cache.set(count(), 0) });
      return [cache.set('a', 1), () => cache.set('b', 2)];
    },
    'dispose that sets twice': (Cache, count) => {
      const cache = new Cache({ max: 1, dispose: () => cache.set(count(), 0).set(count(), 0) });
      return [cache.set('a', 1), () => cache.set('b', 2)];
    },
    'onInsert that sets what it is told of': (Cache, count) => {
      const cache = new Cache({ max: 10, onInsert: (value, key) => cache.set(key, count()) });
      return [cache, () => cache.set('a', 1)];
    },
    'a listener that asks again': (Cache, count) => {
      const cache = new Cache({ max: 10, events: () => cache.get(count()) });
      return [cache, () => cache.get('nothing')];
    },
    'namespaces that answer each other, and throw': (Cache, count) => {
      const dispose = (value, key, reason, [name]) => {
        spaces[name === 'n' ? 1 : 0].set('k', { count: count() });
        throw new Error('from dispose');
      };
      const cache = new Cache({ max: 10, dispose });
      const spaces = ['n', 'm'].map((name) => cache.namespace(name).set('k', 0));
      return [cache, () => spaces[0].set('k', 1)];
    },
  };

  for (const [what, make] of Object.entries(LOOPS)) {
    test(`${what}, for ever: the call ends with callback-loop, and the cache goes on`, ({ Cache, CacheError }) => {
      let calls = 0;
      const [cache, call] = make(Cache, () => (calls += 1));
      for (let time = 0; time < 2; time += 1) {
        calls = 0;
        let error;
        try {
          call();
        } catch (thrown) {
          error = thrown.errors?.at(-1) ?? thrown;
        }
        assert.instanceOf(error, CacheError);
        assert.equal(error.code, 'callback-loop');
        assert.isAbove(calls, 50_000, 'a chain that ends is shorter');
        assert.isBelow(calls, 500_000);
        assert.isAtMost(cache.size, cache.stats().max);
      }
    });
  }

  test('a load in which callbacks answer each other for ever has its value, and the error is heard', async ({
    Cache,
  }) => {
    let calls = 0;
    const cache = new Cache({ max: 1, dispose: () => cache.set((calls += 1), 0) });
    cache.set('a', 1);
    const heard = await uncaught(async () => {
      assert.equal(await cache.getOrSet('b', () => 2), 2);
    });
    assert.deepEqual(
      heard.map(({ code }) => code),
      ['callback-loop'],
    );
  });

  test('one answer to each of many callbacks is no loop', ({ Cache }) => {
    const cache = new Cache({
      max: 1_000_000,
      onInsert: (value, key, reason, [name]) =>
        name === undefined && space.set(key, value).namespace('n').set(key, value),
    });
    const space = cache.namespace('n');
    const entries = Array.from({ length: 60_000 }, (_, key) => [key, key]);
    assert.equal(cache.setMany(entries).stats().entries, 180_000);
  });

  test('what a callback throws reaches the caller, and the call is done all the same', ({ Cache }) => {
    const cache = new Cache({
      max: 10,
      dispose: (value) => {
        throw new Error(`dispose ${value}`);
      },
    });
    cache.set('a', 1).set('b', 2).set('c', 3);
    assert.throws(() => cache.delete('a'), 'dispose 1');
    assert.equal(cache.size, 2);
    const error = (() => {
      try {
        cache.clear();
      } catch (thrown) {
        return thrown;
      }
    })();
    assert.instanceOf(error, AggregateError);
    assert.deepEqual(
      error.errors.map((each) => each.message),
      ['dispose 2', 'dispose 3'],
    );
    assert.equal(cache.size, 0);
    cache.set('d', 4);
    assert.equal(cache.get('d'), 4);
  });

  for (const [door, open] of Object.entries(DOORS)) {
    test(`every method can be called from ${door}`, ({ Cache, CacheError }) => {
      for (const [method, call] of Object.entries(METHODS)) {
        // A few calls only: a callback that always gives rise to another one never ends.
        let left = 0;
        const inside = (cache) => {
          if (left > 0 && cache !== null) call(cache, (left -= 1));
        };
        const make = (options) => {
          const cache = new Cache({
            max: 6,
            maxSize: 8,
            sizeCalculation: (value) => value.size,
            ttl: 1000,
            ...options,
          });
          cache
            .set('a', { size: 1 }, { tags: ['t'] })
            .set('b', { size: 2 })
            .set('c', { size: 1 });
          left = 25;
          return cache;
        };
        const [cache, run] = open(make, inside);
        const label = `${method} from ${door}`;
        try {
          run();
        } catch (error) {
          // Only a cache that was ended meanwhile may refuse.
          assert.instanceOf(error, CacheError, label);
          assert.equal(error.code, 'disposed', `${label}: ${error.message}`);
          assert.equal(method, 'dispose', label);
          continue;
        }
        if (method === 'dispose') continue;
        left = 0;
        const { entries, size, max, maxSize } = cache.stats();
        assert.isAtMost(entries, max, label);
        assert.isAtMost(size, maxSize, label);
        const sum = cache.dump().reduce((total, [, entry]) => total + entry.size, 0);
        assert.equal(sum, size, label);
        cache.set('after', { size: 1 });
        assert.deepEqual(cache.get('after'), { size: 1 }, label);
        for (const [key, value] of cache) assert.strictEqual(cache.peek(key), value, label);
      }
    });
  }
});
