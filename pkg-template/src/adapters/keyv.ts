// A cache as a store of Keyv, 5 and 6, and through it of cacheable, cache-manager and NestJS. And the other way round: a
// Keyv as a store of the second tier.

import type { Cache, Namespace } from 'keylatch';
import type { Store } from 'keylatch/tier';
import type { KeyvStoreAdapter, StoredData } from 'keyv';
import { toKey } from '../tier/keys.js';
import { fromText, toText } from '../tier/text.js';
import { ValuesStore } from '../tier/values.js';

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

/** What is used of a `Keyv`, 5 or 6. */
export interface AnyKeyv {
  /** Its adapter, which may have `getMany`. */
  readonly store: unknown;
  getMany(keys: string[]): Promise<unknown[]>;
  getRaw(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttl?: number): Promise<boolean>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

/** A life that Keyv's adapters take, in milliseconds; 0 is for ever, whatever the Keyv's own ttl. */
const toLife = (life: number): number => (life < 1e15 ? Math.ceil(life) : 0);

/**
 * A Keyv, with any adapter, as a store for the second tier of caches. It has no fence, no feed and no turns: marks are
 * times by the clocks of those who made them.
 *
 * @throws {TypeError} If it is no Keyv that has `getRaw`.
 * @example
 * const users = new Cache({ max: 10_000, ttl: 300_000, tier: tier(keyv(new Keyv(new KeyvPostgres(url)))) });
 */
export function keyv(keyv: AnyKeyv): Store {
  for (const name of ['getMany', 'getRaw', 'set', 'on'] as const) {
    if (typeof (keyv as AnyKeyv | null)?.[name] !== 'function') {
      throw new TypeError(`keyv: expected a Keyv, which has ${name}`);
    }
  }
  // A Keyv returns nothing for what it couldn't read, and tells. Then nobody knows whether a mark is there.
  let failures = 0;
  let last: unknown;
  keyv.on('error', (error) => {
    failures += 1;
    last = error;
  });
  const asking = async <T>(ask: () => Promise<T>): Promise<T> => {
    const before = failures;
    const answer = await ask();
    if (failures > before) throw last;
    return answer;
  };
  /** Any text has one, of ASCII without spaces, and at most 100 characters long. */
  const keyOf = (name: string): Promise<string> => toKey(encodeURIComponent(JSON.stringify(name)));
  const read = (keys: string[]): Promise<unknown[]> =>
    // Without `getMany` of the adapter, that of Keyv 5 hides errors.
    typeof (keyv.store as { getMany?: unknown } | undefined)?.getMany === 'function'
      ? keyv.getMany(keys)
      : Promise.all(keys.map(async (key) => ((await keyv.getRaw(key)) as { value?: unknown } | undefined)?.value));
  return new ValuesStore(
    {
      get: async (names) => {
        const keys = await Promise.all(names.map(keyOf));
        const texts = await asking(() => read(keys));
        return texts.map((text) => (typeof text === 'string' ? fromText(text) : undefined));
      },
      put: async (name, value, life) => {
        const key = await keyOf(name);
        const isSet = await asking(() => keyv.set(key, toText(value), toLife(life)));
        if (!isSet) throw new Error('keyv: set has returned false');
      },
    },
    'keyv',
  );
}
