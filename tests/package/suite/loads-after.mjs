// What comes after a load that has succeeded: nothing of it costs those who wait their value, and every error is heard.

import { assert, failure, gated, group, settled, uncaught, withClock } from './harness.mjs';

const thrown = new Error('from a callback');
const fails = () => {
  throw thrown;
};

/** What a clone makes a plain object of. */
const page = new URL('https://example.com');

/** Ways in which a value can't be kept: a loader, options of the load, options of the cache, and the error. */
const FAILURES = {
  'ttl gives NaN': [() => 1, { ttl: () => NaN }, {}, 'invalid-ttl'],
  'ttl gives text': [() => 1, { ttl: () => '5' }, {}, 'invalid-ttl'],
  'ttl throws': [() => 1, { ttl: fails }, {}, thrown],
  'setTtl is told NaN': [({ setTtl }) => (setTtl(NaN), 1), {}, {}, 'invalid-ttl'],
  'setTtl is told text': [({ setTtl }) => (setTtl('60'), 1), {}, {}, 'invalid-ttl'],
  'setTags is told a number': [({ setTags }) => (setTags(5), 1), {}, {}, 'invalid-option'],
  'setTags is told numbers': [({ setTags }) => (setTags([5]), 1), {}, {}, 'invalid-option'],
  'a size in a cache without sizes': [() => 1, { size: 5 }, {}, 'invalid-option'],
  'cacheIf throws': [() => 1, { cacheIf: fails }, {}, thrown],
  'sizeCalculation throws': [
    () => 1,
    {},
    { maxSize: 10, sizeCalculation: (value) => (value === 1 ? fails() : 1) },
    thrown,
  ],
  'sizeCalculation gives NaN': [
    () => 1,
    {},
    { maxSize: 10, sizeCalculation: (value) => (value === 1 ? NaN : 1) },
    'invalid-size',
  ],
  'the value can’t be cloned': [() => fails, {}, { isolate: 'clone' }, 'not-isolable'],
  'the value can’t be cloned, and isn’t stored': [
    ({ skip }) => (skip(), fails),
    {},
    { isolate: 'clone' },
    'not-isolable',
  ],
  'a clone would be another value, and it isn’t stored': [
    () => page,
    { cacheIf: () => false },
    { isolate: 'clone' },
    'not-isolable',
  ],
  'the value can’t be frozen': [() => new Map(), {}, { isolate: 'freeze' }, 'not-isolable'],
};

const matches = (error, expected) =>
  expected === thrown ? error === thrown : error?.code === expected && error.key === 'k';

/** Ways to load the value of `k`. */
const LOADS = {
  getOrSet: (cache, loader, options) => cache.getOrSet('k', async (context) => loader(context), options),
  refresh: (cache, loader, options) => cache.refresh('k', async (context) => loader(context), options),
  getOrSetMany: (cache, loader, options) =>
    cache.getOrSetMany(['k'], async () => [loader()], options).then(([value]) => value),
};

