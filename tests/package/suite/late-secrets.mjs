// Random numbers: none are drawn before something will have to make room, and then the policy is as good as ever.
// The clock: only what has a ttl reads it.

import { assert, group } from './harness.mjs';

/** Runs something while nobody may draw a random number; says how often somebody has. */
function withoutRandom(run) {
  const { getRandomValues } = crypto;
  const { random } = Math;
  let draws = 0;
  const refuse = () => {
    draws += 1;
    throw new Error('a random number is drawn');
  };
  // As Next does while it renders ahead of requests.
  Object.defineProperty(crypto, 'getRandomValues', { value: refuse, configurable: true, writable: true });
  Math.random = refuse;
  try {
    return { result: run(), draws };
  } finally {
    delete crypto.getRandomValues;
    if (crypto.getRandomValues !== getRandomValues) crypto.getRandomValues = getRandomValues;
    Math.random = random;
  }
}

/** Runs something while nobody may read the clock, also after it has waited; says how often somebody has. */
async function withoutClock(run) {
  const { now } = Date;
  let reads = 0;
  // As Next does while it renders ahead of requests. It lets `performance.now` pass.
  Date.now = () => {
    reads += 1;
    throw new Error('the clock is read');
  };
  try {
    return { result: await run(), reads };
  } finally {
    Date.now = now;
  }
}

const hasCrypto = typeof crypto === 'object';

/** How many of 30 popular keys are left after so many new ones that are wanted once or twice each. */
function popularThatStay(cache, wants) {
  const spaces = [cache, cache.namespace('a'), cache.namespace('a').namespace('b')];
  const want = (name, number) => {
    const space = spaces[number % 3];
    if (space.get(`${name} ${number}`) === undefined) space.set(`${name} ${number}`, number);
  };
  const popular = Array.from({ length: 30 }, (_, number) => number);
  // Asked for again and again while the cache is being filled, and then never more.
  for (let number = 0; number < 900; number += 1) {
    want('filler', number);
    if (number % 20 === 0) popular.forEach((key) => want('popular', key));
  }
  for (let number = 0; number < 3000; number += 1) {
    for (let again = 0; again < wants; again += 1) want('new', number + again * 6);
  }
  return popular.filter((number) => spaces[number % 3].peek(`popular ${number}`) !== undefined).length;
}

