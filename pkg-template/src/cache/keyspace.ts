// What a cache and a namespace have in common: entries, locks and loads of one key space.

import type { GetOptions, SetOptions } from '../base/entry.js';
import { CacheError, invalid } from '../base/errors.js';
import type { Key } from '../base/key.js';
import { checkFunction, checkKey, readList } from '../base/validate.js';
import { loadMany } from '../loads/many.js';
import { requestOf } from '../loads/request.js';
import type { Request } from '../loads/request.js';
import { readLoadOptions } from '../loads/options.js';
import type { LoadOptions, Loaded, Loader, LoaderOfMany } from '../loads/options.js';
import { CacheKeyLock, holding } from '../locks/cache-key-lock.js';
import type { LockedStore } from '../locks/cache-key-lock.js';
import { readLockOptions } from '../locks/options.js';
import type { LockOptions } from '../locks/options.js';
import { prepare, readSetOptions } from '../store/prepare.js';
import type { TierLock } from '../store/second-tier.js';
import type { Space } from '../store/spaces.js';
import type { Table } from '../store/table.js';
import { core } from '../wasm/boot.js';
import { together } from '../wasm/clock.js';
import { Entries } from './entries.js';
import { inspect } from './inspect.js';
import type { LiveKey } from './inspect.js';
import type { CacheState } from './state.js';

/** For a cache that serves stale values: none here. */
const FRESH = Object.freeze({ allowStale: false });

/** The methods that a {@link Cache} and a {@link Namespace} share. */
export abstract class Keyspace<K extends Key = string, V = unknown> extends Entries<K, V> {
  readonly #state: CacheState<K, V>;
  readonly #table: Table<K, V>;
  readonly #space: Space;
  /** What a lock of this key space reads and writes. */
  readonly #store: LockedStore<V> = {
    cache: this,
    get: (key, lock) => {
      const value = this.#table.events.shield(() => find(this, key as K));
      return value === undefined && this.#table.tier ? Keyspace.behind(this, key as K, lock) : value;
    },
    leave: (key, lock) => this.#table.tier?.leave(this.#space, key, lock),
    prepare: (key, value, options) => {
      const table = this.#table;
      table.assertOpen();
      const entry = prepare(table.settings, key as K, value, options);
      const store = (): void => {
        table.assertOpen();
        const space = table.spaces.current(this.#space);
        table.store(space, table.tier?.settle(space, entry) ?? entry);
        table.events.run();
      };
      return { tags: entry.tags, store };
    },
  };

  /** @internal */
  protected constructor(state: CacheState<K, V>, space: Space) {
    super(state.table, space);
    this.#state = state;
    this.#table = state.table;
    this.#space = space;
  }

