// In which order entries are listed.

import type { Key } from '../base/key.js';
import type { Space } from './spaces.js';
import type { Table } from './table.js';
import { core } from '../wasm/boot.js';
import { NONE, PolicyKind } from '../wasm/protocol.js';

/** The slots of all entries of a table, from the one worth most to the one worth least. */
export function ranked<K extends Key, V>(table: Table<K, V>): number[] {
  const slots: number[] = [];
  const worth: number[] = [];
  table.flush();
  // Collects all marks first: each also changes what other entries are worth.
  for (let slot: number = NONE; (slot = core.cacheNextRanked(table.cache, slot)) >= 0; slots.push(slot)) {
    core.cacheUses(table.cache, slot);
  }
  for (const slot of slots) worth[slot] = core.cacheWorth(table.cache, slot);
  return slots.sort((one, other) => worth[other]! - worth[one]!);
}

/**
 * The keys of a space with their slots, in the order of an iteration: in insertion order, or in the policy's order for
 * strict LRU.
 */
export function ordered<K extends Key, V>(table: Table<K, V>, { index }: Space): Iterable<readonly [Key, number]> {
  if (table.settings.policy !== PolicyKind.Lru) return index;
  // Listed first: the caller may change it on the way.
  const listed = ranked(table).map((slot) => [table.address(slot).key, slot] as const);
  return filter(listed, ([key, slot]) => index.get(key) === slot);
}

function* filter<T>(list: T[], fits: (each: T) => boolean): Generator<T> {
  for (const each of list) if (fits(each)) yield each;
}
