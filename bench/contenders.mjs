// Who is measured, all with the same three methods: get(key), set(key, value) and size.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Cache } from 'keylatch';
import { LRUCache } from 'lru-cache';
import { createLRU } from 'lru.min';

const require = createRequire(import.meta.url);
// By its file: the package's own entry would load all of its data structures.
const LRUMap = require('mnemonist/lru-map.js');

/** Long enough for nothing to expire while it is measured. */
export const TTL = 3_600_000;

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

  /** Takes keys that are not there only: whether they are would be one more look at the Map. */
  set(key, value) {
    this.#map.delete(this.#ring[this.#at]);
    this.#ring[this.#at] = key;
    this.#at = this.#at + 1 === this.#ring.length ? 0 : this.#at + 1;
    this.#map.set(key, value);
  }
}

/**
 * The contenders, in the order of the table's columns. `make` gets how many entries the cache holds, whether they
 * expire, and whether it will be given more. Map has no bound: it stands for what every other one has inside, and where
 * something has to go it gets a ring of its keys.
 */
export const CONTENDERS = [
  { name: 'Map', expires: false, make: ({ size, evicts }) => (evicts ? new RingMap(size) : new Map()) },
  {
    name: 'lru-cache',
    expires: true,
    make: ({ size, ttl }) => new LRUCache(ttl ? { max: size, ttl: TTL } : { max: size }),
  },
  { name: 'LRUMap', expires: false, make: ({ size }) => new LRUMap(size) },
  { name: 'lru.min', expires: false, make: ({ size }) => createLRU({ max: size }) },
  {
    name: 'keylatch',
    expires: true,
    make: ({ size, ttl }) => new Cache(ttl ? { max: size, ttl: TTL } : { max: size }),
  },
];

/** The one that the ratios are about. */
export const SUBJECT = 'keylatch';

/** The contenders of a case: where entries expire, those that know of it. */
export function contendersOf({ ttl }) {
  return CONTENDERS.filter(({ expires }) => expires || !ttl);
}

/** The versions of everything that is compared, and of these other packages. */
export function versions(others = []) {
  const { node, v8 } = process.versions;
  const packages = ['keylatch', 'lru-cache', 'mnemonist', 'lru.min', ...others].map((name) => {
    // Read from its folder: not every package exports its manifest.
    const manifest = readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8');
    return [name, JSON.parse(manifest).version];
  });
  return { node, v8, ...Object.fromEntries(packages) };
}
