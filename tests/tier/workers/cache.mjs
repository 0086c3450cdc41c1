// A worker with a cache, as a user writes it. Two of them share an object.

import { Cache } from 'keylatch';
import { KeylatchObject, durable } from 'keylatch/durable';
import { kv } from 'keylatch/kv';
import { tier } from 'keylatch/tier';
import { waitUntil } from 'cloudflare:workers';

export { KeylatchObject };

const caches = {};
let loads = 0;

/** Made in the first request: only a request has `env`. */
function cacheOf(kind, env) {
  return (caches[kind] ??= make(kind, env));
}

function make(kind, env) {
  const object = durable(env.CACHE, { name: kind });
  const store = kind === 'kv' ? kv(env.VALUES, { object, from: 0 }) : object;
  const second = tier(store, { doubt: 1000, timeout: 5000, hardTimeout: 5000, flight: 'store', waitUntil });
  return { cache: new Cache({ max: 1000, ttl: 60_000, tier: second }), tier: second };
}

export default {
  async fetch(request, env) {
    const { kind, does, key, value, takes = 0 } = await request.json();
    const { cache, tier } = cacheOf(kind, env);
    const load = async () => {
      loads += 1;
      if (takes > 0) await scheduler.wait(takes);
      return value;
    };
    switch (does) {
      case 'get':
        return Response.json({ value: await cache.getOrSet(key, load, { tags: ['t'] }), loads });
      case 'peek':
        return Response.json({ value: cache.get(key) ?? null });
      case 'set':
        // The request may end before the object has it.
        cache.set(key, value);
        return Response.json({});
      case 'invalidate':
        cache.deleteByTag('t');
        await tier.settled();
        return Response.json({});
      default:
        return Response.json({ state: tier.state, ...tier.stats() });
    }
  },
};
