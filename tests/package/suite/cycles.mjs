// Those who would wait for themselves are told so at once, as far as it can be known; others are not refused.

import { assert, failure, gated, group, settled, withTime } from './harness.mjs';

/** Checks that a promise rejects with `reentrant`, and how the cycle is named. */
async function refused(promise, cycle) {
  const error = await failure(promise);
  assert.equal(error.code, 'reentrant', error.message);
  assert.include(error.message, cycle.map((key) => JSON.stringify(key)).join(' → '));
}

export default group('cycles', (test) => {
  test('a key that is asked for within its own callback names itself', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    await refused(
      cache.getOrSet('a', () => cache.getOrSet('a', () => 1)),
      ['a', 'a'],
    );
    await refused(
      cache.withLock('a', () => cache.lock('a')),
      ['a', 'a'],
    );
    assert.deepEqual(cache.inspect(), []);
  });

  test('loads within loads', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const load = (key, ...rest) => cache.getOrSet(key, () => (rest.length > 0 ? load(...rest) : 'v'));
    await refused(load('a', 'b', 'a'), ['a', 'b', 'a']);
    await refused(load('x', 'a', 'b', 'c', 'a'), ['a', 'b', 'c', 'a']);
    assert.equal(await load('a', 'b', 'c'), 'v');
    assert.deepEqual(cache.inspect(), []);
  });

  test('two callbacks of withLock that want each other’s key: the second is refused, and the first goes on', async ({
    Cache,
  }) => {
    const cache = new Cache({ max: 10 });
    const both = (one, other) => cache.withLock(one, () => cache.withLock(other, () => `${one} ${other}`));
    const [first, second] = [both('a', 'b'), both('b', 'a')];
    await refused(second, ['b', 'a', 'b']);
    assert.equal(await first, 'a b');
    assert.deepEqual(cache.inspect(), []);
  });

  test('three, in a ring', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const both = (one, other) => cache.withLock(one, () => cache.withLock(other, () => one));
    const waits = [both('a', 'b'), both('b', 'c'), both('c', 'a')];
    await refused(waits[2], ['c', 'a', 'b', 'c']);
    assert.deepEqual(await Promise.all(waits.slice(0, 2)), ['a', 'b']);
  });

  test('across caches, namespaces, locks and loads', async ({ Cache, InMemoryCache }) => {
    const [one, two] = [new Cache({ max: 10 }), new InMemoryCache()];
    const nested = one.namespace('n');
    const first = one.withLock('a', () => nested.getOrSet('b', () => two.withLock('c', async () => 'v')));
    const third = two.withLock('c', () => nested.getOrSet('b', assert.fail));
    const outcomes = await Promise.allSettled([first, third]);
    assert.equal(outcomes.filter(({ reason }) => reason?.code === 'reentrant').length, 1);
    await refused(
      nested.getOrSet('x', () => one.withLock('y', () => two.withLock('z', () => nested.lock('x')))),
      ['z', 'x', 'y', 'z'],
    );
    assert.deepEqual([...one.inspect(), ...two.inspect()], []);
  });

  test('a load that had to wait for a lock, and then asks for a key whose loader waits for it', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const lock = await cache.lock('b');
    const first = cache.getOrSet('a', () => cache.getOrSet('b', () => cache.getOrSet('a', assert.fail)));
    const settledFirst = refused(first, ['b', 'a', 'b']);
    await settled();
    await lock.exit();
    await settledFirst;
    assert.deepEqual(cache.inspect(), []);
  });

  test('getOrSetMany: each of its keys waits for what its loader asks for', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    await refused(
      cache.getOrSetMany(['a', 'b'], () => cache.getOrSet('b', () => 1)),
      ['b', 'b'],
    );
    const held = await cache.lock('c');
    const many = cache.getOrSetMany(['a', 'b'], () => cache.lock('c').then((lock) => (lock.release(), ['A', 'B'])));
    await settled();
    await refused(
      cache.withLock('d', () => cache.getOrSetMany(['d', 'x'], (keys) => keys)),
      ['d', 'd'],
    );
    await held.exit();
    assert.deepEqual(await many, ['A', 'B']);
    assert.deepEqual(cache.inspect(), []);
  });

  test('who only takes a place, or finds a value, is not refused', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    let place;
    assert.equal(await cache.withLock('k', () => ((place = cache.acquire('k')), 'done')), 'done');
    await place.enter();
    assert.isAbove(place.token, 0, 'outside of the callback it waits like any other');
    place.release();
    cache.set('v', 1);
    assert.equal(await cache.withLock('v', () => cache.getOrSet('v', assert.fail)), 1);
  });

  test('a wait that is over is in nobody’s way', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const [a, b] = [gated(), gated()];
    // The loader of a asks for b, gives up, and goes on.
    const first = cache.getOrSet('a', (context) => {
      cache.getOrSet('b', b.loader, { hardTimeout: 0 }).catch(() => {});
      return a.loader(context);
    });
    await settled();
    await new Promise((wake) => setTimeout(wake, 5));
    const second = cache.withLock('b', () => cache.getOrSet('a', assert.fail));
    await settled();
    a.open('v');
    assert.equal(await first, 'v');
    assert.equal(await second, 'v');
    b.open('w');
  });

  test('after the first await nobody can tell who asks: the lease ends the wait', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, lease: 30 });
      const begun = Date.now();
      const [{ value, reason }] = await Promise.allSettled([
        cache.getOrSet('k', async () => {
          await undefined;
          return cache.getOrSet('k', () => 'inner');
        }),
      ]);
      assert.isTrue(value === 'inner' || reason.code === 'load-timeout');
      assert.equal(Date.now() - begun, 30);
    }));
});
