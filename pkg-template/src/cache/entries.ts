// The entries of one key space: what a cache and a namespace can do with them.

import type { Entry, GetOptions, ListOptions, SetOptions } from '../base/entry.js';
import type { Key } from '../base/key.js';
import { IDENTITY, INSPECT } from '../base/symbols.js';
import { checkFunction, checkKey, isKey, readList, readOptions, readStrings } from '../base/validate.js';
import { inform } from '../store/dump.js';
import type { EntryInfo } from '../store/dump.js';
import { expireTagged, expireWithin, removeTagged, removeWithin } from '../store/invalidate.js';
import { STALE, find } from '../store/find.js';
import { listed } from '../store/order.js';
import { LIFE, lifeOf, prepare, prepareMany } from '../store/prepare.js';
import type { ManyEntry } from '../store/prepare.js';
import type { Space } from '../store/spaces.js';
import type { Table } from '../store/table.js';
import { now, together } from '../wasm/clock.js';
import { Reason } from '../wasm/protocol.js';

/**
 * The methods for entries that a {@link Cache} and a {@link Namespace} share. None of them calls a method that a
 * subclass may have overridden, so a subclass that changes keys has to override each method that takes one.
 */
export abstract class Entries<K extends Key = string, V = unknown> {
  readonly #table: Table<K, V>;
  #space: Space;
  /** The index of the space, at hand for the hit path. */
  #index: Map<Key, number>;

  /** @internal */
  readonly [IDENTITY]: string;

  /** @internal */
  protected constructor(table: Table<K, V>, space: Space) {
    this[IDENTITY] = table.cache + space.path;
    this.#table = table;
    this.#space = space;
    this.#index = space.index;
  }

  /**
   * How many entries there are. Includes expired entries that have not been removed yet, and those that `swr`, `grace`
   * or `allowStale` keep. `[...cache.keys()].length` counts only live entries.
   */
  get size(): number {
    return this.#current().index.size;
  }

  /**
   * The value of a key. Counts as a use of the entry, and as a hit or a miss.
   *
   * @param options Options for this call, in place of the cache's.
   * @returns The value, or `undefined` if there is none.
   * @throws {CacheError} `invalid-key`, `invalid-option`, `invalid-argument`, `disposed`.
   */
  get(key: K, options?: GetOptions): V | undefined {
    // The hit path: no call into the engine, no allocation, and no look at the clock for what doesn't expire.
    const table = this.#table;
    if (options === undefined && table.isPlain) {
      const slot = this.#index.get(key);
      if (slot === undefined) {
        // The namespace may have got its first entries through another `Namespace` object; or the key is invalid.
        if (this.#index.size > 0 && (typeof key === 'string' || typeof key === 'number')) {
          table.misses += 1;
          return undefined;
        }
      } else {
        const mark = table.marks[slot];
        if (mark !== 1) table.mark(slot, mark);
        const { expires } = table;
        if (expires === null || expires[slot] === Infinity || now() < expires[slot]!) {
          table.hits += 1;
          return table.values[slot];
        }
      }
    }
    return this.#find(key, options);
  }

  /**
   * Stores a value under a key, in place of the key's old value. An entry that is larger than `maxEntrySize` allows
   * isn't stored, and the key's old entry is removed. Setting `undefined` deletes the key.
   *
   * @param options Options for this call, in place of the cache's; or a number, which is the ttl.
   * @throws {CacheError} `invalid-key`, `invalid-ttl`, `invalid-size`, `invalid-option`, `invalid-argument`,
   * `not-isolable`, `out-of-memory`, `disposed`. Nothing has changed then.
   */
  set(key: K, value: V | undefined, options?: SetOptions | number): this {
    const table = this.#table;
    if (options === undefined && value !== undefined && table.isBare && isKey(key)) {
      const space = this.#current();
      table.fence(space, key);
      table.put(space, key, value, table.settings.ttl);
      return this;
    }
    this.#open();
    if (value === undefined) {
      Entries.prototype.delete.call(this, key);
      return this;
    }
    const entry = prepare(table.settings, key, value, options);
    // The caller's code that measures, clones or iterates may have closed the cache.
    table.assertOpen();
    this.#store(entry);
    table.events.run();
    return this;
  }

  /** Whether a key has a live value. Doesn't count as a use. */
  has(key: K): boolean {
    const slot = this.#slotOf(key);
    return slot !== undefined && !this.#table.isExpired(slot);
  }

  /**
   * The value of a key, without counting as a use, a hit or a miss.
   *
   * @param options `allowStale`: whether to return an expired value, too; its entry stays.
   */
  peek(key: K, options?: Pick<GetOptions, 'allowStale'>): V | undefined {
    const table = this.#table;
    const { allowStale = table.settings.allowStale } = readOptions<GetOptions>(options, STALE);
    const slot = this.#slotOf(key);
    return slot === undefined || (!allowStale && table.isExpired(slot)) ? undefined : table.valueAt(slot);
  }

