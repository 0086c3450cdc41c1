// Locks on a Cache and its namespaces: the contract of locks.mjs, for acquire, lock and withLock.

import { assert, failure, group, rejects, settled, sleep, uncaught, withClock, withTime } from './harness.mjs';

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

export default group('locks of a cache', (test) => {
  test('a result goes to all that wait, and is stored with its ttl, size and tags', async ({ Cache }) => {
    const cache = new Cache({ maxSize: 100, ttl: 1000 });
    let computed = 0;
    const compute = () =>
      cache.withLock('k', async (lock) => {
        if (!lock.done) {
          computed += 1;
          await sleep(2);
          await lock.setResult({ computed }, { ttl: 60_000, size: 7, tags: ['t'] });
        }
        return lock.result;
      });
    const results = await Promise.all(Array.from({ length: 1000 }, compute));
    assert.equal(computed, 1);
    assert.isTrue(results.every((result) => result === results[0]));
    assert.strictEqual(cache.get('k'), results[0]);
    assert.equal(cache.stats().size, 7);
    assert.isAbove(cache.getRemainingTTL('k'), 50_000);
    assert.equal(cache.deleteByTag('t'), 1);
    assert.deepEqual(cache.inspect(), []);
  });

  test('a value that is there is the result; an expired one isn’t', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10, swr: 1000 });
      cache.set('k', null, { ttl: 10 });
      const lock = await cache.lock('k');
      assert.isTrue(lock.done);
      assert.isNull(lock.result);
      await lock.exit();
      clock.advance(10);
      const other = await cache.lock('k');
      assert.isFalse(other.done);
      await other.exit();
    }));

  test('keys of namespaces are locked apart, and every kind of key', async ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    const keys = [1, '1', '', '__proto__', '\ud800', NaN];
    const spaces = [cache, cache.namespace('n'), cache.namespace('n').namespace('m')];
    const locks = await Promise.all(spaces.flatMap((space) => keys.map((key) => space.lock(key))));
    assert.isTrue(locks.every((lock) => !lock.done && lock.token > 0));
    assert.equal(cache.inspect().length, locks.length);
    assert.equal(cache.namespace('n').inspect().length, 2 * keys.length);
    await Promise.all(locks.map((lock, index) => lock.setResult(index)));
    spaces.forEach((space, outer) =>
      keys.forEach((key, inner) => assert.equal(space.get(key), outer * keys.length + inner)),
    );
    for (const lock of locks) lock.release();
    assert.deepEqual(cache.inspect(), []);
  });

  test('two views of one namespace share its locks', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const [one, other] = [cache.namespace('n'), cache.namespace('n')];
    const lock = await one.lock('k');
    const waiting = other.lock('k');
    const load = other.getOrSet('k', assert.fail);
    await lock.setResult('v');
    await lock.exit();
    assert.equal((await waiting).result, 'v');
    assert.equal(await load, 'v');
    assert.equal(other.get('k'), 'v');
  });

  test('the turn passes on in the order of entry, and tokens grow over all keys', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const order = [];
    const tokens = [];
    const first = await cache.lock('k');
    const waits = [1, 2, 3].map((caller) =>
      cache.withLock('k', (lock) => {
        order.push(caller);
        tokens.push(lock.token);
      }),
    );
    const elsewhere = await cache.namespace('n').lock('k');
    await first.exit(new Error('no result'));
    await Promise.all(waits);
    assert.deepEqual(order, [1, 2, 3]);
    assert.isTrue([first.token, elsewhere.token, ...tokens].every((token, at, all) => at === 0 || token > all[at - 1]));
    assert.equal(first.exception.message, 'no result');
    await elsewhere.exit();
  });

  test('a waiter gives up by signal, by timeout or by the cache’s lockTimeout, and nobody else notices', async (context) => {
    const cache = new context.Cache({ max: 10, lockTimeout: 20 });
    const lock = await cache.lock('k');
    const controller = new AbortController();
    const reason = new Error('enough');
    const aborted = failure(cache.lock('k', { signal: controller.signal }));
    const waits = [{}, { timeout: 5 }, { timeout: 0 }].map((options) =>
      rejects(context, cache.withLock('k', assert.fail, options), 'lock-timeout'),
    );
    const patient = cache.lock('k', { timeout: Infinity });
    controller.abort(reason);
    assert.strictEqual(await aborted, reason);
    await Promise.all(waits);
    assert.strictEqual(await failure(cache.lock('k', { signal: AbortSignal.abort(reason) })), reason);
    await lock.setResult('v');
    assert.equal((await patient).result, 'v');
    assert.isFalse(lock.signal.aborted);
    await lock.exit();
  });

  test('the lease of the cache, or of the call; extend; and what a dead holder may still do', (context) =>
    withTime(async (time) => {
      const told = [];
      const cache = new context.Cache({ max: 10, lease: 30, events: ({ type }) => told.push(type) });
      const dead = await cache.lock('k');
      const { signal } = dead;
      const begun = Date.now();
      const lock = await cache.lock('k', { lease: 60_000 });
      assert.equal(Date.now() - begun, 30);
      assert.isTrue(signal.aborted);
      assert.equal(signal.reason.code, 'lock-lost');
      assert.isAbove(lock.token, dead.token);
      assert.isFalse(dead.extend(1000));
      assert.include(told, 'takeover');
      await rejects(context, dead.setResult('late'), 'lock-lost');
      assert.equal(told.at(-1), 'fenced');
      assert.include(cache.stats(), { takeovers: 1, fenced: 1 });
      await lock.setResult('v');
      await dead.exit();
      await lock.exit();
      assert.equal(cache.get('k'), 'v');
      const slow = await cache.lock('slow', { lease: 1000 });
      time.advance(999);
      assert.isTrue(slow.extend(1000));
      time.advance(999);
      assert.equal(cache.inspect()[0].remaining, 1);
      await slow.setResult('v');
      await slow.exit();
    }));

  test('a lease that is over, and nobody waits: the holder goes on', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const lock = await cache.lock('k', { lease: 1 });
    await sleep(10);
    await lock.setResult('v');
    await lock.exit();
    assert.equal(cache.get('k'), 'v');
    assert.include(cache.stats(), { takeovers: 0, fenced: 0 });
  });

  test('within withLock: its own key at once is reentrant, others are not', async (context) => {
    const cache = new context.Cache({ max: 10 });
    await rejects(
      context,
      cache.withLock('k', () => cache.lock('k')),
      'reentrant',
    );
    await rejects(
      context,
      cache.withLock('k', () => cache.withLock('k', assert.fail)),
      'reentrant',
    );
    await cache.withLock('k', () => {
      cache.acquire('k').release();
      for (const free of [cache.acquire('l'), cache.namespace('n').acquire('k')]) free.release();
      for (const other of [new context.Cache({ max: 5 })]) other.acquire('k').release();
    });
    const lock = await cache.lock('k');
    assert.isFalse(lock.done);
    await lock.setResult('v');
    const value = await cache.withLock('k', async (inner) => cache.getOrSet('k', assert.fail).then(() => inner.result));
    assert.equal(value, 'v', 'a value that is there needs no turn');
    await lock.exit();
  });

  test('what setResult refuses leaves the lock as it was', async (context) => {
    const cache = new context.Cache({ max: 10, isolate: 'clone' });
    const lock = await cache.lock('k');
    for (const [value, options, code] of [
      [1, { ttl: -1 }, 'invalid-ttl'],
      [1, { ttl: NaN }, 'invalid-ttl'],
      [1, { size: 1 }, 'invalid-option'],
      [1, { tags: 'text' }, 'invalid-option'],
      [1, { swr: 5 }, 'invalid-option'],
      [() => {}, undefined, 'not-isolable'],
    ]) {
      await rejects(context, lock.setResult(value, options), code);
      assert.isFalse(lock.done);
    }
    const value = { list: [] };
    await lock.setResult(value);
    value.list.push(1);
    assert.deepEqual(cache.get('k'), { list: [] });
    await rejects(context, lock.setResult(2), 'result-already-set');
    await lock.exit();
  });

  test('a listener that throws when a result is refused or stored: nobody else notices', async ({ Cache }) => {
    const error = new Error('from a listener');
    for (const type of ['set', 'fenced', 'miss', 'takeover']) {
      let armed = true;
      const events = (event) => {
        if (armed && event.type === type) throw error;
      };
      const cache = new Cache({ max: 10, events });
      const heard = await uncaught(async () => {
        const outcome = Promise.allSettled([
          cache.withLock('k', async (lock) => {
            await sleep(1);
            if (type === 'fenced') cache.delete('k');
            await lock.setResult('v');
          }),
        ]);
        await settled(3);
        armed = type !== 'miss';
        const waiting = cache.lock('k');
        // Who stores a result hears of what that gives rise to, as with `set`; nobody else has a part in it.
        assert.strictEqual((await outcome)[0].reason, type === 'set' ? error : undefined);
        armed = false;
        const lock = await waiting;
        assert.equal(lock.result, 'v');
        await lock.exit();
      });
      assert.deepEqual(heard, type === 'miss' || type === 'fenced' ? [error] : []);
      assert.deepEqual(cache.inspect(), []);
    }
  });

  test('dispose: who waits gets disposed, who enters later too, and so does the holder', async (context) => {
    for (const end of [dispose, asyncDispose]) {
      const cache = new context.Cache({ max: 10 });
      const holder = await cache.lock('k');
      const resting = cache.acquire('k');
      const waits = [
        cache.lock('k'),
        cache.withLock('k', assert.fail),
        cache.namespace('n').withLock('k', () => sleep(5)),
      ];
      await settled();
      await cache[end]();
      await rejects(context, waits[0], 'disposed');
      await rejects(context, waits[1], 'disposed');
      await waits[2];
      assert.isTrue(resting.done);
      assert.isUndefined(await resting.future);
      await rejects(context, resting.enter(), 'disposed');
      await rejects(context, holder.setResult('v'), 'disposed');
      assert.isFalse(holder.extend(5));
      await holder.exit();
      resting.release();
      assert.isTrue(holder.done && holder.released);
      assert.isUndefined(await holder.future);
      for (const call of ['acquire', 'lock', 'inspect']) {
        await rejects(context, (async () => cache[call]('k'))(), 'disposed');
      }
      await rejects(context, cache.withLock('k', assert.fail), 'disposed');
      const next = new context.Cache({ max: 10 });
      assert.isFalse((await next.lock('k')).done, 'the next cache with its number has nothing of it');
    }
  });

  test('a hundred callers of one key, who fail, give up, or succeed: one at a time', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    let [holding, most] = [0, 0];
    const calls = Array.from({ length: 100 }, (_, caller) => {
      const controller = new AbortController();
      if (caller % 7 === 3) setTimeout(() => controller.abort(), caller % 5);
      const compute = async (lock) => {
        if (lock.done) return;
        most = Math.max(most, (holding += 1));
        await sleep(0);
        holding -= 1;
        if (caller < 50) throw new Error('no');
        await lock.setResult('v');
      };
      return cache.withLock('k', compute, { signal: controller.signal });
    });
    await Promise.allSettled(calls);
    assert.equal(most, 1);
    assert.equal(cache.get('k'), 'v');
    assert.deepEqual(cache.inspect(), []);
  });

  test('a load and a lock of many keys at once, and nothing stays', async ({ Cache }) => {
    const cache = new Cache({ max: 10_000 });
    const work = Array.from({ length: 2000 }, (_, key) => [
      cache.withLock(key, async (lock) => lock.done || lock.setResult(key)),
      cache.getOrSet(key, assert.fail),
    ]);
    await Promise.all(work.flat());
    assert.equal(cache.get(1999), 1999);
    assert.deepEqual(cache.inspect(), []);
  });
});
