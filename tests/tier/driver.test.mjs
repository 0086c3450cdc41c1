// What a tier does for a cache: values that nodes share, and invalidations that reach all of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, inWorld, sleep } from './caches.mjs';
import { InMemoryCache, tier } from './sources.mjs';

/** Longer than news take. */
const NEWS = 20;
const never = () => assert.fail('a loader was called');

test(
  'a value that one node has loaded serves another',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    assert.equal(await a.cache.getOrSet('k', world.loader(), { tags: ['t'] }), 'load 1');
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('k', never, { pinned: true }), 'load 1');
    assert.deepEqual([b.cache.tagsOf('k'), b.cache.info('k').pinned], [['t'], true]);
    assert.ok(b.cache.getRemainingTTL('k') <= a.cache.getRemainingTTL('k') + 1);
    assert.equal(b.cache.get('k'), 'load 1');
    assert.deepEqual([a.tier.stats().writes, b.tier.stats().hits, b.link.counts.read], [1, 1, 1]);
  }),
);

test(
  'many callers of a key ask the store once, and load once',
  inWorld(async (world) => {
    const { cache, link } = world.node();
    const values = await Promise.all(Array.from({ length: 100 }, () => cache.getOrSet('k', world.loader())));
    assert.ok(values.every((value) => value === 'load 1'));
    assert.equal(link.counts.read, 1);
  }),
);

for (const [how, remove, isGone] of [
  ['delete', (cache) => cache.delete('k')],
  ['take', (cache) => cache.take('k')],
  ['set to undefined', (cache) => cache.set('k', undefined)],
  ['deleteMany', (cache) => cache.deleteMany(['k', 'x'])],
  ['deleteByTag', (cache) => cache.deleteByTag('t')],
  ['clear', (cache) => cache.clear()],
  ['expire(key)', (cache) => cache.expire('k'), false],
  ['expireByTag', (cache) => cache.expireByTag('t'), false],
  ['expire', (cache) => cache.expire(), false],
]) {
  test(
    `${how} reaches the store, and the memory of others`,
    inWorld(async (world) => {
      const [a, b, c] = [world.node(), world.node({}, { grace: 1000 }), world.node()];
      a.cache.set('k', 'old', { tags: ['t'] }).set('other', 'stays');
      await a.tier.settled();
      assert.equal(await b.cache.getOrSet('k', never), 'old');
      await a.cache.getOrSet('k', never);
      remove(a.cache);
      await a.tier.settled();
      await sleep(NEWS);
      assert.equal(b.cache.get('k'), undefined);
      assert.equal(b.cache.peek('k', { allowStale: true }), isGone === false ? 'old' : undefined);
      assert.equal(await c.cache.getOrSet('k', world.loader('new')), 'new');
      await c.tier.settled();
      assert.equal(await a.cache.getOrSet('k', never), 'new');
      if (!['clear', 'expire'].includes(how)) assert.equal(await b.cache.getOrSet('other', never), 'stays');
    }),
  );
}

test(
  'namespaces have keys and tags of their own, and end with those around them',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    const inner = (node) => node.cache.namespace('x').namespace('1:y');
    inner(a).set('k', 1, { tags: ['t'] });
    a.cache.namespace('x').set('k', 2, { tags: ['t'] });
    a.cache
      .set('k', 3, { tags: ['t'] })
      .set(7, 'number')
      .set('7', 'text');
    await a.tier.settled();
    const read = async () => [
      await inner(b).getOrSet('k', () => undefined),
      await b.cache.namespace('x').getOrSet('k', () => undefined),
      await b.cache.getOrSet('k', () => undefined),
    ];
    assert.deepEqual(await read(), [1, 2, 3]);
    assert.deepEqual([await b.cache.getOrSet(7, never), await b.cache.getOrSet('7', never)], ['number', 'text']);
    inner(a).deleteByTag('t');
    await a.tier.settled();
    await sleep(NEWS);
    assert.deepEqual(await read(), [undefined, 2, 3]);
    inner(a).set('k', 4, { tags: ['t'] });
    await a.tier.settled();
    assert.deepEqual(await read(), [4, 2, 3]);
    a.cache.namespace('x').clear();
    await a.tier.settled();
    await sleep(NEWS);
    assert.deepEqual(await read(), [undefined, undefined, 3]);
    a.cache.deleteByTag('t');
    await a.tier.settled();
    await sleep(NEWS);
    assert.deepEqual(await read(), [undefined, undefined, undefined]);
    assert.equal(await b.cache.getOrSet(7, never), 'number');
  }),
);

