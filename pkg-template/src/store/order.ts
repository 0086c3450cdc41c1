// In which order entries are listed.

import type { ListOptions } from '../base/entry.js';
import type { Key } from '../base/key.js';
import { SWITCH, readOptions } from '../base/validate.js';
import type { Space } from './spaces.js';
import type { Table } from './table.js';
import { core } from '../wasm/boot.js';
import { NONE, PolicyKind } from '../wasm/protocol.js';

const LIST = { allowStale: SWITCH, reverse: SWITCH };

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
 * The keys of a space with the slots of their entries, in the order of an iteration: in insertion order, or from the one
 * worth most to the one worth least; that is the only order of strict LRU.
 */
export function* listed<K extends Key, V>(
  table: Table<K, V>,
  { index }: Space,
  options: ListOptions | undefined,
  isRanked = table.settings.policy === PolicyKind.Lru,
): Generator<readonly [K, number], undefined, void> {
  const { allowStale, reverse } = readOptions<ListOptions>(options, LIST);
  let list: Iterable<readonly [Key, number]> = index;
  if (isRanked || reverse) {
    // Listed first: the caller may change it on the way.
    const all = isRanked ? ranked(table).map((slot) => [table.address(slot).key, slot] as const) : [...index];
    list = reverse ? all.reverse() : all;
  }
  for (const [key, slot] of list) {
    if ((list === index || index.get(key) === slot) && (allowStale || !table.isExpired(slot))) yield [key as K, slot];
  }
}
