// Bounds: by entries and by size, after every call.

import { assert, group, random, refuses, withClock } from './harness.mjs';

export default group('bounds', (test) => {
  test('max holds after every call, for the smallest caches too', ({ Cache }) => {
    for (const max of [1, 2, 3, 10, 1000]) {
      const cache = new Cache({ max });
      for (let key = 0; key < 3 * max + 10; key += 1) {
        cache.set(key, key);
        assert.isAtMost(cache.size, max);
        assert.equal(cache.get(key), key, 'what was set last is there');
      }
      assert.equal(cache.size, max);
      assert.equal(cache.stats().evictions, 2 * max + 10);
    }
  });

  test('an unbounded cache is asked for by name', (context) => {
    const { Cache } = context;
    refuses(context, () => new Cache({}), 'invalid-option', 'max');
    refuses(context, () => new Cache({ ttl: 5 }), 'invalid-option', 'max: Infinity');
    const cache = new Cache({ max: Infinity });
    for (let key = 0; key < 50_000; key += 1) cache.set(key, key);
    assert.equal(cache.size, 50_000);
  });

  test('what is asked for again and again survives a scan', ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    for (let key = 0; key < 20; key += 1) cache.set(`hot${key}`, key);
    for (let key = 0; key < 5000; key += 1) {
      cache.set(`scan${key}`, key);
      for (let hot = 0; hot < 20; hot += 1) cache.get(`hot${hot}`);
    }
    const kept = Array.from({ length: 20 }, (_, key) => cache.has(`hot${key}`)).filter(Boolean).length;
    assert.isAtLeast(kept, 19);
  });

  test('maxSize holds, and what is larger is not stored', ({ Cache }) => {
    const cache = new Cache({ maxSize: 100, sizeCalculation: (value) => value.length });
    cache.set('a', 'x'.repeat(60));
    cache.set('b', 'x'.repeat(40));
    assert.equal(cache.stats().size, 100);
    cache.set('c', 'x'.repeat(1));
    assert.isAtMost(cache.stats().size, 100);
    assert.isTrue(cache.has('c'));
    cache.set('c', 'x'.repeat(101));
    assert.isFalse(cache.has('c'), 'a value that is too large displaces the one that its key had');
    cache.set('d', 'x'.repeat(100));
    assert.deepEqual([...cache.keys()], ['d']);
    assert.include(cache.stats(), { size: 100, refusals: 1, entries: 1 });
  });

  test('an entry can tell its own size', ({ Cache }) => {
    const cache = new Cache({ maxSize: 100, sizeCalculation: () => assert.fail('not asked') });
    cache.set('a', 1, { size: 30 }).set('b', 1, { size: 0.5 }).set('c', 1, { size: 0 });
    assert.equal(cache.stats().size, 32, 'sizes are whole, and never nothing');
    cache.set('a', 1, { size: 10 });
    assert.equal(cache.stats().size, 12);
    cache.clear();
    assert.equal(cache.stats().size, 0);
  });

  test('nothing makes a bound by size no bound', ({ Cache }) => {
    const cache = new Cache({ maxSize: 50, sizeCalculation: () => 0 });
    for (let key = 0; key < 1000; key += 1) cache.set(key, key);
    assert.equal(cache.size, 50);
  });

  test('maxEntrySize bounds one entry', ({ Cache }) => {
    const cache = new Cache({ max: 10, maxEntrySize: 20, sizeCalculation: (value) => value });
    cache.set('a', 20).set('b', 21);
    assert.deepEqual([...cache.keys()], ['a']);
    cache.set('a', 25);
    assert.equal(cache.size, 0);
    assert.equal(cache.stats().refusals, 2);
  });

  test('without sizeCalculation, sizes are about bytes', ({ Cache }) => {
    const size = (value) => {
      const cache = new Cache({ maxSize: 1e9 });
      cache.set('', value);
      return cache.stats().size - 24;
    };
    assert.equal(size(''), 24);
    assert.equal(size('x'.repeat(1000)), 1024);
    assert.equal(size(5), 8);
    assert.closeTo(size(new Uint8Array(1000)), 1150, 150);
    assert.closeTo(size(new ArrayBuffer(500)), 650, 150);
    assert.isAbove(size({ name: 'x'.repeat(100), list: [1, 2, 3] }), 200);
    assert.isAbove(size(new Map([['k', 'x'.repeat(100)]])), 200);
    assert.isAbove(size(new Set(['x'.repeat(100)])), 200);
    const ring = { name: 'ring' };
    ring.self = ring;
    assert.isBelow(size(ring), 200);
    let asked = 0;
    size({
      get secret() {
        asked += 1;
        return 1;
      },
    });
    assert.equal(asked, 0, 'measuring runs no accessors');
    let deep = {};
    for (let level = 0; level < 50_000; level += 1) deep = { deep };
    assert.isAbove(size(deep), 50_000);
  });

  test('resize shrinks at once, and grows', ({ Cache }) => {
    const cache = new Cache({ max: 1000 });
    for (let key = 0; key < 1000; key += 1) cache.set(key, key);
    cache.resize(10);
    assert.equal(cache.size, 10);
    assert.equal(cache.stats().max, 10);
    cache.resize({ max: 500 });
    for (let key = 0; key < 1000; key += 1) cache.set(key, key);
    assert.equal(cache.size, 500);
    cache.resize({});
    assert.equal(cache.stats().max, 500);
    const sized = new Cache({ maxSize: 100, sizeCalculation: () => 10 });
    for (let key = 0; key < 10; key += 1) sized.set(key, key);
    sized.resize({ maxSize: 35 });
    assert.equal(sized.size, 3);
  });

  test('random operations keep the bounds and the values', ({ Cache, seed }) => {
    for (let round = 0; round < 40; round += 1) {
      const { below, next, pick } = random(seed + round);
      withClock((clock) => {
        const max = 1 + below(30);
        const maxSize = pick([Infinity, 50 + below(200)]);
        const cache = new Cache({
          max,
          ...(maxSize < Infinity && { maxSize, sizeCalculation: (value) => value.size }),
        });
        const model = new Map();
        const steps = 400;
        for (let step = 0; step < steps; step += 1) {
          const key = pick([below(40), `k${below(40)}`]);
          const action = next();
          if (action < 0.4) {
            const value = { size: 1 + below(40) };
            const ttl = pick([0, 1 + below(50)]);
            cache.set(key, value, { ttl });
            model.set(key, { value, until: ttl ? clock.now + ttl : Infinity });
            if (value.size <= maxSize) assert.strictEqual(cache.peek(key), value);
          } else if (action < 0.7) {
            const known = model.get(key);
            const found = cache.get(key);
            if (found !== undefined) {
              assert.strictEqual(found, known?.value, `seed ${seed + round}: ${key}`);
              assert.isBelow(clock.now, known.until);
            }
          } else if (action < 0.8) {
            cache.delete(key);
            model.delete(key);
          } else if (action < 0.85) {
            const found = cache.take(key);
            if (found !== undefined) assert.strictEqual(found, model.get(key).value);
            model.delete(key);
          } else if (action < 0.95) clock.advance(below(20));
          else if (action < 0.97) cache.purgeStale();
          else if (action < 0.975) {
            cache.clear();
            model.clear();
          }
          const { entries, size } = cache.stats();
          assert.isAtMost(entries, max);
          assert.isAtMost(size, maxSize);
          assert.equal(entries, cache.size);
        }
        for (const [key, value] of cache) assert.strictEqual(value, model.get(key).value);
      });
    }
  });
});
