// What a load stores, and how its callbacks and its listeners are told.

import { assert, failure, gated, group, rejects, settled, withClock } from './harness.mjs';

const thrown = new Error('from a callback');
const fails = () => {
  throw thrown;
};

export default group('loads', (test) => {
  test('how long a value lives: setTtl, then negativeTtl, then ttl, then the cache’s', ({ Cache }) =>
    withClock(async () => {
      const cache = new Cache({ max: 100, ttl: 1000, negativeTtl: 50 });
      const lives = async (key, loader, options) => {
        await cache.getOrSet(key, loader, options);
        return cache.getRemainingTTL(key);
      };
      assert.equal(await lives('a', () => 1), 1000);
      assert.equal(await lives('b', () => 1, { ttl: 200 }), 200);
      assert.equal(await lives('c', () => 21, { ttl: (value, key) => (key === 'c' ? value * 2 : 0) }), 42);
      assert.equal(await lives('d', ({ setTtl }) => (setTtl(7), 1), { ttl: fails }), 7);
      assert.equal(await lives('e', () => null), 50);
      assert.equal(await lives('f', () => null, { negativeTtl: 60, ttl: 200 }), 60);
      assert.equal(await lives('g', ({ setTtl }) => (setTtl(9), null)), 9);
      assert.equal(await lives('h', () => 1, { ttl: 0 }), Infinity);
      assert.equal(await lives('i', ({ setTtl }) => (setTtl(Infinity), 1)), Infinity);
      assert.equal(await cache.getOrSet('e', assert.fail), null, 'null is a value');
      const other = new Cache({ max: 5, ttl: 70 });
      await other.getOrSet('n', () => null);
      assert.equal(other.getRemainingTTL('n'), 70, 'null lives like others unless told otherwise');
    }));

  test('cacheIf and skip: those who wait get the value, and it is not stored', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const cacheIf = (value, key) => value > 1 && key === 'k';
    assert.deepEqual(await Promise.all([1, 2].map(() => cache.getOrSet('k', async () => 1, { cacheIf }))), [1, 1]);
    assert.isFalse(cache.has('k'));
    const skipping = async ({ skip }) => (skip(), 'v');
    assert.deepEqual(await Promise.all([1, 2].map(() => cache.getOrSet('k', skipping))), ['v', 'v']);
    assert.isFalse(cache.has('k'));
    assert.equal(await cache.getOrSet('k', () => 2, { cacheIf }), 2);
    assert.equal(cache.get('k'), 2);
    assert.equal(cache.stats().fenced, 0);
    const isolated = new Cache({ max: 10, isolate: 'clone' });
    const value = {};
    assert.notStrictEqual(await isolated.getOrSet('k', ({ skip }) => (skip(), value)), value);
  });

  test('tags and sizes: of the options, or of the loader, which comes first', async ({ Cache }) => {
    const cache = new Cache({ maxSize: 100 });
    await cache.getOrSet('a', () => 1, { tags: ['x', 'y'], size: 5 });
    await cache.getOrSet('b', ({ setTags }) => (setTags(['z']), 1), { tags: ['x'], size: 7 });
    assert.equal(cache.stats().size, 12);
    assert.equal(cache.deleteByTag('x'), 1);
    assert.equal(cache.deleteByTag('z'), 1);
    assert.equal(await cache.getOrSet('large', () => 'v', { size: 101 }), 'v');
    assert.isFalse(cache.has('large'), 'what is too large is not stored');
    assert.equal(cache.stats().refusals, 1);
  });

  test('events: load, join, stale, fail, in their order and with their namespace', ({ Cache }) =>
    withClock(async (clock) => {
      const told = [];
      const cache = new Cache({ max: 10, ttl: 100, grace: 1000, events: (event) => told.push(event) });
      const space = cache.namespace('n');
      const load = gated();
      const values = [space.getOrSet('k', load.loader), space.getOrSet('k', assert.fail)];
      load.open('v');
      await Promise.all(values);
      const types = () => told.splice(0).map(({ type }) => type);
      assert.isTrue(told.every(({ key, namespace }) => key === 'k' && namespace.join() === 'n'));
      assert.deepEqual(types(), ['miss', 'load', 'miss', 'join', 'set']);
      clock.advance(100);
      assert.equal(await space.getOrSet('k', fails), 'v');
      assert.include(
        told,
        told.find(({ type, error }) => type === 'fail' && error === thrown),
      );
      assert.sameMembers(types(), ['miss', 'load', 'fail', 'stale']);
      assert.include(cache.stats(), { loads: 2, joins: 1, staleServes: 1, fenced: 0, takeovers: 0 });
    }));

  test('inspect: what is loaded, for how long, and for how many', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10 });
      const space = cache.namespace('n');
      const [first, second] = [gated(), gated()];
      const waits = [cache.getOrSet('a', first.loader, { lease: 500 }), cache.getOrSet('a', assert.fail)];
      clock.advance(100);
      const lock = await space.lock('b', { lease: 1000 });
      waits.push(space.getOrSet('b', second.loader), space.getOrSet('b', assert.fail));
      const waiter = space.lock('b');
      clock.advance(50);
      await settled();
      const [a, b] = cache.inspect();
      assert.deepInclude(a, { key: 'a', namespace: [], kind: 'load', age: 150, remaining: 350, waiting: 2 });
      assert.deepInclude(b, { key: 'b', namespace: ['n'], kind: 'lock', holder: lock.token, age: 50, remaining: 950 });
      assert.equal(b.waiting, 3, 'the load’s two callers and the lock');
      assert.isBelow(a.holder, b.holder);
      assert.deepEqual(space.inspect(), [b]);
      first.open(1);
      await lock.setResult(2);
      await lock.exit();
      await Promise.all(waits);
      (await waiter).release();
      assert.deepEqual(cache.inspect(), []);
    }));

  test('dispose: those who wait get disposed, the loader’s signal aborts, and nothing is told or stored', async (context) => {
    const told = [];
    const cache = new context.Cache({ max: 10, events: ({ type }) => told.push(type) });
    const [slow, failing, queued] = [gated(), gated(), gated()];
    const lock = await cache.lock('locked');
    const waits = [
      cache.getOrSet('a', slow.loader),
      cache.getOrSet('a', assert.fail),
      cache.namespace('n').getOrSet('a', failing.loader),
      cache.getOrSet('locked', queued.loader),
      cache.getOrSetMany(['x', 'y', 'a'], () => new Promise(() => {})),
      cache.getOrSet('retried', fails, { retry: { times: 5, delay: 1 } }),
    ].map((promise) => rejects(context, promise, 'disposed'));
    const { signal } = slow.context;
    await settled();
    told.length = 0;
    cache[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    await Promise.all(waits);
    assert.isTrue(signal.aborted);
    assert.equal(signal.reason.code, 'disposed');
    slow.open('late');
    failing.fail(thrown);
    lock.release();
    await settled();
    assert.isUndefined(queued.context, 'no loader is called afterwards');
    assert.deepEqual(told, []);
    for (const call of [
      () => cache.getOrSet('k', () => 1),
      () => cache.refresh('k', () => 1),
      () => cache.getOrSetMany(['k'], () => [1]),
      () => cache.namespace('n'),
    ]) {
      await rejects(context, (async () => call())(), 'disposed');
    }
  });

  test('dispose from within a loader', async (context) => {
    const cache = new context.Cache({ max: 10 });
    const loader = async () => {
      cache[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
      return 1;
    };
    await rejects(context, cache.getOrSet('k', loader), 'disposed');
    const other = new context.Cache({ max: 10 });
    assert.isFalse(other.has('k'), 'the next cache with its number has nothing of it');
  });
});
