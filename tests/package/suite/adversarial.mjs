// Callers that mean harm, or that nobody had in mind: the smallest caches, floods of keys that never come again, and
// measures that can't be relied on.

import { assert, group, random } from './harness.mjs';

const POLICIES = ['tinylfu', 'lru', 'sampled'];

/** A cache for so many entries. With the policy that goes by sizes it is their size, 1 each, that bounds it. */
function cacheFor({ Cache }, policy, entries) {
  return new Cache(
    policy === 'sampled' ? { policy, maxSize: entries, sizeCalculation: () => 1 } : { policy, max: entries },
  );
}

/** Asks for a key, and stores it if it is absent. True if it was there. */
function request(cache, key) {
  const value = cache.get(key);
  if (value === undefined) cache.set(key, key);
  else assert.equal(value, key);
  return value !== undefined;
}

/** All that can be seen of a cache. */
const seen = (cache) => JSON.stringify([[...cache], cache.stats()]);

export default group('bad company', (test) => {
  for (const policy of POLICIES) {
    test(`the smallest caches are nobody's own: ${policy}`, (context) => {
      for (const max of [1, 2, 3]) {
        const cache = cacheFor(context, policy, max);
        for (let key = 1; key < 300; key += 1) {
          request(cache, key);
          assert.isTrue(cache.has(key), 'what was set last is there');
          assert.isAtMost(cache.size, max);
          for (let count = 0; count < 50; count += 1) request(cache, 'favourite');
          assert.isTrue(cache.has('favourite'));
          assert.isAtMost(cache.size, max);
        }
        // As many others as there is room for get all of it, once they are asked for more often. In a loop without hits one
        // of them has to stray in first: that takes 64 misses for each entry, in the mean.
        let lastMiss = 0;
        for (let count = 0; count < 5_000; count += 1) if (!request(cache, `other ${count % max}`)) lastMiss = count;
        assert.isBelow(lastMiss, policy === 'lru' ? 100 : 4_000, `max ${max}`);
        assert.equal(cache.size, max);
      }
    });
  }

  test('a million keys that come once leave the hot ones where they are', (context) => {
    for (const [policy, flood] of [
      ['tinylfu', 1_000_000],
      ['sampled', 200_000],
      ['lru', 200_000],
    ]) {
      const max = 10_000;
      const cache = cacheFor(context, policy, max);
      const { next, below } = random(5);
      for (let count = 0; count < 10 * max; count += 1) request(cache, next() < 0.8 ? below(1_000) : -count);
      for (let count = 0; count < flood; count += 1) {
        cache.set(`once ${count}`, count);
        if (cache.size !== max) assert.equal(cache.size, max);
      }
      let kept = 0;
      for (let key = 0; key < 1_000; key += 1) if (cache.has(key)) kept += 1;
      // Strict LRU has to let everything go.
      if (policy === 'lru') assert.equal(kept, 0);
      else assert.isAtLeast(kept, 900, policy);
    }
  });

  for (const policy of POLICIES) {
    test(`sizes of nothing, of the whole bound, and above it: ${policy}`, ({ Cache }) => {
      const filled = () => {
        const cache = new Cache({ maxSize: 100, policy });
        for (let key = 0; key < 200; key += 1) cache.set(key, key, { size: 0 });
        assert.include(cache.stats(), { size: 100, entries: 100 }, 'nothing counts as 1');
        return cache;
      };
      for (const known of [false, true]) {
        const cache = filled();
        const key = known ? 199 : 'new';
        cache.set(key, 'whole', { size: 100 });
        assert.deepEqual([...cache], [[key, 'whole']]);
        assert.include(cache.stats(), { size: 100, entries: 1 });
        cache.set('next', 1, { size: 0 });
        assert.deepEqual([...cache], [['next', 1]]);
      }
      for (const size of [100.001, 101, Number.MAX_SAFE_INTEGER]) {
        const cache = filled();
        const before = [...cache.keys()].sort();
        cache.set('new', 1, { size });
        assert.deepEqual([...cache.keys()].sort(), before, 'nobody makes room for what is not stored');
        cache.set(199, 'too large', { size });
        assert.deepEqual(
          [...cache.keys()].sort(),
          before.filter((key) => key !== 199),
        );
        assert.include(cache.stats(), { size: 99, entries: 99, refusals: 2 });
      }
    });

    test(`a sizeCalculation that changes its mind, or has none: ${policy}`, ({ Cache, CacheError, seed }) => {
      const { below, pick } = random(seed);
      const failure = new Error('from sizeCalculation');
      const odd = [NaN, -1, -Infinity, Infinity, 2 ** 53, 1e300, undefined, null, '5', 5n, {}];
      let answer;
      const cache = new Cache({
        maxSize: 100,
        policy,
        sizeCalculation: () => {
          if (answer === failure) throw failure;
          return answer;
        },
      });
      const sizes = new Map();
      for (let step = 0; step < 3_000; step += 1) {
        const key = below(12);
        if (below(4) === 0) {
          answer = pick([...odd, failure]);
          const before = seen(cache);
          let error;
          try {
            cache.set(key, step);
          } catch (caught) {
            error = caught;
          }
          if (answer === failure) assert.strictEqual(error, failure);
          else
            assert.isTrue(error instanceof CacheError && error.code === 'invalid-size', `${String(answer)}: ${error}`);
          assert.equal(seen(cache), before, String(answer));
          continue;
        }
        answer = pick([0, 0.5, below(30), below(30), 100, 101]);
        cache.set(key, step);
        sizes.set(key, Math.max(1, Math.ceil(answer)));
        assert.equal(cache.peek(key), answer > 100 ? undefined : step, `seed ${seed}`);
        const total = [...cache.keys()].reduce((sum, each) => sum + sizes.get(each), 0);
        assert.equal(cache.stats().size, total, `seed ${seed}: what it said last counts`);
        assert.isAtMost(total, 100);
      }
    });
  }
});
