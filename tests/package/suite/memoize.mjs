// Functions whose results are cached.

import { assert, failure, group, refuses, rejects, settled, withClock } from './harness.mjs';

const error = new Error('from the function');

export default group('memoize', (test) => {
  test('a function is called once for each key', async ({ Cache, memoize }) => {
    const cache = new Cache({ max: 10 });
    const calls = [];
    const double = memoize(async (number) => (calls.push(number), number * 2), { cache });
    assert.deepEqual(await Promise.all([double(1), double(1), double(2)]), [2, 2, 4]);
    assert.equal(await double(1), 2);
    assert.deepEqual(calls, [1, 2]);
    assert.equal(cache.get(1), 2);
    cache.delete(1);
    assert.equal(await double(1), 2);
    assert.deepEqual(calls, [1, 2, 1]);
    const length = memoize((text) => text.length, { cache: cache.namespace('lengths') });
    assert.deepEqual(await Promise.all([length('1'), length('abc')]), [1, 3], 'what is no promise becomes one');
  });

  test('a key is made of all arguments, once for each call', async ({ Cache, memoize }) => {
    const cache = new Cache({ max: 10 });
    const keyed = [];
    const key = (...args) => (keyed.push(args), args.join(' '));
    const sum = memoize((a, b) => a + b, { cache, key });
    assert.deepEqual(await Promise.all([sum(1, 2), sum(2, 1), sum(1, 2)]), [3, 3, 3]);
    assert.deepEqual(keyed, [[1, 2], [2, 1], [1, 2]]); // prettier-ignore
    assert.sameMembers([...cache.keys()], ['1 2', '2 1']);
  });

  test('arguments that are no key ask for the option', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const one = context.memoize(() => assert.fail(), { cache });
    for (const args of [[], ['a', 'b'], ['a', undefined], [{}], [null], [undefined], [true], [['a']], [5n]]) {
      const refused = await failure(one(...args));
      assert.instanceOf(refused, context.CacheError);
      assert.equal(refused.code, 'invalid-key');
      assert.include(refused.message, '`key`');
    }
    for (const key of [() => ({}), () => undefined, () => null, (...args) => args]) {
      await rejects(context, context.memoize(() => assert.fail(), { cache, key })('a'), 'invalid-key');
    }
    const thrown = context.memoize(() => assert.fail(), {
      cache,
      key: () => {
        throw error;
      },
    });
    assert.strictEqual(await failure(thrown('a')), error);
    assert.equal(cache.size, 0);
  });

  test('a key that differs between calls is another entry', async ({ Cache, memoize }) => {
    const cache = new Cache({ max: 10 });
    let count = 0;
    const load = memoize((value) => value, { cache, key: () => (count += 1) });
    await Promise.all([load('a'), load('b')]);
    assert.deepEqual([...cache], [[1, 'a'], [2, 'b']]); // prettier-ignore
  });

  test('a failure reaches its callers, and is not kept', async ({ Cache, memoize }) => {
    for (const fail of [
      () => Promise.reject(error),
      () => {
        throw error;
      },
    ]) {
      const cache = new Cache({ max: 10 });
      let isDown = true;
      const load = memoize((key) => (isDown ? fail() : key), { cache });
      assert.deepEqual(await Promise.all([failure(load('a')), failure(load('a'))]), [error, error]);
      isDown = false;
      assert.equal(await load('a'), 'a');
    }
  });

  test('the options of loads, and `this`', (context) =>
    withClock(async (clock) => {
      const cache = new context.Cache({ max: 10 });
      const service = {
        prefix: '<',
        load: context.memoize(
          function (key) {
            return this.prefix + key;
          },
          { cache, ttl: 100, grace: 0, tags: ['t'], cacheIf: (value) => value !== '<skipped' },
        ),
      };
      assert.equal(await service.load('a'), '<a');
      assert.equal(await service.load('skipped'), '<skipped');
      assert.deepEqual([...cache.keys()], ['a']);
      assert.equal(cache.deleteByTag('t'), 1);
      await service.load('a');
      clock.advance(100);
      service.prefix = '>';
      assert.equal(await service.load('a'), '>a');
    }));

  test('it works with a batch', async ({ Cache, memoize, batch }) => {
    const calls = [];
    const many = batch(async (keys) => (calls.push([...keys]), keys.map((key) => key * 2)));
    const double = memoize((key) => many({ key }), { cache: new Cache({ max: 10 }) });
    assert.deepEqual(await Promise.all([1, 2, 1].map((key) => double(key))), [2, 4, 2]);
    assert.deepEqual(calls, [[1, 2]]);
  });

  test('a function that is invalidated while it runs is not kept', async ({ Cache, memoize }) => {
    const cache = new Cache({ max: 10 });
    let end;
    const load = memoize(() => new Promise((resolve) => (end = resolve)), { cache });
    const old = load('a');
    await settled();
    cache.delete('a');
    end('old');
    assert.equal(await old, 'old');
    assert.isFalse(cache.has('a'));
  });

  test('wrong arguments', (context) => {
    const { memoize } = context;
    const cache = new context.Cache({ max: 10 });
    const fn = () => 1;
    refuses(context, () => memoize(5, { cache }), 'invalid-argument', 'fn');
    for (const options of [undefined, null, 5])
      refuses(context, () => memoize(fn, options), 'invalid-option', 'options');
    for (const wrong of [undefined, null, 5, {}, new Map()]) {
      refuses(context, () => memoize(fn, { cache: wrong }), 'invalid-option', 'cache');
    }
    refuses(context, () => memoize(fn, { cache, key: 'id' }), 'invalid-option', 'key');
    refuses(context, () => memoize(fn, { cache, ttl: -1 }), 'invalid-ttl');
    refuses(context, () => memoize(fn, { cache, tll: 1 }), 'invalid-option', 'tll');
    memoize(fn, { cache, key: undefined, ttl: undefined });
  });
});
