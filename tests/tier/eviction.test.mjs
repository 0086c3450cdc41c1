// What a store in Redis does when the server has not enough memory.

import assert from 'node:assert';
import { describe, test } from 'node:test';
import { Node, within } from './nodes.mjs';
import { RedisServer } from './server.mjs';

const KIND = 'ioredis';

async function start(context, options) {
  const server = await RedisServer.start(options);
  context.after(() => server.stop());
  const node = await Node.connect(context, KIND, server.port);
  return { server, node, call: (...command) => node.client.call(...command) };
}

/** Numbers in a row that look random, the same in each run. */
function* numbers() {
  for (let state = 7; ;) yield (state = (state * 48271) % 2147483647);
}

describe('memory that is full', { concurrency: true }, () => {
  for (const key of ['', 'm0', 'm1', 'f']) {
    test(`the key "${key}" may be evicted: nothing that is invalid comes back`, async (context) => {
      const { node, call } = await start(context);
      const since = await node.position();
      // So that both hashes have marks: the first mark of each round changes them.
      await node.drop(['a'], { keep: 1 });
      await node.drop(['b'], { keep: 1 });
      await node.write('c', 'c', await node.position());
      const before = await node.drop(['tag'], { keep: 1 });
      await node.put('d', 'd');
      assert.equal(await call('DEL', `{faults}:${key}`), 1);
      for (const id of ['a', 'b', 'c']) assert.equal(await node.write(id, 'old', since), 'fenced', id);
      assert.equal(
        await node.write('c', 'old', before),
        key === '' || key === 'f' ? (key === '' ? 'fenced' : 'stored') : 'fenced',
      );
      const news = await node.changes(since);
      assert.equal(news.isTrimmed, key === '' || key === 'f');
      assert.equal(news.epoch === since.epoch, key !== '');
      const after = await node.position();
      assert.equal(await node.write('a', 'new', after), 'stored');
      assert.equal(await node.get('a'), 'new');
      const { sequence } = await node.drop(['a']);
      assert.equal(await node.get('a'), undefined);
      const told = await node.changes(after);
      assert.deepEqual([told.isTrimmed, told.changes.map((change) => change.sequence)], [false, [sequence]]);
    });
  }

  for (const policy of ['allkeys-random', 'allkeys-lru', 'volatile-random']) {
    test(`${policy}: nothing that is invalid comes back, whatever is evicted`, async (context) => {
      const { node, call } = await start(context, { maxmemory: '2mb', 'maxmemory-policy': policy });
      const random = numbers();
      const pick = (count) => random.next().value % count;
      /** The state of the source, and what it was when the last invalidation was acknowledged. */
      const [source, acknowledged] = [new Map(), new Map()];
      const epochs = new Set();
      let hits = 0;
      const step = async () => {
        const id = `${pick(60)}`;
        const since = await node.position();
        epochs.add(since.epoch);
        const version = source.get(id) ?? 0;
        if (pick(3) === 0) {
          source.set(id, version + 1);
          await node.drop([id]);
          acknowledged.set(id, Math.max(acknowledged.get(id) ?? 0, version + 1));
        }
        // Some of these loads are late: the source has changed meanwhile.
        await node.write(id, `${version} ${'x'.repeat(20_000 + pick(60_000))}`, since);
        const least = acknowledged.get(id) ?? 0;
        const value = await node.get(id);
        if (value === undefined) return;
        hits += 1;
        assert.ok(
          Number.parseInt(value, 10) >= least,
          `${id}: expected version ${least} or later, got ${Number.parseInt(value, 10)}`,
        );
      };
      for (let round = 0; round < 60; round += 1) await Promise.all(Array.from({ length: 8 }, step));
      const evicted = Number(/evicted_keys:(\d+)/.exec(await call('INFO', 'stats'))[1]);
      context.diagnostic(`${evicted} keys were evicted, ${epochs.size} epochs, ${hits} hits`);
      assert.ok(evicted > 50, `${evicted} keys were evicted`);
      assert.ok(hits > 20, `${hits} hits`);
      if (policy.startsWith('volatile')) assert.equal(epochs.size, 1, 'only records are evicted');
      if (policy === 'allkeys-random') assert.ok(epochs.size > 1, 'the counter has been evicted, too');
    });
  }

  test('noeviction: what does not fit is refused as a whole, and reads go on', async (context) => {
    const { node, call } = await start(context, { 'maxmemory-policy': 'noeviction' });
    const since = await node.put('a', 'a');
    await call('CONFIG', 'SET', 'maxmemory', '1mb');
    const signal = () => within(5000);
    const isFull = { message: /OOM/ };
    await assert.rejects(node.write('b', 'b', since), isFull);
    await assert.rejects(node.put('a', 'new'), isFull);
    await assert.rejects(node.drop(['a']), isFull);
    await assert.rejects(node.store.turn('a', { lease: 1000, node: 'n' }, signal()), isFull);
    await assert.rejects(node.store.renew(since.epoch, 0, signal()), isFull);
    const position = await node.position();
    assert.deepEqual([position.epoch, position.sequence], [since.epoch, since.sequence], 'nothing has happened');
    assert.equal(await node.get('a'), 'a');
    assert.equal((await node.changes(since)).changes.length, 0);
    await call('CONFIG', 'SET', 'maxmemory', '0');
    await node.drop(['a']);
    assert.equal(await node.get('a'), undefined);
  });
});
