// Invalidation of many entries at once: of a key space with those nested in it, or by tag. It fences whatever is being
// computed for their keys, and goes on to the second tier.

import type { Key } from '../base/key.js';
import { core } from '../wasm/boot.js';
import { Count, Reason } from '../wasm/protocol.js';
import type { Space } from './spaces.js';
import type { Table } from './table.js';

/** Removes every entry. */
export function removeWithin<K extends Key, V>(table: Table<K, V>, within: Space): void {
  table.tier?.removeWithin(within, false);
  table.fences?.fenceWithin(within.path);
  for (const space of [...table.spaces.within(within)]) {
    for (const slot of [...space.index.values()]) table.remove(slot, Reason.Delete);
  }
}

/** Removes the entries that carry any of some tags, and returns how many there were. */
export function removeTagged<K extends Key, V>(table: Table<K, V>, within: Space, tags: readonly string[]): number {
  const before = table.count(Count.Entries);
  table.tier?.removeTagged(within, tags, false);
  table.fences?.invalidate(tags, within.path);
  for (const tag of tags) {
    for (const number of table.tags.numbers(tag, within)) core.cacheRemoveTagged(table.cache, number);
    table.drain();
  }
  return before - table.count(Count.Entries);
}

/** Has every entry expire now, and returns how many had been alive. */
export function expireWithin<K extends Key, V>(table: Table<K, V>, within: Space): number {
  table.tier?.removeWithin(within, true);
  table.fences?.fenceWithin(within.path);
  let count = 0;
  for (const space of table.spaces.within(within)) {
    for (const slot of space.index.values()) count += Number(table.expire(slot));
  }
  return count;
}

/** Has the entries expire now that carry any of some tags, and returns how many had been alive. */
export function expireTagged<K extends Key, V>(table: Table<K, V>, within: Space, tags: readonly string[]): number {
  table.tier?.removeTagged(within, tags, true);
  table.fences?.fenceWhere(within.path, (place) => {
    const slot = table.spaces.withPath(place.path)?.index.get(place.key);
    return slot !== undefined && table.tags.of(slot).some((tag) => tags.includes(tag));
  });
  table.fences?.invalidate(tags, within.path);
  let count = 0;
  for (const tag of tags) {
    for (const number of table.tags.numbers(tag, within)) count += table.expireTagged(number);
  }
  return count;
}
