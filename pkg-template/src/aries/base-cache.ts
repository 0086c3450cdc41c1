// ACA-Py's abstract cache: any store with four methods, and locks for its keys.

import type { SetOptions } from '../base/entry.js';
import { CacheError, invalid } from '../base/errors.js';
import type { Key } from '../base/key.js';
import { asyncDispose, dispose } from '../base/symbols.js';
import { SWITCH, TTL, checkFunction, checkKey, readOptions } from '../base/validate.js';
import { inspect } from '../cache/inspect.js';
import type { LiveKey } from '../cache/inspect.js';
import { CacheKeyLock, holding } from '../locks/cache-key-lock.js';
import type { LockedStore } from '../locks/cache-key-lock.js';
import { KeyLocks } from '../locks/key-locks.js';
import { LEASE, LOCK_DEFAULTS, readLockOptions } from '../locks/options.js';
import type { LockDefaults, LockOptions } from '../locks/options.js';
import { boot } from '../wasm/boot.js';
import * as handles from '../wasm/handles.js';
import { Writes } from './writes.js';

/** Options of a {@link BaseCache}. Durations of locks are in milliseconds. */
export interface BaseCacheOptions extends LockDefaults {
  /**
   * Whether `null` is a value of this cache. Many stores return `null` for a missing key, and a lock would take that
   * for a value. So unless this option is true, a lock refuses a `null` from `get`, and `setResult(null)`.
   * @default false
   */
  nulls?: boolean | undefined;
}

/** @internal What the locks of a cache need of it. */
export interface Base<V> {
  readonly locks: KeyLocks<V>;
  /** The path of the namespace. */
  readonly path: string;
  /** What the locks read and write, if not by the cache's methods. */
  readonly store?: LockedStore<V> | undefined;
  /** Checks what is to be stored. Returns the last argument for `set`, and the tags in it. */
  check(
    key: Key,
    value: V,
    options: SetOptions | undefined,
  ): { readonly last: unknown; readonly tags?: readonly string[] };
}

/** @internal The key of a method that only this package's own classes override. */
export const base: unique symbol = Symbol('base');

const OPTIONS = { ...LOCK_DEFAULTS, nulls: SWITCH };

/** The methods that change something. */
const CHANGES = ['set', 'clear', 'flush'] as const;

/**
 * A cache over any store. Subclass it with the four methods that read and write the store; locks for its keys come with
 * it. Times to live are in seconds, as in ACA-Py.
 *
 * The locks notice what `set`, `clear` and `flush` change: a result that was being computed meanwhile is not stored
 * over it. For that, the first `acquire` wraps these three methods of the instance. While a lock's result is on its way
 * to the store, they wait for it, for one `lease` at most, so that the newer value ends up in the store.
 *
 * @example
 * class StorageCache extends BaseCache<object> {
 *   async get(key: Key) {
 *     const { value, expires } = JSON.parse(localStorage.getItem(`cache:${key}`) ?? '{}');
 *     if (typeof expires !== 'number' || Date.now() < expires) return value;
 *     await this.clear(key);
 *     return undefined;
 *   }
 *   async set(keys: Key | Iterable<Key>, value: object, ttl?: number) {
 *     const expires = ttl ? Date.now() + ttl * 1000 : undefined;
 *     const list = typeof keys === 'object' ? [...keys] : [keys];
 *     for (const key of list) localStorage.setItem(`cache:${key}`, JSON.stringify({ value, expires }));
 *   }
 *   async clear(key: Key) {
 *     localStorage.removeItem(`cache:${key}`);
 *   }
 *   async flush() {
 *     for (const key of Object.keys(localStorage)) if (key.startsWith('cache:')) localStorage.removeItem(key);
 *   }
 * }
 */
export abstract class BaseCache<V = unknown> {
  /** @internal The published files have short names for everything else. */
  static get name(): string {
    return 'BaseCache';
  }
  readonly #defaults: LockDefaults;
  readonly #hasNulls: boolean;
  #locks: (Base<V> & { readonly store: LockedStore<V> }) | undefined;
  #isClosed = false;

  /**
   * @param options Options for this cache's locks.
   * @throws {CacheError} `invalid-option`; `invalid-argument` for `new BaseCache()` itself.
   */
  constructor(options?: BaseCacheOptions) {
    if (new.target === BaseCache) throw new CacheError('invalid-argument', 'BaseCache is abstract: extend it');
    const { nulls = false, ...defaults } = readOptions<BaseCacheOptions>(options, OPTIONS);
    this.#defaults = defaults;
    this.#hasNulls = nulls;
  }

  /**
   * Reads the value of a key. It may remove an expired value with `clear`: for a lock that looks for a value, that
   * doesn't count as a change.
   *
   * @returns The value, or `undefined` if there is none. Not `null`, unless the option `nulls` says that it is a value.
   */
  abstract get(key: Key): Promise<V | undefined>;

  /**
   * Stores a value under one key or under many. It must not call `set`, `clear` or `flush` of the same cache for the same
   * key after its first `await`: while it stores a lock's result, they wait for it.
   *
   * @param ttl How long it lives, in seconds. `undefined`: as the cache does by default.
   */
  abstract set(keys: Key | Iterable<Key>, value: V, ttl?: number): Promise<void>;

  /** Removes the value of a key, if there is one. */
  abstract clear(key: Key): Promise<void>;

  /** Removes every value. */
  abstract flush(): Promise<void>;

