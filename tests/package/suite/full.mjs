// A set of a new key in a full cache takes a short way. It ends where the long one does.

import { assert, group, random, withClock } from './harness.mjs';

const KEYS = 120;

/** What may happen to a cache. */
const STEPS = {
  set: ({ cache, key, value }) => cache.set(key, value),
  get: ({ cache, key }) => cache.get(key),
  live: ({ cache, key, value }) => cache.set(key, value, { ttl: 30 }),
  tag: ({ cache, key, value }) => cache.set(key, value, { tags: ['tag'] }),
  untag: ({ cache }) => cache.deleteByTag('tag'),
  pin: ({ cache, key, value }) => cache.set(key, value, { pinned: true }),
  unpin: ({ cache, key, value }) => cache.set(key, value, { pinned: false }),
  delete: ({ cache, key }) => cache.delete(key),
  nested: ({ cache, key, value }) => cache.namespace('nested').set(key, value),
  leave: ({ cache }) => cache.namespace('nested').clear(),
  expire: ({ cache, key }) => cache.expire(key),
  wait: ({ clock }) => clock.advance(4),
  clear: ({ cache }) => cache.clear(),
  resize: ({ cache, value }) => cache.resize(20 + (value % 30)),
};
const WEIGHTS = { set: 120, get: 60, delete: 4, wait: 4, untag: 4, unpin: 6, leave: 4 };
const BAG = Object.keys(STEPS).flatMap((name) => Array(WEIGHTS[name] ?? 1).fill(name));

/** Runs something with the same secrets for every cache. */
function withSecrets(run) {
  const { getRandomValues } = crypto;
  const value = (list) => list.fill(0x9e3779b9);
  Object.defineProperty(crypto, 'getRandomValues', { value, configurable: true, writable: true });
  try {
    return run();
  } finally {
    delete crypto.getRandomValues;
    if (crypto.getRandomValues !== getRandomValues) crypto.getRandomValues = getRandomValues;
  }
}

/** A number or nothing: a cache is no answer to compare. */
const plain = (answer) => (typeof answer === 'object' ? undefined : answer);

export default group('full', (test) => {
  if (typeof crypto !== 'object') return;
  for (const options of [
    { max: 40 },
    { max: 40, ttl: 50 },
    { max: 40, policy: 'sampled' },
    { max: 40, policy: 'lru', ttl: 50, ttlJitter: 0.5 },
  ]) {
    test(`whether anybody listens changes nothing: ${JSON.stringify(options)}`, ({ Cache, seed }) =>
      withClock((clock) =>
        withSecrets(() => {
          for (let round = 0; round < 20; round += 1) {
            const { below, pick } = random(seed + round);
            // Whoever listens to a cache has it take the long way.
            const [short, long] = [new Cache(options), new Cache({ ...options, events: () => {} })];
            for (let value = 0; value < 600; value += 1) {
              const name = pick(BAG);
              const key = `key ${below(KEYS)}`;
              const step = (cache) =>
                plain(
                  STEPS[name]({
                    cache,
                    clock: name === 'wait' && cache === short ? clock : { advance() {} },
                    key,
                    value,
                  }),
                );
              const where = `seed ${seed + round}: ${name}, step ${value}`;
              assert.equal(step(short), step(long), where);
              assert.deepEqual(short.stats(), long.stats(), where);
            }
            assert.deepEqual([...short.entries()], [...long.entries()]);
            assert.deepEqual([...short.ranked()], [...long.ranked()]);
          }
        }),
      ));
  }

  test('a set that only pinned entries could make room for is refused, also where nobody listens', ({ Cache }) => {
    const cache = new Cache({ max: 3 });
    // Full, and with secrets.
    for (let key = 0; key < 20; key += 1) cache.set(key, key);
    for (const key of ['a', 'b', 'c']) cache.set(key, key, { pinned: true });
    cache.set('new', 1);
    assert.isUndefined(cache.get('new'));
    assert.sameMembers([...cache.keys()], ['a', 'b', 'c']);
    assert.equal(cache.stats().refusals, 1);
  });

  test('what has expired leaves with the one that is evicted', ({ Cache }) =>
    withClock((clock) => {
      const cache = new Cache({ max: 8, ttl: 100 });
      for (let key = 0; key < 30; key += 1) cache.set(key, key);
      clock.advance(100);
      cache.set('new', 1);
      assert.isAtMost(cache.size, 6, 'a set looks at four slots, of which one has no entry');
      assert.equal(cache.size, cache.stats().entries);
      assert.equal(cache.get('new'), 1);
    }));
});
