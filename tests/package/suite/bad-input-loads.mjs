// Every argument and every option of loads and locks with everything that it should not be: a rejection with a code, no
// call of the loader, and a cache that is as it was.

import { CODES, ODD, accessor, cacheOf, contents, hostile, thrower } from './bad-input.mjs';
import { assert, failure, group, refuses, rejects, settled, uncaught } from './harness.mjs';

/** Methods with what each takes, and where the options are. */
const CALLS = {
  getOrSet: ['k', () => 'v', {}],
  refresh: ['k', () => 'v', {}],
  getOrSetMany: [['k'], () => ['v'], {}],
  lock: ['k', {}],
  withLock: ['k', () => 'v', {}],
};

const LOAD = [
  'ttl',
  'size',
  'tags',
  'swr',
  'grace',
  'negativeTtl',
  'timeout',
  'hardTimeout',
  'lease',
  'refreshAhead',
  'retry',
  'waitUntil',
  'cacheIf',
  'forceFresh',
  'signal',
  'nonsense',
];
const LOCK = ['signal', 'timeout', 'lease', 'nonsense'];

/** Options of each method, and some that are other methods’. */
const OPTIONS = {
  getOrSet: [LOAD, ['allowStale', 'updateAgeOnGet', 'lockTimeout', 'max', 'key', 'times']],
  refresh: [LOAD, ['allowStale', 'lockTimeout']],
  getOrSetMany: [LOAD, ['allowStale', 'lockTimeout']],
  lock: [LOCK, ['lockTimeout', 'ttl', 'swr', 'hardTimeout', 'waitUntil', 'forceFresh']],
  withLock: [LOCK, ['lockTimeout', 'ttl', 'swr', 'hardTimeout', 'waitUntil', 'forceFresh']],
};

/** Makes a call, and tells what it rejects with. Nothing of it may be thrown at once, or stay behind. */
async function outcome({ CacheError }, cache, label, call) {
  const before = contents(cache);
  let promise;
  try {
    promise = call();
  } catch (error) {
    assert.fail(`${label} threw at once: ${error}`);
  }
  const [{ value, reason, status }] = await Promise.allSettled([promise]);
  if (typeof value?.exit === 'function') await value.exit();
  await settled();
  assert.deepEqual(cache.inspect(), [], `${label} left something behind`);
  if (status === 'rejected') {
    assert.equal(contents(cache), before, `${label} changed the cache`);
    if (reason !== thrower) {
      assert.instanceOf(reason, CacheError, `${label} gave ${reason}`);
      assert.include(CODES, reason.code, label);
      assert.isBelow(reason.message.length, 400, label);
    }
  }
  assert.equal(cache.set('after', 3).get('after'), 3);
  return { isRefused: status === 'rejected', reason };
}

