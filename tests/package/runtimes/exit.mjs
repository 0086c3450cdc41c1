// Loads and locks of every kind, with long leases, and a process that has to end by itself: no timer keeps it, and no
// rejection is nobody's.

import assert from 'node:assert';
import { Cache } from 'keylatch';
import { report } from './report.mjs';

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(String(reason?.stack ?? reason)));

process.on('warning', ({ stack }) => unhandled.push(stack));

const never = () => new Promise(() => {});
const fails = () => Promise.reject(new Error('from a loader'));
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const make = (options) => new Cache({ max: 100, lease: 60_000, lockTimeout: 60_000, hardTimeout: 60_000, ...options });

const tests = {
  async 'loads that end'(cache) {
    await Promise.all([1, 2, 3].map(() => cache.getOrSet('k', () => sleep(5))));
    await assert.rejects(cache.getOrSet('k', fails));
    await assert.rejects(cache.getOrSetMany(['k', 'l'], fails, { retry: { times: 1, delay: 1 } }));
  },
  async 'locks that end'(cache) {
    await Promise.all([1, 2, 3].map(() => cache.withLock('k', (lock) => void sleep(5).then(() => lock.token))));
    await cache.withLock('l', (lock) => lock.setResult(1));
  },
  async 'callers that give up'(cache) {
    const controller = new AbortController();
    const { signal } = controller;
    const lock = await cache.lock('locked');
    const waits = [
      cache.getOrSet('k', never, { signal }),
      cache.getOrSet('k', never, { signal }),
      cache.getOrSetMany(['k', 'l'], never, { signal }),
      cache.getOrSet('locked', never, { signal }),
      cache.lock('locked', { signal }),
      cache.getOrSet('retried', fails, { signal, retry: { times: 5, delay: 60_000 } }),
    ].map((promise) => assert.rejects(promise));
    await sleep(5);
    controller.abort();
    await Promise.all(waits);
    await assert.rejects(cache.getOrSet('k', never, { hardTimeout: 5 }));
    await assert.rejects(cache.getOrSet('k', never, { lease: 5 }));
    await lock.exit();
  },
  async 'many that wait with one signal'(cache) {
    const { signal } = new AbortController();
    const lock = await cache.lock('locked');
    const keys = Array.from({ length: 20 }, (_, key) => `k${key}`);
    const waits = keys.flatMap((key) => [
      cache.getOrSet(key, () => sleep(5), { signal }),
      cache.getOrSet('k', () => sleep(5), { signal }),
      cache.withLock('locked', () => {}, { signal }),
    ]);
    waits.push(cache.getOrSetMany(keys, () => sleep(5).then(() => keys), { signal }));
    waits.push(assert.rejects(cache.getOrSet('retried', fails, { retry: { times: 30, delay: 0 } })));
    await lock.exit();
    await Promise.all(waits);
  },
  async 'loads behind, that fail or never end'() {
    const cache = make({ ttl: 1, swr: 60_000 });
    for (const [key, loader] of Object.entries({ fails, never })) {
      cache.set(key, 'old');
      await sleep(3);
      assert.equal(await cache.getOrSet(key, loader), 'old');
    }
  },
  async 'a stale value in place of a load that takes too long'() {
    const cache = make({ ttl: 1, grace: 60_000, timeout: 5 });
    cache.set('k', 'old');
    await sleep(3);
    assert.equal(await cache.getOrSet('k', () => sleep(20).then(fails)), 'old');
    await sleep(30);
  },
  async 'a locked key that nobody waits for'(cache) {
    await cache.lock('k');
    cache.acquire('l');
  },
  async 'a cache that is disposed of'(cache) {
    const waits = [
      cache.getOrSet('k', never),
      cache.getOrSetMany(['l', 'k'], never),
      cache.getOrSet('retried', fails, { retry: { times: 5, delay: 60_000 } }),
    ];
    const lock = await cache.lock('locked');
    waits.push(cache.lock('locked'), cache.getOrSet('locked', never));
    const ends = waits.map((promise) => assert.rejects(promise, { code: 'disposed' }));
    await sleep(5);
    cache[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    await Promise.all(ends);
    await lock.exit();
  },
  async 'a listener that throws'() {
    const events = ({ type }) => {
      if (type === 'fail' || type === 'fenced') throw new Error('from a listener');
    };
    const cache = make({ events });
    // Nobody listens to uncaught exceptions: what would end the process is printed.
    const { error: print } = console;
    const printed = [];
    console.error = (error) => void printed.push(error.message);
    await assert.rejects(cache.getOrSet('k', fails), { message: 'from a loader' });
    const load = cache.getOrSet('k', () => sleep(1).then(() => 1));
    cache.delete('k');
    assert.equal(await load, 1);
    console.error = print;
    assert.deepEqual(printed, ['from a listener', 'from a listener']);
  },
};

await report({
  ...Object.fromEntries(Object.entries(tests).map(([name, run]) => [name, () => run(make())])),
  async 'no unhandled rejections and no warnings'() {
    await sleep(20);
    assert.deepEqual(unhandled, []);
  },
});
setTimeout(() => {
  console.error('something of the package keeps the process alive');
  process.exit(1);
}, 1000).unref();
