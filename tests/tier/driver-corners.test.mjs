// Corners of the tier: what callers give up, what fails for one key alone, what is closed, and what takes long.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Unreliable, failure, inWorld, sleep } from './caches.mjs';
import { Cache, CacheError, InMemoryCache, MemoryStore, tier } from './sources.mjs';

const NEWS = 20;
const never = () => assert.fail('a loader was called');

test(
  'getOrSetMany: who gives up while the store is asked rejects at once, and nothing else happens',
  inWorld(async (world) => {
    const { cache, link } = world.node();
    link.delay = 100;
    const began = world.time.now;
    const controller = new AbortController();
    const load = (keys) => keys.map(() => 'loaded');
    const calls = [
      failure(cache.getOrSetMany(['a', 'b'], load, { hardTimeout: 5 })),
      failure(cache.getOrSetMany(['c', 'd'], load, { signal: controller.signal })),
    ];
    await sleep(5);
    controller.abort(new Error('enough'));
    const [timeout, abort] = await Promise.all(calls);
    assert.deepEqual([timeout.code, abort.message], ['load-timeout', 'enough']);
    assert.ok(world.time.now - began < 20, `${world.time.now - began} ms`);
    await sleep(1000);
  }),
);

test(
  'getOrSetMany waits for nobody else’s look into the store',
  inWorld(async (world) => {
    const { cache, link } = world.node();
    cache.set('a', 1);
    link.delay = 150;
    const other = cache.getOrSet('other', world.loader());
    const began = world.time.now;
    assert.deepEqual(await cache.getOrSetMany(['a'], never), [1]);
    assert.ok(world.time.now - began < 10);
    await other;
  }),
);

test(
  'what was read is not kept beside memory',
  inWorld(async (world) => {
    const { cache, tier } = world.node({}, { max: 5 });
    const value = 'x'.repeat(10_000);
    for (let key = 0; key < 20; key += 1) cache.set(key, value);
    await tier.settled();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const size = () => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return (heapUsed + arrayBuffers) / 2 ** 20;
    };
    for (let round = 0; round < 20; round += 1) await cache.getOrSet(round % 20, never);
    const before = size();
    for (let round = 0; round < 3000; round += 1) await cache.getOrSet(round % 20, never);
    // 3,000 values are 29 MB.
    assert.ok(size() - before < 15, `${size() - before} MB more`);
  }),
);

test(
  'what waits when the cache is closed has one more try, and is not passed over in silence',
  inWorld(async (world) => {
    const [a, b, c] = [world.node(), world.node({ hardTimeout: 100 }), world.node()];
    a.cache.set('k', 'old');
    await a.tier.settled();
    a.cache.delete('k');
    const settled = a.tier.settled();
    a.cache.close();
    await settled;
    assert.equal(await c.cache.getOrSet('k', world.loader('new')), 'new');
    b.link.calls = 'refused';
    b.cache.delete('k');
    b.cache.close();
    await sleep(500);
    const error = await failure(b.tier.settled());
    assert.match(error.message, /1 changes were lost/);
  }),
);

test(
  'results of locks of ACA-Py’s classes are refused when they are out of date',
  inWorld(async (world) => {
    const link = new Unreliable(world.store);
    const second = tier(link);
    const cache = new InMemoryCache({ tier: second });
    const other = world.node();
    await cache.get('warm');
    // It doesn't hear of the removal in time.
    link.blocked.add('changes');
    await sleep(2000);
    const lock = await cache.lock('k');
    other.cache.delete('k');
    await other.tier.settled();
    await lock.setResult('old', 60);
    await lock.exit();
    await second.settled();
    assert.equal(await other.cache.getOrSet('k', world.loader('new')), 'new');
    cache.close();
  }),
);

for (const [what, first, then] of [
  ['delete, then expire', (cache) => cache.delete('k'), (cache) => cache.expire('k')],
  ['deleteByTag, then expireByTag', (cache) => cache.deleteByTag('t'), (cache) => cache.expireByTag('t')],
  ['set, then expire', (cache) => cache.set('k', 'new'), (cache) => cache.expire('k')],
]) {
  test(
    `${what}: the softer change does not take the place of the one that has failed`,
    inWorld(async (world) => {
      const [a, b] = [world.node({ hardTimeout: 50 }), world.node({}, { swr: 60_000 })];
      a.cache.set('k', 'old', { tags: ['t'] });
      await a.tier.settled();
      a.link.blocked = new Set(['put', 'drop']);
      first(a.cache);
      await sleep(5);
      then(a.cache);
      await failure(a.tier.settled());
      a.link.blocked.clear();
      await sleep(20_000);
      await a.tier.settled();
      assert.notEqual(await b.cache.getOrSet('k', world.loader('loaded')), 'old');
    }),
  );
}

