// One of the processes: it has a cache over the store in Redis, and does what it is told.

import { Cache } from 'keylatch';
import { redis } from 'keylatch/redis';
import { tier } from 'keylatch/tier';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENTS } from '../../tests/tier/clients.mjs';

const { port, lease, doubt } = JSON.parse(process.argv[2]);
const { client } = await CLIENTS.ioredis(port);
const second = tier(redis(client, { prefix: 'demo' }), { flight: 'store', lease, doubt, breaker: { for: 1000 } });
const cache = new Cache({ max: 1_000, ttl: 60_000, tier: second });
let loads = 0;

const DEEDS = {
  load: ({ key, value, takes = 50, tags }) =>
    cache.getOrSet(
      key,
      async () => {
        loads += 1;
        await sleep(takes);
        return value;
      },
      { tags },
    ),
  /** Many callers of one key. */
  async crowd({ callers, ...load }) {
    const values = await Promise.all(Array.from({ length: callers }, () => DEEDS.load(load)));
    return [...new Set(values)];
  },
  peek: ({ key }) => cache.get(key) ?? null,
  async set({ key, value }) {
    cache.set(key, value);
    return DEEDS.settle();
  },
  async invalidate({ tag }) {
    cache.deleteByTag(tag);
    return DEEDS.settle();
  },
  settle: () =>
    second.settled().then(
      () => true,
      () => false,
    ),
};

process.on('message', async ({ id, deed, words }) => {
  const begun = performance.now();
  const answer = await DEEDS[deed](words);
  process.send({ id, answer, loads, took: performance.now() - begun });
});
process.on('disconnect', () => process.exit());
process.send({ id: 0 });