export default group('late secrets', (test) => {
  for (const [name, options, size] of [
    ['max', { max: 100 }],
    ['maxSize', { maxSize: 1000 }, 10],
    ['both, tinylfu', { max: 100, maxSize: 10_000, policy: 'tinylfu' }, 10],
  ]) {
    test(`a cache with ${name} draws no random number before it is full`, ({ Cache }) => {
      if (!hasCrypto) return;
      const cache = new Cache(options);
      const { draws } = withoutRandom(() => {
        for (let key = 0; key < 100; key += 1) cache.set(`k${key}`, key, { size });
        for (let key = 0; key < 100; key += 1) assert.equal(cache.get(`k${key}`), key);
      });
      assert.equal(draws, 0);
      for (let key = 0; key < 1000; key += 1) cache.set(`k${key}`, key, { size });
      assert.isAtMost(cache.size, 100);
      assert.isAbove(cache.size, 90);
      assert.isAbove(cache.stats().evictions, 800);
    });
  }

  test('caches that never choose by frequency draw none at all', ({ Cache }) => {
    if (!hasCrypto) return;
    for (const options of [{ max: 10, policy: 'lru' }, { max: Infinity }]) {
      const cache = new Cache(options);
      const { draws } = withoutRandom(() => {
        for (let key = 0; key < 1000; key += 1) cache.set(key, key);
        cache.namespace('n').set('k', 1);
      });
      assert.equal(draws, 0, JSON.stringify(options));
    }
  });

  test('one that has room again draws none anew', ({ Cache }) => {
    if (!hasCrypto) return;
    const cache = new Cache({ max: 10 });
    for (let key = 0; key < 100; key += 1) cache.set(key, key);
    const { draws } = withoutRandom(() => {
      cache.clear();
      for (let key = 0; key < 100; key += 1) cache.set(key, key);
    });
    assert.equal(draws, 0);
    assert.equal(cache.size, 10);
  });

  // Of 300, some 150 and some 298 stay; without the hits from before there were hashes, hardly any.
  for (const [options, wants] of [
    [{ max: 1000 }, 2],
    [{ maxSize: 1000, sizeCalculation: () => 1 }, 1],
  ]) {
    test(`what was popular before there were hashes stays, in every namespace: ${JSON.stringify(options)}`, ({
      Cache,
    }) => {
      let left = 0;
      for (let round = 0; round < 10; round += 1) left += popularThatStay(new Cache(options), wants);
      assert.isAtLeast(left, 30);
    });
  }

  test('bounds that come down before there are hashes hold', ({ Cache }) => {
    const cache = new Cache({ max: 1000 });
    for (let key = 0; key < 500; key += 1) cache.set(key, key);
    for (let key = 0; key < 20; key += 1) cache.get(key);
    cache.resize(100);
    assert.equal(cache.size, 100);
    for (let key = 1000; key < 2000; key += 1) cache.set(key, key);
    assert.equal(cache.size, 100);
  });

  test('entries that leave while others get their hashes, and slots that are used again', ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    for (let key = 0; key < 76; key += 1) cache.set(key, key);
    for (let key = 0; key < 40; key += 1) cache.delete(key);
    for (let key = 100; key < 130; key += 1) cache.set(key, key);
    cache.namespace('n').set('k', 1);
    for (let key = 200; key < 500; key += 1) cache.set(key, key);
    assert.isAtMost(cache.size + cache.namespace('n').size, 100);
    for (const [key, value] of cache) assert.equal(key, value);
  });

  for (const options of [
    { max: 100 },
    { max: 100, policy: 'lru' },
    { max: 100, policy: 'sampled' },
    { maxSize: 1000 },
  ]) {
    test(`a cache without a ttl reads no clock: ${JSON.stringify(options)}`, async ({ Cache }) => {
      const { reads } = await withoutClock(async () => {
        const size = options.maxSize && 1;
        const cache = new Cache(options);
        cache.set('k', 'v', { tags: ['t'], size });
        assert.equal(cache.get('k'), 'v');
        assert.equal(cache.peek('k'), 'v');
        assert.isTrue(cache.has('k'));
        assert.deepEqual([...cache.keys()], ['k']);
        const load = () => cache.getOrSet('loaded', async () => 'value', { size });
        assert.deepEqual(await Promise.all([load(), load()]), ['value', 'value']);
        assert.equal(await load(), 'value');
        cache.namespace('n').set('k', 1, { size });
        cache.deleteByTag('t');
        assert.isFalse(cache.has('k'));
        cache.delete('loaded');
        cache.clear();
      });
      assert.equal(reads, 0);
    });
  }

  test('a cache with a ttl reads none for a miss, and is as it was where the clock is refused', async ({ Cache }) => {
    const cache = new Cache({ max: 100, ttl: 60_000 });
    const { reads } = await withoutClock(() => {
      assert.isUndefined(cache.get('k'));
      assert.isFalse(cache.has('k'));
    });
    assert.equal(reads, 0);
    await withoutClock(() => assert.throws(() => cache.set('k', 'v'), 'the clock is read'));
    assert.equal(cache.size, 0);
    cache.set('k', 'v');
    assert.equal(cache.get('k'), 'v');
  });

  test('lives that chance shortens differ between caches from the first on', ({ Cache }) => {
    const lives = [1, 2, 3, 4].map(() => {
      const cache = new Cache({ max: 100, ttl: 1e9, ttlJitter: 0.5 });
      return Math.round(cache.set('k', 1).getRemainingTTL('k') / 1000);
    });
    assert.isAbove(new Set(lives).size, 1, String(lives));
  });
});