export default group('bad input of loads and locks', (test) => {
  for (const [method, good] of Object.entries(CALLS)) {
    test(`arguments of ${method}`, async (context) => {
      for (const position of good.keys()) {
        for (const [name, odd] of Object.entries(ODD)) {
          let calls = 0;
          const counted = (...all) => ((calls += 1), good[1](...all));
          const given = good.map((argument, at) =>
            at === position ? odd : typeof argument === 'function' ? counted : argument,
          );
          const cache = cacheOf(context);
          const label = `${method}, argument ${position}: ${name}`;
          const { isRefused } = await outcome(context, cache, label, () => cache[method](...given));
          if (isRefused) assert.equal(calls, 0, `${label}: the callback was called`);
          else assert.isFalse(['symbol', 'null', 'bigint', 'true', 'proxy'].includes(name), `${label} was accepted`);
        }
      }
    });

    const [own, foreign] = OPTIONS[method];
    const withOptions = (options, callback = good[1]) =>
      good.map((argument, at) => (at === good.length - 1 ? options : at === 1 ? callback : argument));

    test(`options of ${method}`, async (context) => {
      for (const option of own) {
        for (const [kind, odd] of Object.entries(ODD)) {
          const cache = cacheOf(context);
          const call = () => cache[method](...withOptions({ [option]: odd }));
          const { reason } = await outcome(context, cache, `${method}.${option}: ${kind}`, call);
          if (reason instanceof context.CacheError && reason.code === 'invalid-option') {
            assert.include(reason.message, option);
          }
        }
      }
    });

    test(`options of ${method} that throw when they are read, that it doesn’t have, or that are none`, async (context) => {
      const cache = cacheOf(context);
      const refused = async (options, expected) => {
        const call = () => cache[method](...withOptions(options, assert.fail));
        const { reason } = await outcome(context, cache, method, call);
        assert.strictEqual(reason?.code ?? reason, expected);
      };
      for (const option of own) await refused(accessor(option), thrower);
      await refused(hostile(), thrower);
      for (const option of foreign) await refused({ [option]: 1 }, 'invalid-option');
      for (const options of [null, 5, 'text', true, Symbol('s'), () => {}]) await refused(options, 'invalid-option');
      let reads = 0;
      const once = {
        get lease() {
          reads += 1;
          return 5000;
        },
      };
      await outcome(context, cache, method, () => cache[method](...withOptions(once)));
      assert.equal(reads, 1, 'each is read once');
      const inherited = Object.freeze(Object.create(Object.freeze({ lease: 5000 })));
      const { isRefused } = await outcome(context, cache, method, () => cache[method](...withOptions(inherited)));
      assert.isFalse(isRefused);
    });
  }

  test('retry, and what each of its parts should not be', async (context) => {
    const bad = [
      {},
      { times: -1 },
      { times: 1.5 },
      { times: Infinity },
      { times: NaN },
      { times: '1' },
      { delay: 5 },
      { times: 1, delay: -1 },
      { times: 1, delay: NaN },
      { times: 1, maxDelay: '5' },
      { times: 1, when: true },
      { times: 1, more: 1 },
      [1],
      null,
      -1,
      '1',
    ];
    const cache = cacheOf(context);
    for (const retry of bad) {
      for (const call of ['getOrSet', 'refresh']) {
        await rejects(context, cache[call]('k', assert.fail, { retry }), 'invalid-option');
      }
      await rejects(context, cache.getOrSetMany(['k'], assert.fail, { retry }), 'invalid-option');
      refuses(context, () => new context.Cache({ max: 5, retry }), 'invalid-option');
    }
    for (const part of ['times', 'delay', 'maxDelay', 'when']) {
      assert.strictEqual(await failure(cache.getOrSet('k', assert.fail, { retry: accessor(part) })), thrower);
    }
    assert.equal(await cache.getOrSet('k', () => 'v', { retry: { times: 0, delay: undefined } }), 'v');
  });

  test('lease: 0, and others that are none', async (context) => {
    const cache = cacheOf(context);
    for (const lease of [0, -0, -1, NaN, '5', null]) {
      for (const call of [
        () => cache.getOrSet('k', assert.fail, { lease }),
        () => cache.refresh('k', assert.fail, { lease }),
        () => cache.getOrSetMany(['k'], assert.fail, { lease }),
        () => cache.lock('k', { lease }),
        () => cache.withLock('k', assert.fail, { lease }),
      ]) {
        await rejects(context, call(), 'invalid-option');
      }
      refuses(context, () => cache.acquire('k', { lease }), 'invalid-option', 'lease');
      refuses(context, () => new context.Cache({ max: 5, lease }), 'invalid-option', 'lease');
      await cache.withLock('free', (lock) => refuses(context, () => lock.extend(lease), 'invalid-option', 'lease'));
    }
    assert.equal(await cache.getOrSet('k', () => 'v', { lease: Infinity }), 'v');
  });

  test('acquire throws at once', (context) => {
    for (const [name, odd] of Object.entries(ODD)) {
      for (const call of [(cache) => cache.acquire(odd), (cache) => cache.acquire('k', odd)]) {
        const cache = cacheOf(context);
        try {
          call(cache).release();
        } catch (error) {
          if (error !== thrower) assert.include(CODES, error.code, name);
        }
        assert.deepEqual(cache.inspect(), [], name);
      }
    }
  });

  test('keys of getOrSetMany: one that is none, or an iterable that throws, and nothing is loaded', async (context) => {
    const cache = cacheOf(context);
    const failing = function* () {
      yield 'k';
      throw thrower;
    };
    for (const keys of [['k', {}], ['k', undefined], [Symbol('s')], new Map([['k', 1]])]) {
      await rejects(context, cache.getOrSetMany(keys, assert.fail), 'invalid-key');
    }
    for (const keys of ['kk', 5, null, undefined, {}, () => {}]) {
      await rejects(context, cache.getOrSetMany(keys, assert.fail), 'invalid-argument');
    }
    assert.strictEqual(await failure(cache.getOrSetMany(failing(), assert.fail)), thrower);
    assert.deepEqual(cache.inspect(), []);
  });

  test('what a loader’s context is told, and what a loader gives, of every kind', (context) =>
    uncaught(async () => {
      for (const [name, odd] of Object.entries(ODD)) {
        const cache = cacheOf(context);
        const label = `the loader: ${name}`;
        const load = (loader) => outcome(context, cache, label, () => cache.getOrSet('k', loader));
        await load(({ setTtl }) => (setTtl(odd), 'v'));
        cache.delete('k');
        await load(({ setTags }) => (setTags(odd), 'v'));
        cache.delete('k');
        await outcome(context, cache, label, () => cache.getOrSet('k', () => 'v', { ttl: () => odd }));
        cache.delete('k');
        await outcome(context, cache, label, () => cache.getOrSet('k', () => 'v', { cacheIf: () => odd }));
        cache.delete('k');
        await outcome(context, cache, label, () => cache.getOrSetMany(['k'], () => odd));
        cache.delete('k');
        const { isRefused } = await load(() => odd);
        assert.equal(isRefused, name === 'proxy', label);
      }
    }));
});
