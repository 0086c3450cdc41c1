// The clients' own types are those that the store takes.

import { Cluster, Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { createClient, createCluster } from 'redis';
import { MemoryStore } from '../../pkg-template/src/tier/memory.js';
import { redis } from '../../pkg-template/src/tier/redis.js';
import type { Store } from '../../pkg-template/src/tier/store.js';
import { storeSuite } from '../../pkg-template/src/tier/suite.js';

export const stores: Store[] = [
  redis(new Redis()),
  redis(new Cluster([])),
  redis(new Valkey(), { prefix: 'app' }),
  redis(createClient()),
  redis(createClient({ RESP: 2 }), { feedLength: 100, poll: 100 }),
  redis(createCluster({ rootNodes: [] })),
  redis(async (command) => command),
  new MemoryStore({ clock: { now: () => 0, after: () => () => {} } }),
];

export const tests = storeSuite(() => ({ store: stores[0]!, wait: async () => {} }));

// @ts-expect-error: no client
redis({});
// @ts-expect-error: an option that does not exist
redis(new Redis(), { ttl: 1 });
