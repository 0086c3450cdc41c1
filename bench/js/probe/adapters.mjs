// Who is probed, all with the same methods. Each is used as its own documentation says, with its defaults, and with an
// option only where a row is about what the option does.

import { cachified } from '@epic-web/cachified';
import { QueryClient } from '@tanstack/query-core';
import { createCache as createDedupe } from 'async-cache-dedupe';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { createCache as createManager } from 'cache-manager';
import { Cacheable } from 'cacheable';
import { Cache } from 'keylatch';
import { GroupLoader, Loader } from 'layered-loader/core';
import { LRUCache } from 'lru-cache';
import pMemoize, { pMemoizeClear } from 'p-memoize';
import { newCache } from 'transitory';

const MAX = 1000;
/** Long enough for nothing to expire in a row, in milliseconds. */
const HOUR = 3_600_000;
/** How long a value is fresh where a row needs a stale one. */
const FRESH = 20;
/** When it is stale. This one counts in seconds, and reads the clock once in a second. */
const STALE_AFTER = { 'async-cache-dedupe': 2_200 };
/** The packages that are called otherwise. */
const FOLDERS = { cachified: '@epic-web/cachified', 'query-core': '@tanstack/query-core' };

/** Runs the loader that the caller has brought, for those whose loader belongs to the cache. */
const bring = ({ loader }) => loader();

/** The methods of a cache that has them by the names of a Map. */
const likeMap = (cache) => ({
  set: (key, value) => cache.set(key, value),
  delete: (key) => cache.delete(key),
  clear: () => cache.clear(),
});

const adapter = (name, has, make) => {
  return { name, has, make, folder: FOLDERS[name] ?? name, staleAfter: STALE_AFTER[name] ?? 2 * FRESH };
};

/**
 * The adapters, in the order of the table's columns, each with what the peer `has`. `make` gets `stale` where stale values
 * are to be served while they are loaded behind, and `lease`, how many milliseconds a load may take. It returns
 * `load(key, loader, { signal, tag })`, the peer's read-through call, whose loader is told a signal where there is one;
 * `set`, `delete`, `clear`, and `invalidate(tag)` where there are tags. Each may return a promise.
 */
