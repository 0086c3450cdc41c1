// The order of a dump, and what a load makes of it.

import { LRUCache } from 'lru-cache';
import { assert, group, random } from './harness.mjs';

const POLICIES = [
  { policy: 'tinylfu', max: 120 },
  { policy: 'lru', max: 120 },
  { policy: 'sampled', max: 120 },
  { policy: 'tinylfu', maxSize: 3_500 },
  { policy: 'lru', maxSize: 3_500 },
  { policy: 'sampled', maxSize: 3_500 },
  { policy: 'sampled', maxSize: 3_500, optimize: 'bytes' },
];

/** Asks a cache for keys, the first of which are the most popular, and stores those that are missing. */
function use(cache, seed, requests = 12_000) {
  const { next } = random(seed);
  const sizes = cache.stats().maxSize < Infinity;
  for (let request = 0; request < requests; request += 1) {
    const key = Math.floor(1 / (0.001 + next()));
    if (cache.get(key) !== undefined) continue;
    cache.set(key, `value ${key}`, sizes ? { size: 1 + ((key * 7919) % 60) } : undefined);
  }
}

/** How often a key was asked for is estimated: what other keys share with it may raise it. */
const withoutUses = ([key, { uses: _, ...entry }]) => [key, entry];

const keysOf = (dump) => dump.map(([key]) => key);

export default group('the order of a dump', (test) => {
  for (const options of POLICIES) {
    const title = JSON.stringify(options);

    test(`an equal cache takes over contents and order: ${title}`, ({ Cache, seed }) => {
      const cache = new Cache(options);
      use(cache, seed);
      const dump = JSON.parse(JSON.stringify(cache.dump()));
      const copy = new Cache(options);
      copy.load(dump);
      assert.deepEqual(copy.dump().map(withoutUses), dump.map(withoutUses));
      assert.equal(copy.stats().evictions, 0);
      assert.equal(copy.stats().size, cache.stats().size);
    });

    test(`a smaller cache keeps the most worthy: ${title}`, ({ Cache, seed }) => {
      const cache = new Cache(options);
      use(cache, seed);
      const dump = cache.dump();
      const small = new Cache({ ...options, max: 50 });
      small.load(dump);
      assert.sameMembers([...small.keys()], keysOf(dump).slice(0, 50));
      // The next new key drives out one of the least worthy.
      small.set(1e9, 'new', small.stats().maxSize < Infinity ? { size: 1 } : undefined);
      const gone = keysOf(dump)
        .slice(0, 50)
        .filter((key) => !small.has(key));
      assert.isAtMost(gone.length, 1);
      assert.isEmpty(gone.filter((key) => keysOf(dump).indexOf(key) < 30));
    });
  }

  test('where sizes bound it, a smaller cache keeps the first that fit, and evicts none', ({ Cache, seed }) => {
    const cache = new Cache({ maxSize: 3_500 });
    use(cache, seed);
    const dump = cache.dump();
    const small = new Cache({ maxSize: 1_000 });
    small.load(dump);
    let room = 1_000;
    const expected = dump.filter(([, { size }]) => size <= room && ((room -= size), true));
    assert.sameMembers([...small.keys()], keysOf(expected));
    assert.equal(small.stats().evictions, 0);
  });

  test('what is asked for most comes first, whatever was stored last', ({ Cache, seed }) => {
    for (const options of [{ max: 1_000 }, { max: 1_000, policy: 'sampled' }]) {
      const { below } = random(seed);
      const cache = new Cache(options);
      for (let round = 0; round < 60; round += 1) {
        for (let key = 0; key < 100; key += 1) if (cache.get(key) === undefined) cache.set(key, key);
        for (let cold = 0; cold < 100; cold += 1) cache.set(1_000 + round * 100 + below(100), cold);
      }
      const first = keysOf(cache.dump()).slice(0, 110);
      assert.isAtLeast(first.filter((key) => key < 100).length, 95, JSON.stringify(options));
    }
  });

  test('a dump of lru-cache keeps its order, and its end', ({ Cache, seed }) => {
    const { below } = random(seed);
    const other = new LRUCache({ max: 50, maxSize: 10_000, sizeCalculation: () => 7, ttl: 100_000 });
    for (let step = 0; step < 500; step += 1) {
      const key = `k${below(80)}`;
      if (other.get(key) === undefined) other.set(key, step);
    }
    const cache = new Cache({ max: 50, maxSize: 10_000, policy: 'lru' });
    cache.load(other.dump());
    assert.deepEqual([...cache.entries()], [...other.entries()]);
    assert.equal(cache.stats().size, 350);
    assert.isAbove(cache.getRemainingTTL([...cache.keys()][0]), 0);
    for (const one of [cache, other]) one.set('new', 1, { size: 1 });
    assert.deepEqual([...cache.keys()], [...other.keys()]);
    // The other way round it takes a reversal.
    const back = new LRUCache({ max: 50, maxSize: 10_000 });
    back.load(cache.dump().reverse());
    assert.deepEqual([...back.keys()], [...cache.keys()]);
  });

  test('a dump that was cut or merged loads in its order', ({ Cache }) => {
    const cache = new Cache({ max: 10, policy: 'lru' });
    for (const key of 'abcde') cache.set(key, key);
    assert.deepEqual(keysOf(cache.dump()), [...'edcba']);
    const copy = new Cache({ max: 3, policy: 'lru' });
    copy.load(cache.dump().slice(1));
    assert.deepEqual([...copy.keys()], ['d', 'c', 'b']);
    copy.load([
      ['by hand', { value: 1 }],
      ['latest', { value: 2 }],
    ]);
    assert.deepEqual([...copy.keys()], ['latest', 'by hand']);
  });

  test('too large entries of a dump are refused, and take nobody’s room', ({ Cache }) => {
    const cache = new Cache({ maxSize: 100 });
    for (let key = 0; key < 5; key += 1) cache.set(key, key, { size: 20 });
    const small = new Cache({ maxSize: 50, maxEntrySize: 30 });
    small.load([[9, { value: 9, size: 40, uses: 1 }], ...cache.dump()]);
    assert.equal(small.size, 2);
    assert.equal(small.stats().refusals, 1);
  });
});
