// A cache as a driver of unstorage, and by its path of Nitro and Nuxt.

import { Cache } from 'keylatch';
import type { CacheOptions } from 'keylatch';
import type { Driver, TransactionOptions } from 'unstorage';

/** What the driver keeps: strings, and what `setItemRaw` gives it. */
export type UnstorageCache = Cache<string, unknown>;

/** Values live as long as the option `ttl` of the call says, in seconds; by default, as long as the cache says. */
const life = (options?: TransactionOptions) => {
  const { ttl } = (options ?? {}) as { ttl?: number };
  return { ttl: ttl === undefined ? undefined : ttl * 1000 };
};

/**
 * A driver of unstorage over a cache.
 *
 * @param options A cache, or the options of one that the driver makes and closes.
 * @example
 * const storage = createStorage({ driver: keylatchDriver({ max: 10_000, ttl: 60_000 }) });
 * // In Nitro: storage: { cache: { driver: 'keylatch/unstorage', max: 10_000 } }
 */
export function keylatchDriver(
  options: UnstorageCache | CacheOptions<string, unknown>,
): Driver<UnstorageCache | CacheOptions<string, unknown>, UnstorageCache> {
  const given = 'getOrSet' in options ? options : undefined;
  // Nitro's settings of a storage name the driver, too.
  const { driver, ...own } = options as CacheOptions<string, unknown> & { driver?: unknown };
  const cache = given ?? new Cache<string, unknown>(own);
  const read = (key: string) => cache.get(key) ?? null;
  const write = (key: string, value: unknown, options?: TransactionOptions) =>
    void cache.set(key, value, life(options));
  const keysOf = (base = '') => [...cache.keys()].filter((key) => key.startsWith(base));
  return {
    name: 'keylatch',
    flags: { ttl: true },
    options,
    getInstance: () => cache,
    hasItem: (key) => cache.has(key),
    getItem: read as Driver['getItem'],
    getItemRaw: read,
    setItem: write,
    setItemRaw: write,
    removeItem: (key) => void cache.delete(key),
    getKeys: keysOf,
    clear: (base) => void cache.deleteMany(keysOf(base)),
    dispose: () => {
      if (given === undefined) cache.close();
    },
  };
}

/** Nitro takes what is exported by default. */
export default keylatchDriver;