test(
  'a node’s own changes leave its memory alone when they come by in the feed',
  inWorld(async (world) => {
    const { cache, tier, link } = world.node();
    await cache.getOrSet('first', world.loader());
    cache.set('k', 1, { tags: ['t'] });
    cache.deleteByTag('other');
    await tier.settled();
    await sleep(NEWS);
    assert.equal(cache.get('k'), 1);
    // Also if the news are there before the answer.
    link.returns.put = 50;
    cache.set('k', 2);
    await sleep(100);
    assert.equal(cache.get('k'), 2);
    cache.delete('k');
    const value = cache.getOrSet('k', world.loader('afresh', 30));
    await sleep(NEWS);
    assert.equal(await value, 'afresh');
    assert.equal(cache.get('k'), 'afresh', 'its own removal does not fence the load behind it');
  }),
);

test(
  'a load that began before another node’s invalidation is stored nowhere',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    await b.cache.getOrSet('warm', world.loader());
    const late = a.cache.getOrSet('k', world.loader('old', 50), { tags: ['t'] });
    await sleep(10);
    b.cache.deleteByTag('t');
    await b.tier.settled();
    assert.equal(await late, 'old', 'its own caller gets it');
    await a.tier.settled();
    await sleep(NEWS);
    assert.equal(a.cache.stats().fenced, 1, 'it has heard of it');
    assert.equal(await b.cache.getOrSet('k', world.loader('new')), 'new');
    await b.tier.settled();
    await sleep(NEWS);
    assert.equal(await a.cache.getOrSet('k', never), 'new');
  }),
);

test(
  'a set replaces what others have',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    for (const value of ['one', 'two', 'three']) {
      a.cache.set('k', value);
      await a.tier.settled();
      await sleep(NEWS);
      assert.equal(await b.cache.getOrSet('k', never), value);
    }
    b.cache.update('k', (value) => `${value}!`);
    b.cache.setMany([
      ['l', 1],
      ['m', 2, { ttl: 10 }],
    ]);
    await b.tier.settled();
    await sleep(NEWS);
    assert.equal(await a.cache.getOrSet('k', never), 'three!');
    assert.equal(await a.cache.getOrSet('l', never), 1);
    assert.equal(await a.cache.getOrSet('m', world.loader('expired')), 'expired');
  }),
);

test(
  'changes reach the store in their order, however long each of them takes',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    await a.cache.getOrSet('warm', world.loader());
    a.link.delays.put = 100;
    a.cache.set('k', 'old', { tags: ['t'] });
    a.cache.deleteByTag('t');
    a.cache.set('l', 'new', { tags: ['t'] });
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('k', world.loader('loaded')), 'loaded');
    assert.equal(await b.cache.getOrSet('l', never), 'new');
  }),
);

test(
  'news of a change leave alone what was read after it',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    await a.cache.getOrSet('warm', world.loader());
    a.link.delays.changes = 1500;
    for (let round = 0; round < 10; round += 1) {
      // Sometimes the question is on its way, and sometimes it waits in the store.
      await sleep(300 * round);
      b.cache.set('k', round).set('l', round);
      await b.tier.settled();
      await sleep(NEWS);
      if (a.cache.get('k') !== undefined && a.cache.get('k') !== round) continue;
      assert.equal(await a.cache.getOrSet('k', never), round);
      await sleep(3000);
      assert.equal(a.tier.state, 'ok');
      assert.equal(a.cache.get('k'), round);
      a.cache.delete('k');
      await a.tier.settled();
    }
  }),
);

test(
  'many keys are read in one question, and loaded in one call',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    a.cache.setMany([
      ['a', 1],
      ['b', 2],
    ]);
    await a.tier.settled();
    const asked = [];
    const load = (keys) => (asked.push(keys), keys.map((key) => `loaded ${key}`));
    const values = await b.cache.getOrSetMany(['a', 'x', 'b', 'y'], load);
    assert.deepEqual(values, [1, 'loaded x', 2, 'loaded y']);
    assert.deepEqual(asked, [['x', 'y']]);
    assert.equal(b.link.counts.read, 1);
  }),
);

test(
  'an expired value of the store: served while it is loaded again, or when that fails',
  inWorld(async (world) => {
    const options = { ttl: 100, swr: 1000, grace: 5000 };
    const [a, b, c, d] = Array.from({ length: 4 }, () => world.node({}, options));
    a.cache.set('k', 'old', { etag: '"1"' });
    await a.tier.settled();
    await sleep(500);
    assert.equal(await b.cache.getOrSet('k', world.loader('new')), 'old', 'stale while it is loaded');
    await sleep(NEWS);
    assert.equal(b.cache.get('k'), 'new');
    await b.tier.settled();
    assert.equal(await c.cache.getOrSet('k', never), 'new');
    await sleep(3000);
    const fails = async () => {
      throw new Error('down');
    };
    assert.equal(await d.cache.getOrSet('k', fails), 'new', 'stale since the loader fails');
    assert.equal((await failure(c.cache.getOrSet('k', fails, { grace: 0 }))).message, 'down');
  }),
);

