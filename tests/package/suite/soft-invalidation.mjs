// Soft invalidation: entries expire at once, and their values may still serve while they are loaded anew.

import { assert, failure, gated, group, random, refuses, settled, sleep, withTime } from './harness.mjs';

export default group('soft invalidation', (test) => {
  test('an entry that was made to expire serves within swr and grace while one caller loads', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, ttl: 1000, swr: 100, grace: 500 });
      cache.set('k', 'old');
      assert.isTrue(cache.expire('k'));
      assert.isUndefined(cache.get('k'));
      assert.isFalse(cache.has('k'));
      assert.isFalse(cache.expire('k'), 'it has expired already');
      const load = gated();
      assert.equal(await cache.getOrSet('k', load.loader), 'old', 'within swr');
      load.open('new');
      await settled();
      assert.equal(cache.get('k'), 'new');

      cache.expire('k');
      await sleep(100);
      const fails = () => Promise.reject(new Error('down'));
      assert.equal(await cache.getOrSet('k', fails), 'new', 'within grace');
      await sleep(400);
      assert.equal((await failure(cache.getOrSet('k', fails))).message, 'down', 'after it');
    }));

  test('it works in the same turn of the event loop, with any clock, with and without a ttl', ({ Cache }) => {
    for (const options of [{}, { ttl: 1000 }, { clock: 'exact' }, { ttl: 1000, clock: 'exact' }, { policy: 'lru' }]) {
      const cache = new Cache({ max: 10, ...options });
      cache.set('a', 1).set('b', 2);
      assert.equal(cache.get('a'), 1);
      assert.isTrue(cache.expire('a'));
      assert.isUndefined(cache.get('a'));
      assert.equal(cache.get('b'), 2);
      cache.set('a', 3);
      assert.equal(cache.get('a'), 3, 'a new value lives');
      if (options.ttl) assert.approximately(cache.info('a').remaining, 1000, 50);
      else assert.equal(cache.getRemainingTTL('a'), Infinity);
    }
  });

  test('without swr and grace, it is gone', async ({ Cache }) => {
    const cache = new Cache({ max: 10, ttl: 1000 });
    cache.set('k', 'old');
    cache.expire('k');
    assert.equal(await cache.getOrSet('k', ({ value }) => value ?? 'new'), 'new');
  });

  test('what is being computed for it is out of date', ({ Cache }) =>
    withTime(async () => {
      const ways = [
        (cache) => cache.expire('k'),
        (cache) => cache.expire(),
        (cache) => cache.expireByTag('t'),
        (cache) => cache.expireByTags(['other', 't']),
      ];
      for (const expire of ways) {
        const cache = new Cache({ max: 10, ttl: 1000, grace: 1000 });
        cache.set('k', 'old', { tags: ['t'] });
        await sleep(1000);
        const load = gated();
        const wait = cache.getOrSet('k', load.loader);
        expire(cache);
        load.open('out of date');
        assert.equal(await wait, 'out of date');
        assert.isUndefined(cache.get('k'), String(expire));
        assert.equal(cache.stats().fenced, 1);
        const lock = await cache.lock('k');
        assert.isFalse(lock.done);
        expire(cache);
        await lock.setResult('out of date, too');
        lock.exit();
        assert.isUndefined(cache.get('k'), String(expire));
      }
    }));

  test('a load with the tag that isn’t stored yet is out of date, and other keys’ loads are not', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10 });
      const [tagged, other] = [gated(), gated()];
      const waits = [cache.getOrSet('tagged', tagged.loader, { tags: ['t'] }), cache.getOrSet('other', other.loader)];
      assert.equal(cache.expireByTag('t'), 0);
      tagged.open(1);
      other.open(2);
      await Promise.all(waits);
      assert.isFalse(cache.has('tagged'));
      assert.equal(cache.get('other'), 2);
    }));

  test('by tag and by namespace: it counts what was alive, and reaches nested namespaces', ({ Cache }) => {
    const cache = new Cache({ max: 100, ttl: 1000, swr: 1000 });
    const outer = cache.namespace('outer');
    const inner = outer.namespace('inner');
    for (const space of [cache, outer, inner]) {
      for (const key of ['a', 'b', 'c']) space.set(key, key, { tags: key === 'c' ? [] : ['t', key] });
    }
    assert.equal(inner.expireByTag('t'), 2);
    assert.equal(outer.expireByTags(['t', 'a']), 2);
    assert.equal(cache.expireByTag('b'), 1);
    assert.equal(cache.expireByTag('nobody has it'), 0);
    assert.deepEqual([...cache.keys()], ['a', 'c']);
    assert.deepEqual([...inner.keys()], ['c']);
    assert.equal(outer.expire(), 2);
    assert.equal(outer.expire(), 0);
    assert.deepEqual([...outer.keys()], []);
    assert.deepEqual([...cache.keys()], ['a', 'c']);
    assert.equal(cache.expire(), 2);
    assert.deepEqual([...cache.keys()], []);
    assert.equal(cache.size, 3, 'they are still there');
    assert.sameMembers(cache.info('a').tags, ['t', 'a']);
    assert.equal(cache.purgeStale({ all: true }), 9);
  });

  test('what has expired already gets no new grace', ({ Cache }) =>
    withTime(async () => {
      for (const expire of [
        (cache) => cache.expire('k'),
        (cache) => cache.expire(),
        (cache) => cache.expireByTag('t'),
      ]) {
        const cache = new Cache({ max: 10, ttl: 100, grace: 100 });
        cache.set('k', 'old', { tags: ['t'] });
        await sleep(150);
        expire(cache);
        await sleep(50);
        assert.equal(await cache.getOrSet('k', ({ value }) => value ?? 'none'), 'none', String(expire));
      }
    }));

  test('the age of what was made to expire goes on', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, ttl: 1000, grace: 1000 });
      cache.set('k', 'old');
      await sleep(300);
      cache.expire('k');
      await sleep(50);
      assert.equal(await cache.getOrSet('k', ({ age }) => age), 350);
    }));

  test('keys that are none are refused, and nothing expires', (context) => {
    const cache = new context.Cache({ max: 10 });
    cache.set('k', 1);
    for (const key of [undefined, null, {}, true]) refuses(context, () => cache.expire(key), 'invalid-key');
    for (const tags of [undefined, 5, [5]]) refuses(context, () => cache.expireByTags(tags), 'invalid-argument');
    refuses(context, () => cache.expireByTag(5), 'invalid-argument');
    assert.equal(cache.get('k'), 1);
    cache.close();
    for (const expire of [() => cache.expire(), () => cache.expire('k'), () => cache.expireByTag('t')]) {
      refuses(context, expire, 'disposed');
    }
  });

  test('at random: what expires, and nothing else, is gone', ({ Cache, seed }) =>
    withTime(async () => {
      const { below, pick } = random(seed);
      const cache = new Cache({ max: 1000, swr: 1e6 });
      const spaces = [cache, cache.namespace('a'), cache.namespace('a').namespace('b')];
      const model = new Map();
      const alive = (within, isMeant) =>
        [...model].filter(([id, entry]) => Number(id[0]) >= within && entry.isAlive && isMeant(entry, id));
      const expire = (list) => list.forEach(([, entry]) => (entry.isAlive = false));
      for (let step = 0; step < 2000; step += 1) {
        const [at, key] = [below(3), `k${below(20)}`];
        const space = spaces[at];
        const way = pick(['set', 'set', 'set', 'key', 'tag', 'all', 'delete']);
        if (way === 'set') {
          const tags = pick([[], ['x'], ['x', 'y']]);
          space.set(key, step, { tags, ttl: pick([undefined, 1e9]) });
          model.set(`${at}${key}`, { isAlive: true, tags, value: step });
        } else if (way === 'key') {
          const known = alive(at, (_, id) => id === `${at}${key}`);
          assert.equal(space.expire(key), known.length > 0);
          expire(known);
        } else if (way === 'tag') {
          const known = alive(at, ({ tags }) => tags.includes('x'));
          assert.equal(space.expireByTag('x'), known.length);
          expire(known);
        } else if (way === 'all' && below(20) === 0) {
          const known = alive(at, () => true);
          assert.equal(space.expire(), known.length);
          expire(known);
        } else if (way === 'delete') {
          space.delete(key);
          model.delete(`${at}${key}`);
        }
        for (const [id, { isAlive, value }] of model) {
          const found = spaces[Number(id[0])].peek(id.slice(1));
          if (found !== (isAlive ? value : undefined))
            assert.equal(found, isAlive ? value : undefined, `${id}, ${step}`);
        }
      }
    }));
});
