// A cache as a store of Keyv, 5 and 6, and through it of cacheable, cache-manager and NestJS.

import type { Cache, Namespace } from 'keylatch';
import type { KeyvStoreAdapter, StoredData } from 'keyv';

type Stored<Value> = StoredData<Value> | undefined;

/**
 * A {@link Cache} as a store of Keyv. Each `Keyv` takes a store of its own; several stores may share a cache, as long as
 * each `Keyv` has a namespace of its own.
 *
 * @example
 * const cache = new Cache({ max: 10_000 });
 * const keyv = new Keyv({ store: new KeyvStore(cache), namespace: 'users' });
 */
export class KeyvStore implements KeyvStoreAdapter {
  /** For Keyv 5, which looks here for an address, and keeps notes. */
  opts: Record<string, unknown> = { url: '' };
  readonly #cache: Cache<string, unknown>;
  #namespace: string | undefined;
  #space: Cache<string, unknown> | Namespace<string, unknown>;

  /** @param cache Where the values are. Its `ttl` is for those that Keyv gives none. */
  constructor(cache: Cache<string, unknown>) {
    this.#cache = this.#space = cache;
  }

  /** The part of the cache that is this store's. `Keyv` sets it. */
  get namespace(): string | undefined {
    return this.#namespace;
  }

  set namespace(namespace: string | undefined) {
    this.#namespace = namespace;
    this.#space = namespace === undefined ? this.#cache : this.#cache.namespace(namespace);
  }

  /** The value of a key, or `undefined`. */
  async get<Value>(key: string): Promise<Stored<Value>> {
    return this.#space.get(key) as Stored<Value>;
  }

  /** The values of several keys, in their order. */
  async getMany<Value>(keys: string[]): Promise<StoredData<Value | undefined>[]> {
    return this.#space.getMany(keys) as StoredData<Value | undefined>[];
  }

  /**
   * Stores a value.
   *
   * @param ttl How long it lives, in milliseconds; by default, as long as the cache says.
   * @returns Whether it is there; a value that is too large for the cache isn't.
   */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.#space.set(key, value, { ttl }).has(key);
  }

  /** Stores several values: all of them or none. */
  async setMany(values: { key: string; value: unknown; ttl?: number }[]): Promise<void> {
    this.#space.setMany(values);
  }

  /** Whether a key has a value. */
  async has(key: string): Promise<boolean> {
    return this.#space.has(key);
  }

  /** The same of several keys, in their order. */
  async hasMany(keys: string[]): Promise<boolean[]> {
    return keys.map((key) => this.#space.has(key));
  }

  /** Removes a value. Returns whether there was one. */
  async delete(key: string): Promise<boolean> {
    return this.#space.delete(key);
  }

  /** Removes several values. Returns whether there was one of them. */
  async deleteMany(keys: string[]): Promise<boolean> {
    return this.#space.deleteMany(keys) > 0;
  }

  /** Removes all values of the namespace; without one, all that the cache has. */
  async clear(): Promise<void> {
    this.#space.clear();
  }

  /** The keys with their values. */
  async *iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    for (const entry of this.#space.entries()) yield entry as [string, Awaited<Value>];
  }

  /** Nothing of this store's fails later, so no listener is ever called. */
  on(): this {
    return this;
  }
}