  /** @internal What is beneath. */
  static inside<K extends Key, V>(of: Keyspace<K, V>) {
    return { state: of.#state, path: of.#space.path, store: of.#store };
  }

  /**
   * The value of a key, or else the given one, which is stored. As in a `Map`; for values that come later, use
   * {@link Keyspace.getOrSet}. Counts as a `get`.
   *
   * @param options For the entry, if it is stored.
   * @returns The value; the given one even if the cache refuses to store it.
   * @throws {CacheError} As {@link Entries.set} does.
   */
  getOrInsert(key: K, value: V, options?: SetOptions | number): V {
    return this.#getOrInsert(key, () => value, options);
  }

  /**
   * The value of a key, or else what a callback returns, which is stored. As in a `Map`: if the callback throws,
   * nothing is stored; if it sets the key itself, its return value replaces that one. Counts as a `get`.
   *
   * @param callback Called if the key has no live value. `undefined` isn't stored.
   * @param options For the entry, if it is stored.
   * @throws {CacheError} `invalid-argument`, and as {@link Entries.set} does. What the callback throws.
   * @example
   * const pattern = patterns.getOrInsertComputed(source, (source) => new RegExp(source));
   */
  getOrInsertComputed<R extends V | undefined = V>(
    key: K,
    callback: (key: K) => R,
    options?: SetOptions | number,
  ): Loaded<V, R> {
    checkFunction(callback, 'callback');
    return this.#getOrInsert(key, callback, options) as Loaded<V, R>;
  }

  /**
   * Changes the value of a key, and nothing else: the entry keeps its expiry and its tags, unless `options` has others.
   * What is being computed for the key is out of date then, as after a `set`. If the callback throws, nothing changes; if
   * it sets the key itself, its return value replaces that one. Counts as a `get`.
   *
   * @param change Gets the live value, or `undefined`; returns the new value, or `undefined` to delete the entry.
   * @param options For the entry. A new one without options is like that of a `set`.
   * @returns The new value.
   * @throws {CacheError} `invalid-argument`, and as {@link Entries.set} does. What the callback throws.
   * @example
   * const visits = counts.update(address, (count = 0) => count + 1);
   */
  update(
    key: K,
    change: (value: V | undefined, key: K) => V | undefined,
    options?: SetOptions | number,
  ): V | undefined {
    checkFunction(change, 'change');
    const call = readSetOptions(options);
    const table = this.#table;
    const value = change(this.#fresh(key), key);
    if (value === undefined) {
      Entries.prototype.delete.call(this, key);
      return value;
    }
    const entry = prepare(table.settings, key, value, call);
    table.assertOpen();
    const space = table.spaces.current(this.#space);
    table.fence(space, key);
    together(() => table.amend(space, entry, call));
    table.events.run();
    return value;
  }

  #getOrInsert<R extends V | undefined>(key: K, callback: (key: K) => R, options?: SetOptions | number): V | R {
    const call = readSetOptions(options);
    const present = this.#fresh(key);
    if (present !== undefined) return present;
    const value = callback(key);
    Entries.prototype.set.call(this, key, value, call);
    return value;
  }

  /**
   * Gets the value of a key, or loads it. However many callers want it, one of them loads, and all get its value or its
   * error. If the key is changed meanwhile, the load is out of date: the callers that already wait get its value, but
   * it isn't stored, and later callers don't get it.
   *
   * @param loader Loads the value. Called at most once for each caller, except by `retry`. What it throws reaches all
   * callers unchanged.
   * @param options Options for this call, in place of the cache's.
   * @returns A promise of the value; of `undefined` if the loader gave none.
   * @throws {CacheError} `load-timeout`, `load-failed-recently`, `reentrant`, `invalid-key`, `invalid-option`,
   * `invalid-argument`; the errors for a wrong ttl, size or tags; `disposed`. The reason of `signal`, if it aborts.
   * @example
   * const document = await documents.getOrSet(did, ({ signal }) => resolve(did, { signal }), { ttl: 60_000 });
   */
  getOrSet<R extends V | undefined = V>(
    key: K,
    loader: Loader<K, V, R>,
    options?: LoadOptions<K, V>,
  ): Promise<Loaded<V, R>> {
    return this.#checked(key, loader, options);
  }

  /**
   * Gets the values of many keys, in the order of the keys, and loads the missing ones together. The loader is called
   * once, for the keys that nobody else is loading. For the other keys, this call waits for the loads of others.
   *
   * @param loader Loads the values: it returns a Map, or a list in the order of the keys that it got. An `Error` in
   * place of a value means that this key has failed: it isn't stored, and the callers that wait for the key reject with
   * it, this call included. The other values are stored.
   * @throws {CacheError} As {@link Keyspace.getOrSet} does.
   */
  async getOrSetMany<R extends V | undefined = V>(
    keys: Iterable<K>,
    loader: LoaderOfMany<K, V, R>,
    options?: LoadOptions<K, V>,
  ): Promise<(Loaded<V, R> | undefined)[]> {
    checkFunction(loader, 'loader');
    const call = readLoadOptions(options, this.#state.defaults.loads);
    const list = readList<K>(keys, 'keys');
    list.forEach(checkKey);
    this.#table.assertOpen();
    // Tries count for the whole list.
    const alone = { ...call, retry: 0 };
    const { tier } = this.#table;
    const gathered = tier && (() => tier.gathered(alone));
    const values = loadMany(list, loader, call.retry, gathered, async (key, load) => this.#getOrSet(key, load, alone));
    return values as Promise<(Loaded<V, R> | undefined)[]>;
  }

  /**
   * Loads the value of a key again, and replaces the old one. Doesn't join a load that began earlier. If the load
   * fails, the old value stays.
   *
   * @throws {CacheError} As {@link Keyspace.getOrSet} does.
   */
  refresh<R extends V | undefined = V>(
    key: K,
    loader: Loader<K, V, R>,
    options?: LoadOptions<K, V>,
  ): Promise<Loaded<V, R>> {
    return this.#checked(key, loader, options, true);
  }

  /**
   * Takes a lock on a key, without waiting. The lock has its place from now on; `enter` waits for its turn.
   *
   * @throws {CacheError} `invalid-key`, `invalid-option`, `invalid-argument`, `out-of-memory`, `disposed`.
   */
  acquire(key: K, options?: LockOptions): CacheKeyLock<V> {
    return this.#acquire(key, options);
  }

  #acquire(key: K, options?: LockOptions): CacheKeyLock<V> {
    checkKey(key);
    const table = this.#table;
    const checked = readLockOptions(options, this.#state.defaults.locks);
    table.assertOpen();
    return new CacheKeyLock(this.#state.locks, this.#store, { key, path: this.#space.path }, checked);
  }

  /**
   * Takes a lock on a key, and waits for its turn or for the holder's result. Leave the lock with `await using` or
   * `exit`.
   *
   * To give up waiting, use `timeout` or `signal`. If you only abandon the wait, as with `Promise.race`, the lock still
   * gets its turn, and then blocks the key for a lease.
   *
   * @throws {CacheError} As {@link Keyspace.acquire} and {@link CacheKeyLock.enter} do.
   */
  async lock(key: K, options?: LockOptions): Promise<CacheKeyLock<V>> {
    return this.#acquire(key, options).enter();
  }

  /**
   * Runs a callback with a lock on a key, and leaves the lock on every path.
   *
   * @param callback Its lock may have a narrower value type than the cache, for caches that have no value type.
   * @returns What the callback returns.
   * @throws What the callback throws, and what {@link Keyspace.lock} does.
   */
  async withLock<T, W extends V = V>(
    key: K,
    callback: (lock: CacheKeyLock<W>) => T | PromiseLike<T>,
    options?: LockOptions,
  ): Promise<T> {
    checkFunction(callback, 'callback');
    return holding(this.#acquire(key, options) as CacheKeyLock<unknown> as CacheKeyLock<W>, callback);
  }

  /**
   * Takes the turn from the lock that holds a key, even if nobody waits. The first waiter gets the turn, and the old
   * holder's result is refused with `lock-lost`. A load goes on for its callers, but its value isn't stored. If nobody
   * holds the key, nothing happens.
   *
   * @throws {CacheError} `invalid-key`, `disposed`.
   */
  release(key: K): void {
    checkKey(key);
    this.#table.assertOpen();
    this.#state.locks.revoke({ key, path: this.#space.path });
    this.#table.events.run();
  }

  /**
   * The keys that are locked or loaded at the moment, those of nested namespaces included: who holds them, for how long,
   * and how many wait. For finding out why something doesn't go on.
   */
  inspect(): LiveKey<K>[] {
    this.#table.assertOpen();
    return inspect(this.#state.locks, this.#space.path);
  }

  /**
   * The namespace of this name within this one: a cache with keys of its own, which shares the bounds, the options and
   * the policy. It costs nothing as long as it is empty, so there can be one for each tenant or each user.
   */
  namespace<L extends Key = K, W extends V = V>(name: string): Namespace<L, W> {
    if (typeof name !== 'string') throw invalid('invalid-argument', 'name', 'a string', name);
    const table = this.#table;
    table.assertOpen();
    return new Namespace(this.#state as unknown as CacheState<L, W>, table.spaces.nested(this.#space, name));
  }

  /** Checks the arguments of a load, and begins it. What goes wrong is a rejection. */
  #checked<R extends V | undefined>(
    key: K,
    loader: Loader<K, V, R>,
    options: LoadOptions<K, V> | undefined,
    forceFresh?: true,
  ): Promise<Loaded<V, R>> {
    try {
      checkKey(key);
      checkFunction(loader, 'loader');
      const call = readLoadOptions(options, this.#state.defaults.loads);
      this.#table.assertOpen();
      return this.#getOrSet(key, loader, forceFresh ? { ...call, forceFresh } : call) as Promise<Loaded<V, R>>;
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  #getOrSet(key: K, loader: Loader<K, V>, call: LoadOptions<K, V>): Promise<V | undefined> {
    const { events, tags } = this.#table;
    // A reload keeps the tags, and `get` lets go of what has expired.
    const kept = tags.inUse ? this.#tagsOfExpired(key) : undefined;
    const get = (): V | undefined => this.#fresh(key);
    const value = call.forceFresh ? undefined : events.hasListeners ? events.shield(get) : get();
    if (value === undefined) return this.#load(key, loader, call, kept);
    if (call.refreshAhead !== undefined) this.#refreshAhead(key, loader, call);
    return Promise.resolve(value);
  }

  /** Loads a value that isn't there, or serves the expired one meanwhile. */
  #load(
    key: K,
    loader: Loader<K, V>,
    call: LoadOptions<K, V>,
    tags: readonly string[] | undefined,
  ): Promise<V | undefined> {
    // A callback may have ended the cache.
    this.#table.assertOpen();
    return this.#state.loads.get(this.#request(key, loader, call, tags));
  }

  /** Loads a value behind that has lived for its share. */
  #refreshAhead(key: K, loader: Loader<K, V>, call: LoadOptions<K, V>): void {
    const table = this.#table;
    const slot = table.spaces.current(this.#space).index.get(key);
    if (slot === undefined) return;
    if (core.flightIsDueAhead(slot, table.ttl(slot), table.remaining(slot), call.refreshAhead!)) {
      this.#state.loads.refresh(this.#request(key, loader, call), -1);
    }
  }

  /** @internal The value that the second tier has. Memory keeps it, unless something has changed meanwhile. */
  static async behind<K extends Key, V>(of: Keyspace<K, V>, key: K, lock?: TierLock): Promise<V | undefined> {
    const [table, space] = [of.#table, of.#space];
    const { value, record, keep, isCurrent } = await table.tier!.load({ space, key, call: {}, lock });
    if (record !== undefined && isCurrent()) {
      const entry = prepare(table.settings, key, value as V, record.options);
      table.store(table.spaces.current(space), keep(entry)!, record.elapsed);
      table.events.run(true);
    }
    return value as V | undefined;
  }

  /** What `get` gives if it is not expired. */
  #fresh(key: K): V | undefined {
    return find(this, key, this.#table.settings.allowStale ? FRESH : undefined);
  }

  #tagsOfExpired(key: K): readonly string[] | undefined {
    const table = this.#table;
    const slot = table.spaces.current(this.#space).index.get(key);
    return slot !== undefined && table.isExpired(slot) ? table.tags.of(slot) : undefined;
  }

  #request(key: K, loader: Loader<K, V>, call: LoadOptions<K, V>, kept?: readonly string[]): Request<K, V> {
    const table = this.#table;
    return requestOf(table, table.spaces.current(this.#space), key, loader, call, kept);
  }
}

/** A value, by no method that a subclass may have put in the place of `get`. */
function find<K extends Key, V>(entries: Entries<K, V>, key: K, options?: GetOptions): V | undefined {
  return Entries.prototype.get.call(entries, key, options) as V | undefined;
}

/** A part of a cache with keys of its own. Made by {@link Keyspace.namespace}. */
export class Namespace<K extends Key = string, V = unknown> extends Keyspace<K, V> {
  /** @internal The published files have short names for everything else. */
  static override get name(): string {
    return 'Namespace';
  }
  readonly #names: readonly string[];

  /** @internal */
  constructor(state: CacheState<K, V>, space: Space) {
    if (space === undefined) throw new CacheError('invalid-argument', 'a Namespace is made by namespace');
    super(state, space);
    this.#names = space.names;
  }

  /** The names on the way from the cache to this namespace. */
  get path(): readonly string[] {
    return this.#names;
  }

  override toJSON(): object {
    return { path: this.#names, entries: this.size };
  }

  override get [Symbol.toStringTag](): string {
    return 'Namespace';
  }
}
