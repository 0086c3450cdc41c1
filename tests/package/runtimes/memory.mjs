// What only Node can tell: node --expose-gc memory.mjs. Nothing is kept that nobody can reach, churn costs no memory,
// and no timer keeps the process alive.

import assert from 'node:assert';
import { Cache, InMemoryCache } from 'keylatch';
import { initSync, Cache as SlimCache } from 'keylatch/slim';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { report } from './report.mjs';

const tests = {
  async 'a cache is collected, though its callback and its values mention it'() {
    const gone = [];
    for (let round = 0; round < 50; round += 1) {
      const cache = new Cache({ max: 10, dispose: () => cache.size, sizeCalculation: () => cache.size, maxSize: 100 });
      cache.set('self', { cache });
      cache.namespace('n').set('self', cache);
      gone.push(new WeakRef(cache));
    }
    await collected();
    assert.ok(gone.filter((each) => each.deref() === undefined).length >= 49);
  },

  async 'the engine’s memory comes back with the caches that are collected'() {
    const { memory } = initSlim();
    const fill = () => {
      const cache = new SlimCache({ max: 100_000, ttl: 1000 });
      for (let key = 0; key < 100_000; key += 1) cache.set(key, key);
    };
    for (let round = 0; round < 5; round += 1) {
      fill();
      await collected();
    }
    const before = memory().byteLength;
    for (let round = 0; round < 20; round += 1) {
      fill();
      await collected();
    }
    assert.ok(memory().byteLength <= before * 1.5, `${before} bytes became ${memory().byteLength}`);
  },

  async 'a lock that is dropped frees its key'() {
    const cache = new InMemoryCache();
    await (async () => void (await cache.lock('k', { lease: Infinity })))();
    const waiter = cache.lock('k', { timeout: 20_000 });
    const poll = setInterval(globalThis.gc, 20);
    const lock = await waiter;
    clearInterval(poll);
    assert.equal(lock.done, false);
    await lock.exit();
  },

  async 'a cache with locks is collected'() {
    const gone = [];
    for (let round = 0; round < 50; round += 1) {
      const cache = new InMemoryCache();
      await cache.withLock('k', (lock) => lock.setResult(cache));
      gone.push(new WeakRef(cache));
    }
    await collected();
    assert.ok(gone.filter((each) => each.deref() === undefined).length >= 49);
  },

  async 'millions of sets leave memory as it was'() {
    const { memory } = initSlim();
    const cache = new SlimCache({ max: 10_000, ttl: 60_000 });
    const churn = (from, count) => {
      for (let key = from; key < from + count; key += 1) cache.set(`key ${key}`, { key }, { tags: [`t${key % 100}`] });
    };
    churn(0, 300_000);
    await collected();
    const [wasm, heap] = [memory().byteLength, process.memoryUsage().heapUsed];
    churn(300_000, 2_000_000);
    await collected();
    assert.equal(memory().byteLength, wasm);
    assert.ok(process.memoryUsage().heapUsed < heap + 3_000_000, 'the heap has grown');
  },
};

/** The memory of the slim module, which is the only one that can be got hold of. */
let slimMemory;
function initSlim() {
  if (slimMemory === undefined) {
    const { Instance } = WebAssembly;
    WebAssembly.Instance = class extends Instance {
      constructor(...all) {
        super(...all);
        slimMemory = this.exports.memory;
      }
    };
    initSync(readFileSync(createRequire(import.meta.url).resolve('keylatch/cache.wasm')));
    new SlimCache({ max: 1 });
    WebAssembly.Instance = Instance;
  }
  return { memory: () => slimMemory.buffer };
}

async function collected() {
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc();
  }
}

// A cache with everything on, and nothing else to do: the process has to end by itself, at once.
const cache = new InMemoryCache({ ttl: 3600 });
await cache.withLock('k', (lock) => lock.setResult(1));
await (await cache.lock('k')).exit();
await report(tests);
setTimeout(() => {
  console.error('something of the package keeps the process alive');
  process.exit(1);
}, 2000).unref();
