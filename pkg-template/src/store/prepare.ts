// From the arguments of a `set` to an entry that can be stored.

import { NO_TAGS } from '../base/entry.js';
import type { Entry, SetOptions } from '../base/entry.js';
import { invalid } from '../base/errors.js';
import type { Key } from '../base/key.js';
import {
  LIST,
  MOMENT,
  SIZE,
  SWITCH,
  TEXT,
  TTL,
  check,
  checkKey,
  readList,
  readOptions,
  readStrings,
} from '../base/validate.js';
import { core } from '../wasm/boot.js';
import { readClock } from '../wasm/clock.js';
import { estimate } from './estimate.js';
import { copy, freeze } from './isolate.js';
import type { Settings } from './settings.js';

/** One of the entries of a `setMany`. */
export type ManyEntry<K extends Key = string, V = unknown> =
  | readonly [key: K, value: V, options?: SetOptions | number | undefined]
  | { readonly key: K; readonly value: V; readonly ttl?: number | undefined };

/** How long an entry lives. */
export const LIFE = { ttl: TTL, expires: MOMENT };
/** What a `set` can be told. */
export const SET = { ...LIFE, size: SIZE, tags: LIST, etag: TEXT, pinned: SWITCH };

/**
 * Checks, isolates and measures what is to be stored. This can run the caller's code, which can use the cache; so it
 * comes before any look at the table.
 */
export function prepare<K extends Key, V>(
  settings: Settings<K, V>,
  key: K,
  value: V,
  options: SetOptions | number | undefined,
): Entry<K, V> {
  checkKey(key);
  const call = readSetOptions(options) ?? {};
  const { size, tags, etag, pinned } = call;
  settings.mistakes?.entry(value, call.ttl);
  return {
    key,
    ttl: lifeOf(call, settings.ttl),
    size: measure(settings, key, value, size),
    tags: tags === undefined ? NO_TAGS : readStrings(tags, 'tags', 'invalid-option'),
    etag,
    pinned,
    // The last step, so that a value that is refused for another reason isn't frozen.
    value: isolate(value, settings.isolate),
  };
}

/** Reads the options of a `set`, each once. */
export function readSetOptions(options: SetOptions | number | undefined): SetOptions | undefined {
  if (options === undefined) return undefined;
  return readOptions<SetOptions>(typeof options === 'number' ? { ttl: options } : options, SET);
}

/** The same for many. All are checked before the first is stored. */
export function prepareMany<K extends Key, V>(
  settings: Settings<K, V>,
  entries: Iterable<ManyEntry<K, V>>,
  options: SetOptions | number | undefined,
): Entry<K, V>[] {
  return readList<ManyEntry<K, V>>(entries, 'entries').map((entry) => {
    if (typeof entry !== 'object' || entry === null) {
      throw invalid('invalid-argument', 'entries', 'pairs of a key and a value', entry);
    }
    const [key, value, own = options] = 'length' in entry ? entry : [entry.key, entry.value, entry.ttl];
    if (value === undefined) throw invalid('invalid-argument', 'entries', 'a value for each key', entry);
    return prepare(settings, key as K, value as V, own);
  });
}

/** A time to live for the engine: infinity for never, and 0 or less only if the expiry has passed. */
export function lifeOf({ ttl, expires }: Pick<SetOptions, 'ttl' | 'expires'>, standard: number): number {
  if (expires === undefined) return ttl === undefined ? standard : ttl || Infinity;
  if (ttl !== undefined) throw invalid('invalid-ttl', 'ttl', 'none beside expires', ttl);
  const now = readClock();
  return core.clockMomentOf(expires) - now;
}

function isolate<V>(value: V, how: 'clone' | 'freeze' | undefined): V {
  return how === undefined ? value : how === 'clone' ? copy(value) : freeze(value);
}

/** A size for the engine: a whole number from 1 on, since any number of entries of size 0 would fit into any bound. */
function measure<K extends Key, V>(
  { weighs, sizeCalculation }: Settings<K, V>,
  key: K,
  value: V,
  given: number | undefined,
): number {
  if (!weighs) {
    if (given !== undefined) throw invalid('invalid-option', 'size', 'a cache with maxSize or maxEntrySize', given);
    return 0;
  }
  const size = given ?? (sizeCalculation === undefined ? estimate(value) + estimate(key) : sizeCalculation(value, key));
  check(size, sizeCalculation === undefined ? 'size' : 'sizeCalculation', SIZE);
  return Math.max(1, Math.ceil(size));
}
