// A cluster of three servers.

import { Cluster } from 'ioredis';
import assert from 'node:assert';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCluster } from 'redis';
import { Node } from './nodes.mjs';
import { RedisServer } from './server.mjs';
import { redis } from './sources.mjs';

const PREFIXES = ['one', 'two', 'three', '{four}', 'five:{tag}:'];

test('a cluster keeps each prefix in one of its servers', async (context) => {
  const options = { 'cluster-enabled': 'yes', 'cluster-node-timeout': 5000 };
  const servers = await Promise.all([0, 1, 2].map(() => RedisServer.start(options)));
  context.after(() => Promise.all(servers.map((server) => server.stop())));
  const bounds = [0, 5461, 10_923, 16_384];
  for (const [index, server] of servers.entries()) {
    await server.send('CLUSTER', 'ADDSLOTSRANGE', bounds[index], bounds[index + 1] - 1);
    await server.send('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }
  for (const server of servers.slice(1)) await servers[0].send('CLUSTER', 'MEET', '127.0.0.1', server.port);
  const probe =
    "return redis.call('CLUSTER','INFO'):match('cluster_state:(%a+)')..redis.call('CLUSTER','INFO'):match('cluster_known_nodes:(%d)')";
  for (let attempt = 0; ; attempt += 1) {
    const states = await Promise.all(servers.map((server) => server.send('EVAL', probe, 0).catch(String)));
    if (states.every((state) => state.endsWith('ok3'))) break;
    if (attempt === 200) throw new Error(`the cluster does not start: ${states}`);
    await sleep(50);
  }

  const nodes = servers.map(({ port }) => ({ host: '127.0.0.1', port }));
  const ioredis = new Cluster(nodes);
  const nodeRedis = createCluster({ rootNodes: nodes.map(({ host, port }) => ({ url: `redis://${host}:${port}` })) });
  nodeRedis.on('error', () => {});
  await nodeRedis.connect();
  context.after(() => (ioredis.disconnect(), nodeRedis.destroy()));
  for (const prefix of PREFIXES) {
    const [first, second] = [ioredis, nodeRedis].map((client) => new Node(redis(client, { prefix })));
    for (const [node, other] of [
      [first, second],
      [second, first],
    ]) {
      const since = await node.position();
      assert.equal(await node.write('a', prefix, since), 'stored');
      assert.equal(await other.get('a'), prefix);
      const position = await node.position();
      const news = node.changes(position, 10_000);
      await sleep(100);
      const { sequence } = await other.drop(['a', 'tag']);
      assert.equal((await news).changes[0].sequence, sequence);
      assert.equal(await node.write('a', 'old', since), 'fenced');
    }
  }
  const sizes = await Promise.all(servers.map((server) => server.send('DBSIZE')));
  assert.ok(sizes.filter((size) => size !== ':0').length > 1, 'prefixes are in different servers');
});
