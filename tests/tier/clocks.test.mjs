// Processes whose clocks are hours apart, over one Redis: no clock of one machine is compared with another's.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from './server.mjs';
import { start } from './start.mjs';

const DOUBT = 1500;
const OPTIONS = { doubt: DOUBT, timeout: 2000, hardTimeout: 2000 };
const HOUR = 3_600_000;
/** What a busy machine may take beyond that. */
const SLACK = 3000;

describe('clocks that are an hour ahead and an hour behind', { timeout: 180_000 }, () => {
  let server;
  let nodes;
  const run = async (options) => Promise.all([1, -1, 0].map((hours) => start(server.port, options, hours)));
  const end = (processes) => processes.forEach(({ kill }) => kill('SIGKILL'));
  before(async () => {
    server = await RedisServer.start();
    nodes = await run(OPTIONS);
  });
  after(async () => {
    end(nodes);
    await server.stop();
  });

  test('they are', async () => {
    const clocks = await Promise.all(nodes.map((node) => node('clock')));
    const ahead = clocks.map(({ now }) => now - Date.now());
    for (const [index, hours] of [1, -1, 0].entries()) assert.ok(Math.abs(ahead[index] - hours * HOUR) < SLACK);
  });

  test('a value lives for as long as the store says, wherever it was loaded', async () => {
    const ttl = 4000;
    for (const [index, first] of nodes.entries()) {
      const key = `of ${index}`;
      const begun = performance.now();
      const passed = () => performance.now() - begun;
      await first('get', { key, value: 'first', ttl });
      await first('settled');
      const written = passed();
      for (const at of [0, ttl / 2]) {
        await sleep(Math.max(0, at - passed()));
        for (const node of nodes) {
          const { value } = await node('get', { key, value: 'too early', ttl });
          if (passed() < ttl) assert.equal(value, 'first', `after ${passed()} of ${ttl} ms`);
        }
      }
      await sleep(written + ttl + 50 - passed());
      for (const node of nodes) assert.equal((await node('peek', { key })).value, undefined);
      assert.equal((await nodes[(index + 1) % 3]('get', { key, value: 'second', ttl })).value, 'second');
    }
  });

  test('an invalidation reaches all, also of what is being loaded, and without news nobody is believed', async () => {
    for (const [index, writer] of nodes.entries()) {
      const key = `invalidated ${index}`;
      for (const node of nodes) await node('get', { key, value: 'old' });
      const [, late] = nodes.filter((node) => node !== writer);
      const loading = late('get', { key: `${key}, late`, value: 'old', takes: 500 });
      await sleep(200);
      assert.deepEqual(await writer('delete', { key }), { isSettled: true });
      assert.deepEqual(await writer('delete', { key: `${key}, late` }), { isSettled: true });
      await loading;
      await sleep(DOUBT);
      for (const node of nodes) {
        assert.equal((await node('get', { key, value: 'new' })).value, 'new');
        assert.equal((await node('get', { key: `${key}, late`, value: 'new' })).value, 'new');
      }
    }
    server.signal('SIGSTOP');
    await sleep(DOUBT + 500);
    for (const node of nodes) assert.equal((await node('peek', { key: 'invalidated 0' })).value, undefined);
    server.signal('SIGCONT');
  });

  test('one loads for all, and its lease is as long as the store says', async (context) => {
    const lease = 2000;
    const sharing = await run({ ...OPTIONS, flight: 'store', lease });
    context.after(() => end(sharing));
    const answers = await Promise.all(
      sharing.map((node, index) => node('crowd', { key: 'k', callers: 50, value: index, takes: 500 })),
    );
    assert.equal(
      answers.reduce((sum, { loads }) => sum + loads, 0),
      1,
    );
    // Whoever holds the turn dies: nobody takes over before its lease is over, whichever way their clocks are wrong.
    for (const [index, holder] of sharing.slice(0, 2).entries()) {
      const others = sharing.filter((node) => node !== holder && node.child.exitCode === null && !node.child.killed);
      const key = `dies ${index}`;
      holder('get', { key, value: 'lost', takes: 60_000 }).catch(() => {});
      await sleep(500);
      const begun = performance.now();
      holder.kill('SIGKILL');
      const [{ value }] = await Promise.all(others.map((node) => node('get', { key, value: 'taken over' })));
      const took = performance.now() - begun;
      assert.equal(value, 'taken over');
      assert.ok(took > lease - 1000 && took < lease + SLACK, `${took} ms`);
    }
  });
});
