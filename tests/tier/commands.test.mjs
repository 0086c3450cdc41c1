// What each operation costs the server, and what it leaves there.

import { Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import assert from 'node:assert';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KINDS, Node, within } from './nodes.mjs';
import { RedisServer } from './server.mjs';
import { redis } from './sources.mjs';

const soon = () => within(60_000);

describe('commands', { concurrency: true }, () => {
  for (const kind of KINDS) {
    test(`${kind}: each operation is one command`, async (context) => {
      const server = await RedisServer.start();
      context.after(() => server.stop());
      const node = await Node.connect(context, kind, server.port);
      const { store } = node;
      const since = await node.position();
      const options = { lease: 1000, node: 'n' };
      const operations = [
        () => store.read(['a', 'b', 'c'], soon()),
        () => node.write('a', 'a', since),
        () => node.put('a', 'a'),
        () => node.drop(['a', 'b']),
        () => node.changes(since),
        () => store.renew('x', 0, soon()),
        () => store.turn('a', options, soon()),
        () => store.endTurn('a', 1, soon()),
      ];
      const count = async () =>
        Number(
          (
            await server.send(
              'EVAL',
              "local n=0 for c in redis.call('INFO','commandstats'):gmatch('cmdstat_evalsha:calls=(%d+)')do n=n+c end return n",
              0,
            )
          ).slice(1),
        );
      // The first of each teaches the server its script.
      for (const operation of operations) await operation();
      for (const operation of operations) {
        const before = await count();
        await operation();
        assert.equal((await count()) - before, 1, String(operation));
      }
    });
  }

  test('only records and turns have lives, and marks that are over take no memory', async (context) => {
    const server = await RedisServer.start();
    context.after(() => server.stop());
    const node = await Node.connect(context, 'ioredis', server.port);
    const call = (...command) => node.client.call(...command);
    for (let round = 0; round < 6; round += 1) {
      await Promise.all(Array.from({ length: 200 }, (_, index) => node.drop([`${round} ${index}`], { keep: 100 })));
      await sleep(150);
    }
    const fields = (await call('HLEN', '{faults}:m0')) + (await call('HLEN', '{faults}:m1'));
    assert.ok(fields <= 2 * 200 + 2 + 200, `${fields} marks of 1,200 are kept`);
    await node.put('a', 'a', { life: 1000 });
    for (const key of ['', 'm0', 'm1', 'f']) assert.equal(await call('PTTL', `{faults}:${key}`), -1, key);
    assert.ok((await call('PTTL', '{faults}:r:a')) > 0);
  });

  test('a hard mark of a record removes it, a soft one does not', async (context) => {
    const server = await RedisServer.start();
    context.after(() => server.stop());
    const node = await Node.connect(context, 'ioredis', server.port);
    await node.put('a', 'a');
    await node.store.drop(['a'], { soft: true, keep: 1000 }, soon());
    assert.equal(await node.client.exists('{faults}:r:a'), 1);
    await node.drop(['a']);
    assert.equal(await node.client.exists('{faults}:r:a'), 0);
  });

  test('100,000 marks at once', async (context) => {
    const server = await RedisServer.start();
    context.after(() => server.stop());
    for (const kind of KINDS) {
      const node = await Node.connect(context, kind, server.port);
      const names = Array.from({ length: 100_000 }, (_, index) => `tag ${index}`);
      const since = await node.position();
      await node.write('a', 'a', since, { concerns: names });
      assert.equal(await node.get('a'), 'a');
      const { sequence } = await node.drop(names);
      assert.equal(await node.get('a'), undefined);
      assert.equal((await node.changes({ ...since, sequence: sequence - 1 })).changes[0].marks.length, 100_000);
    }
  });

  test('a client that refuses commands until it is connected can listen, too', async (context) => {
    const server = await RedisServer.start();
    context.after(() => server.stop());
    for (const Client of [Redis, Valkey]) {
      const client = new Client(server.port, { enableOfflineQueue: false });
      context.after(() => client.disconnect());
      await once(client, 'ready');
      // Asking from time to time would be too late.
      const node = new Node(redis(client, { prefix: 'strict', poll: 50_000 }));
      const position = await node.position();
      const begun = performance.now();
      const news = node.changes(position, 50_000);
      await sleep(300);
      const { sequence } = await node.drop(['a']);
      assert.equal((await news).changes[0].sequence, sequence);
      assert.ok(performance.now() - begun < 30_000);
    }
  });

  test('what is no client, and options that are wrong', () => {
    for (const client of [undefined, null, 1, 'redis://localhost', {}]) {
      assert.throws(() => redis(client), TypeError, String(client));
    }
    const client = async () => [];
    for (const options of [
      { prefix: '' },
      { prefix: 1 },
      { feedLength: 0 },
      { feedLength: NaN },
      { poll: -1 },
      { poll: '1' },
    ]) {
      assert.throws(() => redis(client, options), TypeError, JSON.stringify(options));
    }
  });

  test('alien data rejects', async (context) => {
    const server = await RedisServer.start();
    context.after(() => server.stop());
    const node = await Node.connect(context, 'ioredis', server.port);
    await node.client.set('{faults}:r:a', 'somebody else has put this here');
    await assert.rejects(node.get('a'), { message: /WRONGTYPE/ });
    const garbage = { eval: async () => 7, evalsha: async () => null };
    await assert.rejects(redis(garbage).read([], soon()));
  });
});
