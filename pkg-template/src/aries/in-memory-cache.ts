// The seed's cache in memory.

import { checkKey, readList, readTtl } from '../cache/arguments.js';
import { Cache } from '../cache/cache.js';
import type { CacheStats } from '../cache/cache.js';
import type { Key } from '../cache/key.js';
import type { CacheOptions } from '../cache/options.js';
import { unfit } from '../errors.js';
import type { LockDefaults } from '../locks/cache-key-lock.js';
import { BaseCache } from './base-cache.js';

/** The options of an {@link InMemoryCache}: those of a {@link Cache}, but its `ttl` is in seconds. */
export interface InMemoryCacheOptions<V = unknown> extends Omit<CacheOptions<Key, V>, 'ttl'> {
  /**
   * The most entries. The seed's cache had no bound; `Infinity` asks for none by name.
   * @default 10000
   */
  max?: number | undefined;
  /**
   * How long a value lives that is set without a `ttl`, in seconds.
   * @default Infinity
   */
  ttl?: number | undefined;
}

/** The most entries by default. */
const MAX = 10_000;

/**
 * A cache in memory with ACA-Py's interface: promises, seconds, and a lock for each key. `docs/aries.md` lists where it
 * differs from the original.
 *
 * @example
 * const cache = new InMemoryCache();
 * await cache.set(['schema::1', 'schema::WgWx:2:name:1.0'], schema, 600);
 * await cache.get('schema::1');
 */
export class InMemoryCache<V = unknown> extends BaseCache<V> {
  /** @internal The published files have short names for everything else. */
  static override get name(): string {
    return 'InMemoryCache';
  }
  readonly #cache: Cache<Key, V>;

  /**
   * @throws {CacheError} `invalid-option`; `wasm-unavailable` if WebAssembly can't be compiled here.
   */
  constructor(options: InMemoryCacheOptions<V> = {}) {
    if (typeof options !== 'object' || options === null) {
      throw unfit('invalid-option', 'options', 'an object', options);
    }
    const { max, ttl, lease, lockTimeout, ...rest } = options;
    super({ lease, lockTimeout } as LockDefaults);
    const bound = max ?? (rest.maxSize === undefined ? MAX : Infinity);
    this.#cache = new Cache<Key, V>({ ...rest, max: bound, ttl: milliseconds(ttl) });
  }

  /** The value of a key, or `undefined` if there is none. */
  override async get(key: Key): Promise<V | undefined> {
    return this.#cache.get(key);
  }

  /**
   * Stores a value under one key or under many. They expire together.
   *
   * @param ttl How long it lives, in seconds; fractions count. 0 and `Infinity` both mean that it never expires.
   * @throws {CacheError} As {@link Cache.set} does. Nothing has changed then.
   */
  override async set(keys: Key | Iterable<Key>, value: V | undefined, ttl?: number): Promise<void> {
    const list = typeof keys === 'object' ? readList<Key>(keys, 'keys') : [keys];
    list.forEach(checkKey);
    const options = ttl === undefined ? undefined : { ttl: milliseconds(ttl) };
    if (value === undefined) this.#cache.deleteMany(list);
    else
      this.#cache.setMany(
        list.map((key) => [key, value]),
        options,
      );
  }

  /** Removes the value of a key, if there is one. */
  override async clear(key: Key): Promise<void> {
    this.#cache.delete(key);
  }

  /** How many values there are, with those that have expired and were not found out yet. */
  get size(): number {
    return this.#cache.size;
  }

  /** What was counted since the cache was made, and what it holds now. Its locks aren't counted here. */
  stats(): CacheStats {
    return this.#cache.stats();
  }

  /** Removes every value. */
  override async flush(): Promise<void> {
    this.#cache.clear();
  }
}

function milliseconds(seconds: number | undefined): number {
  return readTtl(seconds, Infinity) * 1000;
}
