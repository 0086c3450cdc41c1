// Whose turn it is after a lease: a lock that had not entered, a newcomer that only acquires, a computation that is slow.

import { Time } from './time.mjs';
import { assert, group, settled, withClock } from './harness.mjs';

export default group('turns of locks', (test) => {
  test('a lock that lost its turn before it entered waits for a turn like any other', ({ InMemoryCache }) =>
    withClock(async (clock) => {
      const cache = new InMemoryCache({ lease: 1000 });
      const late = cache.acquire('k');
      clock.advance(1000);
      const taker = await cache.lock('k');
      assert.isAbove(taker.token, 0);
      assert.equal(late.token, 0);
      assert.isFalse(late.signal.aborted);
      let hasEntered = false;
      const entered = late.enter().then(() => (hasEntered = true));
      await settled();
      assert.isFalse(hasEntered, 'another one computes');
      await taker.setResult('v');
      await entered;
      assert.deepEqual([late.done, late.result], [true, 'v']);
      await Promise.all([late.exit(), taker.exit()]);
    }));

  test('it has its turn if the taker leaves without a result, and may set one then', ({ InMemoryCache }) =>
    withClock(async (clock) => {
      const cache = new InMemoryCache({ lease: 1000 });
      const late = cache.acquire('k');
      clock.advance(1000);
      const taker = await cache.lock('k');
      const entered = late.enter();
      await taker.exit();
      await entered;
      assert.isFalse(late.done);
      await late.setResult('v');
      assert.equal(await cache.get('k'), 'v');
      await late.exit();
    }));

  test('after its lease a holder keeps its turn until somebody waits for it', ({ InMemoryCache }) =>
    withClock(async (clock) => {
      const cache = new InMemoryCache({ lease: 1000 });
      const holder = await cache.lock('k');
      clock.advance(5000);
      const idle = cache.acquire('k');
      assert.strictEqual(idle.parent, holder);
      assert.isFalse(holder.signal.aborted);
      await holder.setResult('v');
      assert.equal(await cache.get('k'), 'v');
      assert.equal(idle.result, 'v');
      await Promise.all([holder.exit(), idle.exit()]);
    }));

  test('work that takes longer than its lease is done a few times, and stored', async ({ Cache }) => {
    const time = new Time();
    time.install();
    try {
      const cache = new Cache({ max: 10, lease: 30 });
      const calls = { lock: 0, load: 0, polite: 0 };
      const work = (kind, signal) => {
        calls[kind] += 1;
        return new Promise((resolve, reject) => {
          setTimeout(() => resolve('v'), 80);
          signal?.addEventListener('abort', () => reject(signal.reason));
        });
      };
      const compute = async (lock) => {
        if (!lock.done) await lock.setResult(await work('lock'));
        return lock.result;
      };
      const outcomes = [];
      for (let moment = 0; moment < 2000; moment += 5) {
        outcomes.push(
          Promise.allSettled([
            cache.withLock('lock', compute),
            cache.getOrSet('load', () => work('load')),
            cache.getOrSet('polite', ({ signal }) => work('polite', signal)),
          ]),
        );
        time.now += 5;
        while (time.fire()) await settled();
        await settled();
      }
      await Promise.all(outcomes);
      assert.deepEqual(
        ['lock', 'load', 'polite'].map((key) => cache.get(key)),
        ['v', 'v', 'v'],
      );
      assert.isAtMost(calls.lock, 4);
      assert.isAtMost(calls.load, 2, 'the first that comes is as good as any');
      assert.isAtMost(calls.polite, 4);
      assert.deepEqual(cache.inspect(), []);
    } finally {
      time.restore();
    }
  });

  test('each turn that is lost doubles the next lease, up to 32 times, until there is a result', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10, lease: 100 });
      // A lock that is collected would free its key.
      const held = [await cache.lock('k')];
      for (const lease of [200, 400, 800, 1600, 3200, 3200]) {
        clock.advance(cache.inspect()[0].remaining);
        held.push(await cache.lock('k'));
        assert.equal(cache.inspect()[0].remaining, lease);
      }
      clock.advance(3200);
      const last = await cache.lock('k');
      await last.setResult('v');
      await last.exit();
      cache.delete('k');
      held.push(await cache.lock('k'));
      assert.equal(cache.inspect()[0].remaining, 100);
      for (const lock of held) lock.release();
    }));
});
