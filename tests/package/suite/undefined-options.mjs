// Every option may be `undefined`, and is then as if it were missing.

import { assert, group } from './harness.mjs';

/** The names that an error lists when an unknown option is given. */
function namesIn(run) {
  try {
    run();
  } catch (error) {
    return error.message.match(/one of (.*), got/)[1].split(', ');
  }
  throw new Error('an unknown option was taken');
}

const undefinedOnes = (names) => Object.fromEntries(names.map((name) => [name, undefined]));

/** Each kind of options: how to give them, beside what has to be there. */
const GIVEN = {
  'a cache':
    ({ Cache }) =>
    (options) =>
      new Cache({ ...options, max: 5 }),
  InMemoryCache:
    ({ InMemoryCache }) =>
    (options) =>
      new InMemoryCache(options),
  get:
    ({ Cache }) =>
    (options) =>
      new Cache({ max: 5 }).get('a', options),
  peek:
    ({ Cache }) =>
    (options) =>
      new Cache({ max: 5 }).peek('a', options),
  set:
    ({ Cache }) =>
    (options) =>
      new Cache({ max: 5 }).set('a', 1, options),
  touch:
    ({ Cache }) =>
    (options) =>
      new Cache({ max: 5 }).touch('a', options),
  resize:
    ({ Cache }) =>
    (options) =>
      new Cache({ max: 5 }).resize(options),
  'a retry':
    ({ Cache }) =>
    (options) =>
      new Cache({ max: 5, retry: { ...options, times: 1 } }),
  'a lock':
    ({ Cache }) =>
    (options) =>
      new Cache({ max: 5 }).acquire('a', options).release(),
};

export default group('undefined options', (test) => {
  for (const [name, giving] of Object.entries(GIVEN)) {
    test(`of ${name} are as if they were missing`, (keylatch) => {
      const give = giving(keylatch);
      const names = namesIn(() => give({ nonsense: 1 }));
      assert.isAbove(names.length, 0);
      give(undefinedOnes(names));
    });
  }

  test('of a load are as if they were missing', async ({ Cache }) => {
    const cache = new Cache({ max: 5 });
    const error = await cache.getOrSet('a', () => 1, { nonsense: 1 }).catch((thrown) => thrown);
    const names = namesIn(() => {
      throw error;
    });
    assert.equal(await cache.getOrSet('a', () => 1, undefinedOnes(names)), 1);
    assert.equal(await cache.getOrSet('a', () => 2, undefinedOnes(names)), 1);
    assert.equal(await cache.refresh('a', () => 3, undefinedOnes(names)), 3);
    assert.deepEqual(await cache.getOrSetMany(['a', 'b'], (keys) => keys.map(() => 4), undefinedOnes(names)), [3, 4]);
  });

  test('of a dump’s entry are as if they were missing', ({ Cache }) => {
    const cache = new Cache({ max: 5 });
    const missing = { ttl: undefined, start: undefined, size: undefined, tags: undefined, namespace: undefined };
    cache.load([['a', { value: 1, ...missing }]]);
    assert.equal(cache.getRemainingTTL('a'), Infinity);
    assert.deepEqual(cache.dump(), [['a', { value: 1 }]]);
    cache.setMany([['b', 2, undefined]], undefined);
    assert.equal(cache.get('b'), 2);
  });
});
