// On workerd: the tests within a request, and what is peculiar to the place.

import * as keylatch from 'keylatch';
import { assert, run } from './suite.mjs';

await keylatch.init();

// At module scope, where there is no clock, no timer and no random number.
const early = new keylatch.Cache({ max: 10 });
early.set('soon', 1, { ttl: 5000 }).set('never', 2);
const scope = [early.size, early.get('soon'), early.get('never')];

const shared = new keylatch.InMemoryCache();
/** What is collected frees its key. */
const abandoned = [];
const loaded = new keylatch.Cache({ max: 10, swr: 60_000 });
let calls = 0;
let staleLoads = 0;

const peculiar = {
  'a cache can be made and filled at module scope': async () => {
    assert.deepEqual(scope, [2, 1, 2]);
    assert.equal(early.get('never'), 2);
  },
  'bytes can’t be compiled in a request, and need not be': async () => {
    assert.throws(() => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
    assert.instanceOf(new keylatch.Cache({ max: 5 }), keylatch.Cache);
  },
};

export default {
  async fetch(request, _, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/run') {
      const result = await run(keylatch, { only: searchParams.get('tests') ?? undefined });
      for (const [name, test] of Object.entries(peculiar)) {
        try {
          await test();
          result.passed += 1;
        } catch (error) {
          result.failures.push({ name, error: String(error.stack) });
        }
      }
      return Response.json(result);
    }
    if (pathname === '/early') return Response.json(early.get('soon') ?? null);
    // Entries expire from one request to the next, though no timer of the first is left.
    if (pathname === '/set') {
      early.set('request', 1, { ttl: 200 });
      return Response.json(early.get('request') ?? null);
    }
    if (pathname === '/get') return Response.json(early.get('request') ?? null);
    // A request that ends while it holds a lock: those that come later wait no longer than its lease.
    if (pathname === '/abandon') {
      abandoned.push(await shared.lock('k', { lease: 300 }));
      return Response.json({ at: Date.now() });
    }
    if (pathname === '/wait') {
      const lock = await shared.lock('k', { lease: 300 });
      const { done } = lock;
      await lock.exit();
      return Response.json({ done, at: Date.now() });
    }
    // A request that ends while it loads: one of those that come later loads in its place.
    if (pathname === '/abandon-load') {
      void loaded.getOrSet('k', () => new Promise(() => {}), { lease: 300 }).catch(() => {});
      return Response.json(true);
    }
    if (pathname === '/load') {
      const value = await loaded.getOrSet('k', async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return (calls += 1);
      });
      return Response.json({ value });
    }
    if (pathname === '/lock-for-load') {
      abandoned.push(await loaded.lock('locked', { lease: 300 }));
      return Response.json(true);
    }
    if (pathname === '/load-behind-lock') return Response.json({ value: await loaded.getOrSet('locked', () => 'own') });
    if (pathname === '/stale') {
      if (!loaded.has('stale') && staleLoads === 0) {
        loaded.set('stale', 'old', { ttl: 1 });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const slowly = async () => {
        staleLoads += 1;
        await new Promise((resolve) => setTimeout(resolve, 1000));
        return 'new';
      };
      const waitUntil = (promise) => context.waitUntil(promise);
      return Response.json(await loaded.getOrSet('stale', slowly, { swr: 60_000, waitUntil }));
    }
    return new Response('no such test', { status: 404 });
  },
};
