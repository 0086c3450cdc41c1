// Locks, by the table of the contract: each row, on every runtime.

import { assert, group, rejects, settled, sleep, withClock } from './harness.mjs';

const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** A holder and three that wait for it. */
async function queue(cache, options) {
  const holder = await cache.lock('k', options);
  const waiters = [1, 2, 3].map(() => cache.acquire('k', options));
  const entered = waiters.map((lock) => lock.enter());
  entered.forEach((promise) => promise.catch(() => {}));
  await settled();
  return { holder, waiters, entered };
}

export default group('locks', (test) => {
  test('a result goes to all that wait, in the order they came: one computation', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const order = [];
    let computed = 0;
    const compute = (caller) =>
      cache.withLock('k', async (lock) => {
        if (!lock.done) {
          computed += 1;
          await sleep(5);
          await lock.setResult({ made: computed }, { ttl: 60 });
        }
        order.push(caller);
        return lock.result;
      });
    const results = await Promise.all(Array.from({ length: 1000 }, (_, caller) => compute(caller)));
    assert.equal(computed, 1);
    assert.isTrue(results.every((result) => result === results[0]));
    assert.deepEqual(
      order,
      Array.from({ length: 1000 }, (_, caller) => caller),
    );
    assert.strictEqual(await cache.get('k'), results[0]);
  });

  test('a value that is there already is the result', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    await cache.set('k', 'v');
    const lock = await cache.lock('k');
    assert.isTrue(lock.done);
    assert.equal(lock.result, 'v');
    assert.equal(await lock.future, 'v');
    await lock.exit();
  });

  test('falsy values are values', async ({ InMemoryCache }) => {
    for (const value of [0, '', false, null, NaN]) {
      const cache = new InMemoryCache();
      const lock = await cache.lock('k');
      const waiter = cache.acquire('k');
      const entered = waiter.enter();
      await lock.setResult(value);
      await entered;
      assert.isTrue(Object.is(waiter.result, value));
      assert.isTrue(Object.is(await cache.get('k'), value));
    }
  });

  test('a holder that leaves without a result hands over to one', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const { holder, waiters, entered } = await queue(cache);
    await holder.exit();
    await entered[0];
    assert.isFalse(waiters[0].done);
    assert.isAbove(waiters[0].token, holder.token);
    await settled();
    assert.equal(waiters[1].token, 0, 'the others go on waiting');
    await waiters[0].setResult('late');
    await Promise.all(entered);
    assert.deepEqual(
      waiters.map((lock) => lock.result),
      ['late', 'late', 'late'],
    );
    assert.isTrue(holder.done);
    assert.isUndefined(holder.result);
  });

  test('failing holders run one at a time', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    let running = 0;
    let most = 0;
    let runs = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, () =>
        cache.withLock('k', async (lock) => {
          if (lock.done) return lock.result;
          most = Math.max(most, (running += 1));
          runs += 1;
          await sleep(0);
          running -= 1;
          if (runs < 20) throw new Error(`run ${runs}`);
          await lock.setResult('at last');
          return lock.result;
        }),
      ),
    );
    assert.equal(most, 1);
    assert.equal(runs, 20);
    assert.lengthOf(
      results.filter(({ value }) => value === 'at last'),
      181,
    );
    assert.equal(results[0].reason.message, 'run 1');
  });

  test('a waiter that gives up harms nobody', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const holder = await cache.lock('k');
    const controller = new AbortController();
    const [aborted, timedOut, patient] = [{ signal: controller.signal }, { timeout: 5 }, {}].map((options) =>
      cache.lock('k', options),
    );
    const reason = new Error('enough');
    const failures = [aborted, timedOut].map((promise) => promise.then(assert.fail, (error) => error));
    controller.abort(reason);
    const [first, second] = await Promise.all(failures);
    assert.strictEqual(first, reason);
    assert.equal(second.code, 'lock-timeout');
    await holder.setResult('v');
    assert.equal((await patient).result, 'v');
    assert.isFalse(holder.signal.aborted);
  });

  test('a signal that has aborted already ends the wait at once', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const holder = await cache.lock('k');
    const error = await cache.lock('k', { signal: AbortSignal.abort() }).then(assert.fail, (reason) => reason);
    assert.equal(error.name, 'AbortError');
    await holder.exit();
    const next = cache.acquire('k');
    assert.isUndefined(next.parent);
    next.release();
  });

  test('a holder that never leaves loses the key when its lease is over', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const dead = await cache.lock('k', { lease: 20 });
    const { signal } = dead;
    const waiter = await cache.lock('k', { lease: 1000 });
    assert.isFalse(waiter.done);
    assert.isTrue(signal.aborted);
    assert.equal(signal.reason.code, 'lock-lost');
    const error = await dead.setResult('too late').then(assert.fail, (reason) => reason);
    assert.equal(error.code, 'lock-lost');
    assert.isUndefined(await cache.get('k'));
    await waiter.setResult('in time');
    assert.equal(await cache.get('k'), 'in time');
    await dead.exit();
    await waiter.exit();
    const next = await cache.lock('k');
    assert.equal(next.result, 'in time');
  });

  test('the lease goes by the clock, and a newcomer finds out too', ({ InMemoryCache }) =>
    withClock(async (clock) => {
      const cache = new InMemoryCache();
      const dead = await cache.lock('k', { lease: 1000 });
      clock.advance(999);
      assert.isTrue(dead.extend(500));
      clock.advance(499);
      const early = cache.acquire('k');
      assert.strictEqual(early.parent, dead);
      clock.advance(1);
      const late = await cache.lock('k');
      assert.isAbove(late.token, dead.token);
      assert.isFalse(dead.extend(500));
      await late.exit();
    }));

  test('a result can be set once', async (context) => {
    const cache = new context.InMemoryCache();
    const lock = await cache.lock('k');
    await lock.setResult(undefined);
    assert.isFalse(lock.done);
    await lock.setResult('v');
    await rejects(context, lock.setResult('w'), 'result-already-set');
    await rejects(context, lock.setResult(0), 'result-already-set');
    assert.equal(await cache.get('k'), 'v');
    await lock.exit();
    await rejects(context, lock.setResult('w'), 'result-already-set');
    const unused = await cache.lock('other');
    await unused.exit();
    await rejects(context, unused.setResult('w'), 'not-holder');
    assert.isUndefined(await cache.get('other'));
  });

  for (const [change, call] of Object.entries({
    clear: (cache) => cache.clear('k'),
    flush: (cache) => cache.flush(),
    set: (cache) => cache.set('k', 'newer'),
    'set of many': (cache) => cache.set(['x', 'k'], 'newer'),
  })) {
    test(`${change} while a holder computes: its result goes to its waiters, and is not stored`, async ({
      InMemoryCache,
    }) => {
      const cache = new InMemoryCache();
      const { holder, waiters, entered } = await queue(cache);
      await call(cache);
      const after = await cache.lock('k');
      const expected = change.startsWith('set') ? 'newer' : undefined;
      assert.equal(after.result, expected, 'who comes after the change starts afresh');
      await holder.setResult('older');
      await Promise.all(entered);
      assert.deepEqual(
        waiters.map((lock) => lock.result),
        ['older', 'older', 'older'],
      );
      assert.equal(await cache.get('k'), expected);
      if (!after.done) await after.setResult('fresh');
      assert.equal(await cache.get('k'), expected ?? 'fresh');
    });
  }

  test('the waiters of a fenced holder that fails wait for the newer one', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const { holder, waiters, entered } = await queue(cache);
    await cache.clear('k');
    const newer = await cache.lock('k');
    await holder.exit();
    await settled();
    assert.isTrue(waiters.every((lock) => !lock.done && lock.token === 0));
    await newer.setResult('fresh');
    await Promise.all(entered);
    assert.deepEqual(
      waiters.map((lock) => lock.result),
      ['fresh', 'fresh', 'fresh'],
    );
  });

  test('released twice, or by somebody else, is released once', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const { holder, waiters, entered } = await queue(cache);
    holder.release();
    holder.release();
    await holder.exit();
    await entered[0];
    await settled();
    assert.isTrue(holder.released);
    assert.equal(waiters[1].token, 0);
    waiters[0].release();
    await entered[1];
    assert.isAbove(waiters[1].token, 0);
    waiters[2].release();
  });

  test('a lock that is released while it waits ends its wait', async (context) => {
    const cache = new context.InMemoryCache();
    const { holder, waiters, entered } = await queue(cache);
    waiters[1].release();
    await rejects(context, entered[1], 'not-holder');
    await holder.setResult('v');
    await Promise.all([entered[0], entered[2]]);
    assert.equal(waiters[2].result, 'v');
  });

  test('acquire takes the place, enter waits for the turn', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const first = cache.acquire('k');
    const second = cache.acquire('k');
    const third = cache.acquire('other');
    assert.strictEqual(second.parent, first);
    assert.isUndefined(first.parent);
    assert.isUndefined(third.parent);
    assert.equal(first.key, 'k');
    assert.strictEqual(await first.enter(), first);
    assert.strictEqual(await first.enter(), first, 'to enter twice is to enter once');
    await first.setResult('v');
    assert.equal(await second.future, 'v', 'the result is there without entering');
    assert.isTrue(second.done);
    await first.exit();
    for (const lock of [second, third]) lock.release();
  });

  test('exit keeps the error, and the lock ends', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const error = new Error('in the body');
    let inside;
    const caught = await cache
      .withLock('k', (lock) => {
        inside = lock;
        throw error;
      })
      .then(assert.fail, (reason) => reason);
    assert.strictEqual(caught, error);
    assert.strictEqual(inside.exception, error);
    assert.isTrue(inside.done);
    assert.isUndefined(inside.result);
    assert.isUndefined(await inside.future);
    assert.isTrue(inside.released);
  });

  test('await using leaves the lock', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const lock = await cache.lock('k');
    await lock[asyncDispose]();
    assert.isTrue(lock.released);
    const next = cache.acquire('k');
    assert.isUndefined(next.parent);
    next.release();
  });

  test('a store that fails leaves no dead key', async ({ BaseCache }) => {
    let failing = true;
    class Flaky extends BaseCache {
      async get() {
        if (failing) throw new Error('no store');
      }
      async set() {
        throw new Error('no room');
      }
      async clear() {}
      async flush() {}
    }
    const cache = new Flaky();
    const error = await cache.lock('k').then(assert.fail, (reason) => reason);
    assert.equal(error.message, 'no store');
    failing = false;
    const lock = await cache.lock('k');
    const waiter = cache.lock('k');
    const refused = await lock.setResult('v').then(assert.fail, (reason) => reason);
    assert.equal(refused.message, 'no room');
    assert.equal((await waiter).result, 'v', 'the others have the result all the same');
  });

  test('thousands of keys at once, and nothing stays', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const work = Array.from({ length: 5000 }, (_, key) =>
      Promise.all([1, 2, 3].map(() => cache.withLock(key, async (lock) => lock.done || lock.setResult(key)))),
    );
    await Promise.all(work);
    assert.equal(await cache.get(4999), 4999);
  });

  test('locks under every kind of key', async ({ InMemoryCache }) => {
    const cache = new InMemoryCache();
    const keys = [1, '1', '', '__proto__', '\ud800', '\ud801', NaN];
    const locks = await Promise.all(keys.map((key) => cache.lock(key)));
    assert.isTrue(locks.every((lock) => lock.token > 0));
    await Promise.all(locks.map((lock, index) => lock.setResult(index)));
    keys.forEach(async (key, index) => assert.equal(await cache.get(key), index));
    locks.forEach((lock) => lock.release());
  });
});
