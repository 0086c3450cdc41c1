// The seed's abstract cache: any store with four methods, and locks for its keys.

import { checkFunction, checkKey, readCall, readTtl } from '../cache/arguments.js';
import { inspect } from '../cache/inspect.js';
import type { LiveKey } from '../cache/inspect.js';
import type { Key } from '../cache/key.js';
import { CacheError } from '../errors.js';
import { CacheKeyLock, checkLease, checkWait, holding, readLockOptions } from '../locks/cache-key-lock.js';
import type { LockDefaults, LockOptions, LockedStore } from '../locks/cache-key-lock.js';
import { KeyLocks } from '../locks/key-locks.js';
import { boot } from '../wasm/boot.js';
import * as handles from '../wasm/handles.js';

/**
 * A cache over any store. Subclass it with the four methods that read and write the store; locks for its keys come with
 * it. Times to live are in seconds, as in ACA-Py.
 *
 * The locks notice what `set`, `clear` and `flush` change: a result that was being computed meanwhile is not stored over
 * it. For that, the first `acquire` puts itself before these three methods of the instance.
 *
 * @example
 * class StorageCache extends BaseCache<string> {
 *   async get(key) { return localStorage.getItem(key) ?? undefined; }
 *   async set(keys, value) { for (const key of [keys].flat()) localStorage.setItem(key, value); }
 *   async clear(key) { localStorage.removeItem(key); }
 *   async flush() { localStorage.clear(); }
 * }
 */
export abstract class BaseCache<V = unknown> {
  /** @internal The published files have short names for everything else. */
  static readonly name: string = 'BaseCache';
  readonly #defaults: LockDefaults;
  #locks: { readonly keys: KeyLocks<V>; readonly store: LockedStore<V> } | undefined;

  /**
   * @param defaults What this cache's locks go by.
   * @throws {CacheError} `invalid-option`.
   */
  constructor(defaults?: LockDefaults) {
    const { lease, lockTimeout } = readCall(defaults, ['lease', 'lockTimeout']);
    if (lease !== undefined) checkLease(lease);
    checkWait(lockTimeout, 'lockTimeout');
    this.#defaults = { lease, lockTimeout } as LockDefaults;
  }

  /**
   * The value of a key.
   *
   * @returns The value, or `undefined` if there is none.
   */
  abstract get(key: Key): Promise<V | undefined>;

  /**
   * Stores a value under one key or under many.
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
   * @throws {CacheError} `invalid-key`, `invalid-option`, `invalid-argument`, `reentrant`, `out-of-memory`.
   */
  acquire(key: Key, options?: LockOptions): CacheKeyLock<V> {
    checkKey(key);
    const checked = readLockOptions(options, this.#defaults);
    const { keys, store } = (this.#locks ??= this.#setUp());
    return new CacheKeyLock(keys, store, { key, path: '' }, checked);
  }

  /**
   * Takes a lock on a key, and waits for its turn or for the holder's result. Leave it by `await using`, or by `exit`.
   *
   * @throws {CacheError} As `acquire` and {@link CacheKeyLock.enter} do.
   */
  async lock(key: Key, options?: LockOptions): Promise<CacheKeyLock<V>> {
    return this.acquire(key, options).enter();
  }

  /**
   * Runs a callback with a lock on a key, and leaves the lock whatever happens.
   *
   * @returns What the callback returns.
   * @throws What the callback throws, and what {@link BaseCache.lock} does.
   */
  async withLock<T>(
    key: Key,
    callback: (lock: CacheKeyLock<V>) => T | PromiseLike<T>,
    options?: LockOptions,
  ): Promise<T> {
    checkFunction(callback, 'callback');
    return holding(this.acquire(key, options), callback);
  }

  /** The keys that are locked at the moment: by which turn, for how long, and how many wait. */
  inspect(): LiveKey[] {
    return this.#locks === undefined ? [] : inspect(this.#locks.keys, undefined, '');
  }

  #setUp(): { keys: KeyLocks<V>; store: LockedStore<V> } {
    boot();
    const keys = new KeyLocks<V>(this, handles.open(this, 1, Infinity, Infinity, 0, 0, 0));
    // The lock's own writes go to the method itself: they are no change by somebody else.
    const { set } = this;
    this.#notice('set', (given) => {
      // Listed once: an iterator can't be walked twice.
      const isMany =
        typeof given === 'object' && typeof (given as Partial<Iterable<Key>> | null)?.[Symbol.iterator] === 'function';
      const list = isMany ? [...(given as Iterable<Key>)] : [given as Key];
      list.forEach((key) => keys.fence({ key, path: '' }));
      return isMany ? list : given;
    });
    this.#notice('clear', (key) => {
      keys.fence({ key: key as Key, path: '' });
      return key;
    });
    this.#notice('flush', (nothing) => {
      keys.fenceWithin('');
      return nothing;
    });
    const prepare: LockedStore<V>['prepare'] = (key, value, options) => {
      const { ttl } = readCall(options, ['ttl']);
      readTtl(ttl, Infinity);
      return { store: () => set.call(this, key, value, ttl) };
    };
    return { keys, store: { cache: this, get: (key) => this.get(key), prepare } };
  }

  /** Puts a look at the first argument before a method of this instance. */
  #notice(name: 'set' | 'clear' | 'flush', look: (argument: unknown) => unknown): void {
    const method = this[name] as (...all: unknown[]) => Promise<void>;
    const value = async (first: unknown, ...rest: unknown[]): Promise<void> => method.call(this, look(first), ...rest);
    if (!Reflect.defineProperty(this, name, { value, configurable: true, writable: true })) {
      throw new CacheError('invalid-argument', `a cache with locks can't be frozen: ${name} is out of their sight`);
    }
  }
}
