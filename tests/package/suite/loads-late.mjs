// Loads whose value comes after their lease.

import { assert, gated, group, never, settled, withClock } from './harness.mjs';

/** A load whose lease is over, and one in its place; with a caller that waits, and one that has given up. */
function replaced(cache, clock) {
  const [late, successor] = [gated(), gated()];
  const first = Promise.allSettled([cache.getOrSet('k', late.loader, { lease: 100 })]);
  const { signal } = late.context;
  const second = cache.getOrSet('k', assert.fail);
  clock.advance(100);
  const third = cache.getOrSet('k', successor.loader);
  return { late, successor, first, waits: [second, third], signals: [signal, successor.context.signal] };
}

export default group('late loads', (test) => {
  test('its value is stored, and given to those who wait for its successor, which is told to stop', ({ Cache }) =>
    withClock(async (clock) => {
      const told = [];
      const cache = new Cache({ max: 10, events: ({ type }) => told.push(type) });
      const { late, successor, waits, signals } = replaced(cache, clock);
      const lock = cache.lock('k');
      await settled();
      late.open('late');
      assert.deepEqual(await Promise.all(waits), ['late', 'late']);
      assert.equal((await lock).result, 'late');
      assert.equal(cache.get('k'), 'late');
      assert.deepEqual(
        signals.map(({ aborted }) => aborted),
        [true, true],
      );
      successor.open('dropped');
      await settled();
      assert.equal(cache.get('k'), 'late');
      (await lock).release();
      assert.include(cache.stats(), { fenced: 0, takeovers: 1, loads: 2 });
      assert.notInclude(told, 'fenced');
      assert.deepEqual(cache.inspect(), []);
    }));

  test('a successor that fails afterwards is not heard of', ({ Cache }) =>
    withClock(async (clock) => {
      const told = [];
      const cache = new Cache({ max: 10, events: ({ type }) => told.push(type) });
      const { late, successor, waits } = replaced(cache, clock);
      late.open('late');
      await Promise.all(waits);
      successor.fail(new Error('no'));
      await settled();
      assert.notInclude(told, 'fail');
      assert.equal(cache.get('k'), 'late');
    }));

  for (const [change, call] of Object.entries({
    delete: (cache) => cache.delete('k'),
    set: (cache) => cache.set('k', 'newer'),
    clear: (cache) => cache.clear(),
  })) {
    test(`${change} meanwhile: its value is not stored, and its successor goes on`, ({ Cache }) =>
      withClock(async (clock) => {
        const cache = new Cache({ max: 10 });
        const { late, successor, waits } = replaced(cache, clock);
        call(cache);
        const there = cache.get('k');
        late.open('late');
        await settled();
        assert.strictEqual(cache.get('k'), there);
        successor.open('own');
        assert.deepEqual(await Promise.all(waits), ['own', 'own']);
        assert.strictEqual(cache.get('k'), there);
        assert.equal(cache.stats().fenced, 2);
      }));
  }

  test('a tag of it that was invalidated meanwhile: its value is not stored', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10 });
      const late = gated();
      const first = Promise.allSettled([cache.getOrSet('k', late.loader, { lease: 100, tags: ['t'] })]);
      clock.advance(100);
      cache.getOrSet('k', never).catch(() => {});
      cache.deleteByTag('t');
      late.open('late');
      await settled();
      assert.isUndefined(cache.get('k'));
      cache[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
      await first;
    }));

  test('its successor has brought a value already: that one stays', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10 });
      const { late, successor, waits } = replaced(cache, clock);
      successor.open('own');
      await Promise.all(waits);
      late.open('late');
      await settled();
      assert.equal(cache.get('k'), 'own');
    }));

  test('a lock has the turn: the value of the load is not stored, and the lock keeps its turn', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10 });
      const late = gated();
      cache.getOrSet('k', late.loader, { lease: 100 }).catch(() => {});
      clock.advance(100);
      const lock = await cache.lock('k');
      late.open('late');
      await settled();
      assert.isUndefined(cache.get('k'));
      await lock.setResult('the lock’s');
      assert.equal(cache.get('k'), 'the lock’s');
      await lock.exit();
    }));

  test('it fails, or gives nothing: its successor goes on', ({ Cache }) =>
    withClock(async (clock) => {
      for (const end of [(late) => late.fail(new Error('no')), (late) => late.open(undefined)]) {
        const told = [];
        const cache = new Cache({ max: 10, events: ({ type }) => told.push(type) });
        const { late, successor, waits } = replaced(cache, clock);
        end(late);
        await settled();
        assert.notInclude(told, 'fail', 'it was told to stop');
        assert.isFalse(successor.context.signal.aborted);
        successor.open('own');
        assert.deepEqual(await Promise.all(waits), ['own', 'own']);
      }
    }));

  test('nobody loads in its place: its value is stored all the same', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10, ttl: 10, swr: 10_000, lease: 100 });
      cache.set('k', 'old');
      clock.advance(20);
      const late = gated();
      assert.equal(await cache.getOrSet('k', late.loader), 'old');
      clock.advance(5000);
      late.open('new');
      await settled();
      assert.equal(cache.get('k'), 'new');
    }));

  test('of loads that don’t end, the last ones are remembered', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 1000, lease: 100 });
      const late = Array.from({ length: 300 }, gated);
      late.forEach(({ loader }, key) => cache.getOrSet(key, loader).catch(() => {}));
      clock.advance(100);
      late.forEach((_, key) => cache.getOrSet(key, never).catch(() => {}));
      for (const { open } of late) open('late');
      await settled();
      assert.isUndefined(cache.get(0));
      assert.equal(cache.get(299), 'late');
      cache[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    }));
});