  /**
   * Removes the entry of a key.
   *
   * @returns Whether there was one.
   */
  delete(key: K): boolean {
    const slot = this.#slotOf(key);
    this.#table.change(this.#space, key);
    if (slot === undefined) return false;
    this.#table.remove(slot, Reason.Delete);
    this.#table.events.run();
    return true;
  }

  /**
   * Removes the entry of a key and hands its value to the caller. `dispose` isn't called, since the caller owns the
   * value from then on. Counts as a hit or a miss.
   */
  take(key: K): V | undefined {
    const table = this.#table;
    const slot = this.#slotOf(key);
    table.change(this.#space, key);
    if (slot === undefined || table.isExpired(slot)) return this.#find(key, { allowStale: false });
    const value = table.valueAt(slot);
    table.hits += 1;
    table.events.note('hit', key, this.#space);
    table.remove(slot, Reason.Take);
    table.events.run();
    return value;
  }

  /** Removes every entry; those of nested namespaces too. */
  clear(): void {
    const table = this.#open();
    removeWithin(table, this.#space);
    table.events.run();
  }

  /** The values of many keys, in the order of the keys; `undefined` for keys without a value. */
  getMany(keys: Iterable<K>): (V | undefined)[] {
    this.#open();
    const list = readList<K>(keys, 'keys');
    list.forEach(checkKey);
    return list.map((key) => Entries.prototype.get.call(this, key) as V | undefined);
  }

  /**
   * Stores many values: pairs of a key and a value, such as a Map has; triples with options or a ttl of their
   * own; or objects `{ key, value, ttl }`, as Keyv has them. Those with the same `ttl` expire together.
   *
   * @param options For the entries that have no options of their own.
   * @throws {CacheError} As `set` does. Nothing has changed then: all are checked before the first is stored.
   */
  setMany(entries: Iterable<ManyEntry<K, V>>, options?: SetOptions | number): this {
    const table = this.#open();
    const prepared = prepareMany(table.settings, entries, options);
    table.assertOpen();
    together(() => prepared.forEach((entry) => this.#store(entry)));
    table.events.run();
    return this;
  }

  /**
   * Removes the entries of many keys.
   *
   * @returns How many there were.
   */
  deleteMany(keys: Iterable<K>): number {
    this.#open();
    const list = readList<K>(keys, 'keys');
    list.forEach(checkKey);
    return list.filter((key) => Entries.prototype.delete.call(this, key)).length;
  }

  /**
   * Removes the entries that carry a tag; in nested namespaces too, so that the cache's own `deleteByTag` reaches them all.
   *
   * @returns How many there were.
   */
  deleteByTag(tag: string): number {
    return Entries.prototype.deleteByTags.call(this, [tag]);
  }

  /**
   * Removes the entries that carry any of some tags; in nested namespaces too.
   *
   * @returns How many there were.
   */
  deleteByTags(tags: Iterable<string>): number {
    const names = readStrings(tags, 'tags');
    const table = this.#open();
    const removed = removeTagged(table, this.#space, names);
    table.events.run();
    return removed;
  }

  /**
   * Soft invalidation: has every entry expire now, in nested namespaces too, without removing it.
   *
   * @returns How many had been alive.
   */
  expire(): number;
  /**
   * Soft invalidation: has the entry of a key expire now, without removing it. `swr` and `grace` count from now on, so
   * the value may still serve callers of `getOrSet` while one of them loads. What is being computed for the key is out
   * of date, as with `delete`.
   *
   * @returns Whether there was a live entry.
   */
  expire(key: K): boolean;
  expire(...keys: [key?: K]): number | boolean {
    // By how many there are: `undefined` is a mistake, and must not let everything expire.
    if (keys.length > 0) {
      const key = keys[0]!;
      const slot = this.#slotOf(key);
      this.#table.change(this.#space, key, true);
      return slot !== undefined && this.#table.expire(slot);
    }
    return expireWithin(this.#open(), this.#space);
  }

  /**
   * Soft invalidation: has the entries expire now that carry a tag; in nested namespaces too. See {@link Entries.expire}.
   *
   * @returns How many had been alive.
   */
  expireByTag(tag: string): number {
    return Entries.prototype.expireByTags.call(this, [tag]);
  }

  /**
   * Soft invalidation: has the entries expire now that carry any of some tags; in nested namespaces too.
   *
   * @returns How many had been alive.
   */
  expireByTags(tags: Iterable<string>): number {
    const names = readStrings(tags, 'tags');
    return expireTagged(this.#open(), this.#space, names);
  }

  /**
   * Counts as a use of an entry, and restarts its life. With a second tier, it only counts as a use: the store goes on by
   * its own time.
   *
   * @param options `ttl`: how long, in milliseconds, from now on; by default the ttl that it was set with. `expires`:
   * until when, by the wall clock.
   * @returns Whether the entry lives on: false if there was no live entry, or if `expires` has passed.
   */
  touch(key: K, options?: Pick<SetOptions, 'ttl' | 'expires'>): boolean {
    const table = this.#table;
    const ttl = lifeOf(readOptions<SetOptions>(options, LIFE), NaN);
    const slot = this.#slotOf(key);
    if (slot === undefined || table.isExpired(slot)) return false;
    if (ttl <= 0) {
      table.remove(slot, Reason.Expire);
      table.events.run();
      return false;
    }
    table.mark(slot, table.marks[slot]);
    if (table.tier !== undefined) return true;
    table.reschedule(slot, Number.isNaN(ttl) ? table.ttl(slot) : ttl);
    return true;
  }

  /** How many milliseconds an entry has left: 0 if there is none, `Infinity` if it never expires. */
  getRemainingTTL(key: K): number {
    const slot = this.#slotOf(key);
    return slot === undefined ? 0 : this.#table.remaining(slot);
  }

  /**
   * What the cache knows of one entry, expired or not; `undefined` if there is none. Doesn't count as a use, and
   * removes nothing.
   */
  info(key: K): EntryInfo<V> | undefined {
    const slot = this.#slotOf(key);
    return slot === undefined ? undefined : inform(this.#table, slot);
  }

  /** The tags of an entry; none if there is no entry. */
  tagsOf(key: K): string[] {
    const slot = this.#slotOf(key);
    return slot === undefined ? [] : this.#table.tags.of(slot);
  }

  /**
   * The keys with live values, in insertion order. As with a Map, the iteration sees keys that are added meanwhile, and
   * skips keys that are removed. With the policy `'lru'`, the most recently used key comes first, and the iteration
   * doesn't see keys that are added meanwhile.
   */
  *keys(options?: ListOptions): Generator<K, undefined, void> {
    for (const [key] of this.#listed(options)) yield key;
  }

  /** The live values, like {@link Entries.keys}. Doesn't count as a use. */
  *values(options?: ListOptions): Generator<V, undefined, void> {
    for (const [, slot] of this.#listed(options)) yield this.#table.valueAt(slot);
  }

  /** The live entries as `[key, value]`, like {@link Entries.keys}. Doesn't count as a use. */
  *entries(options?: ListOptions): Generator<[K, V], undefined, void> {
    for (const [key, slot] of this.#listed(options)) yield [key, this.#table.valueAt(slot)];
  }

  /**
   * The live entries as `[key, value]`, from the most to the least worth keeping, as the policy sees them. Doesn't count
   * as a use, and doesn't see keys that are added meanwhile. The time for the first one grows with the whole cache.
   */
  *ranked(options?: ListOptions): Generator<[K, V], undefined, void> {
    for (const [key, slot] of this.#listed(options, true)) yield [key, this.#table.valueAt(slot)];
  }

  /** As {@link Entries.entries}. */
  [Symbol.iterator](): Generator<[K, V], undefined, void> {
    return Entries.prototype.entries.call(this) as Generator<[K, V], undefined, void>;
  }

  /** Calls a function for each entry, like {@link Entries.entries}. */
  forEach(callback: (value: V, key: K, cache: this) => void, thisArg?: unknown): void {
    checkFunction(callback, 'callback');
    for (const [key, slot] of this.#listed()) callback.call(thisArg, this.#table.valueAt(slot), key, this);
  }

  /** A summary for JSON: numbers, never values. */
  abstract toJSON(): object;

  abstract get [Symbol.toStringTag](): string;

  /** @internal */
  [INSPECT](_depth: unknown, options: unknown, inspect: (value: unknown, options: unknown) => string): string {
    return `${this[Symbol.toStringTag]} ${inspect(this.toJSON(), options)}`;
  }

  #open(): Table<K, V> {
    this.#table.assertOpen();
    return this.#table;
  }

  /** The space that is in use now; see {@link Spaces.current}. */
  #current(): Space {
    const space = this.#table.spaces.current(this.#space);
    if (space !== this.#space) {
      this.#space = space;
      this.#index = space.index;
    }
    return space;
  }

  /** Stores an entry that a caller has set, and fences: whatever is being computed for its key is out of date. */
  #store(entry: Entry<K, V>): void {
    const space = this.#current();
    this.#table.fence(space, entry.key);
    this.#table.keep(space, entry);
  }

  /** The slot of a key that has an entry, expired or not. */
  #slotOf(key: K): number | undefined {
    checkKey(key);
    this.#open();
    return this.#current().index.get(key);
  }

  #listed(options?: ListOptions, isRanked?: boolean): Generator<readonly [K, number], undefined, void> {
    return listed(this.#open(), this.#current(), options, isRanked);
  }

  /** What `get` does where the hit path leaves off. */
  #find(key: K, options: GetOptions | undefined): V | undefined {
    checkKey(key);
    return find(this.#open(), this.#current(), key, options);
  }
}
