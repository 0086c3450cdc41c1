// Conditional loads: the loader has the old value, and may say that it is still the current one.

import { assert, failure, group, rejects, settled, sleep, withTime } from './harness.mjs';

/** A source with versions, as HTTP has them. */
function source() {
  const state = { version: 1, requests: [] };
  state.load = async ({ etag, value, setEtag, notModified }) => {
    state.requests.push(etag);
    if (etag === `v${state.version}`) return notModified();
    assert.notEqual(value, `value ${state.version}`);
    setEtag(`v${state.version}`);
    return `value ${state.version}`;
  };
  return state;
}

/** What the loader of a key is given. */
async function contextOf(cache, method, key = 'k', options) {
  let given;
  await cache[method](key, (context) => ((given = context), 'new'), options);
  return given;
}

export default group('conditional loads', (test) => {
  test('a value that the source has not changed starts its life anew', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, ttl: 100, grace: 1000 });
      const registry = source();
      assert.equal(await cache.getOrSet('k', registry.load), 'value 1');
      await sleep(150);
      assert.equal(await cache.getOrSet('k', registry.load), 'value 1');
      assert.equal(cache.getRemainingTTL('k'), 100);
      assert.equal(cache.info('k').etag, 'v1');
      await sleep(150);
      registry.version = 2;
      assert.equal(await cache.getOrSet('k', registry.load), 'value 2');
      assert.equal(cache.info('k').etag, 'v2');
      assert.deepEqual(registry.requests, [undefined, 'v1', 'v1']);
    }));

  test('a fresh value is handed over too: by refresh, and ahead of its expiry', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, ttl: 1000, refreshAhead: 0.5 });
      cache.set('k', 'old', { etag: 'e' });
      await sleep(100);
      const refreshed = await contextOf(cache, 'refresh');
      assert.include(refreshed, { value: 'old', stale: undefined, isStale: false, etag: 'e', age: 100 });
      cache.set('k', 'old', { etag: 'e' });
      await sleep(900);
      let ahead;
      assert.equal(await cache.getOrSet('k', (context) => ((ahead = context), context.notModified())), 'old');
      await settled();
      assert.include(ahead, { value: 'old', stale: undefined, isStale: false, etag: 'e', age: 900 });
      assert.equal(cache.getRemainingTTL('k'), 1000);
      assert.equal(cache.info('k').etag, 'e');
    }));

  test('a stale value has its age, and one without a ttl has none', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, grace: 1000 });
      cache.set('k', 'old', { ttl: 100 });
      await sleep(150);
      const stale = await contextOf(cache, 'getOrSet');
      assert.include(stale, { value: 'old', stale: 'old', isStale: true, etag: undefined, age: 150 });
      cache.set('k', 'old');
      assert.include(await contextOf(cache, 'refresh'), { value: 'old', isStale: false, age: undefined });
      assert.include(await contextOf(cache, 'getOrSet', 'other'), { value: undefined, isStale: false, age: undefined });
    }));

  test('what is too old to be served is not handed over', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, ttl: 100, grace: 100 });
      cache.set('k', 'old', { etag: 'e' });
      await sleep(200);
      assert.include(await contextOf(cache, 'getOrSet'), { value: undefined, stale: undefined, etag: undefined });
    }));

  test('it keeps its tags and its size, unless the load names others', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ maxSize: 100, ttl: 100, grace: 1000 });
      cache.set('k', 'old', { size: 30, tags: ['a'], etag: 'e' });
      await sleep(100);
      assert.equal(await cache.getOrSet('k', ({ notModified }) => notModified(), { size: 5, tags: ['b'] }), 'old');
      assert.deepEqual(cache.tagsOf('k'), ['a']);
      assert.include(cache.info('k'), { size: 30, etag: 'e', isStale: false });
      const load = ({ notModified, setTags, setTtl, setEtag }) => {
        setTags(['c']);
        setTtl(500);
        setEtag('f');
        return notModified();
      };
      await cache.refresh('k', load);
      assert.deepEqual(cache.tagsOf('k'), ['c']);
      assert.include(cache.info('k'), { size: 30, etag: 'f', ttl: 500 });
    }));

  test('without an old value, notModified is refused, and the callers get that error', (context) =>
    withTime(async () => {
      const cache = new context.Cache({ max: 10 });
      const error = await failure(cache.getOrSet('k', ({ notModified }) => notModified()));
      assert.deepEqual([error.code, error.key], ['no-value', 'k']);
      // A loader that knows better goes on.
      const load = ({ notModified }) => {
        try {
          return notModified();
        } catch {
          return 'whole';
        }
      };
      assert.equal(await cache.getOrSet('k', load), 'whole');
    }));

  test('a key that was changed meanwhile does not get the old value back', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, ttl: 100, grace: 1000 });
      for (const change of ['delete', 'expire']) {
        cache.set('k', 'old', { etag: 'e' });
        await sleep(100);
        const wait = cache.getOrSet('k', ({ notModified }) => sleep(5).then(notModified));
        await sleep(1);
        cache[change]('k');
        assert.equal(await wait, 'old');
        assert.isUndefined(cache.get('k'), change);
      }
    }));

  test('an entry that was evicted meanwhile is stored again, whole', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 1, ttl: 100, grace: 1000, policy: 'lru' });
      cache.set('k', 'old', { etag: 'e', tags: ['t'] });
      await sleep(100);
      const wait = cache.getOrSet('k', ({ notModified }) => sleep(5).then(notModified));
      await sleep(1);
      cache.set('other', 1);
      assert.isFalse(cache.has('k'));
      assert.equal(await wait, 'old');
      assert.include(cache.info('k'), { value: 'old', etag: 'e' });
      assert.deepEqual(cache.tagsOf('k'), ['t']);
    }));

  test('a loader that calls notModified and then gives another value has changed its mind', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, ttl: 100, grace: 1000 });
      cache.set('k', 'old', { etag: 'e' });
      await sleep(100);
      const load = ({ notModified }) => {
        notModified();
        return 'new';
      };
      assert.equal(await cache.getOrSet('k', load), 'new');
      assert.isUndefined(cache.info('k').etag);
    }));

  test('an etag belongs to one value: set, delete, eviction and clear forget it, and a dump keeps it', ({ Cache }) => {
    const cache = new Cache({ max: 1 });
    const etagOf = () => cache.info('k')?.etag;
    cache.set('k', 1, { etag: 'e' });
    assert.equal(etagOf(), 'e');
    const dump = cache.dump();
    cache.set('k', 2);
    assert.isUndefined(etagOf());
    cache.set('k', 3, { etag: 'e' });
    cache.set('k', 3, { ttl: 1000 });
    assert.isUndefined(etagOf());
    for (const remove of [() => cache.delete('k'), () => cache.clear(), () => cache.resize(1) ?? cache.take('k')]) {
      cache.set('k', 4, { etag: 'e' });
      remove();
      cache.set('k', 5);
      assert.isUndefined(etagOf());
    }
    cache.load(dump);
    assert.equal(etagOf(), 'e');
  });

  test('an etag that is no string is refused, by set and by a load', async (context) => {
    const cache = new context.Cache({ max: 10, events: () => {} });
    for (const etag of [5, null, {}]) {
      assert.throws(() => cache.set('k', 1, { etag }), /etag/);
      assert.equal(await cache.getOrSet('k', ({ setEtag }) => (setEtag(etag), 'v')), 'v');
      assert.isFalse(cache.has('k'), 'it is not stored');
    }
    await rejects(
      context,
      cache.getOrSet('k', () => 1, { etag: 'e' }),
      'invalid-option',
    );
  });

  test('a source that answers 304 is asked with the etag, by fetch', async ({ Cache }) => {
    if (typeof Response !== 'function') return;
    const cache = new Cache({ max: 10 });
    const asked = [];
    const fetch = async (url, { headers }) => {
      asked.push(headers['If-None-Match']);
      if (headers['If-None-Match'] === '"1"') return new Response(null, { status: 304 });
      return new Response('{"id":"did:example:1"}', { headers: { ETag: '"1"' } });
    };
    const load = async ({ key, etag, value, notModified, setEtag }) => {
      const response = await fetch(key, { headers: value && etag ? { 'If-None-Match': etag } : {} });
      if (response.status === 304) return notModified();
      setEtag(response.headers.get('etag') ?? '');
      return response.json();
    };
    const first = await cache.getOrSet('did:example:1', load);
    const second = await cache.refresh('did:example:1', load);
    assert.equal(second, first);
    assert.deepEqual(asked, [undefined, '"1"']);
  });
});
