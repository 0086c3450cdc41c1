// The cache.

import { invalid } from '../base/errors.js';
import type { Key } from '../base/key.js';
import { asyncDispose, dispose } from '../base/symbols.js';
import { SWITCH, readOptions } from '../base/validate.js';
import { dump, load } from '../store/dump.js';
import type { CacheDump, DumpedEntry } from '../store/dump.js';
import type { Table } from '../store/table.js';
import { core } from '../wasm/boot.js';
import { readClock } from '../wasm/clock.js';
import { Count } from '../wasm/protocol.js';
import { Keyspace, Namespace } from './keyspace.js';
import { readBounds, readCacheOptions } from './options.js';
import type { CacheOptions } from './options.js';
import { CacheState } from './state.js';

/** What a cache has counted since it was made, and what it holds. */
export interface CacheStats {
  /** `get`s that found a value. */
  readonly hits: number;
  /** `get`s that found none, or an expired one. */
  readonly misses: number;
  /** Values stored under keys that had none. */
  readonly inserts: number;
  /** Values stored over others. */
  readonly updates: number;
  /** Entries that were evicted. */
  readonly evictions: number;
  /** Entries that were removed because they had expired. */
  readonly expirations: number;
  /** Entries that were deleted, taken, or displaced by one that was too large. */
  readonly deletions: number;
  /** Entries that were not stored: they were too large, or could only take the place of pinned ones. */
  readonly refusals: number;
  /** Loaders that were called. */
  readonly loads: number;
  /** Callers that waited for another one's load. */
  readonly joins: number;
  /** Expired values that loads have served. */
  readonly staleServes: number;
  /** Turns that were taken from a lock or a load: its lease had ended, or its key was released. */
  readonly takeovers: number;
  /** Results that came too late to be stored: the key had changed, or the lease had ended. */
  readonly fenced: number;
  /** The present entries, in all namespaces, including expired ones that are still there. */
  readonly entries: number;
  /** The size of all entries together; 0 in a cache without bounds for sizes. */
  readonly size: number;
  /** The bound for `entries`. */
  readonly max: number;
  /** The bound for `size`. */
  readonly maxSize: number;
}

/**
 * An in-memory cache. Entries can expire, have sizes and tags, and live in namespaces. The cache evicts entries that
 * are used less often and less recently than others.
 *
 * @example
 * const documents = new Cache<string, DIDDocument>({ max: 10_000, ttl: 5 * 60_000 });
 * documents.set(did, document);
 * documents.get(did)?.verificationMethod;
 */
export class Cache<K extends Key = string, V = unknown> extends Keyspace<K, V> {
  /** @internal The published files have short names for everything else. */
  static override get name(): string {
    return 'Cache';
  }
  readonly #state: CacheState<K, V>;
  readonly #table: Table<K, V>;

  /**
   * @param options One of `max` and `maxSize` is required.
   * @throws {CacheError} `invalid-option`; `wasm-unavailable` if WebAssembly can't be compiled here.
   */
  constructor(options: CacheOptions<K, V>) {
    const state = new CacheState(readCacheOptions(options));
    super(state, state.table.spaces.root);
    this.#state = state;
    this.#table = state.table;
    const { tier, ttl, stale } = state.table.settings;
    if (tier === undefined) return;
    const root = new Namespace(state, state.table.spaces.root);
    state.table.tier = tier.attach({
      root,
      ttl,
      stale,
      apply(change, sparesLoads) {
        const { locks } = state;
        locks.spares = (ticket) => ticket.isLooking || (sparesLoads && ticket.isLoad);
        try {
          change();
        } finally {
          locks.spares = undefined;
        }
      },
    });
  }

  /** The option `name`. */
  get name(): string | undefined {
    return this.#state.table.settings.name;
  }

  /** Removes every entry, those of all namespaces included, and gives the engine's memory back. */
  override clear(): void {
    const table = this.#open();
    table.tier?.removeWithin(table.spaces.root, false);
    table.clear();
    table.events.run();
  }

  /**
   * Removes every expired entry, in all namespaces, except those that `swr` or `grace` may still serve. You need not
   * call it: expired entries are never returned, and each write removes a few.
   *
   * @param options `all`: whether to remove those, too.
   * @returns How many there were.
   */
  purgeStale(options?: { all?: boolean | undefined }): number {
    const table = this.#open();
    const { swr = 0, grace = 0 } = this.#state.defaults.loads;
    const { all } = readOptions<{ all?: boolean }>(options, { all: SWITCH });
    const before = table.count(Count.Entries);
    core.cachePurge(table.cache, readClock() - (all ? 0 : Math.max(swr, grace)));
    table.drain();
    const purged = before - table.count(Count.Entries);
    table.events.run();
    return purged;
  }

