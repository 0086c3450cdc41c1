// The tags of an entry that is loaded anew.

import { assert, gated, group, settled, withClock } from './harness.mjs';

const TAGS = ['user:1', 'all'];

/** Ways to load an entry anew that was set with tags: the cache's options, and what brings `newer` into it. */
const RELOADS = {
  'after its expiry': [
    {},
    (cache, clock, options) => (clock.advance(100), cache.getOrSet('k', () => 'newer', options)),
  ],
  'after its expiry, within grace': [
    { grace: 1000 },
    (cache, clock, options) => (clock.advance(100), cache.getOrSet('k', async () => 'newer', options)),
  ],
  'with allowStale': [
    { allowStale: true },
    (cache, clock, options) => (clock.advance(100), cache.getOrSet('k', () => 'newer', options)),
  ],
  'behind, by swr': [
    { swr: 1000 },
    async (cache, clock, options) => {
      clock.advance(100);
      assert.equal(await cache.getOrSet('k', () => 'newer', options), 'old');
    },
  ],
  'behind, by refreshAhead': [
    { refreshAhead: 0.5 },
    async (cache, clock, options) => {
      clock.advance(90);
      assert.equal(await cache.getOrSet('k', () => 'newer', options), 'old');
    },
  ],
  'by refresh': [{}, (cache, _, options) => cache.refresh('k', () => 'newer', options)],
  'by forceFresh': [{}, (cache, _, options) => cache.getOrSet('k', () => 'newer', { ...options, forceFresh: true })],
  'with others': [
    {},
    (cache, clock, options) => (clock.advance(100), cache.getOrSetMany(['j', 'k'], () => [1, 'newer'], options)),
  ],
  'by a caller that takes over': [
    {},
    async (cache, clock, options) => {
      clock.advance(100);
      void cache.getOrSet('k', () => new Promise(() => {}), { lease: 10 }).catch(() => {});
      const follower = cache.getOrSet('k', () => 'newer', options);
      clock.advance(20);
      await follower;
    },
  ],
};

export default group('tags of a reload', (test) => {
  for (const [how, [settings, reload]] of Object.entries(RELOADS)) {
    const reloaded = async ({ Cache }, options, check) => {
      for (const where of [(cache) => cache, (cache) => cache.namespace('n')]) {
        await withClock(async (clock) => {
          const cache = new Cache({ max: 10, ttl: 100, ...settings });
          const space = where(cache);
          space.set('k', 'old', { tags: TAGS });
          await reload(space, clock, options);
          await settled();
          assert.equal(space.peek('k'), 'newer');
          check(cache, space);
        });
      }
    };

    test(`${how}: kept, so that deleteByTag finds the entry`, (context) =>
      reloaded(context, {}, (cache, space) => {
        const [[, { tags }]] = cache.dump().filter(([key]) => key === 'k');
        assert.sameMembers(tags, TAGS);
        assert.equal(cache.deleteByTag('user:1'), 1);
        assert.isFalse(space.has('k'));
      }));

    test(`${how}: the option tags comes first, and no tags are none`, async (context) => {
      await reloaded(context, { tags: ['other'] }, (cache) => {
        assert.equal(cache.deleteByTags(TAGS), 0);
        assert.equal(cache.deleteByTag('other'), 1 + Number(how === 'with others'));
      });
      await reloaded(context, { tags: [] }, (cache) => assert.equal(cache.deleteByTags(TAGS), 0));
    });
  }

  test('setTags comes first, and set drops them', async ({ Cache }) => {
    const cache = new Cache({ max: 10 }).set('k', 'old', { tags: TAGS });
    await cache.refresh('k', ({ setTags }) => (setTags([]), 'newer'));
    assert.equal(cache.deleteByTags(TAGS), 0);
    cache.set('k', 'old', { tags: TAGS }).set('k', 'newer');
    assert.equal(cache.deleteByTags(TAGS), 0);
    assert.equal(cache.get('k'), 'newer');
  });

  test('a tag that is invalidated during the reload: the value isn’t stored', ({ Cache }) =>
    withClock(async (clock) => {
      for (const settings of [{}, { swr: 1000 }]) {
        const cache = new Cache({ max: 10, ttl: 100, ...settings }).set('k', 'old', { tags: TAGS });
        clock.advance(100);
        const load = gated();
        const got = cache.getOrSet('k', load.loader);
        cache.deleteByTag('user:1');
        load.open('newer');
        await got;
        await settled();
        assert.isFalse(cache.has('k'), 'logged out everywhere');
      }
    }));
});
