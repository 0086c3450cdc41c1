// Who is measured, all with the same three methods: get(key), set(key, value) and size.

import { TTLCache } from '@isaacs/ttlcache';
import { SieveCache } from '@neophi/sieve-cache';
import { Cache } from 'keylatch';
import { LRUCache } from 'lru-cache';
import { createLRU } from 'lru.min';
import QuickLRU from 'quick-lru';
import { lru as tinyLRU } from 'tiny-lru';
import { newCache } from 'transitory';
// By its file: the package's own entry would load all of its data structures.
import LRUMap from '../../node_modules/mnemonist/lru-map.js';

/** Long enough for nothing to expire while it is measured. */
export const TTL = 3_600_000;
/** The one that the ratios are about, the one that it is compared with first, and the least that a cache can cost. */
export const SUBJECT = 'keylatch';
export const PEER = 'lru-cache';
export const FLOOR = 'Map';

/** A Map with a bound: a ring of its keys says which one came first. The least that a bound can cost. */
class RingMap {
  #map = new Map();
  #ring;
  #at = 0;

  constructor(max) {
    this.#ring = new Array(max).fill(undefined);
  }

  get size() {
    return this.#map.size;
  }

  get(key) {
    return this.#map.get(key);
  }

  /** Takes absent keys only: to find out whether a key is there would be one more look at the Map. */
  set(key, value) {
    this.#map.delete(this.#ring[this.#at]);
    this.#ring[this.#at] = key;
    this.#at = this.#at + 1 === this.#ring.length ? 0 : this.#at + 1;
    this.#map.set(key, value);
  }
}

/** transitory by our names: its `getIfPresent` says null where there is nothing. */
function transitory(size, ttl) {
  const builder = newCache().maxSize(size);
  const cache = (ttl ? builder.expireAfterWrite(TTL) : builder).build();
  return {
    get: (key) => cache.getIfPresent(key) ?? undefined,
    set: (key, value) => cache.set(key, value),
    get size() {
      return cache.size;
    },
  };
}

const BOTH = [false, true];
const contender = (name, expires, make, options) => ({ name, expires, make, ...options });

/**
 * The contenders, in the order of the table's columns. `make` gets how many entries the cache holds, whether they
 * expire, and whether it will be given more; `expires` says which of the two kinds of cases a contender is in. Map has
 * no bound: it stands for what every other one has inside, and where something has to go it gets a ring of its keys.
 *
 * `most` is how many entries a contender may keep that was made for a number of them, where that is more than the number.
 * `slow` says which sets take it so long that it does a part of them only, and `never` which ones it cannot be asked for.
 */
export const CONTENDERS = [
  contender(FLOOR, [false], ({ size, evicts }) => (evicts ? new RingMap(size) : new Map())),
  contender(PEER, BOTH, ({ size, ttl }) => new LRUCache(ttl ? { max: size, ttl: TTL } : { max: size })),
  contender(SUBJECT, BOTH, ({ size, ttl }) => new Cache(ttl ? { max: size, ttl: TTL } : { max: size })),
  contender('LRUMap', [false], ({ size }) => new LRUMap(size)),
  contender('lru.min', [false], ({ size }) => createLRU({ max: size })),
  // Two Maps: when the newer one has `maxSize` entries, the older one is thrown away. So it keeps up to twice as many as
  // it was made for, less one, although its `size` never says so.
  contender('quick-lru', BOTH, ({ size, ttl }) => new QuickLRU({ maxSize: size, ...(ttl && { maxAge: TTL }) }), {
    most: (size) => 2 * size - 1,
  }),
  contender('tiny-lru', BOTH, ({ size, ttl }) => tinyLRU(size, ttl ? TTL : 0)),
  contender('sieve', [false], ({ size }) => new SieveCache(size)),
  // Makes room when it is one per cent over its bound, and five at the least; or five seconds after a set.
  contender('transitory', BOTH, ({ size, ttl }) => transitory(size, ttl), {
    most: (size) => size + Math.max(Math.floor(size / 100), 5) - 1,
  }),
  // Only where entries expire: it never makes room among those that don't. By default a timer takes the expired ones
  // away, and no hit looks at the time. A set over a present key walks over all keys of a millisecond, one that evicts
  // over all milliseconds: microseconds each in small caches, up to one millisecond in large ones.
  contender('ttlcache', [true], ({ size }) => new TTLCache({ max: size, ttl: TTL }), {
    slow: ({ op }) => op === 'set' || op === 'evict',
    never: ({ op, size }) => op === 'evict' && size > 10_000,
  }),
];

/** The contenders of a case: where entries expire, those that know of it. */
export const contendersOf = (spec) =>
  CONTENDERS.filter(({ expires, never }) => expires.includes(spec.ttl) && !never?.(spec));

/** The contender of this name. */
export const contenderOf = (wanted) => CONTENDERS.find(({ name }) => name === wanted);