  /**
   * Removes the entry that would be evicted next, whatever namespace it is in, and hands its value to the caller. It never
   * takes a pinned entry. `dispose` isn't called, as with `take`.
   *
   * @returns The value, or `undefined` if there is no entry.
   */
  pop(): V | undefined {
    const table = this.#open();
    const value = table.pop();
    table.events.run();
    return value;
  }

  /**
   * Changes the bounds, and evicts what they have no room for.
   *
   * @param bounds The most entries, or `max` and `maxSize`; what is missing stays. Only a cache that was made with
   * `maxSize` can be given another one.
   * @throws {CacheError} `invalid-option`, and nothing has changed.
   */
  resize(bounds: number | Pick<CacheOptions, 'max' | 'maxSize'>): void {
    const { max, maxSize } = readBounds(bounds);
    const table = this.#open();
    if (maxSize !== undefined && table.settings.maxSize === Infinity) {
      throw invalid('invalid-option', 'maxSize', 'a cache that was made with maxSize', maxSize);
    }
    table.flush();
    if (!core.cacheResize(table.cache, max ?? table.count(Count.Max), maxSize ?? table.count(Count.MaxSize))) {
      throw invalid('invalid-option', 'bounds', 'room for the pinned entries', max ?? maxSize);
    }
    table.forgetRoom();
    table.drain();
    table.events.run();
  }

  /** What was counted since the cache was made, and what it holds now. */
  stats(): CacheStats {
    const table = this.#open();
    const { locks, loads } = this.#state;
    return {
      hits: table.hits,
      misses: table.misses,
      inserts: table.count(Count.Inserts),
      updates: table.count(Count.Updates) + table.overwrites,
      evictions: table.count(Count.Evictions),
      expirations: table.count(Count.Expirations),
      deletions: table.count(Count.Deletions),
      refusals: table.refusals,
      loads: loads.loads,
      joins: loads.joins,
      staleServes: loads.staleServes,
      takeovers: locks.takeovers,
      fenced: locks.fenced,
      entries: table.count(Count.Entries),
      size: table.count(Count.Size),
      max: table.count(Count.Max),
      maxSize: table.count(Count.MaxSize),
    };
  }

  /**
   * All live entries with their ages, sizes, tags and namespaces, from the most to the least worth keeping. Pass the
   * dump to {@link Cache.load} of this cache or another one. It holds the values themselves, so they decide how it can
   * be stored.
   */
  dump(): CacheDump<K, V> {
    return dump(this.#open());
  }

  /**
   * Replaces all entries with those of a dump. Leaves out entries that have expired since; if the bounds don't allow
   * all, it keeps those most worth keeping. Takes a dump of lru-cache, too.
   *
   * @throws {CacheError} `invalid-argument`, `invalid-key`, `invalid-ttl`, `invalid-size`, `not-isolable`; nothing has
   * changed then.
   */
  load(entries: Iterable<readonly [key: K, entry: DumpedEntry<V>]>): void {
    const table = this.#open();
    load(table, entries);
    table.events.run();
  }

  /** Removes every entry, and ends the cache: every call but this one throws from now on. */
  close(): void {
    this.#state.close();
  }

  /** The same as {@link Cache.close}, for `using`. */
  [dispose](): void {
    this.close();
  }

  /** The same, for `await using`. Callers that wait for a lock or a load get `disposed`. */
  async [asyncDispose](): Promise<void> {
    this.close();
  }

  /** What it holds, its bounds, and the share of `get`s that were hits. */
  override toJSON(): object {
    const table = this.#table;
    if (table.isClosed) return { closed: true };
    const [entries, max, size, maxSize] = [Count.Entries, Count.Max, Count.Size, Count.MaxSize].map((what) =>
      table.count(what),
    );
    return { entries, max, size, maxSize, hitRatio: table.hits / (table.hits + table.misses) || 0 };
  }

  override get [Symbol.toStringTag](): string {
    return 'Cache';
  }

  #open(): Table<K, V> {
    this.#table.assertOpen();
    return this.#table;
  }
}
