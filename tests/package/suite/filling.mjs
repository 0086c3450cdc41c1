// A cache that isn't full takes entries without a call into the engine. Whatever happens in between, nobody notices.

import { assert, group, random, withClock } from './harness.mjs';

const keysOf = (dump) => dump.map(([key]) => key);

/** What may happen to a cache while it is filled. `model` has what must be there, as long as nothing was evicted. */
const STEPS = {
  set: ({ cache, model, key, value }) => {
    cache.set(key, value);
    model.set(key, value);
  },
  get: ({ cache, model, key }) => assert.equal(cache.get(key), model.get(key)),
  delete: ({ cache, model, key }) => assert.equal(cache.delete(key), model.delete(key)),
  take: ({ cache, model, key }) => {
    assert.equal(cache.take(key), model.get(key));
    model.delete(key);
  },
  live: ({ cache, model, key, value }) => {
    cache.set(key, value, { ttl: 1_000_000 });
    model.set(key, value);
  },
  touch: ({ cache, model, key }) => assert.equal(cache.touch(key, { ttl: 1_000_000 }), model.has(key)),
  tag: ({ cache, model, key, value }) => {
    cache.set(key, value, { tags: ['tag'] });
    model.set(key, value);
    assert.deepEqual(cache.tagsOf(key), ['tag']);
  },
  info: ({ cache, model, key }) => assert.equal(cache.info(key)?.value, model.get(key)),
  stats: ({ cache, model }) => assert.equal(cache.stats().entries, model.size),
  dump: ({ cache, model }) =>
    assert.sameMembers(
      cache.dump().map(([key]) => key),
      [...model.keys()],
    ),
  reload: ({ cache }) => {
    const dump = cache.dump();
    cache.load(dump);
    assert.deepEqual(keysOf(cache.dump()), keysOf(dump));
  },
  purge: ({ cache }) => assert.equal(cache.purgeStale(), 0),
  pop: ({ cache, model }) => {
    const value = cache.pop();
    const gone = [...model.keys()].filter((key) => !cache.has(key));
    assert.equal(gone.length, Math.min(1, model.size));
    for (const key of gone) {
      assert.equal(value, model.get(key));
      model.delete(key);
    }
  },
  clear: ({ cache, model }) => {
    cache.clear();
    model.clear();
  },
  resize: ({ cache }) => cache.resize(cache.stats().max),
};

/** A step, and how often it is taken. */
const WEIGHTS = { set: 40, get: 20, delete: 3, take: 2 };
const BAG = Object.keys(STEPS).flatMap((name) => Array(WEIGHTS[name] ?? 1).fill(name));

export default group('filling', (test) => {
  for (const options of [
    { max: 200 },
    { max: Infinity },
    { max: 200, policy: 'lru' },
    { max: 200, policy: 'sampled' },
  ]) {
    // Without what ends the way without calls for good, too.
    for (const without of [[], ['live', 'touch']]) {
      const title = `${JSON.stringify(options)}${without.map((name) => `, no ${name}`).join('')}`;
      test(`anything may happen on the way: ${title}`, ({ Cache, seed }) =>
        withClock(() => {
          for (let round = 0; round < 30; round += 1) {
            const { below, pick } = random(seed + round);
            const cache = new Cache(options);
            const model = new Map();
            const steps = BAG.filter((name) => !without.includes(name));
            for (let count = 0; count < 300; count += 1) {
              const name = pick(steps);
              STEPS[name]({ cache, model, key: `key ${below(190)}`, value: count });
              assert.equal(cache.size, model.size, `seed ${seed + round}: ${name}, step ${count}`);
            }
            assert.deepEqual(new Map(cache), model);
            assert.equal(cache.stats().evictions, 0);
          }
        }));
    }
  }

  test('the bound holds after every set, from the first on', ({ Cache }) => {
    for (const max of [1, 2, 15, 16, 17, 63, 64, 65, 100, 255, 256, 1000, 1005]) {
      const cache = new Cache({ max });
      for (let key = 0; key < 2 * max + 10; key += 1) {
        cache.set(key, key);
        if (cache.size !== Math.min(key + 1, max)) assert.equal(cache.size, Math.min(key + 1, max), `max ${max}`);
      }
      const { inserts, evictions, entries } = cache.stats();
      assert.deepEqual([inserts, evictions, entries], [2 * max + 10, max + 10, max]);
    }
  });

  test('a bound that comes down meanwhile holds, and so does one that goes up', ({ Cache }) => {
    const cache = new Cache({ max: 1000 });
    for (let key = 0; key < 300; key += 1) cache.set(key, key);
    cache.resize(310);
    for (let key = 300; key < 330; key += 1) cache.set(key, key);
    assert.equal(cache.size, 310);
    cache.resize(320);
    for (let key = 1000; key < 1030; key += 1) cache.set(key, key);
    assert.equal(cache.size, 320);
    assert.equal(cache.stats().entries, 320);
  });

  test('a cleared cache counts what it had', ({ Cache }) => {
    const cache = new Cache({ max: 1000 });
    for (let round = 1; round <= 3; round += 1) {
      for (let key = 0; key < 100; key += 1) cache.set(key, key);
      cache.clear();
      const { inserts, deletions, entries } = cache.stats();
      assert.deepEqual([inserts, deletions, entries], [100 * round, 100 * round, 0]);
    }
  });

  test('namespaces, locks and loads fill it, too', async ({ Cache }) => {
    const cache = new Cache({ max: 1000 });
    const space = cache.namespace('space');
    for (let key = 0; key < 50; key += 1) {
      cache.set(key, 'root');
      space.set(key, 'space');
      await cache.withLock(`locked ${key}`, (lock) => lock.setResult('locked'));
      await space.getOrSet(`loaded ${key}`, () => 'loaded');
    }
    for (let key = 0; key < 50; key += 1) {
      assert.equal(cache.get(key), 'root');
      assert.equal(space.get(key), 'space');
      assert.equal(cache.get(`locked ${key}`), 'locked');
      assert.equal(space.get(`loaded ${key}`), 'loaded');
    }
    assert.equal(cache.stats().entries, 200);
    space.clear();
    assert.equal(cache.stats().entries, 100);
  });
});
