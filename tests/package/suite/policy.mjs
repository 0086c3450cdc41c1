// What has to make room.

import { assert, group, random, refuses } from './harness.mjs';

/** Strict LRU that could not be simpler: a Map whose last key was used last. */
class Naive {
  entries = new Map();

  constructor(max) {
    this.max = max;
  }

  get(key) {
    if (!this.entries.has(key)) return undefined;
    const value = this.entries.get(key);
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key, value) {
    this.entries.delete(key);
    this.entries.set(key, value);
    this.shrink();
  }

  shrink() {
    for (const key of this.entries.keys()) {
      if (this.entries.size <= this.max) return;
      this.entries.delete(key);
    }
  }

  get latestFirst() {
    return [...this.entries].reverse();
  }
}

export default group('policy', (test) => {
  test('strict LRU does what a naive one does, in the same order', ({ Cache, seed }) => {
    const { below } = random(seed);
    for (let round = 0; round < 12; round += 1) {
      const max = [1, 2, 3, 7, 40, 300][round % 6];
      const cache = new Cache({ max, policy: 'lru' });
      const naive = new Naive(max);
      for (let step = 0; step < 2500; step += 1) {
        const key = `k${below(max * 2 + 2)}`;
        const what = below(100);
        if (what < 60) {
          assert.equal(cache.get(key), naive.get(key));
        } else if (what < 85) {
          cache.set(key, step);
          naive.set(key, step);
        } else if (what < 92) {
          assert.equal(cache.delete(key), naive.entries.delete(key));
        } else if (what < 95) {
          assert.equal(cache.touch(key), naive.get(key) !== undefined);
        } else if (what < 97) {
          assert.equal(cache.peek(key), naive.entries.get(key));
          assert.equal(cache.has(key), naive.entries.has(key));
        } else if (what < 98) {
          naive.max = Math.max(1, below(max * 2));
          naive.shrink();
          cache.resize(naive.max);
        } else {
          assert.deepEqual([...cache], naive.latestFirst, `max ${naive.max}, step ${step}`);
        }
        assert.equal(cache.size, naive.entries.size);
      }
      assert.deepEqual([...cache.entries()], naive.latestFirst);
      assert.deepEqual(
        cache.dump().map(([key, { value }]) => [key, value]),
        naive.latestFirst,
      );
    }
  });

  test('many hits in a row keep their order, and memory that grows meanwhile loses none', ({ Cache }) => {
    const cache = new Cache({ max: 1000, policy: 'lru' });
    for (let key = 0; key < 1000; key += 1) cache.set(`${key}`, key);
    for (let key = 0; key < 700; key += 1) cache.get(`${key}`);
    const others = new Cache({ max: 200_000 });
    for (let key = 0; key < 200_000; key += 1) others.set(`${key}`, key);
    for (let key = 700; key < 900; key += 1) cache.get(`${key}`);
    for (let key = 0; key < 100; key += 1) cache.set(`new ${key}`, key);
    assert.deepEqual(
      Array.from({ length: 1000 }, (_, key) => key).filter((key) => !cache.has(`${key}`)),
      Array.from({ length: 100 }, (_, index) => 900 + index),
    );
  });

  test('an iteration of strict LRU bears changes on the way', ({ Cache }) => {
    const cache = new Cache({ max: 10, policy: 'lru' });
    for (const key of 'abcdef') cache.set(key, key);
    const seen = [];
    for (const [key] of cache) {
      seen.push(key);
      cache.delete('d');
      cache.set('x', 1);
      cache.get('a');
    }
    assert.equal(seen.join(''), 'fecba');
  });

  test('namespaces share one order, and iterate their own keys', ({ Cache }) => {
    const cache = new Cache({ max: 4, policy: 'lru' });
    const space = cache.namespace('n');
    cache.set('a', 1);
    space.set('a', 2);
    cache.set('b', 3);
    space.set('b', 4);
    cache.get('a');
    space.set('c', 5);
    assert.deepEqual([...cache.keys()], ['a', 'b']);
    assert.deepEqual([...space.keys()], ['c', 'b']);
  });

  test('the default policy keeps what is asked for through a scan; strict LRU does not', ({ Cache }) => {
    const kept = ['tinylfu', 'lru'].map((policy) => {
      const cache = new Cache({ max: 100, policy });
      for (let key = 0; key < 50; key += 1) cache.set(`hot ${key}`, key);
      for (let round = 0; round < 2000; round += 1) {
        cache.get(`hot ${round % 50}`);
        cache.set(`cold ${round}`, round);
      }
      for (let key = 0; key < 1000; key += 1) cache.set(`scan ${key}`, key);
      return Array.from({ length: 50 }, (_, key) => cache.has(`hot ${key}`)).filter(Boolean).length;
    });
    assert.isAtLeast(kept[0], 45);
    assert.equal(kept[1], 0);
  });

  test('with sizes, small ones that are wanted come before large ones', ({ Cache }) => {
    const cache = new Cache({ maxSize: 5_000, sizeCalculation: (value) => value });
    for (let round = 0; round < 20; round += 1) {
      for (let key = 0; key < 55; key += 1) if (cache.get(key) === undefined) cache.set(key, key < 50 ? 40 : 1000);
      for (let key = 0; key < 20; key += 1) cache.set(1000 + round * 20 + key, 200);
      assert.isAtMost(cache.stats().size, 5_000);
    }
    const kept = Array.from({ length: 55 }, (_, key) => cache.has(key));
    assert.isAtLeast(kept.slice(0, 50).filter(Boolean).length, 45);
    assert.isBelow(kept.slice(50).filter(Boolean).length, 5);
  });

  test('what to save decides between one large entry and many small ones', ({ Cache }) => {
    // The large one is asked for ten times as often as each of the small ones, and takes as much as all of them.
    const kept = ['hits', 'bytes'].map((optimize) => {
      const cache = new Cache({ maxSize: 1_100, sizeCalculation: (value) => value, optimize });
      for (let round = 0; round < 200; round += 1) {
        for (let key = 0; key < 100; key += 1) {
          if (cache.get(key) === undefined) cache.set(key, 10);
          if (key % 10 === 0 && cache.get('large') === undefined) cache.set('large', 1_000);
        }
      }
      return cache.has('large');
    });
    assert.deepEqual(kept, [false, true]);
  });

  test('what to save is a choice for the policy that knows of sizes', (keylatch) => {
    for (const optimize of ['size', '', 1, null]) {
      refuses(keylatch, () => new keylatch.Cache({ maxSize: 1, optimize }), 'invalid-option', 'optimize');
    }
    refuses(keylatch, () => new keylatch.Cache({ max: 1, optimize: 'bytes' }), 'invalid-option', 'optimize');
    refuses(
      keylatch,
      () => new keylatch.Cache({ maxSize: 1, policy: 'lru', optimize: 'hits' }),
      'invalid-option',
      'optimize',
    );
  });

  test('every policy holds its bounds, whatever the sizes', ({ Cache, seed }) => {
    const { below } = random(seed);
    for (const policy of ['tinylfu', 'sampled', 'lru']) {
      const cache = new Cache({ max: 50, maxSize: 1000, policy });
      for (let step = 0; step < 3000; step += 1) {
        const key = below(120);
        if (below(3) === 0) cache.get(key);
        else cache.set(key, step, { size: 1 + below(below(10) === 0 ? 1100 : 60) });
        const { entries, size } = cache.stats();
        assert.isAtMost(entries, 50);
        assert.isAtMost(size, 1000);
        if (step % 500 === 0) cache.resize({ max: 50, maxSize: 1000 });
      }
      cache.resize(1);
      assert.isAtMost(cache.size, 1);
    }
  });

  test('there are no other policies', (keylatch) => {
    for (const policy of ['LRU', '', 1, null, 'fifo']) {
      refuses(keylatch, () => new keylatch.Cache({ max: 1, policy }), 'invalid-option', 'policy');
    }
  });
});
