// Loads that never end, and loads and locks on one key.

import { assert, failure, gated, group, never, rejects, settled, sleep, withClock, withTime } from './harness.mjs';

/** Runs a call, and tells how long it took and how it ended. */
async function timed(promise) {
  const begun = Date.now();
  const [outcome] = await Promise.allSettled([promise]);
  return { ...outcome, code: outcome.reason?.code, waited: Date.now() - begun };
}

export default group('leases of loads', (test) => {
  test('a promise that never settles: its own caller gets load-timeout, its signal aborts, the next call loads', ({
    Cache,
  }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, lease: 30 });
      let signal;
      const { code, waited } = await timed(cache.getOrSet('k', (context) => ((signal = context.signal), never())));
      assert.equal(code, 'load-timeout');
      assert.equal(waited, 30);
      assert.isTrue(signal.aborted);
      assert.deepEqual(cache.inspect(), []);
      assert.equal(await cache.getOrSet('k', () => 'v'), 'v');
    }));

  test('one of those who wait loads in its place, with its own loader; the rest join that one', ({ Cache }) =>
    withTime(async () => {
      const told = [];
      const cache = new Cache({ max: 10, events: ({ type }) => told.push(type) });
      const dead = gated();
      const first = timed(cache.getOrSet('k', dead.loader, { lease: 40 }));
      const { signal } = dead.context;
      let calls = 0;
      const own = async () => ((calls += 1), await sleep(5), `call ${calls}`);
      const others = await Promise.all(Array.from({ length: 50 }, () => timed(cache.getOrSet('k', own))));
      assert.equal((await first).code, 'load-timeout');
      assert.equal(calls, 1);
      assert.isTrue(others.every(({ value, waited }) => value === 'call 1' && waited >= 40 && waited <= 50));
      assert.isTrue(signal.aborted);
      assert.equal(cache.get('k'), 'call 1');
      dead.open('too late');
      await settled();
      assert.equal(cache.get('k'), 'call 1');
      assert.include(cache.stats(), { loads: 2, takeovers: 1, fenced: 1 });
      assert.includeMembers(told, ['takeover', 'fenced']);
    }));

  test('nobody waits for longer than a lease, and its successor’s, which is twice as long', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, lease: 150 });
      const waits = [];
      for (let caller = 0; caller < 5; caller += 1) {
        waits.push(timed(cache.getOrSet('k', never)));
        await sleep(20);
      }
      for (const { code, waited } of await Promise.all(waits)) {
        assert.equal(code, 'load-timeout');
        assert.isAtMost(waited, 450);
      }
      assert.deepEqual(cache.inspect(), []);
    }));

  test('who comes when the lease is over loads at once, and those who waited get its value', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10 });
      const [dead, alive] = [gated(), gated()];
      const first = failure(cache.getOrSet('k', dead.loader, { lease: 100 }));
      const second = cache.getOrSet('k', assert.fail);
      const { signal } = dead.context;
      clock.advance(99);
      const third = cache.getOrSet('k', assert.fail);
      clock.advance(1);
      const fourth = cache.getOrSet('k', alive.loader);
      assert.isDefined(alive.context);
      assert.isTrue(signal.aborted, 'the lease is over, and somebody loads');
      alive.open('v');
      assert.equal((await first).code, 'load-timeout');
      assert.deepEqual(await Promise.all([second, third, fourth]), ['v', 'v', 'v']);
      dead.open('late');
      await settled();
      assert.equal(cache.get('k'), 'v');
      assert.include(cache.stats(), { takeovers: 1, fenced: 1, joins: 2, loads: 2 });
    }));

  test('a load behind that never ends gives way too, and its signal aborts', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10, ttl: 10, swr: 10_000, lease: 1000 });
      cache.set('k', 'old');
      clock.advance(10);
      const [dead, alive] = [gated(), gated()];
      assert.equal(await cache.getOrSet('k', dead.loader), 'old');
      const { signal } = dead.context;
      clock.advance(1000);
      assert.equal(await cache.getOrSet('k', alive.loader), 'old');
      assert.isTrue(signal.aborted);
      alive.open('new');
      await settled();
      assert.equal(cache.get('k'), 'new');
    }));

  test('a load waits for the lock on its key, and takes its result', async ({ Cache }) => {
    for (const result of ['v', null, 0]) {
      const cache = new Cache({ max: 10 });
      const lock = await cache.lock('k');
      const loads = [1, 2].map(() => cache.getOrSet('k', assert.fail));
      await settled();
      await lock.setResult(result);
      assert.deepEqual(await Promise.all(loads), [result, result]);
      await lock.exit();
      assert.include(cache.stats(), { loads: 0, takeovers: 0 });
      assert.deepEqual(cache.inspect(), []);
    }
  });

  test('the holder of a lock leaves without a result: the load runs', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const lock = await cache.lock('k');
    const loads = [cache.getOrSet('k', () => 'loaded'), cache.getOrSet('k', assert.fail)];
    await settled();
    await lock.exit();
    assert.deepEqual(await Promise.all(loads), ['loaded', 'loaded']);
    assert.equal(cache.get('k'), 'loaded');
  });

  test('the lease of a lock is over: the load runs, also for those who joined it', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10 });
      const dead = await cache.lock('k', { lease: 40 });
      let calls = 0;
      const loader = async () => ((calls += 1), await sleep(5), 'loaded');
      const loads = await Promise.all([1, 2, 3].map(() => timed(cache.getOrSet('k', loader, { lease: 1000 }))));
      assert.isTrue(loads.every(({ value, waited }) => value === 'loaded' && waited >= 40 && waited <= 50));
      assert.equal(calls, 1);
      assert.equal((await failure(dead.setResult('late'))).code, 'lock-lost');
      assert.equal(cache.get('k'), 'loaded');
      assert.include(cache.stats(), { takeovers: 1, fenced: 1, loads: 1 });
    }));

  test('those who give up while their load waits for a lock: no loader is called, and no failure is told', async ({
    Cache,
  }) => {
    const told = [];
    const cache = new Cache({ max: 10, events: ({ type }) => told.push(type) });
    const lock = await cache.lock('k');
    const controller = new AbortController();
    const wait = failure(cache.getOrSet('k', assert.fail, { signal: controller.signal }));
    const other = failure(cache.getOrSet('k', assert.fail, { hardTimeout: 5 }));
    await settled();
    controller.abort();
    await wait;
    assert.equal((await other).code, 'load-timeout');
    await lock.exit();
    await settled();
    assert.notInclude(told, 'load');
    assert.notInclude(told, 'fail');
    assert.deepEqual(cache.inspect(), []);
  });

  test('a lock waits for the load of its key, and gets its value', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const load = gated();
    const loaded = cache.getOrSet('k', load.loader);
    const locks = [cache.lock('k'), cache.lock('k')];
    await settled();
    load.open('v');
    assert.equal(await loaded, 'v');
    for (const lock of await Promise.all(locks)) {
      assert.isTrue(lock.done);
      assert.equal(lock.result, 'v');
      await lock.exit();
    }
  });

  test('a load fails, gives nothing, or is abandoned: the lock that waits has its turn', async ({ Cache }) => {
    for (const end of [(load) => load.fail(new Error('no')), (load) => load.open(undefined), (_, abort) => abort()]) {
      const cache = new Cache({ max: 10 });
      const load = gated();
      const controller = new AbortController();
      const loaded = Promise.allSettled([cache.getOrSet('k', load.loader, { signal: controller.signal })]);
      const waiting = cache.lock('k');
      await settled();
      end(load, () => controller.abort());
      await loaded;
      const lock = await waiting;
      assert.isFalse(lock.done);
      const after = cache.getOrSet('k', assert.fail);
      await lock.setResult('v');
      assert.equal(await after, 'v');
      await lock.exit();
    }
  });

  test('a lock takes the turn of a load that never ends: the others wait for the lock', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10 });
      const first = timed(cache.getOrSet('k', never, { lease: 40 }));
      const second = timed(cache.getOrSet('k', assert.fail, { lease: 40 }));
      const lock = await cache.lock('k', { lease: 1000 });
      assert.isFalse(lock.done);
      assert.equal((await first).code, 'load-timeout');
      assert.equal((await first).waited, 40);
      await sleep(20);
      await lock.setResult('v');
      assert.equal((await second).value, 'v');
      assert.equal((await second).waited, 60);
      await lock.exit();
      assert.deepEqual(cache.inspect(), []);
    }));

  test('in turn: lock, load, lock, load, whatever becomes of each', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    let running = 0;
    let most = 0;
    const work = async (turn) => {
      most = Math.max(most, (running += 1));
      await sleep(0);
      running -= 1;
      if (turn < 30) throw new Error(`turn ${turn}`);
      return 'at last';
    };
    const calls = Array.from({ length: 60 }, async (_, turn) => {
      await sleep(turn % 7);
      if (turn % 2 === 0) return cache.getOrSet('k', () => work(turn));
      return cache.withLock('k', async (lock) => {
        if (!lock.done) await lock.setResult(await work(turn));
        return lock.result;
      });
    });
    const outcomes = await Promise.allSettled(calls);
    assert.equal(most, 1);
    assert.isTrue(outcomes.every(({ value, reason }) => value === 'at last' || /^turn \d+$/.test(reason.message)));
    assert.deepEqual(cache.inspect(), []);
  });

  test('a load that has moved to another gate is not taken for one of another key', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const old = await cache.lock('k');
    const moved = cache.getOrSet('k', () => 'own');
    await settled();
    cache.delete('k');
    const fresh = gated();
    const loaded = cache.getOrSet('k', fresh.loader);
    await old.exit();
    await settled();
    const lock = await cache.lock('other');
    const other = cache.getOrSet('other', assert.fail);
    assert.deepEqual(
      cache
        .inspect()
        .map(({ key, kind }) => `${kind} ${key}`)
        .sort(),
      ['load k', 'lock other'],
    );
    fresh.open('k’s');
    assert.deepEqual(await Promise.all([moved, loaded]), ['k’s', 'k’s']);
    await lock.setResult('other’s');
    assert.equal(await other, 'other’s');
    await lock.exit();
  });

  test('what has lost its turn is not listed, and is in nobody’s way', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const dead = await cache.lock('dead', { lease: 20 });
    const waiter = await cache.lock('dead');
    await waiter.setResult('v');
    await waiter.exit();
    assert.deepEqual(cache.inspect(), []);
    const lock = await cache.lock('k');
    assert.deepEqual(
      cache.inspect().map(({ key, waiting }) => [key, waiting]),
      [['k', 0]],
    );
    await lock.exit();
    await dead.exit();
  });

  test('hardTimeout ends one caller’s wait, and the load goes on for the others', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10 });
      const load = gated();
      const impatient = timed(cache.getOrSet('k', load.loader, { hardTimeout: 20 }));
      const patient = cache.getOrSet('k', assert.fail);
      const { code, waited } = await impatient;
      assert.equal(code, 'load-timeout');
      assert.equal(waited, 20);
      assert.isFalse(load.context.signal.aborted);
      load.open('v');
      assert.equal(await patient, 'v');
      await rejects(context, cache.getOrSet('other', never, { hardTimeout: 0 }), 'load-timeout');
      assert.equal(await cache.getOrSet('other', () => 'v', { hardTimeout: 0 }), 'v');
    }));
});
