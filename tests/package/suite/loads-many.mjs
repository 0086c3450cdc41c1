// Many loads with one call of a loader.

import { assert, failure, gated, group, never, rejects, settled, sleep, withClock } from './harness.mjs';

const error = new Error('from the loader');

export default group('loads of many', (test) => {
  test('the loader is called once, for what is missing, and values come in the order of the keys', async ({
    Cache,
  }) => {
    const cache = new Cache({ max: 10 }).set('b', 'there');
    const calls = [];
    const loader = async (keys) => {
      calls.push([...keys]);
      await sleep(1);
      return keys.map((key) => `${key}!`);
    };
    const expected = ['a!', 'there', 'c!', 'a!'];
    const keys = ['a', 'b', 'c', 'a'];
    const results = await Promise.all([1, 2, 3].map(() => cache.getOrSetMany(keys, loader)));
    assert.deepEqual(results, [expected, expected, expected]);
    assert.deepEqual(calls, [['a', 'c']]);
    assert.deepEqual(cache.getMany(keys), expected);
    assert.deepEqual(await cache.getOrSetMany(new Set(keys), assert.fail), ['a!', 'there', 'c!']);
    assert.deepEqual(await cache.getOrSetMany([], assert.fail), []);
    assert.include(cache.stats(), { loads: 2, joins: 4 });
  });

  test('a Map, or a list; what is missing is not stored', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const given = new Map([
      ['a', 1],
      ['c', null],
      ['x', 'not asked for'],
    ]);
    assert.deepEqual(await cache.getOrSetMany(['a', 'b', 'c'], () => given), [1, undefined, null]);
    assert.deepEqual(await cache.getOrSetMany(['d', 'e'], () => [undefined, 5]), [undefined, 5]);
    assert.deepEqual([...cache.keys()].sort(), ['a', 'c', 'e']);
  });

  for (const [what, given] of Object.entries({
    'too short a list': [1],
    'too long a list': [1, 2, 3],
    nothing: undefined,
    null: null,
    'an object': { a: 1, b: 2 },
    text: 'ab',
    'a Set': new Set([1, 2]),
  })) {
    test(`a loader that gives ${what}: an error for all its keys`, async (context) => {
      const cache = new context.Cache({ max: 10 });
      const many = cache.getOrSetMany(['a', 'b'], async () => given);
      const joined = rejects(context, cache.getOrSet('a', assert.fail), 'invalid-argument');
      await rejects(context, many, 'invalid-argument');
      await joined;
      assert.equal(cache.size, 0);
      assert.deepEqual(cache.inspect(), []);
    });
  }

  test('it waits for what others load, and others wait for it', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const [single, many] = [gated(), gated()];
    const first = cache.getOrSet('a', single.loader);
    const lock = await cache.lock('d');
    const all = cache.getOrSetMany(['a', 'b', 'c', 'd'], many.loader);
    const joined = cache.getOrSet('b', assert.fail);
    many.open(['b!', 'c!']);
    assert.equal(await joined, 'b!');
    single.open('a!');
    await lock.setResult('d!');
    await lock.exit();
    assert.deepEqual(await all, ['a!', 'b!', 'c!', 'd!']);
    assert.equal(await first, 'a!');
  });

  test('a key whose lock is left without a result is loaded alone', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const calls = [];
    const lock = await cache.lock('b');
    const all = cache.getOrSetMany(['a', 'b'], async (keys) => (calls.push([...keys]), keys.map((key) => `${key}!`)));
    await settled();
    await lock.exit();
    assert.deepEqual(await all, ['a!', 'b!']);
    assert.deepEqual(calls, [['a'], ['b']]);
  });

  test('if it fails, it fails for its own keys', async ({ Cache }) => {
    for (const fail of [
      () => Promise.reject(error),
      () => {
        throw error;
      },
    ]) {
      const cache = new Cache({ max: 10 });
      const single = gated();
      const first = cache.getOrSet('a', single.loader);
      const all = failure(cache.getOrSetMany(['a', 'b', 'c'], fail));
      const joined = failure(cache.getOrSetMany(['c', 'x'], async () => ['x!']));
      assert.strictEqual(await all, error);
      assert.strictEqual(await joined, error);
      single.open('a!');
      assert.equal(await first, 'a!');
      assert.equal(cache.get('x'), 'x!');
      assert.deepEqual(await cache.getOrSetMany(['a', 'b'], () => ['b!']), ['a!', 'b!']);
    }
  });

  test('retry: the whole list is tried again', async ({ Cache }) => {
    const cache = new Cache({ max: 10, retry: { times: 2, delay: 1 } });
    const calls = [];
    const loader = (keys) => {
      calls.push(keys.length);
      if (calls.length < 3) throw error;
      return [...keys];
    };
    assert.deepEqual(await cache.getOrSetMany(['a', 'b', 'c'], loader), ['a', 'b', 'c']);
    assert.deepEqual(calls, [3, 3, 3]);
    assert.strictEqual(await failure(cache.getOrSetMany(['d'], () => Promise.reject(error), { retry: 0 })), error);
  });

  test('a loader that asks for one of its keys at once gets reentrant', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const loader = () => cache.getOrSet('b', () => 1);
    await rejects(context, cache.getOrSetMany(['a', 'b'], loader), 'reentrant');
    await rejects(
      context,
      cache.getOrSetMany(['a', 'b'], () => cache.getOrSetMany(['x', 'a'], () => [1])),
      'reentrant',
    );
    await rejects(
      context,
      cache.withLock('a', () => cache.getOrSetMany(['b', 'a'], ([key]) => [key])),
      'reentrant',
    );
    await settled();
    assert.deepEqual(
      cache.inspect().map(({ key }) => key),
      [],
      'nothing is left behind',
    );
  });

  test('its signal aborts when nobody waits for any of its keys', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const [own, other] = [new AbortController(), new AbortController()];
    let signal;
    const loader = (_, context) => (({ signal } = context), never());
    const all = failure(cache.getOrSetMany(['a', 'b'], loader, { signal: own.signal }));
    const joined = failure(cache.getOrSet('b', assert.fail, { signal: other.signal }));
    own.abort(error);
    assert.strictEqual(await all, error);
    assert.isFalse(signal.aborted);
    other.abort();
    await joined;
    assert.isTrue(signal.aborted);
    assert.deepEqual(cache.inspect(), []);
  });

  test('a promise that never settles: load-timeout, and who waits for one of its keys loads it', async (context) => {
    const cache = new context.Cache({ max: 10, lease: 40 });
    const all = rejects(context, cache.getOrSetMany(['a', 'b'], never), 'load-timeout');
    assert.equal(await cache.getOrSet('b', () => 'own'), 'own');
    await all;
    assert.deepEqual(cache.inspect(), []);
    assert.deepEqual(await cache.getOrSetMany(['a', 'b'], () => ['a!']), ['a!', 'own']);
  });

  test('stale values are given to the loader; swr and grace hold for each key', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10, ttl: 100, swr: 50, grace: 1000 });
      cache.set('a', 'old');
      clock.advance(60);
      cache.set('b', 'old');
      clock.advance(100);
      const seen = [];
      const loader = async (keys, { stale }) => {
        seen.push([...keys], [...stale]);
        return keys.map((key) => `${key}!`);
      };
      assert.deepEqual(await cache.getOrSetMany(['a', 'b', 'c'], loader), ['a!', 'old', 'c!']);
      await settled();
      assert.deepEqual(seen, [
        ['a', 'b', 'c'],
        [
          ['a', 'old'],
          ['b', 'old'],
        ],
      ]);
      assert.deepEqual(cache.getMany(['a', 'b', 'c']), ['a!', 'b!', 'c!']);
      clock.advance(200);
      assert.deepEqual(await cache.getOrSetMany(['a', 'b'], () => Promise.reject(error)), ['a!', 'b!']);
    }));

  test('a change of one key while they are loaded concerns that one', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const load = gated();
    const all = cache.getOrSetMany(['a', 'b'], load.loader);
    cache.delete('a');
    load.open(['a!', 'b!']);
    assert.deepEqual(await all, ['a!', 'b!']);
    assert.deepEqual(cache.getMany(['a', 'b']), [undefined, 'b!']);
    assert.equal(cache.stats().fenced, 1);
  });

  test('options hold for each: ttl of the value, tags, cacheIf, forceFresh', ({ Cache }) =>
    withClock(async () => {
      const cache = new Cache({ max: 10 }).set('a', 'old');
      const options = {
        ttl: (value, key) => value * (key === 'a' ? 10 : 1),
        tags: ['t'],
        cacheIf: (value) => value < 3,
      };
      const loader = (keys) => keys.map((_, index) => index + 1);
      const fresh = { ...options, forceFresh: true };
      assert.deepEqual(await cache.getOrSetMany(['a', 'b', 'c'], loader, fresh), [1, 2, 3]);
      assert.deepEqual(
        ['a', 'b', 'c'].map((key) => cache.getRemainingTTL(key)),
        [10, 2, 0],
      );
      assert.equal(cache.deleteByTag('t'), 2);
    }));

  test('a hundred thousand keys', async ({ Cache }) => {
    const cache = new Cache({ max: 200_000 });
    const keys = Array.from({ length: 100_000 }, (_, key) => key);
    let calls = 0;
    const values = await cache.getOrSetMany(keys, async (all) => ((calls += 1), all));
    assert.equal(calls, 1);
    assert.equal(values[99_999], 99_999);
    assert.equal(cache.size, 100_000);
    assert.deepEqual(cache.inspect(), []);
  });
});