test(
  'a removal reaches an entry that is older than a look into the store which came after it',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node({}, { ttl: 50, grace: 60_000 })];
    a.cache.set('k', 'old');
    await a.tier.settled();
    await b.cache.getOrSet('k', never, { ttl: 50 });
    b.cache.set('l', 'old');
    await b.tier.settled();
    await sleep(100);
    b.link.returns.changes = 300;
    const fails = async () => {
      throw new Error('down');
    };
    a.cache.delete('l');
    await a.tier.settled();
    // It may still serve what it has: the news are not here.
    await b.cache.getOrSet('l', fails).catch(() => {});
    await sleep(5000);
    assert.equal((await failure(b.cache.getOrSet('l', fails))).message, 'down');
  }),
);

test(
  'a load that knows of a removal goes on when the news of it come',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    await b.cache.getOrSet('warm', world.loader());
    b.link.returns.changes = 30;
    await sleep(4000);
    a.cache.delete('k');
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('k', world.loader('new', 100)), 'new');
    await b.tier.settled();
    assert.equal(b.cache.get('k'), 'new');
    assert.equal(await a.cache.getOrSet('k', never), 'new');
  }),
);

/** The processor's time for 5,000 values of the store, with as many other changes under way, or with none. */
async function costOfMany(isBusy) {
  const store = new MemoryStore();
  const entries = (name) => Array.from({ length: 5000 }, (_, index) => [`${name} ${index}`, name]);
  const keys = entries('stored').map(([key]) => key);
  const before = tier(store);
  const writer = new Cache({ max: 20_000, tier: before }).setMany(entries('stored'));
  await before.settled();
  writer.close();
  const link = new Unreliable(store);
  const second = tier(link);
  const cache = new Cache({ max: 20_000, tier: second });
  try {
    await cache.getOrSet('first', () => 1);
    await second.settled();
    link.delays = { put: 1000, drop: 1000 };
    if (isBusy) cache.setMany(entries('changed'));
    await sleep(1);
    const begun = process.cpuUsage();
    const values = await cache.getOrSetMany(keys, () => assert.fail('all are in the store'));
    const { user, system } = process.cpuUsage(begun);
    assert.deepEqual(new Set(values), new Set(['stored']));
    assert.equal(second.stats().queued === 5000, isBusy, 'under way until the end');
    return user + system;
  } finally {
    cache.close();
  }
}

test('thousands of changes under way hold up no look into the store', async () => {
  await costOfMany(false);
  const [alone, busy] = [await costOfMany(false), await costOfMany(true)];
  // To look through all that is under way for each key takes many times as long.
  assert.ok(busy < 4 * alone + 100_000, `${busy} µs, ${alone} without changes`);
});

test(
  'one value that the store always refuses holds up no other change',
  inWorld(async (world) => {
    const [a, b] = [world.node({ breaker: { after: 1000 } }), world.node()];
    b.cache.set('tagged', 'old', { tags: ['t'] }).set('big', 'old');
    await b.tier.settled();
    await a.cache.getOrSet('warm', world.loader());
    const { put } = a.link;
    a.link.put = async (id, ...rest) => {
      if (id.endsWith('big')) throw new Error('too large');
      return put(id, ...rest);
    };
    a.cache.set('big', 'new');
    a.cache.deleteByTag('t');
    a.cache.set('other', 1);
    await sleep(500);
    await sleep(NEWS);
    assert.equal(await b.cache.getOrSet('tagged', world.loader('loaded')), 'loaded');
    for (let round = 0; round < 5; round += 1) {
      a.cache.set('other', round);
      await sleep(5000);
    }
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('big', world.loader('loaded')), 'loaded', 'it is invalidated in the end');
  }),
);

test(
  'settled waits for what was changed before, and not for what comes later',
  inWorld(async (world) => {
    const { cache, tier } = world.node();
    cache.set('first', 1);
    let isSettled = false;
    const settled = tier.settled().then(() => (isSettled = true));
    for (let index = 0; index < 100 && !isSettled; index += 1) {
      cache.set(`k ${index}`, index);
      await sleep(1);
    }
    assert.ok(isSettled);
    await settled;
  }),
);

