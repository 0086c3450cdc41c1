// A Keyv as a store of the second tier: over a Map, and over Redis by an adapter that has only what it must.

import assert from 'node:assert/strict';
import Keyv from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { EventEmitter } from 'node:events';
import { after, before, describe, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENTS } from './clients.mjs';
import { RedisServer } from './server.mjs';
import { Cache, keyv, storeSuite, tier } from './sources.mjs';

const VERSIONS = { 5: Keyv, 6: Keyv6 };
const LONG = 600_000;
const signal = new AbortController().signal;
const toRecord = (id, text, concerns = [], life = LONG) => ({
  data: new TextEncoder().encode(text),
  concerns: [id, ...concerns],
  life,
});
const read = async (store, id) => {
  const [record] = (await store.read([id], signal)).records;
  return record && new TextDecoder().decode(record.data);
};
const write = (store, id, text, since, ...more) => store.write(id, toRecord(id, text, ...more), { since }, signal);
const put = (store, id, text, ...more) => store.put(id, toRecord(id, text, ...more), { keep: LONG }, signal);
const drop = (store, marks, soft = false) => store.drop(marks, { soft, keep: LONG }, signal);
const position = (store) => store.read([], signal);

/** An adapter with no more than Keyv asks for. What it keeps is in a map, under its own form of a key. */
class Adapter extends EventEmitter {
  opts = {};
  values = new Map();
  constructor(toOwn = (key) => key) {
    super();
    this.toOwn = toOwn;
  }
  async get(key) {
    return this.values.get(this.toOwn(key));
  }
  async set(key, value) {
    this.values.set(this.toOwn(key), value);
    return true;
  }
  async delete(key) {
    return this.values.delete(this.toOwn(key));
  }
  async clear() {
    this.values.clear();
  }
}

/** The same in Redis. */
class RedisAdapter extends Adapter {
  constructor(client, prefix) {
    super();
    [this.client, this.prefix] = [client, prefix];
  }
  async get(key) {
    return (await this.client.get(this.prefix + key)) ?? undefined;
  }
  async set(key, value) {
    await this.client.set(this.prefix + key, value);
    return true;
  }
}

function rules(name, make) {
  const capabilities = { fence: false, feed: false, flight: false };
  for (const { name: rule, run } of storeSuite(make, { capabilities })) test(`${name}, ${rule}`, run);
}

const wait = (milliseconds) => sleep(milliseconds);

