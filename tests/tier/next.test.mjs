// Several servers of Next over one store: by the interface that Next calls. A build of Next itself is in tests/matrix.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENTS } from './clients.mjs';
import { RedisServer } from './server.mjs';
import { Cache, MemoryStore, nextCodec, nextHandler, redis, tier } from './sources.mjs';

/** Another server's result counts as a little older than it is, so it may be refused that shortly after an update. */
const AFTER = 300;
const HOUR = 3_600_000;
const clockOf = (ahead) => () => performance.timeOrigin + performance.now() + ahead;
const clock = clockOf(0);

/** The handler where the clock is some milliseconds ahead. */
async function handlerOf(ahead) {
  if (ahead === 0) return nextHandler;
  const script = readFileSync(new URL('../../target/tier/next.mjs', import.meta.url), 'utf8');
  const { performance: own } = globalThis;
  const other = `const performance = { now: () => globalThis.performance.now(), timeOrigin: ${own.timeOrigin + ahead} };`;
  const module = Buffer.from(`${other}\n${script}`).toString('base64');
  return (await import(`data:text/javascript;base64,${module}`)).nextHandler;
}

/** A server: a handler over a store, whose clock is some milliseconds ahead. */
async function serverOf(store, ahead = 0) {
  const second = tier(store, { codec: nextCodec, doubt: 2000 });
  const cache = new Cache({ maxSize: 1_000_000, tier: second });
  const handler = (await handlerOf(ahead))(cache, second);
  return {
    cache,
    handler,
    set: async (key, text, more = {}) => {
      const entry = { tags: ['t'], stale: 30, timestamp: clockOf(ahead)(), expire: 100_000, revalidate: 900, ...more };
      await handler.set(key, Promise.resolve({ value: new Response(text).body, ...entry }));
      await second.settled();
    },
    /** As Next reads: a result that its path's tags have overtaken is none. */
    get: async (key, softTags = []) => {
      await handler.refreshTags();
      const { value, ...entry } = (await handler.get(key, softTags)) ?? {};
      if (value === undefined || entry.timestamp <= (await handler.getExpiration(softTags))) return undefined;
      return { text: await new Response(value).text(), ...entry };
    },
    update: (tags, durations) => handler.updateTags(tags, durations),
  };
}

/** Waits until something has reached another server. */
async function eventually(check, what) {
  for (const end = Date.now() + 5000; ; await sleep(5)) {
    if (await check()) return;
    assert.ok(Date.now() < end, what);
  }
}