export const ADAPTERS = [
  adapter('keylatch', ['tag', 'signal', 'stale'], ({ stale, lease = 30_000 }) => {
    const cache = new Cache({ max: MAX, ttl: stale ? FRESH : HOUR, swr: stale ? HOUR : 0, lease });
    return {
      ...likeMap(cache),
      load: (key, loader, { signal, tag } = {}) =>
        cache.getOrSet(key, (context) => loader(context.signal), { signal, tags: tag && [tag] }),
      invalidate: (tag) => cache.deleteByTag(tag),
    };
  }),
  adapter('lru-cache', ['signal', 'stale'], ({ stale, lease }) => {
    const fetchMethod = (_key, _stale, { context, signal }) => context(signal);
    const cache = new LRUCache({ max: MAX, ttl: stale ? FRESH : HOUR, allowStale: Boolean(stale), fetchMethod });
    // A caller's signal is the only bound that it has for the time of a load.
    const load = (context, signal = lease && AbortSignal.timeout(lease)) => ({ context, signal });
    return { ...likeMap(cache), load: (key, loader, { signal } = {}) => cache.fetch(key, load(loader, signal)) };
  }),
  adapter('cache-manager', ['stale'], ({ stale }) => {
    const cache = createManager({ ttl: HOUR, refreshThreshold: stale && HOUR - FRESH });
    return { ...likeMap(cache), load: (key, loader) => cache.wrap(key, loader), delete: (key) => cache.del(key) };
  }),
  // It has tags, but not for what `getOrSet` stores.
  adapter('cacheable', [], () => {
    const cache = new Cacheable({ ttl: HOUR });
    return { ...likeMap(cache), load: (key, loader) => cache.getOrSet(key, loader) };
  }),
  adapter('bentocache', ['tag', 'stale'], ({ stale, lease }) => {
    const store = bentostore().useL1Layer(memoryDriver({ maxItems: MAX }));
    const times = stale ? { ttl: FRESH, grace: HOUR, timeout: 0 } : { ttl: HOUR };
    const cache = new BentoCache({ default: 'main', stores: { main: store }, ...times });
    return {
      load: (key, loader, { tag } = {}) =>
        cache.getOrSet({ key, factory: () => loader(), tags: tag && [tag], ...(lease && { hardTimeout: lease }) }),
      set: (key, value) => cache.set({ key, value }),
      delete: (key) => cache.delete({ key }),
      clear: () => cache.clear(),
      invalidate: (tag) => cache.deleteByTag({ tags: [tag] }),
    };
  }),
  adapter('cachified', ['stale'], ({ stale }) => {
    const cache = new Map();
    const times = stale ? { ttl: FRESH, swr: HOUR } : { ttl: HOUR };
    return {
      ...likeMap(cache),
      load: (key, loader) => cachified({ key, cache, getFreshValue: () => loader(), ...times }),
      set: (key, value) => cache.set(key, { metadata: { createdTime: Date.now(), ttl: HOUR }, value }),
    };
  }),
  adapter('async-cache-dedupe', ['tag', 'stale'], ({ stale }) => {
    const storage = { type: 'memory', options: { size: MAX, invalidation: true } };
    const cache = createDedupe({ storage, ...(stale ? { ttl: 1, stale: HOUR / 1000 } : { ttl: HOUR / 1000 }) });
    cache.define('load', { serialize: ({ key }) => key, references: ({ tag }) => (tag ? [tag] : []) }, bring);
    return {
      load: (key, loader, { tag } = {}) => cache.load({ key, loader, tag }),
      set: (key, value) => cache.set('load', `load~${key}`, value, HOUR / 1000),
      delete: (key) => cache.clear('load', { key }),
      clear: () => cache.clear(),
      invalidate: (tag) => cache.invalidateAll(tag),
    };
  }),
  adapter('p-memoize', [], () => {
    const cache = new Map();
    const load = pMemoize((_key, loader) => loader(), { cache });
    return { ...likeMap(cache), load, clear: () => pMemoizeClear(load) };
  }),
  // Its groups are tags of which an entry has one; a class of its own has them, whose keys are all in a group.
  adapter('layered-loader', ['tag', 'stale'], ({ stale, tagged }) => {
    const inMemoryCache = { ttlInMsecs: HOUR, maxItems: MAX, maxItemsPerGroup: MAX };
    if (stale) inMemoryCache.ttlLeftBeforeRefreshInMsecs = HOUR - FRESH;
    const cache = new (tagged ? GroupLoader : Loader)({
      inMemoryCache,
      dataSources: [{ name: 'loader', get: bring, getFromGroup: bring }],
      cacheKeyFromLoadParamsResolver: ({ key }) => key,
      // It would print every error of a loader.
      logger: { error() {} },
    });
    return {
      load: (key, loader, { tag } = {}) => cache.get({ key, loader }, tag),
      set: (key, value) => cache.forceSetValue(key, value),
      delete: (key) => cache.invalidateCacheFor(key),
      clear: () => cache.invalidateCache(),
      invalidate: (tag) => cache.invalidateCacheForGroup(tag),
    };
  }),
  adapter('transitory', [], () => {
    const cache = newCache().maxSize(MAX).expireAfterWrite(HOUR).loading().build();
    return { ...likeMap(cache), load: (key, loader) => cache.get(key, () => loader()) };
  }),
  // The first parts of its keys serve as tags. Its loaders have a signal, but callers can't leave by one.
  adapter('query-core', ['tag'], () => {
    const cache = new QueryClient();
    return {
      load: (key, loader, { tag } = {}) =>
        cache.fetchQuery({ queryKey: tag ? [tag, key] : [key], queryFn: () => loader(), staleTime: HOUR }),
      set: (key, value) => cache.setQueryData([key], value),
      delete: (key) => cache.removeQueries({ queryKey: [key] }),
      clear: () => cache.clear(),
      invalidate: (tag) => cache.invalidateQueries({ queryKey: [tag] }),
    };
  }),
];
