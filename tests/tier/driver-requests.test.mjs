// Requests that end and take along what they have asked, and their timers, as on workerd.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWorld, sleep } from './caches.mjs';

const never = () => assert.fail('a loader was called');

/** Runs a part of a test as a request that ends while calls of these kinds are under way: no answer, no time limit. */
async function ended({ link }, kinds, run) {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (call, delay) => (delay < 50 ? setTimeout(call, delay) : 0);
  kinds.forEach((kind) => link.blocked.add(kind));
  run();
  await sleep(10);
  globalThis.setTimeout = setTimeout;
  link.blocked.clear();
}

test(
  'those who load many afterwards wait for nothing that it has asked',
  inWorld(async (world) => {
    const node = world.node({ flight: 'store' });
    const calls = [];
    const loader = async (keys) => {
      calls.push(keys);
      return keys.map((key) => `value of ${key}`);
    };
    await node.cache.getOrSetMany(['before'], loader);
    for (const kind of ['read', 'turn']) {
      await ended(node, [kind], () => node.cache.getOrSet(`gone with its ${kind}`, never).catch(() => {}));
      const begun = world.time.now;
      await node.cache.getOrSetMany([`${kind} 1`, `${kind} 2`], loader);
      assert.ok(world.time.now - begun < 200, `${world.time.now - begun} ms`);
      assert.deepEqual(calls.at(-1), [`${kind} 1`, `${kind} 2`]);
    }
  }),
);

test(
  'its changes reach the store with those of a later request',
  inWorld(async (world) => {
    const [a, b] = [1, 2].map(() => world.node({ hardTimeout: 500 }));
    await b.cache.getOrSet('gone', async () => 'old');
    await b.tier.settled();
    await a.cache.getOrSet('gone', never);
    await ended(a, ['put', 'drop'], () => {
      a.cache.set('set', 'by it');
      a.cache.delete('gone');
    });
    assert.ok(a.tier.stats().queued > 0);
    await sleep(3000);
    a.cache.set('later', 1);
    await a.tier.settled();
    assert.equal(a.tier.stats().queued, 0);
    assert.equal(await b.cache.getOrSet('later', never), 1);
    assert.equal(await b.cache.getOrSet('gone', async () => 'new'), 'new');
    assert.equal(await b.cache.getOrSet('set', never), 'by it');
  }),
);

test(
  'later requests ask for news again',
  inWorld(async (world) => {
    const [a, b] = [1, 2].map(() => world.node({ feed: 'pull', timeout: 300, doubt: 60_000 }));
    await a.cache.getOrSet('k', async () => 'old');
    await a.tier.settled();
    await ended(a, ['changes'], () => a.cache.getOrSet('gone', async () => 1).catch(() => {}));
    await sleep(2000);
    b.cache.delete('k');
    await b.tier.settled();
    await a.cache.getOrSet('another', async () => 1);
    assert.equal(a.cache.peek('k'), undefined, 'deleted by b, as the news say');
  }),
);