  /**
   * Takes a lock on a key, without waiting. The lock has its place from now on; `enter` waits for its turn.
   *
   * @throws {CacheError} `invalid-key`, `invalid-option`, `invalid-argument`, `disposed`, `out-of-memory`.
   */
  acquire(key: Key, options?: LockOptions): CacheKeyLock<V> {
    checkKey(key);
    const checked = readLockOptions(options, this.#defaults);
    if (this.#isClosed) throw handles.disposed();
    const { locks, store, path } = (this.#locks ??= this.#setUp());
    return new CacheKeyLock(locks, store, { key, path }, checked);
  }

  /**
   * Takes a lock on a key, and waits for its turn or for the holder's result. Leave the lock with `await using` or
   * `exit`.
   *
   * To give up waiting, use `timeout` or `signal`. If you only abandon the wait, as with `Promise.race`, the lock still
   * gets its turn, and then blocks the key for a lease.
   *
   * @throws {CacheError} As `acquire` and {@link CacheKeyLock.enter} do.
   */
  async lock(key: Key, options?: LockOptions): Promise<CacheKeyLock<V>> {
    return this.acquire(key, options).enter();
  }

  /**
   * Runs a callback with a lock on a key, and leaves the lock on every path.
   *
   * @param callback Its lock may have a narrower value type than the cache, for caches that have no value type.
   * @returns What the callback returns.
   * @throws What the callback throws, and what {@link BaseCache.lock} does.
   */
  async withLock<T, W extends V = V>(
    key: Key,
    callback: (lock: CacheKeyLock<W>) => T | PromiseLike<T>,
    options?: LockOptions,
  ): Promise<T> {
    checkFunction(callback, 'callback');
    return holding(this.acquire(key, options) as CacheKeyLock<unknown> as CacheKeyLock<W>, callback);
  }

  /**
   * Takes the turn from whoever holds a key. The first waiter gets the turn, and the old holder's result is refused
   * with `lock-lost`. If nobody holds the key, nothing happens.
   *
   * @throws {CacheError} `invalid-key`.
   */
  release(key: Key): void {
    checkKey(key);
    this.#locks?.locks.revoke({ key, path: '' });
  }

  /** The keys that are locked at the moment: the number of the holder's turn, for how long, and how many wait. */
  inspect(): LiveKey[] {
    return this.#locks === undefined ? [] : inspect(this.#locks.locks, '');
  }

  /** Ends the locks: those who wait get `disposed`, and so does every `acquire` from now on. The values stay. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#locks === undefined) return;
    const { locks } = this.#locks;
    locks.close(handles.disposed());
    handles.close(this, locks.cache);
  }

  /** The same as {@link BaseCache.close}, for `using`. */
  [dispose](): void {
    void this.close();
  }

  /** The same, for `await using`. */
  async [asyncDispose](): Promise<void> {
    await this.close();
  }

  /** `<InMemoryCache>`, say. */
  toString(): string {
    return `<${this.constructor.name}>`;
  }

  /** @internal */
  protected [base](): Base<V> {
    boot();
    return {
      locks: new KeyLocks<V>(this, handles.open(this, 1, Infinity, Infinity, 0, 0, 0)),
      path: '',
      check: (_key, _value, options) => {
        return { last: readOptions<Pick<SetOptions, 'ttl'>>(options, { ttl: TTL }).ttl };
      },
    };
  }

  #setUp(): Base<V> & { readonly store: LockedStore<V> } {
    for (const name of ['get', ...CHANGES] as const) {
      if (typeof this[name] !== 'function')
        throw invalid('invalid-argument', `${String(this)}.${name}`, 'a method', this[name]);
    }
    const stand = this[base]();
    const { locks, path, check } = stand;
    // The lock's own writes go to the method itself: they are no change by somebody else.
    const { set, clear } = this;
    const writes = new Writes(this.#defaults.lease ?? LEASE);
    /** Calls one of this cache's methods on behalf of a lock: what that does to the key is no change by somebody else. */
    const own = <T>(key: Key, call: () => T): T => {
      locks.own = { key, path };
      try {
        return call();
      } finally {
        locks.own = undefined;
      }
    };
    for (const name of CHANGES) {
      const method = this[name] as (...all: unknown[]) => Promise<void>;
      const value = async (...all: unknown[]): Promise<void> => {
        // Listed once: an iterator can't be walked twice.
        const [first] = all;
        if (typeof first === 'object' && first !== null && Symbol.iterator in first)
          all[0] = [...(first as Iterable<Key>)];
        const mine = locks.own?.key;
        const keys = name === 'flush' ? undefined : ([all[0]].flat() as Key[]).filter((key) => key !== mine);
        const note = (isDone: boolean): void => {
          if (keys === undefined) locks.fenceWithin(path, isDone);
          else for (const key of keys) locks.fence({ key, path }, isDone);
        };
        note(false);
        try {
          await writes.change(keys ?? writes.keys, () => method.apply(this, all));
        } finally {
          note(true);
        }
      };
      if (!Reflect.defineProperty(this, name, { value, configurable: true, writable: true })) {
        throw new CacheError('invalid-argument', `a cache with locks can't be frozen: ${name} is out of their sight`);
      }
    }
    const refuseNull = (value: unknown): void => {
      if (value === null && !this.#hasNulls) {
        throw invalid('invalid-argument', 'value', 'undefined for a miss, or the option nulls: true', value);
      }
    };
    const remove = async (key: Key): Promise<void> => {
      await clear.call(this, key);
      locks.fence({ key, path }, true);
    };
    const store: LockedStore<V> = {
      cache: this,
      get: async (key) => {
        const value = await own(key, () => this.get(key));
        refuseNull(value);
        return value;
      },
      prepare: (key, value, options) => {
        refuseNull(value);
        const { last, tags = [] } = check(key, value, options);
        const write = (): Promise<void> => own(key, () => set.call(this, key, value, last as number | undefined));
        return { tags, store: () => writes.result(key, write, () => remove(key)) };
      },
    };
    return { ...stand, store: stand.store ?? store };
  }
}
