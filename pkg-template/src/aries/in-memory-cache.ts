// ACA-Py's cache in memory.

import type { SetOptions } from '../base/entry.js';
import { watched } from '../base/warn.js';
import { invalid } from '../base/errors.js';
import type { Key } from '../base/key.js';
import { IDENTITY, INSPECT } from '../base/symbols.js';
import { OBJECT, TTL, check, checkKey, readList, readOptions } from '../base/validate.js';
import { Cache } from '../cache/cache.js';
import type { CacheStats } from '../cache/cache.js';
import type { LiveKey } from '../cache/inspect.js';
import { Keyspace } from '../cache/keyspace.js';
import type { CacheOptions } from '../cache/options.js';
import { LOAD_DEFAULTS } from '../loads/options.js';
import type { LoadDefaults } from '../loads/options.js';
import type { LockDefaults } from '../locks/options.js';
import type { CacheDump, DumpedEntry } from '../store/dump.js';
import { SET, prepare } from '../store/prepare.js';
import { BaseCache, base } from './base-cache.js';
import type { Base, BaseCacheOptions } from './base-cache.js';

/**
 * The options of an {@link InMemoryCache}: those of a {@link Cache} without the ones for loads, and its `ttl` is in
 * seconds. `lease` and `lockTimeout` are in milliseconds.
 */
export interface InMemoryCacheOptions<V = unknown>
  extends Omit<CacheOptions<Key, V>, 'ttl' | Exclude<keyof LoadDefaults, 'lease'>>, LockDefaults {
  /**
   * The most entries. ACA-Py's cache has no bound; `Infinity` means none here, too.
   * @default 10000
   */
  max?: number | undefined;
  /**
   * The ttl of values that are set without one, in seconds.
   * @default Infinity
   */
  ttl?: number | undefined;
}

/** The most entries by default. */
const MAX = 10_000;

/**
 * A part of an {@link InMemoryCache} with keys and locks of its own, which shares the bounds and the options. Made by
 * {@link InMemoryNamespace.namespace}.
 */
export class InMemoryNamespace<V = unknown> extends BaseCache<V> {
  /** @internal The published files have short names for everything else. */
  static override get name(): string {
    return 'InMemoryNamespace';
  }
  readonly #entries: Keyspace<Key, V>;
  /** @internal Differs in every cache, for code that compares caches by their properties. */
  readonly [IDENTITY]: string;

  /** @internal */
  constructor(entries: Keyspace<Key, V>) {
    const { lease, lockTimeout } = Keyspace.inside(entries).state.defaults.locks;
    super({ lease, lockTimeout, nulls: true } as BaseCacheOptions);
    this.#entries = entries;
    this[IDENTITY] = entries[IDENTITY];
  }

