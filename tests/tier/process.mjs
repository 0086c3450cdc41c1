// A process with a cache over a store in Redis: node process.mjs PORT OPTIONS. It obeys messages, and answers each.

import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENTS } from './clients.mjs';
import { obey } from './obey.mjs';
import { Cache, redis, tier } from './sources.mjs';

const [port, options = '{}'] = process.argv.slice(2);
const { client } = await CLIENTS.ioredis(Number(port));
const second = tier(redis(client, { prefix: 'processes' }), JSON.parse(options));
const cache = new Cache({ max: 100_000, ttl: 60_000, tier: second });
let loads = 0;

const loader = (value, takes) => async () => {
  loads += 1;
  await sleep(takes);
  return value;
};

const COMMANDS = {
  /** Many callers of one key, in many turns of the event loop. */
  async crowd({ key, callers, value, takes }) {
    const values = await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        await sleep(caller % 50);
        return cache.getOrSet(key, loader(value, takes));
      }),
    );
    return { values: [...new Set(values)], loads };
  },

  /** Loads keys by their numbers, a few at a time. Returns the least version, and how long the longest took. */
  async sweep({ from, to, version, tags }) {
    let [least, longest] = [Infinity, 0];
    for (let key = from; key < to; key += 50) {
      const keys = Array.from({ length: Math.min(50, to - key) }, (_, index) => `key ${key + index}`);
      const begun = performance.now();
      const values = await cache.getOrSetMany(
        keys,
        (missing) => ((loads += missing.length), missing.map(() => version)),
        { tags },
      );
      longest = Math.max(longest, performance.now() - begun);
      least = Math.min(least, ...values);
    }
    return { least, longest, loads };
  },

  async get({ key, value, takes = 0, ttl }) {
    const begun = performance.now();
    const got = await cache.getOrSet(key, loader(value, takes), { ttl });
    return { value: got, took: performance.now() - begun };
  },

  /** Loads many keys at once. Returns their values, and which keys each call of the loader was for. */
  async many({ keys, value, takes }) {
    const calls = [];
    const values = await cache.getOrSetMany(keys, async (missing) => {
      calls.push(missing);
      await sleep(takes);
      return missing.map((key) => `${key} of ${value}`);
    });
    return { values, calls };
  },

  async peek({ key }) {
    return { value: cache.get(key) };
  },

  async set({ key, value, tags }) {
    cache.set(key, value, { tags });
    return settle();
  },

  async deleteByTag({ tag }) {
    cache.deleteByTag(tag);
    return settle();
  },

  async delete({ key }) {
    cache.delete(key);
    return settle();
  },

  async settled() {
    return settle();
  },

  async clock() {
    return { now: Date.now() };
  },

  async stats() {
    return { ...second.stats(), state: second.state, loads };
  },
};

async function settle() {
  return second.settled().then(
    () => ({ isSettled: true }),
    ({ code }) => ({ isSettled: false, code }),
  );
}

obey(COMMANDS);
