// Locks of processes over one Redis exclude each other; a process that dies, or stands still, blocks nobody for long.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { once } from 'node:events';
import { RedisServer } from './server.mjs';
import { start } from './start.mjs';

const LEASE = 2000;
/** What a busy machine may take beyond that. */
const SLACK = 6000;

describe('locks of two processes', () => {
  let server;
  let nodes;
  const begin = () => start(server.port, { doubt: 1500, timeout: 1000 }, 0, 'lock-process.mjs');
  before(async () => {
    server = await RedisServer.start();
    nodes = await Promise.all([begin(), begin()]);
  });
  after(async () => {
    for (const { kill } of nodes) kill('SIGKILL');
    await server.stop();
  });

  test('of ten callers in each, one computes, and all get its value', async () => {
    const callers = Array.from({ length: 20 }, (_, caller) =>
      nodes[caller % 2]('compute', { key: 'crowd', value: `by ${caller}`, takes: 300, lease: 30_000 }),
    );
    const answers = await Promise.all(callers);
    assert.equal(answers.filter(({ began }) => began !== undefined).length, 1);
    assert.equal(new Set(answers.map(({ value }) => value)).size, 1);
  });

  test('no two compute at the same time, whoever clears the value meanwhile', async () => {
    const runs = [];
    const worker = async (node, name) => {
      for (let round = 0; round < 8; round += 1) {
        runs.push(await node('compute', { key: 'turns', value: `${name} ${round}`, takes: 20, lease: 30_000 }));
        await node('clear', { key: 'turns' });
      }
    };
    await Promise.all(nodes.map(worker));
    const computed = runs.filter(({ began }) => began !== undefined).sort((one, other) => one.began - other.began);
    assert.ok(computed.length >= 8, `${computed.length} of 16`);
    for (const [index, { began }] of computed.entries()) {
      if (index > 0) assert.ok(began >= computed[index - 1].ended, 'two compute at the same time');
    }
  });

  test('a holder that is killed: the other takes over when its lease is over', async () => {
    const [, other] = nodes;
    const victim = await begin();
    const isHolding = once(victim.child, 'message');
    void victim('compute', { key: 'killed', value: 'never', takes: 0, lease: LEASE, doesHang: true });
    await isHolding;
    victim.kill('SIGKILL');
    const begun = performance.now();
    const { value } = await other('compute', { key: 'killed', value: 'new', takes: 0, lease: LEASE });
    const took = performance.now() - begun;
    assert.equal(value, 'new');
    assert.ok(took > LEASE / 2 && took < LEASE + SLACK, `${took} ms`);
  });

  test('a holder that stands still for longer than its lease: its late result stays nowhere', async () => {
    const [sleeper, other] = nodes;
    const isHolding = once(sleeper.child, 'message');
    const late = sleeper('compute', { key: 'slow', value: 'late', takes: 200, lease: LEASE });
    await isHolding;
    sleeper.kill('SIGSTOP');
    assert.equal((await other('compute', { key: 'slow', value: 'new', takes: 0, lease: LEASE })).value, 'new');
    await other('stats');
    sleeper.kill('SIGCONT');
    // Its own caller may get it, or hear that the lock was lost.
    await late.catch((error) => assert.match(String(error), /lock-lost|turn was taken/));
    await sleeper('stats');
    for (const node of nodes) assert.equal((await node('get', { key: 'slow' })).value, 'new');
  });
});
