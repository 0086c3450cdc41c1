// On workerd: the tests within a request, and what is peculiar to the place.

import * as keylatch from 'keylatch';
import { assert, run } from './suite.mjs';

// At module scope, where there is no clock, no timer and no random number.
const early = new keylatch.Cache({ max: 10 });
early.set('soon', 1, { ttl: 3000 }).set('never', 2);
const scope = [early.size, early.get('soon'), early.get('never')];

const shared = new keylatch.InMemoryCache();

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
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/run') {
      const result = await run(keylatch);
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
      early.get('request');
      return Response.json(true);
    }
    if (pathname === '/get') return Response.json(early.get('request') ?? null);
    // A request that ends while it holds a lock: those that come later wait no longer than its lease.
    if (pathname === '/abandon') {
      await shared.lock('k', { lease: 300 });
      return Response.json(true);
    }
    if (pathname === '/wait') {
      const start = Date.now();
      const lock = await shared.lock('k', { lease: 300 });
      const { done } = lock;
      await lock.exit();
      return Response.json({ done, waited: Date.now() - start });
    }
    return new Response('no such test', { status: 404 });
  },
};
