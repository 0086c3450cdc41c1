// Caches with memory before Redis, each as its documentation has it. Each node is a cache with a connection of its own.

import KeyvRedis from '@keyv/redis';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Cacheable } from 'cacheable';
import { Redis } from 'ioredis';
import { Cache } from 'keylatch';
import { redis } from 'keylatch/redis';
import { tier } from 'keylatch/tier';
import Keyv from 'keyv';
import { Loader } from 'layered-loader/core';
import { RedisCache } from 'layered-loader/redis';

const TTL = 600_000;
const MAX = 100_000;

/** keylatch; `flight`: who loads once. */
const ours = (flight) => (port, prefix) => {
  const client = new Redis(port);
  const second = tier(redis(client, { prefix }), { flight, timeout: 5000, hardTimeout: 5000, doubt: 60_000 });
  const cache = new Cache({ max: MAX, ttl: TTL, tier: second });
  return {
    get: (key, load) => cache.getOrSet(key, load),
    set: async (key, value) => {
      cache.set(key, value);
      await second.settled();
    },
    remove: async (key) => {
      cache.delete(key);
      await second.settled();
    },
    settled: () => second.settled(),
    close: () => {
      cache.close();
      client.disconnect();
    },
  };
};

/** Makes a node of each. */
export const CONTENDERS = {
  keylatch: ours('node'),
  "keylatch, flight: 'store'": ours('store'),
  bentocache(port, prefix) {
    const store = bentostore()
      .useL1Layer(memoryDriver({ maxItems: MAX }))
      .useL2Layer(redisDriver({ connection: { host: '127.0.0.1', port } }))
      .useBus(redisBusDriver({ connection: { host: '127.0.0.1', port } }));
    const cache = new BentoCache({ default: 'main', stores: { main: store }, prefix, ttl: TTL });
    return {
      get: (key, load) => cache.getOrSet({ key, factory: load }),
      set: (key, value) => cache.set({ key, value }),
      remove: (key) => cache.delete({ key }),
      settled: async () => {},
      close: () => cache.disconnect(),
    };
  },
  cacheable(port, prefix) {
    const secondary = new Keyv({ store: new KeyvRedis(`redis://127.0.0.1:${port}`), namespace: prefix });
    const cache = new Cacheable({ primary: new Keyv(), secondary, ttl: TTL });
    return {
      get: (key, load) => cache.getOrSet(key, load),
      set: (key, value) => cache.set(key, value),
      remove: (key) => cache.delete(key),
      settled: async () => {},
      close: () => cache.disconnect(),
    };
  },
  'layered-loader'(port, prefix) {
    const client = new Redis(port);
    let load;
    const loader = new Loader({
      inMemoryCache: { ttlInMsecs: TTL, maxItems: MAX },
      asyncCache: new RedisCache(client, { json: true, ttlInMsecs: TTL, prefix }),
      dataSourceGetOneFn: () => load(),
    });
    return {
      get: (key, given) => ((load = given), loader.get(key)),
      set: undefined,
      remove: (key) => loader.invalidateCacheFor(key),
      settled: async () => {},
      close: () => client.disconnect(),
    };
  },
};