test(
  'a value that reaches the store late has no longer life for it',
  inWorld(async (world) => {
    const [a, b] = [world.node({ hardTimeout: 50, breaker: { after: 1000 } }), world.node()];
    await a.cache.getOrSet('warm', world.loader());
    a.link.calls = 'refused';
    a.cache.set('k', 'short', { ttl: 300 }).set('l', 'long', { ttl: 30_000 });
    await failure(a.tier.settled());
    const began = world.time.now;
    await sleep(3000);
    a.link.calls = 'answered';
    await sleep(6000);
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('k', world.loader('loaded')), 'loaded');
    assert.equal(await b.cache.getOrSet('l', never), 'long');
    const left = 30_000 - (world.time.now - began);
    assert.ok(b.cache.getRemainingTTL('l') <= left, `${b.cache.getRemainingTTL('l')} of ${left}`);
  }),
);

// By real timers, which take what is too long for one millisecond.
test('durations without end are no short ones', async () => {
  const link = new Unreliable(new MemoryStore());
  link.delay = 20;
  const second = tier(link, { timeout: Infinity, hardTimeout: Infinity, doubt: Infinity, lease: 2 ** 40 });
  const cache = new Cache({ max: 10, tier: second });
  assert.equal(await cache.getOrSet('k', () => 'loaded'), 'loaded');
  await second.settled();
  assert.deepEqual([second.stats().failures, second.stats().writes, second.state], [0, 1, 'ok']);
  cache.close();
});

test(
  'pull: a feed that hangs holds no load up for longer than the time limit',
  inWorld(async (world) => {
    const [a, b] = [world.node({ feed: 'pull', timeout: 50, hardTimeout: 5000 }), world.node()];
    b.cache.set('k', 'value');
    await b.tier.settled();
    await a.cache.getOrSet('warm', world.loader());
    a.link.blocked.add('changes');
    a.link.delays.put = 3000;
    for (const change of [() => {}, () => a.cache.set('l', 1)]) {
      change();
      const began = world.time.now;
      assert.equal(await a.cache.getOrSet(`m ${began}`, world.loader('loaded', 1)), 'loaded');
      assert.ok(world.time.now - began < 60, `${world.time.now - began} ms`);
    }
  }),
);

test(
  'waitUntil that throws fails no call',
  inWorld(async (world) => {
    const waitUntil = () => {
      throw new Error('no request');
    };
    const a = world.node({ waitUntil });
    a.cache.set('k', 1);
    assert.equal(a.cache.get('k'), 1);
    assert.equal(await a.cache.getOrSet('l', world.loader('loaded')), 'loaded');
    await a.tier.settled();
    assert.ok(a.events.some(({ error }) => error?.message === 'no request'));
  }),
);

test(
  'a refresh whose value the codec can’t hold ends the store’s old one',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    a.cache.set('k', 'v1');
    await a.tier.settled();
    await a.cache.refresh('k', async () => new Map());
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('k', () => 'loaded'), 'loaded');
  }),
);

test(
  'no hit makes a value live longer than the store lets it',
  inWorld(async (world) => {
    assert.throws(() => world.node({}, { updateAgeOnGet: true }), { code: 'invalid-option' });
    const [a, b] = [world.node({ feed: 'pull', doubt: 200 }), world.node()];
    b.cache.set('k', 'old');
    await b.tier.settled();
    await a.cache.getOrSet('k', never);
    assert.equal(a.cache.touch('k', { ttl: 60_000 }), true);
    assert.ok(a.cache.getRemainingTTL('k') <= 200);
  }),
);

test('options that can’t be are refused, and a tier serves one cache', () => {
  const make = (options, store = new MemoryStore()) => new InMemoryCache({ tier: tier(store, options) });
  for (const [name, value] of Object.entries({
    timeout: 0,
    hardTimeout: '5',
    doubt: -1,
    feed: 'push',
    flight: true,
    breaker: { after: 0 },
    queue: 1.5,
    keep: NaN,
    codec: JSON,
    schema: {},
    waitUntil: 1,
    events: {},
    unknown: 1,
  })) {
    assert.throws(
      () => make({ [name]: value }),
      (error) =>
        error instanceof CacheError &&
        error.code === 'invalid-option' &&
        error.message.includes(name === 'breaker' ? 'after' : name),
      name,
    );
  }
  const second = tier(new MemoryStore());
  const first = new InMemoryCache({ tier: second });
  assert.throws(() => new InMemoryCache({ tier: second }), { code: 'invalid-option' });
  assert.throws(() => new InMemoryCache({ tier: {} }), { code: 'invalid-option' });
  first.close();
});
