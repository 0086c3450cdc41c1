// Three processes over one Redis, as they run in production: they share values and invalidations, and one failing server.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from './server.mjs';
import { start } from './start.mjs';

const DOUBT = 1500;
const OPTIONS = { doubt: DOUBT, timeout: 150, hardTimeout: 500, breaker: { after: 5, for: 500 } };
/** What a busy machine may take beyond that. */
const SLACK = 3000;

describe('three processes', () => {
  let server;
  let nodes;
  before(async () => {
    server = await RedisServer.start();
    nodes = await Promise.all([1, 2, 3].map(() => start(server.port, OPTIONS)));
  });
  after(async () => {
    for (const { kill } of nodes) kill('SIGKILL');
    await server.stop();
  });

  test('a value that one has loaded serves all, and an invalidation reaches all', async () => {
    const [a, b, c] = nodes;
    assert.equal((await a('get', { key: 'k', value: 1 })).value, 1);
    await a('settled');
    assert.equal((await b('get', { key: 'k', value: 2 })).value, 1);
    assert.equal((await c('get', { key: 'k', value: 3 })).value, 1);
    assert.deepEqual(await c('delete', { key: 'k' }), { isSettled: true });
    const begun = performance.now();
    while ((await b('peek', { key: 'k' })).value !== undefined) assert.ok(performance.now() - begun < SLACK);
    assert.equal((await a('get', { key: 'k', value: 4 })).value, 4);
  });

  test('10,000 keys are invalidated by their tag while all three load them: nobody keeps an old one', async () => {
    const keys = { from: 0, to: 10_000, tags: ['t'] };
    await Promise.all(nodes.map((node) => node('sweep', { ...keys, version: 1 })));
    const under = nodes.map((node) => node('sweep', { ...keys, version: 2 }));
    await nodes[0]('deleteByTag', { tag: 't' });
    await Promise.all(under);
    await sleep(DOUBT);
    for (const { least } of await Promise.all(nodes.map((node) => node('sweep', { ...keys, version: 3 })))) {
      assert.ok(least >= 2, `version ${least}`);
    }
  });

  test('the server is killed and comes back empty: loads go on, and nothing is old afterwards', async () => {
    const [a, b, c] = nodes;
    await a('set', { key: 'account', value: 'old' });
    for (const node of [b, c]) assert.equal((await node('get', { key: 'account', value: 'own' })).value, 'old');
    await server.kill();
    const { value, took } = await b('get', { key: 'other', value: 'loaded' });
    assert.equal(value, 'loaded');
    assert.ok(took < OPTIONS.timeout + SLACK, `${took} ms`);
    assert.equal((await a('set', { key: 'account', value: 'new' })).isSettled, false);
    await sleep(DOUBT + 500);
    assert.notEqual((await c('peek', { key: 'account' })).value, 'old', 'without news, memory is not believed');
    await server.restart();
    const begun = performance.now();
    while (!(await a('settled')).isSettled) {
      assert.ok(performance.now() - begun < 20_000);
      await sleep(50);
    }
    await sleep(DOUBT);
    for (const node of [b, c]) assert.notEqual((await node('get', { key: 'account', value: 'loaded' })).value, 'old');
    assert.equal((await a('stats')).queued, 0);
  });

  test('the server stands still, and goes on: nobody waits for it', async () => {
    const [a, b] = nodes;
    await sleep(1000);
    await a('get', { key: 'still', value: 1 });
    server.signal('SIGSTOP');
    const calls = await Promise.all(
      nodes.map((node, index) => node('get', { key: `still ${index}`, value: 'loaded' })),
    );
    for (const { value, took } of calls) assert.ok(value === 'loaded' && took < OPTIONS.timeout + SLACK, `${took} ms`);
    const change = b('set', { key: 'still', value: 2 });
    assert.equal((await change).isSettled, false);
    server.signal('SIGCONT');
    const begun = performance.now();
    while (!(await b('settled')).isSettled) {
      assert.ok(performance.now() - begun < 20_000);
      await sleep(50);
    }
    await sleep(DOUBT);
    assert.notEqual((await a('get', { key: 'still', value: 3 })).value, 1);
  });
});

test('a crowd of 1,000 callers in three processes: one load', { timeout: 60_000 }, async (context) => {
  const server = await RedisServer.start();
  const options = { ...OPTIONS, timeout: 2000, hardTimeout: 2000, flight: 'store' };
  const nodes = await Promise.all([1, 2, 3].map(() => start(server.port, options)));
  context.after(async () => {
    for (const { kill } of nodes) kill('SIGKILL');
    await server.stop();
  });
  const answers = await Promise.all(
    nodes.map((node, index) => node('crowd', { key: 'k', callers: 334, value: index, takes: 300 })),
  );
  const values = new Set(answers.flatMap(({ values }) => values));
  assert.equal(values.size, 1, 'all have the value of one');
  assert.equal(
    answers.reduce((sum, { loads }) => sum + loads, 0),
    1,
  );

  // The one that loads dies: another one takes over when its lease is over.
  const [a, b] = await Promise.all([1, 2].map(() => start(server.port, { ...options, lease: 500 })));
  nodes.push(a, b);
  const lost = a('get', { key: 'l', value: 'lost', takes: 60_000 });
  lost.catch(() => {});
  await sleep(200);
  a.kill('SIGKILL');
  const { value, took } = await b('get', { key: 'l', value: 'taken over' });
  assert.equal(value, 'taken over');
  assert.ok(took < 500 + SLACK, `${took} ms`);
});

test(
  'three processes want many keys, in other orders: each is loaded once, in few calls',
  { timeout: 60_000 },
  async (context) => {
    const server = await RedisServer.start();
    const options = { ...OPTIONS, timeout: 5000, hardTimeout: 5000, flight: 'store', lease: 20_000 };
    const nodes = await Promise.all([1, 2, 3].map(() => start(server.port, options)));
    context.after(async () => {
      for (const { kill } of nodes) kill('SIGKILL');
      await server.stop();
    });
    const keys = Array.from({ length: 300 }, (_, index) => `many ${index}`);
    const orders = [keys, [...keys].reverse(), [...keys.slice(150), ...keys.slice(0, 150)]];
    const begun = performance.now();
    const answers = await Promise.all(
      nodes.map((node, index) => node('many', { keys: orders[index], value: index, takes: 200 })),
    );
    assert.ok(performance.now() - begun < 200 + 5 * SLACK, 'nobody waits for a lease to end');
    const calls = answers.map(({ calls }) => calls);
    assert.deepEqual(calls.flat(2).sort(), [...keys].sort(), 'each once');
    for (const own of calls) assert.ok(own.length <= 2, `${own.map(({ length }) => length)} keys per call`);
    const [values, ...others] = answers.map((answer, index) =>
      orders[index].map((key, at) => [key, answer.values[at]]),
    );
    for (const other of others) assert.deepEqual(new Map(other), new Map(values));
    context.diagnostic(
      `keys per call: ${calls.map((own) => own.map(({ length }) => length).join(' and ') || 'none').join(', ')}`,
    );
  },
);
