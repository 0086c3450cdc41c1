// Entries outside of a cache.

import { exactNow, readClock, together } from '../clock.js';
import { unfit } from '../errors.js';
import { readList, readStrings } from './arguments.js';
import type { SetOptions } from './arguments.js';
import type { Key } from './key.js';
import type { Space } from './space.js';
import type { Entry } from './entry.js';
import type { Table } from './table.js';
import { core } from '../wasm/boot.js';

/** An entry outside of a cache. Those of lru-cache have the same form. Times are in milliseconds. */
export interface DumpedEntry<V = unknown> {
  value: V;
  /** How long it was given to live; missing if it never expires. */
  ttl?: number | undefined;
  /** When that time began, by the wall clock. */
  start?: number | undefined;
  /** What it takes of `maxSize`. */
  size?: number | undefined;
  tags?: string[] | undefined;
  /** The names on the way to its namespace. */
  namespace?: string[] | undefined;
}

/** The entries of a cache, from the one worth most to the one worth least. */
export type CacheDump<K extends Key = string, V = unknown> = [key: K, entry: DumpedEntry<V>][];

/** Every entry of a table that has not expired. */
export function dump<K extends Key, V>(table: Table<K, V>): CacheDump<K, V> {
  const { cache, settings } = table;
  const entries: CacheDump<K, V> = [];
  table.flush();
  table.drain();
  for (let slot = -1; (slot = core.cacheNextRanked(cache, slot)) >= 0;) {
    if (table.isExpired(slot)) continue;
    const { key, space } = table.address(slot);
    const entry: DumpedEntry<V> = { value: table.hand(slot) };
    const ttl = table.ttl(slot);
    if (ttl < Infinity) {
      entry.ttl = ttl;
      entry.start = core.clockWallTime(readClock() + table.remaining(slot) - ttl);
    }
    if (settings.weighs) entry.size = core.cacheWeight(cache, slot);
    const tags = table.tags.of(slot);
    if (tags.length > 0) entry.tags = tags;
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
}

/**
 * Puts the entries of a dump in place of those of a table. All are checked before the first is stored.
 *
 * @param prepare Checks a key, a value and its options, as for a `set`.
 */
export function load<K extends Key, V>(
  table: Table<K, V>,
  entries: unknown,
  prepare: (key: K, value: V, options: SetOptions) => Entry<K, V>,
): void {
  const restorable = readList(entries, 'dump').map((pair): Restorable<K, V> => {
    const [key, dumped] = (Array.isArray(pair) ? pair : []) as Partial<[K, DumpedEntry<V>]>;
    if (typeof dumped !== 'object' || dumped === null || dumped.value === undefined) {
      throw unfit('invalid-argument', 'dump', 'pairs of a key and an entry with a value', pair);
    }
    const { value, ttl = Infinity, start, size, tags, namespace = [] } = dumped;
    if (start !== undefined && !Number.isFinite(start)) {
      throw unfit('invalid-argument', 'start', 'a time in milliseconds', start);
    }
    const options: SetOptions = { ttl };
    if (size !== undefined && table.settings.weighs) options.size = size;
    if (tags !== undefined) options.tags = tags;
    const names = readStrings(namespace, 'namespace');
    const space = names.reduce((outer: Space, name) => table.spaces.nested(outer, name), table.spaces.root);
    return { entry: prepare(key as K, value, options), space, start };
  });
  table.assertOpen();
  table.clear();
  together(() => {
    for (const { entry, space, start } of restorable) {
      const elapsed = start === undefined ? 0 : exactNow() - core.clockMomentOf(start);
      if (elapsed < entry.ttl) table.store(table.spaces.current(space), entry, elapsed);
    }
  });
}
