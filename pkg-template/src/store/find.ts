// Looking for a value where the hit path can't: options, listeners, an entry that has expired, a key without an entry.

import type { GetOptions } from '../base/entry.js';
import type { Key } from '../base/key.js';
import { SWITCH, readOptions } from '../base/validate.js';
import { Reason } from '../wasm/protocol.js';
import type { Space } from './spaces.js';
import type { Table } from './table.js';

/** The options of a search that doesn't count as a use. */
export const STALE = { allowStale: SWITCH };
const GET = { ...STALE, updateAgeOnGet: SWITCH };

/** The value of a key. Counts as a use of the entry, and as a hit or a miss. */
export function find<K extends Key, V>(
  table: Table<K, V>,
  space: Space,
  key: K,
  options: GetOptions | undefined,
): V | undefined {
  const { settings, events } = table;
  const { allowStale = settings.allowStale, updateAgeOnGet = settings.updateAgeOnGet } = readOptions<GetOptions>(
    options,
    GET,
  );
  const slot = space.index.get(key);
  let value: V | undefined;
  if (slot === undefined) {
    table.misses += 1;
    events.note('miss', key, space);
  } else if (table.isExpired(slot)) {
    if (allowStale) value = table.valueAt(slot);
    table.misses += 1;
    events.note(allowStale ? 'stale' : 'miss', key, space);
    // A load may still want it.
    if (allowStale || table.staleFor(slot) === undefined) table.remove(slot, Reason.Expire);
  } else {
    value = table.valueAt(slot);
    table.hits += 1;
    table.mark(slot, table.marks[slot]);
    if (updateAgeOnGet) table.renew(slot);
    events.note('hit', key, space);
  }
  events.run();
  return value;
}
