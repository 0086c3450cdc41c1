// Entries outside of a cache.

import { exactNow, together } from '../wasm/clock.js';
import { invalid } from '../base/errors.js';
import type { Entry, SetOptions } from '../base/entry.js';
import { readList, readStrings } from '../base/validate.js';
import type { Key } from '../base/key.js';
import { Count } from '../wasm/protocol.js';
import { ranked } from './order.js';
import { prepare } from './prepare.js';
import type { Space } from './spaces.js';
import type { Table } from './table.js';
import { core } from '../wasm/boot.js';

/** An entry of a dump. lru-cache's dumps have the same form. Times are in milliseconds. */
export interface DumpedEntry<V = unknown> {
  value: V;
  /** Its time to live; missing if it never expires. */
  ttl?: number | undefined;
  /** When its time to live began, by the wall clock. */
  start?: number | undefined;
  /** What it takes of `maxSize`. */
  size?: number | undefined;
  tags?: string[] | undefined;
  etag?: string | undefined;
  /** Whether it is never evicted. */
  pinned?: boolean | undefined;
  /** The names on the way to its namespace. */
  namespace?: string[] | undefined;
  /** What the policy knows of its uses, for `load`. Dumps of lru-cache don't have it, so `load` can tell them apart. */
  uses?: number | undefined;
}

/**
 * The entries of a cache, from the most to the least worth keeping. (lru-cache's order is the opposite: for its `load`,
 * reverse the dump.)
 */
export type CacheDump<K extends Key = string, V = unknown> = [key: K, entry: DumpedEntry<V>][];

/** What is known of one entry. Times are in milliseconds. */
export interface EntryInfo<V = unknown> {
  readonly value: V;
  /** Its time to live; `Infinity` if it never expires. */
  readonly ttl: number;
  /** When it expires, by the wall clock; `Infinity` if it never does. */
  readonly expires: number;
  /** How long it has left: 0 once it has expired. */
  readonly remaining: number;
  /** What it takes of `maxSize`; 0 in a cache without bounds for sizes. */
  readonly size: number;
  readonly tags: string[];
  /** What the source calls this version of the value; `undefined` if it has said nothing. */
  readonly etag: string | undefined;
  /** Whether it is never evicted. */
  readonly pinned: boolean;
  /** Whether it has expired, and is still there. */
  readonly isStale: boolean;
}

/** What is known of the entry in a slot. */
export function inform<K extends Key, V>(table: Table<K, V>, slot: number): EntryInfo<V> {
  const isStale = table.isExpired(slot);
  return {
    value: table.valueAt(slot),
    ttl: table.ttl(slot),
    expires: core.clockWallTime(table.moment(slot)),
    remaining: table.remaining(slot),
    size: core.cacheWeight(table.cache, slot),
    tags: table.tags.of(slot),
    etag: table.etagOf(slot),
    pinned: core.cacheWorth(table.cache, slot) === Infinity,
    isStale,
  };
}

/** Every entry of a table that has not expired. */
export function dump<K extends Key, V>(table: Table<K, V>): CacheDump<K, V> {
  const entries: CacheDump<K, V> = [];
  for (const slot of ranked(table)) {
    const { key, space } = table.address(slot);
    const { value, ttl, expires, size, tags, etag, pinned, isStale } = inform(table, slot);
    if (isStale) continue;
    const entry: DumpedEntry<V> = { value, uses: core.cacheUses(table.cache, slot) };
    if (ttl < Infinity) {
      entry.ttl = ttl;
      entry.start = expires - ttl;
    }
    if (table.settings.weighs) entry.size = size;
    if (tags.length > 0) entry.tags = tags;
    if (etag !== undefined) entry.etag = etag;
    if (pinned) entry.pinned = true;
    if (space.names.length > 0) entry.namespace = [...space.names];
    entries.push([key, entry]);
  }
  return entries;
}

/** An entry of a dump that was checked, and can be stored. */
interface Restorable<K, V> {
  readonly entry: Entry<K, V>;
  readonly space: Space;
  /** When its time to live began, by the wall clock; undefined for now. */
  readonly start: number | undefined;
  readonly uses: number | undefined;
}

/**
 * Puts the entries of a dump in place of those of a table. All are checked before the first is stored.
 */
export function load<K extends Key, V>(table: Table<K, V>, entries: unknown): void {
  const restorable = readList(entries, 'dump').map((pair): Restorable<K, V> => {
    const [key, dumped] = (Array.isArray(pair) ? pair : []) as Partial<[K, DumpedEntry<V>]>;
    if (typeof dumped !== 'object' || dumped === null || dumped.value === undefined) {
      throw invalid('invalid-argument', 'dump', 'pairs of a key and an entry with a value', pair);
    }
    const { value, ttl = Infinity, start, size, tags, etag, pinned, namespace = [], uses } = dumped;
    if (start !== undefined && !Number.isFinite(start)) {
      throw invalid('invalid-argument', 'start', 'a time in milliseconds', start);
    }
    const options = { ttl, tags, etag, pinned, size: table.settings.weighs ? size : undefined } as SetOptions;
    const names = readStrings(namespace, 'namespace');
    const space = names.reduce((outer: Space, name) => table.spaces.nested(outer, name), table.spaces.root);
    return {
      entry: prepare(table.settings, key as K, value, options),
      space,
      start,
      uses: typeof uses === 'number' ? uses : undefined,
    };
  });
  // A dump of lru-cache ends with what was used last.
  if (!restorable.some(({ uses }) => uses !== undefined)) restorable.reverse();
  table.assertOpen();
  table.clear();
  let room = table.count(Count.Max);
  let sizes = table.count(Count.MaxSize);
  const largest = Math.min(sizes, table.settings.maxEntrySize);
  const elapsed = (start = NaN): number => exactNow() - core.clockMomentOf(start) || 0;
  together(() => {
    const kept = restorable.filter(({ entry: { ttl, size }, start }) => {
      if (elapsed(start) >= ttl) return false;
      // `put` refuses it below, as in a `set`.
      if (size > largest) return true;
      if (size > sizes || room-- <= 0) return false;
      sizes -= size;
      return true;
    });
    // The entry most worth keeping is stored last, so that nothing is evicted for it.
    for (const { entry, space, start } of kept.reverse()) {
      table.store(table.spaces.current(space), entry, elapsed(start));
    }
    table.flush();
    for (const { entry, space, uses = 0 } of kept) {
      const slot = table.spaces.current(space).index.get(entry.key);
      if (slot !== undefined) core.cacheRestore(table.cache, slot, uses);
    }
  });
}
