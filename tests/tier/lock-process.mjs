// A process with ACA-Py's cache over a store in Redis: node lock-process.mjs PORT OPTIONS. It obeys messages.

import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENTS } from './clients.mjs';
import { obey } from './obey.mjs';
import { InMemoryCache, redis, tier } from './sources.mjs';

const [port, options = '{}'] = process.argv.slice(2);
const { client } = await CLIENTS.redis(Number(port));
const second = tier(redis(client, { prefix: 'locks' }), { ...JSON.parse(options), flight: 'store' });
const cache = new InMemoryCache({ ttl: 60, tier: second });

const COMMANDS = {
  /** Computes a value with a lock, unless there is one. Tells when it began and ended, by the machine's clock. */
  async compute({ key, value, takes, lease, doesHang = false }) {
    return cache.withLock(
      key,
      async (lock) => {
        if (lock.done) return { value: lock.result };
        const began = Date.now();
        process.send({ holds: key });
        await sleep(takes);
        if (doesHang) await new Promise(() => {});
        const ended = Date.now();
        await lock.setResult(value, 60);
        return { value: lock.result, began, ended };
      },
      { lease },
    );
  },

  async get({ key }) {
    return { value: await cache.get(key) };
  },

  async clear({ key }) {
    await cache.clear(key);
    await second.settled();
    return {};
  },

  async stats() {
    await second.settled();
    return second.stats();
  },
};

obey(COMMANDS);