function cases(kind, storeOf) {
  const run = (name, body, ahead) =>
    test(`${kind}: ${name}`, async () => {
      const servers = await Promise.all(
        [0, ahead ?? 0, 0].map(async (each, index) => serverOf(await storeOf(name, index), each)),
      );
      try {
        await body(...servers);
      } finally {
        for (const { cache } of servers) cache.close();
      }
    });

  run('a result of one serves the others, byte for byte', async (a, b) => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
    await a.set('k', bytes, { tags: ['t', 'ü'], expire: 0xffff_fffe });
    const { value, ...entry } = await b.handler.get('k', []);
    assert.deepEqual(new Uint8Array(await new Response(value).arrayBuffer()), bytes);
    const { timestamp, ...rest } = entry;
    assert.deepEqual(rest, { tags: ['t', 'ü'], stale: 30, expire: 0xffff_fffe, revalidate: 900 });
    assert.ok(timestamp <= clock() && timestamp > clock() - 5000);
    assert.equal(await b.get('none'), undefined);
    await a.set('empty', '');
    assert.equal((await b.get('empty')).text, '');
  });

  run('a tag that is updated on one server is refused by the others', async (a, b, c) => {
    await a.set('k', 'old');
    await a.set('other', 'other', { tags: ['u'] });
    for (const server of [a, b, c]) assert.equal((await server.get('k')).text, 'old');
    await b.update(['t']);
    assert.equal(b.cache.has('k'), false, 'it is gone where it was updated');
    assert.equal(await b.get('k'), undefined, 'at once where it was updated');
    await eventually(async () => (await a.get('k')) === undefined, 'a has heard of it');
    await eventually(async () => (await c.get('k')) === undefined, 'c has heard of it');
    for (const server of [a, b, c]) assert.equal((await server.get('other')).text, 'other');
    await sleep(AFTER);
    await c.set('k', 'new');
    for (const server of [b, c]) await eventually(async () => (await server.get('k'))?.text === 'new', 'new');
  });

  run(
    'a result of the server that has updated its tag serves the others at once',
    async (a, b, c) => {
      await b.update(['t']);
      await b.set('k', 'new');
      for (const server of [a, b, c]) assert.equal((await server.get('k')).text, 'new');
    },
    HOUR,
  );

  run('what was computed during an update is refused everywhere', async (a, b, c) => {
    const timestamp = clock();
    await sleep(AFTER);
    await b.update(['t']);
    await a.set('k', 'began before', { timestamp });
    for (const server of [b, c]) assert.equal(await server.get('k'), undefined);
    await eventually(async () => (await a.get('k')) === undefined, 'a has heard of it');
  });

  run('a soft update lets results serve once more, until it is due', async (a, b, c) => {
    await a.set('k', 'old');
    assert.equal((await b.get('k')).revalidate, 900);
    await sleep(2);
    await c.update(['t'], { expire: 3 });
    await eventually(async () => (await b.get('k'))?.revalidate === -1, 'stale on b');
    await eventually(async () => (await b.get('k')) === undefined, 'gone on b');
    await eventually(async () => (await a.get('k')) === undefined, 'gone on a');
  });

  run('a path that is revalidated on one server is refused by the others', async (a, b, c) => {
    const path = ['_N_T_/page'];
    await a.set('k', 'old');
    for (const server of [a, b, c]) assert.equal((await server.get('k', path)).text, 'old');
    await sleep(2);
    await b.update(path);
    assert.equal(await b.get('k', path), undefined);
    await eventually(async () => (await a.get('k', path)) === undefined, 'a');
    await eventually(async () => (await c.get('k', path)) === undefined, 'c');
    await sleep(AFTER);
    await c.set('k', 'new');
    for (const server of [b, c]) await eventually(async () => (await server.get('k', path))?.text === 'new', 'new');
  });

  for (const hours of [-1, 1]) {
    run(
      `clocks that are ${hours} h apart change nothing`,
      async (a, b) => {
        const path = ['_N_T_/page'];
        await b.set('k', 'old');
        const { timestamp } = await a.get('k', path);
        assert.ok(Math.abs(clock() - timestamp) < 5000, `the age is that of the store's clock: ${clock() - timestamp}`);
        await sleep(AFTER);
        await a.update(path);
        assert.equal(await a.get('k', path), undefined);
        await eventually(async () => (await b.get('k', path)) === undefined, 'b has heard of it');
        await sleep(AFTER);
        await b.set('k', 'new');
        await eventually(async () => (await a.get('k', path))?.text === 'new', 'a takes the new one');
        assert.equal((await b.get('k', path)).text, 'new');
      },
      hours * HOUR,
    );
  }
}

describe('Next over a store in memory', () => {
  const stores = new Map();
  cases('memory', (name) => {
    if (!stores.has(name)) stores.set(name, new MemoryStore());
    return stores.get(name);
  });
});

describe('Next over Redis', () => {
  let server;
  let nodes;
  before(async () => {
    server = await RedisServer.start();
    nodes = await Promise.all([0, 1, 2].map(() => CLIENTS.redis(server.port)));
  });
  after(async () => {
    for (const { close } of nodes) close();
    await server.stop();
  });
  cases('Redis', (name, index) => redis(nodes[index].client, { prefix: name }));

  test('without its store, a server computes for itself', async () => {
    const other = await RedisServer.start();
    const { client, close } = await CLIENTS.redis(other.port);
    const { cache, set, get, update } = await serverOf(redis(client, { prefix: 'alone' }));
    await set('k', 'one');
    await other.kill();
    const begun = performance.now();
    assert.equal((await get('k')).text, 'one');
    await update(['t']);
    assert.equal(await get('k'), undefined);
    assert.equal(await get('none'), undefined);
    assert.ok(performance.now() - begun < 10_000);
    cache.close();
    close();
    await other.stop();
  });
});

test('Next: the codec refuses what is damaged', () => {
  const good = nextCodec.encode({ timestamp: 1, tags: [], bytes: Uint8Array.of(10, 0, 255).buffer });
  assert.deepEqual([...new Uint8Array(nextCodec.decode(good).bytes)], [10, 0, 255]);
  assert.equal(nextCodec.decode(nextCodec.encode({ expired: 1, stale: 2 })).bytes, undefined);
  for (const bad of [[], [10], [123], [255, 10]]) assert.throws(() => nextCodec.decode(Uint8Array.from(bad)));
});
