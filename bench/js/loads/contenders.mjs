// Whose read-through calls are timed. Each is called directly, as a program would, with a bound where it has one.

import { cachified } from '@epic-web/cachified';
import { QueryClient } from '@tanstack/query-core';
import { createCache as createDedupe } from 'async-cache-dedupe';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { createCache as createManager } from 'cache-manager';
import { Cacheable } from 'cacheable';
import { Cache } from 'keylatch';
import { Loader } from 'layered-loader/core';
import { LRUCache } from 'lru-cache';
import pMemoize from 'p-memoize';
import { newCache } from 'transitory';
import { FLOOR, PEER, SUBJECT, TTL } from '../contenders.mjs';

const BOTH = [false, true];
const contender = (name, expires, make) => ({ name, expires, make });

/**
 * The contenders, in the order of the table. `make` gets how many entries there will be, whether they expire, and the
 * function that loads a key's value; it returns the call. `expires` says which of the two cases a contender is in. Map
 * holds the promises themselves, and is no cache: it stands for what any of them costs at the least.
 */
export const CONTENDERS = [
  contender(FLOOR, [false], ({ load }) => {
    const cache = new Map();
    // As it is written by hand; a load that fails is left out for the sake of the floor.
    return (key) => {
      let promise = cache.get(key);
      if (promise === undefined) cache.set(key, (promise = load(key)));
      return promise;
    };
  }),
  contender(SUBJECT, BOTH, ({ size, ttl, load }) => {
    const cache = new Cache(ttl ? { max: size, ttl: TTL } : { max: size });
    const loader = ({ key }) => load(key);
    return (key) => cache.getOrSet(key, loader);
  }),
  contender(PEER, BOTH, ({ size, ttl, load }) => {
    const cache = new LRUCache({ max: size, fetchMethod: load, ...(ttl && { ttl: TTL }) });
    return (key) => cache.fetch(key);
  }),
  contender('cache-manager', BOTH, ({ ttl, load }) => {
    const cache = createManager(ttl ? { ttl: TTL } : {});
    return (key) => cache.wrap(key, () => load(key));
  }),
  contender('cacheable', BOTH, ({ ttl, load }) => {
    const cache = new Cacheable(ttl ? { ttl: TTL } : {});
    return (key) => cache.getOrSet(key, () => load(key));
  }),
  contender('bentocache', BOTH, ({ size, ttl, load }) => {
    // Without the JSON of its default, which makes a copy for each caller: the others make none.
    const store = bentostore().useL1Layer(memoryDriver({ maxItems: size, serialize: false }));
    const cache = new BentoCache({ default: 'main', stores: { main: store }, ttl: ttl ? TTL : null });
    return (key) => cache.getOrSet({ key, factory: () => load(key) });
  }),
  contender('cachified', BOTH, ({ size, ttl, load }) => {
    const cache = new LRUCache({ max: size });
    const life = ttl ? TTL : Infinity;
    return (key) => cachified({ key, cache, ttl: life, getFreshValue: () => load(key) });
  }),
  contender('async-cache-dedupe', [true], ({ size, load }) => {
    const cache = createDedupe({ ttl: TTL / 1000, storage: { type: 'memory', options: { size } } });
    cache.define('load', load);
    return (key) => cache.load(key);
  }),
  contender('p-memoize', [false], ({ load }) => pMemoize(load)),
  contender('layered-loader', [true], ({ size, load }) => {
    const inMemoryCache = { cacheType: 'lru-map', maxItems: size, ttlInMsecs: TTL };
    const cache = new Loader({ inMemoryCache, dataSourceGetOneFn: load });
    return (key) => cache.get(key);
  }),
  contender('transitory', BOTH, ({ size, ttl, load }) => {
    const builder = newCache().maxSize(size);
    const cache = (ttl ? builder.expireAfterWrite(TTL) : builder).withLoader(load).build();
    return (key) => cache.get(key);
  }),
  contender('query-core', BOTH, ({ ttl, load }) => {
    const cache = new QueryClient();
    const staleTime = ttl ? TTL : Infinity;
    return (key) => cache.fetchQuery({ queryKey: [key], queryFn: () => load(key), staleTime });
  }),
];

export const contendersOf = ({ ttl }) => CONTENDERS.filter(({ expires }) => expires.includes(ttl));