  /** How many values there are, including expired ones that are still there. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, or `undefined` if there is none. */
  override async get(key: Key): Promise<V | undefined> {
    const value = this.#entries.get(key);
    const { tier } = Keyspace.inside(this.#entries).state.table;
    return value === undefined && tier ? Keyspace.behind(this.#entries, key) : value;
  }

  /**
   * Stores a value under one key or under many. They expire together.
   *
   * @param options How long it lives, in seconds; fractions count, and 0 and `Infinity` both mean that it never expires.
   * Or an object with such a `ttl`, and with `expires`, `size` and `tags` as for {@link Cache.set}.
   * @throws {CacheError} As {@link Cache.set} does. Nothing has changed then.
   */
  override async set(keys: Key | Iterable<Key>, value: V | undefined, options?: number | SetOptions): Promise<void> {
    const list = typeof keys === 'object' ? readList<Key>(keys, 'keys') : [keys];
    list.forEach(checkKey);
    const call = inMilliseconds(options);
    if (value === undefined) this.#entries.deleteMany(list);
    else
      this.#entries.setMany(
        list.map((key) => [key, value]),
        call,
      );
  }

  /** Removes the value of a key, if there is one. */
  override async clear(key: Key): Promise<void> {
    this.#entries.delete(key);
  }

  /** Removes every value; those of nested namespaces too. */
  override async flush(): Promise<void> {
    this.#entries.clear();
  }

  /** Removes the values that carry a tag; in nested namespaces too. Returns how many there were. */
  async deleteByTag(tag: string): Promise<number> {
    return this.#entries.deleteByTag(tag);
  }

  /**
   * The namespace of this name within this one: keys, locks and tags of its own, and the bounds of the whole. It costs
   * nothing as long as it is empty, so there can be one for each wallet.
   *
   * @throws {CacheError} `invalid-argument`, `disposed`.
   */
  namespace<W extends V = V>(name: string): InMemoryNamespace<W> {
    return new InMemoryNamespace<W>(this.#entries.namespace(name));
  }

  /** @throws {CacheError} `invalid-key`, `disposed`. */
  override release(key: Key): void {
    this.#entries.release(key);
  }

  /** The keys that are locked at the moment, those of nested namespaces included. */
  override inspect(): LiveKey[] {
    return this.#entries.inspect();
  }

  /** Of a namespace: removes its values. The cache goes on, and so do its locks. */
  override close(): void {
    if (!Keyspace.inside(this.#entries).state.table.isClosed) this.#entries.clear();
  }

  /** A summary: never the values, which may be secrets. */
  toJSON(): object {
    return this.#entries.toJSON();
  }

  /** @internal */
  [INSPECT](_depth: unknown, options: unknown, inspect: (value: unknown, options: unknown) => string): string {
    return `${this.constructor.name} ${inspect(this.toJSON(), options)}`;
  }

  /** @internal */
  protected override [base](): Base<V> {
    const { state, path, store } = Keyspace.inside(this.#entries);
    const { table } = state;
    table.assertOpen();
    // With a second tier, a lock's result carries what was known when its turn began. No method of a subclass is left out.
    const { get, set } = InMemoryNamespace.prototype;
    const isShared = table.tier !== undefined && this.get === get && this.set === set;
    return {
      locks: state.locks,
      path,
      store: isShared
        ? {
            ...store,
            cache: this,
            prepare: (key, value, options) => store.prepare(key, value, inMilliseconds(options)),
          }
        : undefined,
      check: (key, value, options) => {
        table.assertOpen();
        const { tags } = prepare(table.settings, key, value, inMilliseconds(options));
        return { last: options, tags };
      },
    };
  }
}

/**
 * A cache in memory with ACA-Py's interface: promises, seconds, and a lock for each key. `docs/aries.md` lists where it
 * differs from the original.
 *
 * @example
 * const cache = new InMemoryCache();
 * await cache.set(['schema::1', 'schema::WgWx:2:name:1.0'], schema, 600);
 * await cache.get('schema::1');
 */
export class InMemoryCache<V = unknown> extends InMemoryNamespace<V> {
  /** @internal The published files have short names for everything else. */
  static override get name(): string {
    return 'InMemoryCache';
  }
  readonly #cache: Cache<Key, V>;

  /**
   * @throws {CacheError} `invalid-option`; `wasm-unavailable` if WebAssembly can't be compiled here.
   */
  constructor(options: InMemoryCacheOptions<V> = {}) {
    check(options, 'options', OBJECT);
    const { max, ttl, ...rest } = options;
    if (ttl !== undefined) check(ttl, 'ttl', TTL);
    watched()?.seconds(ttl);
    for (const [name, value] of Object.entries(rest)) {
      if (name in LOAD_DEFAULTS && name !== 'lease' && value !== undefined) {
        throw invalid('invalid-option', name, 'no option for loads', value);
      }
    }
    const bound = max ?? (rest.maxSize === undefined ? MAX : Infinity);
    const cache = new Cache<Key, V>({ ...rest, max: bound, ttl: ttl && 1000 * ttl });
    super(cache);
    this.#cache = cache;
  }

  /** What was counted since the cache was made, and what it holds now; namespaces included. */
  stats(): CacheStats {
    return this.#cache.stats();
  }

  /** All values that have not expired, as {@link Cache.dump} gives them: in milliseconds, namespaces included. */
  dump(): CacheDump<Key, V> {
    return this.#cache.dump();
  }

  /**
   * Replaces all values with those of a dump, as {@link Cache.load} does.
   *
   * @throws {CacheError} As {@link Cache.load} does; nothing has changed then.
   */
  load(entries: Iterable<readonly [key: Key, entry: DumpedEntry<V>]>): void {
    this.#cache.load(entries);
  }

  /** Removes every value, and ends the cache: every call but this one fails from now on, with `disposed`. */
  override close(): void {
    this.#cache.close();
  }
}

/** The last argument of a `set` as the cache beneath takes it. */
function inMilliseconds(options: number | SetOptions | undefined): SetOptions {
  const call = readOptions<SetOptions>(typeof options === 'number' ? { ttl: options } : options, SET);
  watched()?.seconds(call.ttl);
  return call.ttl === undefined ? call : { ...call, ttl: 1000 * call.ttl };
}
