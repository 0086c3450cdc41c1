// Waits and leases go by how long something takes: not by the wall clock, and by their timers where a clock is frozen.

import { assert, failure, group, never, settled, withWallClock } from './harness.mjs';
import { Time, replaceNow } from './time.mjs';

/** What a test may put in place of the runtime's clocks and timers, with all that stays real. */
const FAKES = [['timers'], ['Date', 'timers'], ['Date', 'performance', 'timers'], ['performance', 'timers']];

async function withFakes(parts, run) {
  const time = new Time();
  time.install(parts);
  const move = (by) => time.advance(by);
  try {
    await run(move);
  } finally {
    time.restore();
  }
}

/** How a promise stands. */
function watched(promise) {
  const seen = { outcome: undefined };
  promise.then(
    (value) => (seen.outcome = value),
    (error) => (seen.outcome = error.code ?? error),
  );
  return seen;
}

export default group('durations', (test) => {
  for (const parts of FAKES) {
    const name = `with fake ${parts.join(', ')}, advanced in one turn`;

    test(`${name}: each of two callers gives up by its own hardTimeout`, ({ Cache }) =>
      withFakes(parts, async (move) => {
        const cache = new Cache({ max: 10 });
        const lock = await cache.lock('l');
        const waits = [50, 100].map((hardTimeout) => watched(cache.getOrSet('k', never, { hardTimeout })));
        const locks = [50, 100].map((timeout) => watched(cache.lock('l', { timeout })));
        // Some longer than it takes: where a clock is real, it goes on between these calls.
        move(60);
        move(5000);
        await settled();
        assert.deepEqual(
          [...waits, ...locks].map(({ outcome }) => outcome),
          ['load-timeout', 'load-timeout', 'lock-timeout', 'lock-timeout'],
        );
        lock.release();
        assert.deepEqual(cache.inspect(), []);
      }));

    test(`${name}: leases end, one after the other`, ({ Cache }) =>
      withFakes(parts, async (move) => {
        const cache = new Cache({ max: 10, lease: 1000 });
        const dead = await cache.lock('locked');
        const [first, second] = [watched(cache.lock('locked')), watched(cache.lock('locked'))];
        const loads = ['a', 'b'].map((key) => watched(cache.getOrSet(key, never)));
        move(1500);
        await settled();
        assert.isTrue(dead.signal.aborted);
        assert.equal(first.outcome.token > 0, true, 'the first that waits has the turn');
        assert.isUndefined(second.outcome);
        assert.deepEqual(
          loads.map(({ outcome }) => outcome),
          ['load-timeout', 'load-timeout'],
        );
        move(2500);
        await settled();
        assert.isTrue(first.outcome.signal.aborted);
        assert.equal(second.outcome.token > 0, true);
        first.outcome.release();
        second.outcome.release();
      }));

    test(`${name}: a lease that comes after many still ends`, ({ Cache }) =>
      withFakes(parts, async (move) => {
        const cache = new Cache({ max: 10, lease: 10 });
        for (let round = 0; round < 20; round += 1) {
          const wait = watched(cache.getOrSet(round, never));
          move(10);
          await settled();
          assert.equal(wait.outcome, 'load-timeout', `round ${round}`);
        }
      }));
  }

  test('with a Date that stands still, real timers end waits and leases', ({ Cache }) =>
    withWallClock(async () => {
      const cache = new Cache({ max: 10, lease: 30 });
      // Longer than a test may take.
      const long = { lease: 600_000 };
      const own = failure(cache.getOrSet('a', never));
      const hasty = failure(cache.getOrSet('b', never, { hardTimeout: 10, ...long }));
      const dead = await cache.lock('c');
      const held = await cache.lock('d', long);
      const impatient = failure(cache.lock('d', { timeout: 5 }));
      const next = await cache.lock('c');
      assert.isTrue(dead.signal.aborted);
      next.release();
      const codes = (await Promise.all([own, hasty, impatient])).map(({ code }) => code);
      assert.deepEqual(codes, ['load-timeout', 'load-timeout', 'lock-timeout']);
      // A lock that is collected would free its key.
      held.release();
      cache[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    }));

  test('a wall clock that is set forward, or back, ends no lease and no wait', ({ Cache }) =>
    withWallClock(async (clock) => {
      for (const step of [3_600_000, -3_600_000]) {
        const cache = new Cache({ max: 10 });
        const lease = 600_000;
        const lock = await cache.lock('locked', { lease });
        const load = watched(cache.getOrSet('loaded', never, { lease, hardTimeout: 2 * lease }));
        clock.advance(step);
        const [waiting, joined] = [cache.acquire('locked'), watched(cache.getOrSet('loaded', assert.fail))];
        const entered = watched(waiting.enter());
        await settled();
        assert.deepEqual(
          [load, joined, entered].map(({ outcome }) => outcome),
          [undefined, undefined, undefined],
        );
        assert.isFalse(lock.signal.aborted);
        for (const { age, remaining } of cache.inspect()) {
          assert.isTrue(age >= 0 && age < lease / 2, String(age));
          assert.isTrue(remaining > lease / 2 && remaining <= lease, String(remaining));
        }
        assert.isTrue(lock.extend(lease));
        await lock.setResult('v');
        await settled();
        assert.strictEqual(entered.outcome, waiting);
        assert.equal(waiting.result, 'v');
        cache[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
      }
    }));

  test('what has been put in place of performance.now, and taken away again, ends nothing', ({ Cache }) =>
    withWallClock(async () => {
      const cache = new Cache({ max: 10 });
      const lock = await cache.lock('k');
      for (const moment of [0, 100_000, 1e12, 5, undefined]) {
        const restore = moment === undefined ? () => {} : replaceNow(() => moment);
        const other = cache.acquire('k');
        other.enter().catch(() => {});
        assert.equal(other.token, 0);
        other.release();
        restore();
      }
      assert.isAbove(cache.inspect()[0].remaining, 20_000);
      lock.release();
    }));
});
