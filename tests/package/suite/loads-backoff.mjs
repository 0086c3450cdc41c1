// Backing off: for a while after a failed load, callers get the stale value or the error, and nobody loads.

import { assert, failure, group, refuses, rejects, settled, sleep, withTime } from './harness.mjs';

/** A source that counts its calls, and fails as long as it is down. */
function source() {
  const state = { calls: 0, isDown: true };
  state.load = async () => {
    state.calls += 1;
    if (state.isDown) throw new Error(`down ${state.calls}`);
    return 'new';
  };
  return state;
}

async function expired({ Cache }, options) {
  const cache = new Cache({ max: 1000, ttl: 100, grace: 10_000, ...options });
  cache.set('k', 'old');
  await sleep(100);
  return cache;
}

export default group('backing off', (test) => {
  test('five callers after a failed load get the stale value, and the next one tries when its time is over', (context) =>
    withTime(async () => {
      const cache = await expired(context, { graceBackoff: 1000 });
      const registry = source();
      for (let call = 0; call < 5; call += 1) {
        assert.equal(await cache.getOrSet('k', registry.load), 'old');
        await sleep(199);
      }
      assert.equal(registry.calls, 1);
      registry.isDown = false;
      await sleep(5);
      assert.equal(await cache.getOrSet('k', registry.load), 'new');
      assert.equal(registry.calls, 2);
      assert.include(cache.stats(), { staleServes: 5, loads: 2 });
    }));

  test('without it, each of them tries', (context) =>
    withTime(async () => {
      const cache = await expired(context);
      const registry = source();
      for (let call = 0; call < 5; call += 1) assert.equal(await cache.getOrSet('k', registry.load), 'old');
      assert.equal(registry.calls, 5);
    }));

  test('a load behind backs off, within swr and ahead of the expiry', (context) =>
    withTime(async () => {
      const registry = source();
      const cache = await expired(context, { swr: 10_000, graceBackoff: 1000 });
      const ahead = new context.Cache({ max: 10, ttl: 1000, refreshAhead: 0.1, graceBackoff: 500 });
      ahead.set('k', 'old');
      await sleep(300);
      for (let call = 0; call < 5; call += 1) {
        assert.equal(await cache.getOrSet('k', registry.load), 'old');
        assert.equal(await ahead.getOrSet('k', registry.load), 'old');
        await settled();
      }
      assert.equal(registry.calls, 2);
      await sleep(500);
      assert.equal(await ahead.getOrSet('k', registry.load), 'old');
      await settled();
      assert.equal(registry.calls, 3);
    }));

  test('a dead registry isn’t asked by each of 1,000 callers, one after the other', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, negativeBackoff: 1000 });
      const registry = source();
      const first = await failure(cache.getOrSet('k', registry.load));
      assert.equal(first.message, 'down 1');
      for (let call = 0; call < 999; call += 1) {
        const error = await failure(cache.getOrSet('k', registry.load));
        assert.instanceOf(error, context.CacheError);
        assert.equal(error.code, 'load-failed-recently');
        assert.equal(error.key, 'k');
        assert.equal(error.cause, first);
      }
      assert.equal(registry.calls, 1);
      await sleep(1000);
      registry.isDown = false;
      assert.equal(await cache.getOrSet('k', registry.load), 'new');
    }));

  test('the cause is the last error', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, negativeBackoff: 1000 });
      const registry = source();
      for (let round = 1; round <= 3; round += 1) {
        await failure(cache.getOrSet('k', registry.load));
        const error = await failure(cache.getOrSet('k', registry.load));
        assert.equal(error.cause.message, `down ${round}`);
        await sleep(1000);
      }
    }));

  test('an error that comes late is not the cause', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, lease: 20, negativeBackoff: 1000 });
      const fails = (name, after) => () => sleep(after).then(() => Promise.reject(new Error(name)));
      const late = failure(cache.getOrSet('k', fails('late', 100)));
      await sleep(20);
      assert.equal((await failure(cache.getOrSet('k', fails('last', 10)))).message, 'last');
      await late;
      await sleep(100);
      const error = await failure(cache.getOrSet('k', assert.fail));
      assert.equal(error.cause.message, 'last');
    }));

  test('those who came while it was loaded get the loader’s own error', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, negativeBackoff: 1000 });
      const registry = source();
      const errors = await Promise.all([1, 2, 3].map(() => failure(cache.getOrSet('k', registry.load))));
      assert.deepEqual(
        errors.map(({ message }) => message),
        ['down 1', 'down 1', 'down 1'],
      );
    }));

  test('refresh, forceFresh, and a call that does not back off, try at once', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, negativeBackoff: 1000 });
      const registry = source();
      await failure(cache.getOrSet('k', registry.load));
      for (const call of [
        () => cache.refresh('k', registry.load),
        () => cache.getOrSet('k', registry.load, { forceFresh: true }),
        () => cache.getOrSet('k', registry.load, { negativeBackoff: 0 }),
      ]) {
        const { calls } = registry;
        await failure(call());
        assert.equal(registry.calls, calls + 1);
        await rejects(context, cache.getOrSet('k', registry.load), 'load-failed-recently');
      }
    }));

  test('a change of the key ends it: set, delete, a tag, clear, and those of its namespace', (context) =>
    withTime(async () => {
      const outer = new context.Cache({ max: 10, negativeBackoff: 1000 });
      const cache = outer.namespace('n');
      const changes = [
        () => cache.set('k', 1) && cache.delete('k'),
        () => cache.delete('k'),
        () => cache.deleteMany(['k']),
        () => cache.clear(),
        () => outer.clear(),
        () => outer.load([]),
        () => cache.take('k'),
      ];
      for (const change of changes) {
        const registry = source();
        await failure(cache.getOrSet('k', registry.load));
        await rejects(context, cache.getOrSet('k', registry.load), 'load-failed-recently');
        change();
        registry.isDown = false;
        assert.equal(await cache.getOrSet('k', registry.load), 'new', String(change));
        cache.delete('k');
      }
      const tagged = await expired(context, { graceBackoff: 1000 });
      tagged.set('k', 'old', { tags: ['t'] });
      await sleep(100);
      const registry = source();
      assert.equal(await tagged.getOrSet('k', registry.load), 'old');
      tagged.deleteByTag('t');
      await failure(tagged.getOrSet('k', registry.load));
      assert.equal(registry.calls, 2);
    }));

  test('other keys, and the same key elsewhere, know nothing of it', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, negativeBackoff: 1000 });
      await failure(cache.getOrSet('k', source().load));
      assert.equal(await cache.getOrSet('other', () => 1), 1);
      assert.equal(await cache.namespace('n').getOrSet('k', () => 2), 2);
    }));

  test('nothing is to be seen of it: inspect, size, and a lock', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, negativeBackoff: 1000 });
      await failure(cache.getOrSet('k', source().load));
      assert.deepEqual(cache.inspect(), []);
      assert.equal(cache.size, 0);
      assert.equal(await cache.withLock('k', () => 'mine'), 'mine');
      await rejects(context, cache.getOrSet('k', assert.fail), 'load-failed-recently');
      await cache.withLock('k', (lock) => lock.setResult('set'));
      assert.equal(await cache.getOrSet('k', assert.fail), 'set');
      cache.delete('k');
      assert.equal(await cache.getOrSet('k', () => 'new'), 'new');
    }));

  test('many keys: each backs off alone', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10, negativeBackoff: 1000 });
      await failure(cache.getOrSet('a', source().load));
      const asked = [];
      const loader = (keys) => {
        asked.push(...keys);
        return keys.map((key) => `new ${key}`);
      };
      await rejects(context, cache.getOrSetMany(['a', 'b'], loader), 'load-failed-recently');
      assert.deepEqual(asked, ['b']);
      await settled();
      assert.equal(cache.get('b'), 'new b');
    }));

  test('a source that fails for a million keys leaves little behind', async (context) => {
    const cache = new context.Cache({ max: 10, negativeBackoff: 1e9 });
    const fails = () => Promise.reject(new Error('down'));
    for (let key = 0; key < 2000; key += 1) await failure(cache.getOrSet(key, fails));
    await rejects(context, cache.getOrSet(1999, fails), 'load-failed-recently');
    assert.equal((await failure(cache.getOrSet(0, fails))).message, 'down');
  });

  test('a clock that steps does not lengthen it', (context) =>
    withTime(async () => {
      const { now } = Date;
      const cache = new context.Cache({ max: 10, negativeBackoff: 1000 });
      const registry = source();
      await failure(cache.getOrSet('k', registry.load));
      Date.now = () => now() - 3_600_000;
      try {
        await sleep(1000);
        registry.isDown = false;
        assert.equal(await cache.getOrSet('k', registry.load), 'new');
      } finally {
        Date.now = now;
      }
    }));

  test('wrong backoffs are refused, and what nobody waits for is no failure', async (context) => {
    for (const name of ['graceBackoff', 'negativeBackoff']) {
      for (const value of [NaN, -1, '5', null]) {
        refuses(context, () => new context.Cache({ max: 1, [name]: value }), 'invalid-option', name);
        const cache = new context.Cache({ max: 1 });
        await rejects(
          context,
          cache.getOrSet('k', () => 1, { [name]: value }),
          'invalid-option',
        );
      }
    }
    const cache = new context.Cache({ max: 1, negativeBackoff: 1e9 });
    const aborter = new AbortController();
    const load = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const wait = failure(cache.getOrSet('k', load, { signal: aborter.signal }));
    aborter.abort();
    await wait;
    await settled();
    assert.equal(await cache.getOrSet('k', () => 'new'), 'new');
  });
});