for (const [version, Version] of Object.entries(VERSIONS)) {
  describe(`Keyv ${version}`, { concurrency: 12 }, () => {
    const over = (values, options) => keyv(new Version({ store: values, ...options }));
    const make = (values, options) => ({ store: over(values, options), other: over(values, options), wait });

    rules(`Keyv ${version} over a map`, () => make(new Map(), { ttl: 1, namespace: 'app' }));
    rules(`Keyv ${version} over an adapter`, () => make(new Adapter()));

    test(`Keyv ${version}: what was invalidated while it was loaded stays away`, async () => {
      const values = new Map();
      const [store, other] = [over(values), over(values)];
      for (const mark of ['a', 'tag']) {
        const since = await position(store);
        await drop(other, [mark]);
        await write(store, 'a', 'late', since, ['tag']);
        assert.equal(await read(other, 'a'), undefined, mark);
      }
      const since = await position(store);
      await put(other, 'a', 'set');
      await write(store, 'a', 'late', since);
      assert.equal(await read(store, 'a'), undefined);
      await wait(2);
      await write(store, 'a', 'new', await position(store), ['tag']);
      assert.equal(await read(other, 'a'), 'new');
    });

    test(`Keyv ${version}: a load right after a change of the same node's is valid`, async () => {
      const store = over(new Map());
      for (let round = 0; round < 100; round += 1) {
        await drop(store, ['tag']);
        await write(store, 'a', `${round}`, await position(store), ['tag']);
        assert.equal(await read(store, 'a'), `${round}`);
      }
    });

    test(`Keyv ${version}: soft marks let a record expire, and hide no hard one`, async () => {
      const store = over(new Map());
      await write(store, 'a', 'a', await position(store), ['tag']);
      const { sequence, now } = await drop(store, ['tag'], true);
      const [record] = (await store.read(['a'], signal)).records;
      assert.deepEqual([record.soft, record.since < sequence], [sequence, true]);
      assert.ok(Math.abs(record.softAt - now) <= 1);
      const since = await position(store);
      await drop(store, ['tag']);
      await drop(store, ['tag'], true);
      await write(store, 'a', 'late', since, ['tag']);
      assert.equal(await read(store, 'a'), undefined);
    });

    test(`Keyv ${version}: a value that is set late is stored only if nothing has changed`, async () => {
      const values = new Map();
      const [store, other] = [over(values), over(values)];
      const late = async (ifSince) =>
        (await store.put('a', toRecord('a', 'late', ['tag']), { keep: LONG, ifSince }, signal)).result;
      const since = await position(store);
      await drop(other, ['tag']);
      assert.equal(await late(since), 'fenced');
      await wait(2);
      assert.equal(await late(await position(store)), 'stored');
    });

    test(`Keyv ${version}: an error of the adapter is no missing mark`, async () => {
      const fails = () => Promise.reject(new Error('down'));
      const silent = (adapter) => async () => void adapter.emit('error', new Error('down'));
      for (const many of [false, true]) {
        for (const kind of ['throws', 'tells']) {
          const adapter = new Adapter();
          if (many) adapter.getMany = (keys) => Promise.all(keys.map((key) => adapter.get(key)));
          const store = over(adapter);
          await put(store, 'a', 'a');
          adapter.get = kind === 'throws' ? fails : silent(adapter);
          await assert.rejects(read(store, 'a'), /down/, `${kind}, ${many}`);
          adapter.set = adapter.get;
          await assert.rejects(drop(store, ['a']), /down/);
          delete adapter.get;
          assert.equal(await read(store, 'a'), 'a');
        }
      }
      const adapter = new Adapter();
      adapter.set = async () => false;
      await assert.rejects(put(over(adapter), 'a', 'a'), /false/);
    });

    test(`Keyv ${version}: an adapter that mixes names up never gives another's value`, async () => {
      const adapter = new Adapter((key) => key.toLowerCase());
      const store = over(adapter);
      await put(store, 'a', 'a');
      assert.equal(await read(store, 'A'), undefined);
      await drop(store, ['A']);
      assert.equal(await read(store, 'a'), undefined);
    });

    test(`Keyv ${version}: keys are short, and plain`, async () => {
      const adapter = new Adapter();
      const store = over(adapter);
      for (const id of ['', 'a b\n', '\ud800', 'ü'.repeat(50), 'x'.repeat(10_000)]) {
        await put(store, id, id.slice(0, 10));
        assert.equal(await read(store, id), new TextDecoder().decode(new TextEncoder().encode(id.slice(0, 10))));
      }
      assert.equal(adapter.values.size, 10);
      for (const key of adapter.values.keys()) assert.match(key, /^[!-~]{1,106}$/);
    });

    test(`Keyv ${version}: what is damaged is missing`, async () => {
      const keyv5 = new Version({ store: new Map() });
      const store = keyv(keyv5);
      const keys = [];
      const { set } = keyv5;
      keyv5.set = (key, ...more) => (keys.push(key), set.call(keyv5, key, ...more));
      await put(store, 'a', 'a');
      for (const key of [...keys]) {
        const good = await keyv5.get(key);
        for (const bad of ['=', '=null\n', '=[1]\nx', ':', '=["a",1,null,7]\nx', '="a"\n', 7, null, {}]) {
          await set.call(keyv5, key, bad);
          const value = await read(store, 'a');
          // A mark that is no text is missing, as it is for Keyv.
          if (typeof bad === 'string') assert.equal(value, undefined, `${key}: ${bad}`);
        }
        await set.call(keyv5, key, good);
      }
      assert.equal(await read(store, 'a'), 'a');
    });

    test(`Keyv ${version}: two caches`, async () => {
      const values = new Map();
      const tiers = [0, 1].map(() => tier(over(values), { doubt: 1000 }));
      const [first, second] = tiers.map((each) => new Cache({ max: 10, tier: each }));
      await first.getOrSet('ada', async () => ({ name: 'Ada' }), { tags: ['users'] });
      await tiers[0].settled();
      assert.deepEqual(await second.getOrSet('ada', () => assert.fail()), { name: 'Ada' });
      assert.deepEqual(tiers[1].stats().capabilities, { fence: false, feed: false, flight: false });
      first.deleteByTag('users');
      await tiers[0].settled();
      // Without a feed, the other memory is believed for `doubt`.
      assert.deepEqual(second.get('ada'), { name: 'Ada' });
      await wait(1100);
      assert.equal(await second.getOrSet('ada', async () => 'anew'), 'anew');
      for (const cache of [first, second]) cache.close();
    });
  });
}

test('Keyv: a clock that is ahead misses an invalidation', async () => {
  const values = new Map();
  const [store, ahead] = [0, 1].map(() => keyv(new Keyv({ store: values })));
  const since = await position(store);
  const clock = mock.method(Date, 'now', () => since.now + 60_000);
  const late = await position(ahead);
  clock.mock.restore();
  await drop(store, ['a']);
  await write(ahead, 'a', 'late', late);
  assert.equal(await read(store, 'a'), 'late');
});

test('Keyv: a clock that goes back keeps the order of its own changes', async () => {
  const store = keyv(new Keyv());
  await drop(store, ['a']);
  const { now, sequence } = await position(store);
  const clock = mock.method(Date, 'now', () => now - 60_000);
  await drop(store, ['a']);
  const later = await position(store);
  clock.mock.restore();
  assert.ok(later.sequence > sequence);
});

test('Keyv: wrong arguments', () => {
  for (const wrong of [undefined, null, {}, new Map(), { getMany() {}, getRaw() {}, set() {} }]) {
    assert.throws(() => keyv(wrong), TypeError);
  }
});

describe('Keyv over Redis', { concurrency: 12 }, () => {
  let server;
  let nodes;
  let count = 0;
  before(async () => {
    server = await RedisServer.start();
    nodes = await Promise.all([CLIENTS.ioredis(server.port), CLIENTS.ioredis(server.port)]);
  });
  after(async () => {
    for (const { close } of nodes) close();
    await server.stop();
  });
  rules('Keyv 5 over Redis', () => {
    const prefix = `test ${(count += 1)}:`;
    const [store, other] = nodes.map(({ client }) => keyv(new Keyv({ store: new RedisAdapter(client, prefix) })));
    return { store, other, wait };
  });
});
