// Loads: who calls the loader, who gets what, and what is stored.

import { assert, failure, gated, group, never, rejects, settled, sleep, uncaught, withTime } from './harness.mjs';

export default group('loads', (test) => {
  test('ten thousand callers, one call of a loader', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    let calls = 0;
    const loader = async ({ key }) => {
      calls += 1;
      await sleep(5);
      return { key };
    };
    const values = await Promise.all(Array.from({ length: 10_000 }, () => cache.getOrSet('k', loader)));
    assert.equal(calls, 1);
    assert.deepEqual(values[0], { key: 'k' });
    assert.isTrue(values.every((value) => value === values[0]));
    assert.strictEqual(cache.get('k'), values[0]);
    assert.strictEqual(await cache.getOrSet('k', assert.fail), values[0]);
    const { loads, joins, entries } = cache.stats();
    assert.deepEqual([loads, joins, entries], [1, 9999, 1]);
  });

  test('thousands of keys at once, each loaded once, and nothing stays', async ({ Cache }) => {
    const cache = new Cache({ max: 10_000 });
    const load = (key) => [1, 2, 3].map(() => cache.getOrSet(key, async () => (await sleep(1), key)));
    const values = await Promise.all(Array.from({ length: 3000 }, (_, key) => load(key)).flat());
    assert.isTrue(values.every((value, index) => value === Math.floor(index / 3)));
    assert.equal(cache.stats().loads, 3000);
    assert.deepEqual(cache.inspect(), []);
  });

  test('every kind of key, and keys of namespaces, are kept apart', async ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    const keys = [1, '1', '', '__proto__', '\ud800', '\ud801', NaN, -0];
    const spaces = [cache, cache.namespace('n'), cache.namespace('n').namespace('m'), cache.namespace('1:n')];
    const all = spaces.flatMap((space, index) =>
      keys.map((key) => [space, key, `${index} ${String(key)} ${typeof key}`]),
    );
    const values = await Promise.all(all.map(([space, key, value]) => space.getOrSet(key, async () => value)));
    assert.deepEqual(
      values,
      all.map(([, , value]) => value),
    );
    for (const [space, key, value] of all) assert.equal(space.get(key), value);
  });

  test('falsy values are values, and undefined is none', async ({ Cache }) => {
    for (const value of [0, '', false, null, NaN, undefined]) {
      const cache = new Cache({ max: 10 });
      let calls = 0;
      const load = () => cache.getOrSet('k', () => ((calls += 1), value));
      for (const got of await Promise.all([load(), load()])) assert.isTrue(Object.is(got, value));
      assert.equal(calls, 1);
      assert.equal(cache.has('k'), value !== undefined);
      assert.isTrue(Object.is(await load(), value));
      assert.equal(calls, value === undefined ? 2 : 1);
    }
  });

  const error = new Error('from the loader');
  const thenable = (...calls) => ({ then: (...how) => calls.forEach(([which, what]) => how[which](what)) });
  for (const [what, loader, reason] of [
    ['rejects', () => Promise.reject(error), error],
    [
      'throws before its first await',
      () => {
        throw error;
      },
      error,
    ],
    ['rejects with undefined', () => Promise.reject(undefined), undefined],
    [
      'throws undefined',
      () => {
        throw undefined;
      },
      undefined,
    ],
    ['gives a thenable that rejects', () => thenable([1, error]), error],
    [
      'gives a thenable whose then throws',
      () => ({
        get then() {
          throw error;
        },
      }),
      error,
    ],
    ['gives a thenable that fails and then succeeds', () => thenable([1, error], [0, 'late'], [1, 'again']), error],
  ]) {
    test(`a loader that ${what}: all get its error, it runs once, and the next call tries again`, async ({ Cache }) => {
      const cache = new Cache({ max: 10 });
      let calls = 0;
      const load = () => cache.getOrSet('k', (context) => ((calls += 1), loader(context)));
      const outcomes = await Promise.allSettled(Array.from({ length: 100 }, load));
      assert.isTrue(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === reason));
      assert.equal(calls, 1);
      assert.isFalse(cache.has('k'));
      assert.deepEqual(cache.inspect(), []);
      assert.equal(await cache.getOrSet('k', () => 'v'), 'v');
      await load();
      assert.equal(calls, 1);
    });
  }

  test('a thenable that calls back twice counts once', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const loader = () => thenable([0, 'first'], [0, 'second'], [1, error]);
    assert.deepEqual(await Promise.all([cache.getOrSet('k', loader), cache.getOrSet('k', loader)]), ['first', 'first']);
    assert.equal(cache.get('k'), 'first');
  });

  test('a caller gives up by its own signal, and nobody else notices', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const [own, other] = [new AbortController(), new AbortController()];
    const load = gated();
    const first = failure(cache.getOrSet('k', load.loader, { signal: own.signal }));
    const second = failure(cache.getOrSet('k', assert.fail, { signal: other.signal }));
    const third = cache.getOrSet('k', assert.fail);
    const reason = new Error('enough');
    other.abort(reason);
    own.abort();
    assert.strictEqual(await second, reason);
    assert.equal((await first).name, 'AbortError');
    assert.isFalse(load.context.signal.aborted, 'somebody still waits');
    load.open('v');
    assert.equal(await third, 'v');
    assert.equal(cache.get('k'), 'v');
  });

  test('a signal that has aborted: no loader is called, but a value that is there is given', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const signal = AbortSignal.abort(error);
    assert.strictEqual(await failure(cache.getOrSet('k', assert.fail, { signal })), error);
    assert.deepEqual(cache.inspect(), []);
    cache.set('k', 'v');
    assert.equal(await cache.getOrSet('k', assert.fail, { signal }), 'v');
  });

  test('the loader’s signal aborts when nobody waits any more, and its key is free', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const controllers = [new AbortController(), new AbortController()];
    const load = gated();
    const waits = controllers.map(({ signal }) => failure(cache.getOrSet('k', load.loader, { signal })));
    const { signal } = load.context;
    controllers[0].abort();
    assert.isFalse(signal.aborted);
    controllers[1].abort();
    assert.isTrue(signal.aborted);
    assert.equal(signal.reason.code, 'load-timeout');
    await Promise.all(waits);
    assert.deepEqual(cache.inspect(), []);
    assert.equal(await cache.getOrSet('k', () => 'fresh'), 'fresh');
    load.open('abandoned');
    await settled();
    assert.equal(cache.get('k'), 'fresh', 'what nobody waited for is not stored');
    assert.equal(cache.stats().fenced, 1);
  });

  test('a signal that is asked for late has aborted already', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const controller = new AbortController();
    const load = gated();
    const wait = failure(cache.getOrSet('k', load.loader, { signal: controller.signal }));
    controller.abort();
    await wait;
    assert.isTrue(load.context.signal.aborted);
  });

  test('two callers in one turn, the first of which gives up at once: the second is still watched over', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const controller = new AbortController();
    const first = failure(cache.getOrSet('k', never, { signal: controller.signal, lease: 30 }));
    controller.abort();
    const second = cache.getOrSet('k', never, { lease: 30 });
    await first;
    await rejects(context, second, 'load-timeout');
  });

  test('retry: a loader that fails is called again, for all who wait', async ({ Cache }) => {
    const cache = new Cache({ max: 10, retry: { times: 3, delay: 1 } });
    let calls = 0;
    const flaky = (times) => () => {
      calls += 1;
      if (calls <= times) throw new Error(`call ${calls}`);
      return calls;
    };
    assert.deepEqual(await Promise.all([cache.getOrSet('a', flaky(3)), cache.getOrSet('a', assert.fail)]), [4, 4]);
    calls = 0;
    assert.equal((await failure(cache.getOrSet('b', flaky(9)))).message, 'call 4');
    calls = 0;
    assert.equal((await failure(cache.getOrSet('b', flaky(9), { retry: 0 }))).message, 'call 1');
    calls = 0;
    const when = ({ message }) => message === 'call 1';
    assert.equal(
      (await failure(cache.getOrSet('b', flaky(9), { retry: { times: 5, delay: 0, when } }))).message,
      'call 2',
    );
    const broken = {
      times: 5,
      delay: 0,
      when: () => {
        throw error;
      },
    };
    calls = 0;
    const heard = await uncaught(async () => {
      assert.equal((await failure(cache.getOrSet('b', flaky(99), { retry: broken }))).message, 'call 1');
    });
    assert.deepEqual(heard, [error], 'what decides about a try doesn’t hide the loader’s error');
    assert.equal(cache.stats().loads, 5, 'tries count as one load');
  });

  test('retry: waits double up to the longest, and end when nobody waits', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10 });
      const times = [];
      const fails = () => {
        times.push(Date.now());
        throw error;
      };
      await failure(cache.getOrSet('k', fails, { retry: { times: 3, delay: 20, maxDelay: 40 } }));
      const waits = times.slice(1).map((time, index) => time - times[index]);
      // Of each wait, the second half is random.
      assert.isTrue(
        waits.every((wait, index) => wait >= [10, 20, 20][index] && wait <= [20, 40, 40][index]),
        String(waits),
      );
      const controller = new AbortController();
      const options = { signal: controller.signal, retry: { times: 9, delay: 20 } };
      const wait = failure(cache.getOrSet('k', fails, options));
      controller.abort();
      await wait;
      const { length } = times;
      await sleep(50);
      assert.lengthOf(times, length);
    }));

  test('waitUntil is told of each load', async ({ Cache }) => {
    const promises = [];
    const cache = new Cache({ max: 10, waitUntil: (promise) => promises.push(promise) });
    const load = gated();
    const [first, second] = [cache.getOrSet('k', load.loader), cache.getOrSet('k', assert.fail)];
    assert.lengthOf(promises, 1);
    let isOver = false;
    void promises[0].then(() => (isOver = true));
    await settled();
    assert.isFalse(isOver);
    load.open('v');
    await Promise.all([first, second, promises[0]]);
    await failure(cache.getOrSet('bad', () => Promise.reject(error)));
    assert.lengthOf(promises, 2);
    assert.isUndefined(await promises[1], 'it never rejects');
  });

  test('a waitUntil that throws, as an unbound method does: it is said how to bind it, and nobody loses a value', async ({
    Cache,
    CacheError,
  }) => {
    class Context {
      #promises = [];
      waitUntil(promise) {
        this.#promises.push(promise);
      }
    }
    const { waitUntil } = new Context();
    const cache = new Cache({ max: 10, swr: 60_000, refreshAhead: 0 });
    const heard = await uncaught(async () => {
      const values = [1, 2].map(() => cache.getOrSet('k', async () => 'v', { waitUntil }));
      assert.deepEqual(await Promise.all(values), ['v', 'v']);
      cache.set('old', 'stale', { ttl: 1 });
      await sleep(3);
      assert.equal(await cache.getOrSet('old', async () => 'fresh', { waitUntil }), 'stale');
      await settled();
      assert.equal(cache.get('old'), 'fresh');
      assert.strictEqual(await failure(cache.getOrSet('bad', () => Promise.reject(error), { waitUntil })), error);
    });
    assert.lengthOf(heard, 3, 'once a load');
    for (const each of heard) {
      assert.instanceOf(each, CacheError);
      assert.equal(each.code, 'invalid-option');
      assert.include(each.message, 'waitUntil');
      assert.include(each.message, '(promise) => ctx.waitUntil(promise)');
      assert.instanceOf(each.cause, TypeError);
    }
    assert.deepEqual(cache.inspect(), []);
  });

  test('a loader that asks for its own key at once gets reentrant; one that asks later waits for its lease', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const inner = () => cache.getOrSet('k', () => 'inner', { lease: 30 });
    await rejects(context, cache.getOrSet('k', inner), 'reentrant');
    await rejects(
      context,
      cache.getOrSet('k', () => cache.refresh('k', () => 'inner')),
      'reentrant',
    );
    await rejects(
      context,
      cache.getOrSet('k', () => cache.lock('k')),
      'reentrant',
    );
    await rejects(
      context,
      cache.withLock('k', () => cache.getOrSet('k', () => 1)),
      'reentrant',
    );
    assert.equal(
      await cache.getOrSet('k', () => cache.getOrSet('other', () => cache.namespace('n').getOrSet('k', () => 'deep'))),
      'deep',
    );
    const late = async () => (await sleep(1), inner());
    await rejects(
      context,
      cache.getOrSet('late', async () => (await sleep(1), cache.getOrSet('late', late)), { lease: 30 }),
      'load-timeout',
    );
  });

  test('isolate: each caller has a copy of its own, or all have a frozen value', async (context) => {
    const { Cache } = context;
    const cloning = new Cache({ max: 10, isolate: 'clone' });
    const original = { list: [1] };
    const values = await Promise.all([1, 2, 3].map(() => cloning.getOrSet('k', async () => original)));
    original.list.push(2);
    values[0].list.push(3);
    assert.deepEqual([values[1], values[2], cloning.get('k')], [{ list: [1] }, { list: [1] }, { list: [1] }]);
    assert.equal(new Set([...values, original, cloning.get('k')]).size, 5);
    const freezing = new Cache({ max: 10, isolate: 'freeze' });
    const frozen = await freezing.getOrSet('k', () => ({ list: [1] }));
    assert.isTrue(Object.isFrozen(frozen) && Object.isFrozen(frozen.list));
    assert.strictEqual(freezing.get('k'), frozen);
  });
});
