// What a caller wants of a load, and what memory has at that moment.

import type { Key, Place } from '../base/key.js';
import { LEASE } from '../locks/options.js';
import type { Space } from '../store/spaces.js';
import type { Table } from '../store/table.js';
import { core } from '../wasm/boot.js';
import type { Loader, LoadOptions } from './options.js';

/** What a caller wants, and where. */
export interface Request<K extends Key, V> extends Place {
  readonly key: K;
  readonly space: Space;
  readonly loader: Loader<K, V>;
  readonly call: LoadOptions<K, V>;
  /** How long its loader may take. */
  readonly lease: number;
  /** The present value, expired or not. */
  old: OldValue<V> | undefined;
  /** The expired value, if it is still there, and for how many milliseconds it has been expired. */
  readonly stale: V | undefined;
  readonly staleFor: number;
  /** The tags of the key's entry, or of its last one. */
  tags: readonly string[] | undefined;
}

/** The value that a key has when a load of it begins. */
export interface OldValue<V> {
  readonly value: V;
  readonly etag: string | undefined;
  readonly age: number | undefined;
  /** Whether it has expired in the second tier, where memory has none. */
  readonly isExpired?: boolean | undefined;
  /** What the engine takes the entry to weigh, where sizes count. */
  readonly size?: number | undefined;
}

/** The request of a caller. `kept`: the tags that the key's last entry had. */
export function requestOf<K extends Key, V>(
  table: Table<K, V>,
  space: Space,
  key: K,
  loader: Loader<K, V>,
  call: LoadOptions<K, V>,
  kept: readonly string[] | undefined,
): Request<K, V> {
  const slot = space.index.get(key);
  const staleFor = slot === undefined ? undefined : table.staleFor(slot);
  const old =
    slot === undefined || (staleFor === undefined && table.isExpired(slot)) ? undefined : oldValue(table, slot);
  const stale = staleFor === undefined ? undefined : old!.value;
  const tags = slot !== undefined && table.tags.inUse ? table.tags.of(slot) : kept;
  const { path } = space;
  const { lease = LEASE } = call;
  const { mistakes } = table.settings;
  const load: typeof loader = mistakes ? (context) => mistakes.loaded(loader(context)) : loader;
  return { key, path, space, loader: load, call, lease, old, stale, staleFor: staleFor ?? Infinity, tags };
}

/** What a loader may want to know of the entry in a slot. */
function oldValue<K extends Key, V>(table: Table<K, V>, slot: number): OldValue<V> {
  const size = table.settings.weighs ? core.cacheWeight(table.cache, slot) : undefined;
  return { value: table.valueAt(slot), etag: table.etagOf(slot), age: table.age(slot), size };
}