export default group('after a load', (test) => {
  for (const [what, [loader, options, settings, expected]] of Object.entries(FAILURES)) {
    for (const [how, load] of Object.entries(LOADS)) {
      // The loader of many keys has no context for each.
      if (how === 'getOrSetMany' && loader.length > 0) continue;
      test(`${what}, ${how}: all who wait get the value, it is not stored, and the error is heard once`, async ({
        Cache,
      }) => {
        const told = [];
        const events = (event) => event.type === 'error' && told.push(event);
        const cache = new Cache({ max: 10, ...settings, events });
        const heard = await uncaught(async () => {
          const first = load(cache, loader, options);
          const values = await Promise.all([first, cache.getOrSet('k', assert.fail)]);
          const expectedValue = loader({ setTtl() {}, setTags() {}, skip() {} });
          for (const value of values) assert.deepEqual(value, expectedValue);
          assert.isFalse(cache.has('k'));
          assert.deepEqual(cache.inspect(), []);
        });
        assert.lengthOf(heard, 1);
        assert.isTrue(matches(heard[0], expected), String(heard[0]));
        assert.deepEqual(told, [{ type: 'error', key: 'k', error: heard[0], namespace: [] }]);
      });
    }

    if (what.includes('isn’t stored')) continue;
    test(`${what}: under swr too it is heard, and what there was stays`, ({ Cache }) =>
      withClock(async (clock) => {
        const cache = new Cache({ max: 10, ...settings, swr: 1000 });
        cache.set('k', 'old', { ttl: 100 });
        clock.advance(100);
        const heard = await uncaught(async () => {
          assert.equal(await cache.getOrSet('k', async (context) => loader(context), options), 'old');
          await settled();
          assert.equal(await cache.getOrSet('k', async () => 'next'), 'old');
          await settled();
          assert.equal(cache.get('k'), 'next');
        });
        assert.lengthOf(heard, 1);
      }));
  }

  for (const callback of ['dispose', 'onInsert', 'events']) {
    test(`${callback} throws while a value is stored: it is stored, all who wait get it, and the error is heard once`, async ({
      Cache,
    }) => {
      let armed = false;
      const cache = new Cache({ max: 1, [callback]: (event) => armed && event.type !== 'miss' && fails() });
      cache.set('a', 'old');
      const heard = await uncaught(async () => {
        const load = gated();
        const values = [cache.getOrSet('k', load.loader), cache.getOrSet('k', assert.fail)];
        armed = true;
        load.open('v');
        assert.deepEqual(await Promise.all(values), ['v', 'v']);
        assert.equal(await cache.refresh('k', () => 'w'), 'w');
        armed = false;
        assert.equal(cache.get('k'), 'w');
      });
      // Two loads; `events` is told of the second one's beginning, too.
      assert.lengthOf(heard, callback === 'events' ? 3 : 2);
      for (const error of heard.flatMap((each) => each.errors ?? each)) assert.strictEqual(error, thrown);
    });
  }

  for (const type of ['hit', 'miss', 'load', 'join', 'set', 'fail', 'stale', 'expire', 'fenced', 'takeover', 'error']) {
    test(`a listener that throws when told of ${type}: no caller notices, and it is heard`, ({ Cache }) =>
      withClock(async (clock) => {
        let times = 0;
        const events = (event) => {
          if (event.type === type && (times += 1)) fails();
        };
        const cache = new Cache({ max: 10, grace: 1000, ttl: 100, events });
        const reason = new Error('from the loader');
        const heard = await uncaught(async () => {
          const lock = await cache.lock('locked', { lease: 50 });
          for (const key of ['k', 'k', 'k']) assert.equal(await cache.getOrSet(key, async () => 'v'), 'v');
          assert.deepEqual(await Promise.all([1, 2].map(() => cache.getOrSet('j', async () => 'v'))), ['v', 'v']);
          assert.strictEqual(await failure(cache.getOrSet('bad', async () => Promise.reject(reason))), reason);
          const load = gated();
          const fenced = cache.getOrSet('fenced', load.loader);
          try {
            cache.delete('fenced');
          } catch {}
          load.open('v');
          assert.equal(await fenced, 'v');
          assert.equal(await cache.getOrSet('odd', async () => 'v', { ttl: () => NaN }), 'v');
          clock.advance(100);
          assert.equal(await cache.getOrSet('k', async () => Promise.reject(reason)), 'v', 'within grace');
          clock.advance(5000);
          assert.equal(await cache.getOrSet('k', async () => 'w'), 'w', 'the expired one has left');
          const [value] = await Promise.all([cache.getOrSet('locked', async () => 'own')]);
          assert.equal(value, 'own');
          await lock.exit();
          await settled();
        });
        assert.isAbove(times, 0);
        const known = heard.filter((error) => error.code !== 'invalid-ttl').flatMap((each) => each.errors ?? each);
        assert.lengthOf(known, times, 'each once');
        for (const error of known) assert.strictEqual(error, thrown);
        assert.deepEqual(cache.inspect(), []);
      }));
  }

  test('the loader’s own error is never hidden by a listener’s', async ({ Cache }) => {
    const cache = new Cache({ max: 10, events: fails });
    const own = new Error('from the loader');
    const heard = await uncaught(async () => {
      for (const loader of [
        () => Promise.reject(own),
        () => {
          throw own;
        },
      ]) {
        const waits = [cache.getOrSet('k', loader), cache.getOrSet('k', loader), cache.getOrSetMany(['k'], loader)];
        for (const error of await Promise.all(waits.map(failure))) assert.strictEqual(error, own);
      }
    });
    assert.isTrue(heard.every((error) => error === thrown));
  });

  test('where nobody listens, and such an error would end the process, it is printed', async ({ Cache }) => {
    if (globalThis.process?.listenerCount?.('uncaughtException') !== 0) return;
    const { error: print } = console;
    const printed = [];
    console.error = (...all) => void printed.push(...all);
    try {
      const cache = new Cache({ max: 10, onInsert: fails });
      assert.equal(await cache.getOrSet('k', () => 'v'), 'v');
      await settled();
    } finally {
      console.error = print;
    }
    assert.deepEqual(printed, [thrown]);
  });

  test('set, get and delete throw what callbacks throw, as ever', async ({ Cache }) => {
    const cache = new Cache({ max: 10, events: fails });
    const heard = await uncaught(() => {
      assert.throws(() => cache.set('k', 1), thrown);
      assert.throws(() => cache.get('k'), thrown);
      void cache.getOrSet('k', assert.fail);
      assert.throws(() => cache.delete('k'), thrown);
    });
    assert.lengthOf(heard, 1, 'the hit of getOrSet');
  });
});
