// Redis tells what may have lost something: another server takes over, or the same one comes back.

import { Cluster, Redis } from 'ioredis';
import assert from 'node:assert';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Node, within } from './nodes.mjs';
import { RedisServer } from './server.mjs';
import { redis } from './sources.mjs';

async function start(context, options) {
  const server = await RedisServer.start(options);
  context.after(() => server.stop());
  return server;
}

/** Tries until it goes well. */
async function eventually(work) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(50);
    }
  }
}

const connect = (context, server) => Node.connect(context, 'ioredis', server.port);

for (const [how, options] of Object.entries({
  'with nothing': {},
  'with a snapshot': { save: '3600 1' },
  'with a log': { appendonly: 'yes', appendfsync: 'always' },
})) {
  test(`a server that restarts ${how} has a new epoch`, async (context) => {
    const server = await start(context, options);
    const node = await connect(context, server);
    await node.put('a', 'old');
    if (options.save) await server.send('SAVE');
    const known = await node.put('a', 'new');
    await server.kill();
    await server.restart();
    const position = await eventually(() => node.position(within(1000)));
    assert.notEqual(position.epoch, known.epoch);
    // The counter of the snapshot and the one of the log are still there.
    assert.ok(how === 'with nothing' ? position.sequence <= 1 : position.sequence >= known.sequence - 1);
    assert.equal(await node.get('a'), undefined);
    assert.equal(await node.write('a', 'late', known), 'fenced');
    assert.equal((await node.changes(known)).isTrimmed, true);
    // One new epoch, and not one with each call.
    await node.put('a', 'newest');
    assert.equal(await node.get('a'), 'newest');
    assert.equal((await node.position()).epoch, position.epoch);
  });
}

test('a server that counts as far as the one that was lost has another epoch all the same', async (context) => {
  const first = await start(context, { 'repl-diskless-sync-delay': 0 });
  const replica = await start(context);
  await replica.send('REPLICAOF', '127.0.0.1', first.port);
  const node = await connect(context, first);
  await node.put('a', 'old');
  await eventually(async () => assert.equal(await replica.send('EXISTS', '{faults}:r:a'), ':1'));
  // From here on, the replica gets nothing.
  await replica.send('REPLICAOF', '127.0.0.1', 1);
  const known = await node.put('a', 'new');
  await first.kill();
  await replica.send('REPLICAOF', 'NO', 'ONE');
  const promoted = await connect(context, replica);
  const { epoch, sequence } = await promoted.drop(['b']);
  assert.equal(sequence, known.sequence);
  assert.notEqual(epoch, known.epoch);
  assert.equal(await promoted.get('a'), undefined);
  assert.equal(await promoted.write('a', 'late', known), 'fenced');
});

test('a replica that joins, or leaves, costs at most one new epoch', async (context) => {
  const first = await start(context, { 'repl-diskless-sync-delay': 0 });
  const node = await connect(context, first);
  const epochs = new Set();
  const look = async () => epochs.add((await node.position()).epoch);
  await look();
  for (let count = 0; count < 2; count += 1) {
    const replica = await start(context);
    await replica.send('REPLICAOF', '127.0.0.1', first.port);
    await eventually(async () => assert.equal(await first.send('WAIT', 1, 1000), ':1'));
    await look();
    await replica.kill();
    await look();
  }
  // With its first replica, a server begins a history of its data.
  assert.ok(epochs.size <= 2, `${epochs.size} epochs`);
});

test('a cluster that fails over has a new epoch', async (context) => {
  const options = { 'cluster-enabled': 'yes', 'cluster-node-timeout': 2000, 'repl-diskless-sync-delay': 0 };
  const [first, replica] = await Promise.all([start(context, options), start(context, options)]);
  await first.send('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
  await first.send('CLUSTER', 'MEET', '127.0.0.1', replica.port);
  const id = (await first.send('EVAL', "return redis.call('CLUSTER','NODES'):match('(%w+) [^\\n]*myself')", 0)).split(
    '\r\n',
  )[1];
  await eventually(() => replica.send('CLUSTER', 'REPLICATE', id));
  const client = new Cluster([{ host: '127.0.0.1', port: first.port }]);
  context.after(() => client.disconnect());
  const node = new Node(redis(client));
  const known = await eventually(() => node.put('a', 'a'));
  await eventually(async () => assert.notEqual(await replica.send('DBSIZE'), ':0'));
  await eventually(() => replica.send('CLUSTER', 'FAILOVER', 'TAKEOVER'));
  // Until the old server hears of it, it answers.
  const position = await eventually(async () => {
    const found = await node.position(within(1000));
    assert.notEqual(found.epoch, known.epoch);
    return found;
  });
  assert.equal(await node.get('a'), undefined);
  assert.equal(await node.write('a', 'late', known), 'fenced');
  assert.equal(await node.write('a', 'new', position), 'stored');
  assert.equal(await node.get('a'), 'new');
});

test('without the right to ask for the history, the store works, and keeps its epoch', async (context) => {
  const server = await start(context);
  await server.send('ACL', 'SETUSER', 'plain', 'on', 'nopass', '~*', '+@all', '-info');
  // The client itself asks for it as well, unless it is told not to.
  const client = new Redis({ port: server.port, username: 'plain', password: 'any', enableReadyCheck: false });
  context.after(() => client.disconnect());
  const [node, other] = [new Node(redis(client, { prefix: 'faults' })), await connect(context, server)];
  const since = await node.put('a', 'a');
  assert.equal(await node.get('a'), 'a');
  const { epoch } = await node.position();
  assert.equal(epoch, since.epoch);
  // Who may ask makes it an epoch with a history, once.
  const told = await other.position();
  assert.notEqual(told.epoch, epoch);
  assert.deepEqual([(await node.position()).epoch, (await other.position()).epoch], [told.epoch, told.epoch]);
});
