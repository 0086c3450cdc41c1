// Single loads that are gathered into one call. The first group is what DataLoader's users rely on.

import { assert, failure, group, never, refuses, rejects, settled, sleep, withTime } from './harness.mjs';

const error = new Error('from the loader');

/** A loader that notes its calls, and the same for single keys. */
function noted({ batch }, options, load = async (keys) => keys.map((key) => `${key}!`)) {
  const calls = [];
  const loader = (keys, context) => {
    calls.push([...keys]);
    return load(keys, context);
  };
  return [calls, batch(loader, options)];
}

const all = (cache, keys, load, options) => Promise.all(keys.map((key) => cache.getOrSet(key, load, options)));

export default group('batch', (test) => {
  test('loads of one turn are one call', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const [calls, load] = noted(context);
    assert.deepEqual(await all(cache, ['a', 'b'], load), ['a!', 'b!']);
    assert.deepEqual(await all(cache, ['b', 'c', 'c'], load), ['b!', 'c!', 'c!']);
    assert.deepEqual(calls, [['a', 'b'], ['c']], 'what is there, or asked for, is not loaded again');
    assert.include(cache.stats(), { loads: 3, joins: 1 });
    cache.delete('a');
    assert.deepEqual(await all(cache, ['a', 'b'], load), ['a!', 'b!']);
    assert.deepEqual(calls.at(-1), ['a']);
  });

  test('loads that promises of the same turn lead to come along', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const [calls, load] = noted(context);
    const later = (then) =>
      Promise.resolve()
        .then(() => Promise.resolve())
        .then(then);
    await Promise.all([
      cache.getOrSet('a', load),
      later(() => {
        const b = cache.getOrSet('b', load);
        return Promise.all([b, later(() => later(() => all(cache, ['c', 'd'], load)))]);
      }),
    ]);
    assert.deepEqual(calls, [['a', 'b', 'c', 'd']]);
    await Promise.all([cache.getOrSet('x', load), sleep(1).then(() => cache.getOrSet('y', load))]);
    assert.deepEqual(calls.slice(1), [['x'], ['y']], 'but no timers are waited for');
  });

  test('at most so many keys in a call', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const [calls, load] = noted(context, { max: 2 });
    assert.deepEqual(await all(cache, ['a', 'b', 'a', 'c', 'd', 'e'], load), ['a!', 'b!', 'a!', 'c!', 'd!', 'e!']);
    assert.deepEqual(calls, [['a', 'b'], ['c', 'd'], ['e']]);
    const [single, one] = noted(context, { max: 1 });
    await all(cache, ['x', 'y'], one);
    assert.deepEqual(single, [['x'], ['y']]);
  });

  test('a loader may use another one, each with its own calls', async (context) => {
    const cache = new context.Cache({ max: 50 });
    const [deepCalls, deep] = noted(context);
    const [aCalls, a] = noted(context, {}, (keys) => all(cache.namespace('deep'), keys, deep));
    const [bCalls, b] = noted(context, {}, (keys) => all(cache.namespace('deep'), keys, deep));
    const got = await Promise.all([
      cache.getOrSet('a1', a),
      cache.getOrSet('b1', b),
      cache.getOrSet('a2', a),
      cache.getOrSet('b2', b),
    ]);
    assert.deepEqual(got, ['a1!', 'b1!', 'a2!', 'b2!']);
    assert.deepEqual([aCalls, bCalls, deepCalls], [[['a1', 'a2']], [['b1', 'b2']], [['a1', 'a2', 'b1', 'b2']]]);
  });

  test('values and errors in one answer; an error is no value', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const [calls, load] = noted(context, {}, async (keys) => keys.map((key) => (key % 2 ? error : key)));
    const got = await Promise.allSettled([1, 2, 3, 2].map((key) => cache.getOrSet(key, load)));
    assert.deepEqual(
      got.map(({ value, reason }) => reason ?? value),
      [error, 2, error, 2],
    );
    assert.strictEqual(await failure(cache.getOrSet(1, load)), error);
    assert.deepEqual(calls, [[1, 2, 3], [1]], 'a failure is tried again');
    assert.deepEqual([...cache], [[2, 2]]);
  });

  test('a loader that fails fails all its keys, with one error', async (context) => {
    for (const fail of [
      () => Promise.reject(error),
      () => {
        throw error;
      },
    ]) {
      const cache = new context.Cache({ max: 10 });
      const [calls, load] = noted(context, {}, fail);
      const [a, b] = await Promise.all(['a', 'b'].map((key) => failure(cache.getOrSet(key, load))));
      assert.strictEqual(a, error);
      assert.strictEqual(b, error);
      assert.equal(calls.length, 1);
      assert.deepEqual(cache.inspect(), []);
    }
  });

  test('a Map; what it lacks is not there, and what nobody asked for is ignored', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const [, load] = noted(context, {}, () => new Map([['a', null], ['x', 1]])); // prettier-ignore
    assert.deepEqual(await all(cache, ['a', 'b'], load), [null, undefined]);
    assert.deepEqual([...cache], [['a', null]]);
  });

  for (const [what, given] of Object.entries({
    'too few': [1],
    'too many': [1, 2, 3],
    nothing: undefined,
    'an object': { a: 1, b: 2 },
    text: 'ab',
  })) {
    test(`a loader that gives ${what}: an error for each of its keys`, async (context) => {
      const cache = new context.Cache({ max: 10 });
      const [, load] = noted(context, {}, async () => given);
      await Promise.all(['a', 'b'].map((key) => rejects(context, cache.getOrSet(key, load), 'invalid-argument')));
      assert.equal(cache.size, 0);
    });
  }

  test('a loader that answers twice has answered once', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const twice = {
      then: (give, fail) => {
        give(['first']);
        give(['second']);
        fail(error);
      },
    };
    const [, load] = noted(context, {}, () => twice);
    assert.equal(await cache.getOrSet('a', load), 'first');
  });

  test('a loader that never answers: each caller waits for its lease, and a later call loads', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10 });
      let signal;
      const [, load] = noted(context, {}, (_, given) => (({ signal } = given), never()));
      const begun = Date.now();
      const waits = [30, 50].map(async (lease) => {
        await rejects(context, cache.getOrSet(lease, load, { lease }), 'load-timeout');
        return Date.now() - begun;
      });
      assert.deepEqual(await Promise.all(waits), [30, 50]);
      assert.isTrue(signal.aborted, 'nobody waits any more');
      assert.deepEqual(cache.inspect(), []);
      assert.deepEqual(await all(cache, [30, 50], noted(context)[1]), ['30!', '50!']);
    }));

  test('maxWait: loads of several turns are one call, when the first has waited', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 50 });
      const [calls, load] = noted(context, { maxWait: 20, max: 4 });
      const begun = Date.now();
      const a = cache.getOrSet('a', load);
      await sleep(15);
      const b = cache.getOrSet('b', load);
      assert.deepEqual(await Promise.all([a, b]), ['a!', 'b!']);
      assert.equal(Date.now() - begun, 20);
      await sleep(100);
      assert.deepEqual(calls, [['a', 'b']], 'once');
      await all(cache, ['c', 'd', 'e', 'f', 'g'], load);
      assert.deepEqual(calls.slice(1), [['c', 'd', 'e', 'f'], ['g']]);
      assert.equal(Date.now() - begun, 140);
    }));

  test('maxWait: who leaves before the call is not in it', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 50 });
      const [calls, load] = noted(context, { maxWait: 20 });
      const control = new AbortController();
      const left = failure(cache.getOrSet('a', load, { signal: control.signal }));
      const stays = cache.getOrSet('b', load);
      await sleep(5);
      control.abort(error);
      assert.strictEqual(await left, error);
      assert.equal(await stays, 'b!');
      assert.deepEqual(calls, [['b']]);
      const alone = failure(cache.getOrSet('c', load, { signal: AbortSignal.abort(error) }));
      assert.strictEqual(await alone, error);
      const gone = new AbortController();
      const none = failure(cache.getOrSet('d', load, { signal: gone.signal }));
      gone.abort(error);
      const again = cache.getOrSet('d', load);
      assert.strictEqual(await none, error);
      assert.equal(await again, 'd!', 'who comes after that isn’t told of it');
      await sleep(50);
      assert.deepEqual(calls.slice(1), [['d']]);
    }));

  test('signals: each ends its own wait; the loader’s, when nobody waits for any key', async (context) => {
    const cache = new context.Cache({ max: 10 });
    let signal;
    let give;
    const [, load] = noted(context, {}, (_, given) => {
      ({ signal } = given);
      return new Promise((resolve) => (give = resolve));
    });
    const controls = ['a', 'b'].map(() => new AbortController());
    const waits = ['a', 'b'].map((key, at) => failure(cache.getOrSet(key, load, { signal: controls[at].signal })));
    const joined = cache.getOrSet('b', load);
    await settled();
    controls[0].abort(error);
    assert.strictEqual(await waits[0], error);
    controls[1].abort(error);
    assert.strictEqual(await waits[1], error);
    assert.isFalse(signal.aborted);
    give(['a!', 'b!']);
    assert.equal(await joined, 'b!');
    const last = new AbortController();
    const wait = failure(cache.getOrSet('c', load, { signal: last.signal }));
    await settled();
    last.abort(error);
    await wait;
    assert.isTrue(signal.aborted);
  });

  test('fences: a key that is changed meanwhile is given and not stored, the others are', async (context) => {
    const cache = new context.Cache({ max: 10 });
    let give;
    const [calls, load] = noted(context, {}, () => new Promise((resolve) => (give = resolve)));
    const old = all(cache, ['a', 'b', 'c'], load);
    await settled();
    cache.delete('a');
    cache.set('b', 'new');
    give(['old a', 'old b', 'old c']);
    assert.deepEqual(await old, ['old a', 'old b', 'old c']);
    assert.deepEqual(Object.fromEntries(cache), { b: 'new', c: 'old c' });
    assert.equal(calls.length, 1);
  });

  test('a key that is deleted before the call, and asked for again, is in it once', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const [calls, load] = noted(context);
    const first = cache.getOrSet('a', load);
    cache.delete('a');
    assert.deepEqual(await Promise.all([first, cache.getOrSet('a', load)]), ['a!', 'a!']);
    assert.deepEqual(calls, [['a']]);
    assert.equal(cache.get('a'), 'a!');
  });

  test('a lease that ends: who waits for that key loads with a loader of its own', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, lease: 40 });
      const [, dead] = noted(context, {}, never);
      const waits = ['a', 'b'].map((key) => failure(cache.getOrSet(key, dead)));
      await sleep(1);
      const [calls, load] = noted(context);
      assert.deepEqual(await all(cache, ['a', 'b'], load), ['a!', 'b!']);
      assert.deepEqual(calls, [['a', 'b']]);
      for (const { code } of await Promise.all(waits)) assert.equal(code, 'load-timeout');
    }));

  test('several caches share a batch, and a key of two is in it once', async (context) => {
    const caches = [1, 2].map(() => new context.Cache({ max: 10 }));
    const [calls, load] = noted(context);
    const got = await Promise.all(caches.map((cache, at) => all(cache.namespace('n'), ['same', at], load)));
    assert.deepEqual(got, [['same!', '0!'], ['same!', '1!']]); // prettier-ignore
    assert.deepEqual(calls, [['same', 0, 1]]);
  });

  test('retry: those who try again come together again', async (context) => {
    const cache = new context.Cache({ max: 10, retry: { times: 1, delay: 0 } });
    let tries = 0;
    const [calls, load] = noted(context, { maxWait: 20 }, async (keys) => {
      if ((tries += 1) === 1) throw error;
      return [...keys];
    });
    assert.deepEqual(await all(cache, ['a', 'b'], load), ['a', 'b']);
    assert.deepEqual(calls, [['a', 'b'], ['a', 'b']]); // prettier-ignore
  });

  test('a stale value is served while a batch loads, and the loader gets it', async (context) => {
    const cache = new context.Cache({ max: 10, swr: 10_000 });
    cache.set('a', 'old', { expires: Date.now() + 3 });
    await sleep(8);
    const [calls, load] = noted(context, {}, async (keys, { stale }) => keys.map((key) => `${stale?.get(key)} new`));
    assert.deepEqual(await all(cache, ['a'], load), ['old']);
    await settled();
    assert.equal(cache.get('a'), 'old new');
    assert.deepEqual(calls, [['a']]);
  });

  test('a loader that asks for a key of its own at once gets reentrant', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const [, load] = noted(context, { max: 2 }, () => cache.getOrSet('a', () => 1));
    await Promise.all(['a', 'b'].map((key) => rejects(context, cache.getOrSet(key, load), 'reentrant')));
    const [, late] = noted(context, {}, () => cache.getOrSet('a', () => 1));
    await Promise.all(['a', 'b'].map((key) => rejects(context, cache.getOrSet(key, late), 'reentrant')));
    assert.deepEqual(cache.inspect(), []);
  });

  test('refresh and getOrSetMany of one key take such a loader, too', async (context) => {
    const cache = new context.Cache({ max: 10 }).set('a', 'old');
    const [calls, load] = noted(context);
    assert.deepEqual(await Promise.all([cache.refresh('a', load), cache.getOrSet('b', (given) => load(given))]), [
      'a!',
      'b!',
    ]);
    assert.deepEqual(calls, [['a', 'b']]);
  });

  test('wrong arguments', (context) => {
    const { batch } = context;
    refuses(context, () => batch(), 'invalid-argument', 'loader');
    refuses(context, () => batch({}), 'invalid-argument', 'loader');
    for (const max of [0, -1, NaN, '5', null])
      refuses(context, () => batch(() => [], { max }), 'invalid-option', 'max');
    for (const maxWait of [-1, NaN, '5', null]) {
      refuses(context, () => batch(() => [], { maxWait }), 'invalid-option', 'maxWait');
    }
    refuses(context, () => batch(() => [], { wait: 5 }), 'invalid-option', 'wait');
    refuses(context, () => batch(() => [], 5), 'invalid-option');
    batch(() => [], { max: undefined, maxWait: undefined });
  });
});
