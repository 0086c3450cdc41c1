// What a lock and its cache have of the seed's interface, and `fail`.

import { assert, failure, group, rejects, settled, sleep } from './harness.mjs';

/** A cache of each kind that has locks. */
const kinds = {
  InMemoryCache: ({ InMemoryCache }) => new InMemoryCache(),
  'a namespace in memory': ({ InMemoryCache }) => new InMemoryCache().namespace('n'),
  Cache: ({ Cache }) => new Cache({ max: 10 }),
  Namespace: ({ Cache }) => new Cache({ max: 10 }).namespace('n'),
  'a subclass of BaseCache': ({ BaseCache }) => {
    class Mapped extends BaseCache {
      store = new Map();
      async get(key) {
        return this.store.get(key);
      }
      async set(key, value) {
        this.store.set(key, value);
      }
      async clear(key) {
        this.store.delete(key);
      }
      async flush() {
        this.store.clear();
      }
    }
    return new Mapped();
  },
};

export default group('lock interface', (test) => {
  for (const [kind, make] of Object.entries(kinds)) {
    test(`release(key) takes the turn from whoever holds it: ${kind}`, async (context) => {
      const cache = make(context);
      cache.release('k');
      const holder = await cache.lock('k');
      const { signal } = holder;
      const [first, second] = [cache.lock('k'), cache.lock('k')];
      await settled();
      cache.release('k');
      const lock = await first;
      assert.isFalse(lock.done);
      assert.isAbove(lock.token, holder.token);
      assert.isTrue(signal.aborted);
      await rejects(context, holder.setResult('late'), 'lock-lost');
      await holder.exit();
      await lock.setResult('v', 60);
      assert.equal((await second).result, 'v', 'the others have waited on');
      cache.release('k');
      assert.equal((await cache.lock('k')).result, 'v', 'a result that is there stays');

      const alone = await cache.lock('other');
      cache.release('other');
      const fresh = await cache.lock('other');
      assert.isFalse(fresh.done);
      await rejects(context, alone.setResult('late'), 'lock-lost');
      await fresh.setResult('in time');
      await rejects(
        context,
        Promise.resolve().then(() => cache.release({})),
        'invalid-key',
      );
    });

    test(`fail has all that wait fail at once, and who comes later begins afresh: ${kind}`, async (context) => {
      const cache = make(context);
      const error = new Error('the registry is down');
      let calls = 0;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 40 }, () =>
          cache.withLock('k', async (lock) => {
            calls += 1;
            await sleep(2);
            lock.fail(error);
            throw error;
          }),
        ),
      );
      assert.equal(calls, 1);
      assert.isTrue(outcomes.every(({ reason }) => reason === error));
      const holder = await cache.lock('k');
      const [waiting, resting] = [cache.acquire('k'), cache.acquire('k')];
      const other = await cache.lock('other');
      const waits = failure(waiting.enter());
      await settled();
      waiting.fail(new Error('of a waiter'));
      assert.equal((await waits).code, 'not-holder');
      assert.isFalse(holder.done, 'a lock whose turn it is not ends nobody else');
      const later = failure(cache.lock('k'));
      await settled();
      holder.fail(error);
      assert.strictEqual(await later, error);
      assert.strictEqual(await failure(resting.enter()), error, 'and one that had not entered');
      assert.isTrue(holder.released && resting.released);
      assert.strictEqual(holder.exception, error);
      assert.isUndefined(await holder.future);
      const fresh = await cache.lock('k');
      assert.isFalse(fresh.done);
      await fresh.setResult('v');
      assert.isFalse(other.done);
      await other.exit();
      await fresh.exit();
      assert.deepEqual(cache.inspect(), []);
    });
  }

  for (const [kind, make] of Object.entries(kinds)) {
    test(`a lock knows its cache: ${kind}`, async (context) => {
      const cache = make(context);
      const lock = cache.acquire('k');
      assert.strictEqual(lock.cache, cache);
      lock.release();
    });

    test(`who comes before the holder has left has its result from it: ${kind}`, async (context) => {
      const cache = make(context);
      const holder = await cache.lock('k');
      await holder.setResult('v');
      const late = cache.acquire('k');
      assert.strictEqual(late.parent, holder);
      assert.equal(late.result, 'v');
      await holder.exit();
      await late.exit();
      const found = await cache.lock('k');
      assert.isUndefined(found.parent);
      assert.equal(found.result, 'v');
    });
  }

  test('a load that waits for a lock that fails has its error', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const lock = await cache.lock('k');
    const load = cache.getOrSet('k', assert.fail);
    await settled();
    const error = new Error('down');
    lock.fail(error);
    assert.strictEqual(await failure(load), error);
    assert.equal(await cache.getOrSet('k', () => 1), 1);
  });

  test('release(key) of a load: its caller has the value, and the next one loads', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    let open;
    const load = cache.getOrSet('k', () => new Promise((resolve) => (open = resolve)));
    await settled();
    cache.release('k');
    assert.equal(await cache.getOrSet('k', () => 'new'), 'new');
    open('old');
    assert.oneOf(await load, ['old', 'new']);
    assert.equal(cache.get('k'), 'new');
  });

  test('setResult(undefined) is no result: the turn goes on', async (context) => {
    const cache = new context.InMemoryCache();
    const lock = await cache.lock('k');
    const waits = cache.lock('k');
    await lock.setResult(undefined, 60);
    await settled();
    assert.isFalse(lock.done);
    await lock.setResult('v', 60);
    assert.equal((await waits).result, 'v');
  });

  test('what a cache and a lock are when they are printed or awaited', async ({ InMemoryCache, BaseCache }) => {
    class Mine extends BaseCache {}
    assert.equal(String(new InMemoryCache()), '<InMemoryCache>');
    assert.equal(`${new Mine()}`, '<Mine>');
  });

  test('a lock that is awaited is itself', async ({ InMemoryCache }) => {
    const lock = await new InMemoryCache().lock('k');
    assert.strictEqual(await lock, lock);
  });
});