test(
  'a conditional load has the store’s old value and its etag',
  inWorld(async (world) => {
    const [a, b] = [world.node({}, { ttl: 100, grace: 5000 }), world.node({}, { ttl: 100, grace: 5000 })];
    a.cache.set('k', 'old', { etag: '"1"', tags: ['t'] });
    await a.tier.settled();
    await sleep(500);
    const value = await b.cache.getOrSet('k', ({ etag, value, isStale, stale, notModified }) => {
      assert.deepEqual([etag, value, isStale, stale], ['"1"', 'old', true, 'old']);
      return notModified();
    });
    assert.equal(value, 'old');
    assert.equal(b.cache.info('k').etag, '"1"');
  }),
);

test(
  'refresh, forceFresh and refreshAhead load, whatever the store has',
  inWorld(async (world) => {
    const { cache, tier } = world.node();
    cache.set('k', 'old', { ttl: 1000 });
    await tier.settled();
    assert.equal(await cache.refresh('k', world.loader('fresh')), 'fresh');
    assert.equal(await cache.getOrSet('k', world.loader('forced'), { forceFresh: true }), 'forced');
    cache.set('k', 'old', { ttl: 1000 });
    await tier.settled();
    await sleep(950);
    assert.equal(await cache.getOrSet('k', world.loader('ahead'), { refreshAhead: 0.5 }), 'old');
    await sleep(NEWS);
    assert.equal(cache.get('k'), 'ahead');
  }),
);

test(
  'a lock finds what another node has computed, and stores its result for all',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    await a.cache.withLock('k', (lock) => lock.setResult('computed', { tags: ['t'] }));
    await a.tier.settled();
    await b.cache.withLock('k', (lock) => {
      assert.ok(lock.done);
      assert.equal(lock.result, 'computed');
    });
    // Computed from what is out of date by the time that it is stored.
    const lock = await a.cache.lock('other');
    b.cache.delete('other');
    await b.tier.settled();
    await lock.setResult('old');
    await lock.exit();
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('other', world.loader('new')), 'new');
  }),
);

test(
  'a value that the codec can’t hold stays in memory, and the store’s old one goes',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    a.cache.set('k', 'plain');
    await a.tier.settled();
    const map = new Map([[1, 2]]);
    a.cache.set('k', map);
    await a.tier.settled();
    assert.equal(a.cache.get('k'), map);
    assert.equal(await b.cache.getOrSet('k', () => 'own'), 'own');
    const [event] = a.events.filter(({ type }) => type === 'error');
    assert.deepEqual([event.key, /Map/.test(event.error.message)], ['k', true]);
  }),
);

test(
  'ACA-Py’s classes share their values, and locks find what other processes have computed',
  inWorld(async (world) => {
    const [a, b] = [1, 2].map(() => {
      const second = tier(world.store);
      return { cache: new InMemoryCache({ tier: second }), tier: second };
    });
    await a.cache.set('k', { name: 'Ada' }, 60);
    await a.tier.settled();
    assert.deepEqual(await b.cache.get('k'), { name: 'Ada' });
    assert.equal(b.tier.stats().hits, 1);
    assert.deepEqual(await b.cache.get('k'), { name: 'Ada' });
    assert.equal(b.tier.stats().hits, 1, 'memory has it by then');
    const lock = await a.cache.lock('schema');
    await lock.setResult('computed', 600);
    await lock.exit();
    await a.tier.settled();
    const other = await b.cache.lock('schema');
    assert.equal(other.result, 'computed');
    await other.exit();
    const wallet = [a, b].map(({ cache }) => cache.namespace('wallet'));
    await wallet[0].set('k', 'own');
    await a.tier.settled();
    assert.equal(await wallet[1].get('k'), 'own');
    await wallet[0].flush();
    await b.cache.clear('k');
    await Promise.all([a.tier.settled(), b.tier.settled()]);
    await sleep(NEWS);
    assert.deepEqual([await wallet[1].get('k'), await a.cache.get('k')], [undefined, undefined]);
    for (const { cache } of [a, b]) cache.close();
  }),
);

test(
  'a look that is overtaken by a change leaves nothing in memory',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    a.cache.set('k', 'old').set('l', 'stays');
    await a.tier.settled();
    await b.cache.getOrSet('warm', world.loader());
    b.link.returns.read = 50;
    for (const who of [a, b]) {
      const lock = b.cache.lock('k');
      await sleep(10);
      who.cache.delete('k');
      await (await lock).exit();
      assert.equal(b.cache.get('k'), undefined);
      await who.tier.settled();
      a.cache.set('k', 'old');
      await a.tier.settled();
      await sleep(NEWS);
    }
    b.link.returns = {};
    await b.cache.withLock('l', (found) => assert.equal(found.result, 'stays'));
    assert.equal(b.cache.get('l'), 'stays');
  }),
);
