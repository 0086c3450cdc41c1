// The same mistake has the same code and the same words, wherever it is made.

import { assert, failure, group } from './harness.mjs';

/** Mistakes in the options of what stores a value, and the code of each. */
const STORED = {
  'a negative ttl': [{ ttl: -1 }, 'invalid-ttl'],
  'a ttl that is NaN': [{ ttl: NaN }, 'invalid-ttl'],
  'a negative size': [{ size: -1 }, 'invalid-size'],
  'a size that is text': [{ size: '5' }, 'invalid-size'],
  'tags that are a number': [{ tags: 5 }, 'invalid-option'],
  'tags that are text': [{ tags: 'text' }, 'invalid-option'],
  'tags that are numbers': [{ tags: [5] }, 'invalid-option'],
  'options that are null': [null, 'invalid-option'],
  'options that are text': ['text', 'invalid-option'],
};

/** Where values are stored. */
const STORES = {
  set: ({ cache }, options) => cache.set('k', 1, options),
  setMany: ({ cache }, options) => cache.setMany([['k', 1]], options),
  'setMany, of one entry': ({ cache }, options) => cache.setMany([['k', 1, options]]),
  getOrSet: ({ cache }, options) => cache.getOrSet('k', assert.fail, options),
  refresh: ({ cache }, options) => cache.refresh('k', assert.fail, options),
  getOrSetMany: ({ cache }, options) => cache.getOrSetMany(['k'], assert.fail, options),
  setResult: ({ cache }, options) => cache.withLock('k', (lock) => lock.setResult(1, options)),
  'set of the Aries class': ({ aries }, options) => aries.set('k', 1, options),
  'setResult of the Aries class': ({ aries }, options) => aries.withLock('k', (lock) => lock.setResult(1, options)),
};

/** Options that caches, loads and locks have in common. */
const SHARED = {
  ttl: [-1, NaN, '5', null],
  negativeTtl: [-1, NaN, '5', null],
  lease: [0, -1, NaN, '5', null],
  timeout: [-1, NaN, '5'],
  hardTimeout: [-1, NaN, '5'],
  swr: [-1, NaN, '5'],
  retry: [-1, 1.5, 'often', {}],
  signal: [5, 'text', {}],
  allowStale: [5, 'yes', null],
  updateAgeOnGet: [5, 'yes', null],
};

/** Where they are options. */
const TAKERS = {
  'new Cache': [({ Cache }, options) => new Cache({ max: 5, ...options }), ['signal']],
  'new InMemoryCache': [
    ({ InMemoryCache }, options) => new InMemoryCache(options),
    ['signal', 'negativeTtl', 'timeout', 'hardTimeout', 'swr', 'retry'],
  ],
  get: [
    ({ cache }, options) => cache.get('k', options),
    ['ttl', 'negativeTtl', 'lease', 'timeout', 'hardTimeout', 'swr', 'retry', 'signal'],
  ],
  getOrSet: [
    ({ cache }, options) => cache.getOrSet('k', assert.fail, options),
    ['allowStale', 'updateAgeOnGet', 'ttl'],
  ],
  lock: [
    ({ cache }, options) => cache.lock('k', options),
    ['ttl', 'negativeTtl', 'hardTimeout', 'swr', 'retry', 'allowStale', 'updateAgeOnGet'],
  ],
};

/** What each place says to a mistake. */
async function said(context, places, options) {
  const { Cache, InMemoryCache, CacheError } = context;
  const bounds = { max: 10, maxSize: 1000 };
  const all = {};
  for (const [name, place] of Object.entries(places)) {
    const given = { ...context, cache: new Cache(bounds), aries: new InMemoryCache(bounds) };
    const error = await failure((async () => place(given, options))());
    assert.instanceOf(error, CacheError, `${name}: ${error}`);
    all[name] = `${error.code}: ${error.message}`;
  }
  return all;
}

export default group('validation', (test) => {
  for (const [mistake, [options, code]] of Object.entries(STORED)) {
    test(`${mistake}: the same everywhere`, async (context) => {
      const all = await said(context, STORES, options);
      // A load's ttl may be a function, too.
      const words = new Set(Object.values(all).map((text) => text.replace(', or a function', '')));
      assert.lengthOf([...words], 1, JSON.stringify(all));
      assert.match([...words][0], new RegExp(`^${code}: `));
    });
  }

  for (const [option, values] of Object.entries(SHARED)) {
    test(`${option}: the same everywhere`, async (context) => {
      for (const value of values) {
        const places = Object.entries(TAKERS).filter(([, [, without]]) => !without.includes(option));
        const calls = Object.fromEntries(places.map(([name, [call]]) => [name, call]));
        const all = await said(context, calls, { [option]: value });
        assert.lengthOf([...new Set(Object.values(all))], 1, JSON.stringify(all));
        assert.include(Object.values(all)[0], option);
      }
    });
  }

  test('an option that a call doesn’t have is named with those that it has', async (context) => {
    const all = await said(context, { ...STORES, get: ({ cache }, options) => cache.get('k', options) }, { maxAge: 5 });
    for (const [place, text] of Object.entries(all)) {
      assert.match(text, /^invalid-option: options\.maxAge: expected one of \w+(, \w+)+, got 5$/, place);
    }
  });
});
