// From the arguments of a `set` to an entry that can be stored.

import { unfit } from '../errors.js';
import { checkKey, readCall, readSize, readStrings, readTtl } from './arguments.js';
import type { SetOptions } from './arguments.js';
import { estimate } from './estimate.js';
import { copy, freeze } from './isolate.js';
import type { Key } from './key.js';
import type { Settings } from './options.js';
import { NO_TAGS } from './entry.js';
import type { Entry } from './entry.js';

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
  const call = typeof options === 'number' ? { ttl: options } : options;
  const { ttl, expires, size, tags } = readCall<SetOptions>(call, ['ttl', 'expires', 'size', 'tags']);
  return {
    key,
    ttl: readTtl(ttl, settings.ttl, expires),
    size: measure(settings, key, value, size),
    tags: tags === undefined ? NO_TAGS : readStrings(tags, 'tags'),
    // The last step: a value that can't be stored for another reason must not have been frozen.
    value: isolate(value, settings.isolate),
  };
}

function isolate<V>(value: V, how: 'clone' | 'freeze' | undefined): V {
  return how === undefined ? value : how === 'clone' ? copy(value) : freeze(value);
}

function measure<K extends Key, V>(settings: Settings<K, V>, key: K, value: V, size: number | undefined): number {
  const { weighs, sizeCalculation } = settings;
  if (!weighs) {
    if (size !== undefined) throw unfit('invalid-option', 'size', 'a cache with maxSize or maxEntrySize', size);
    return 0;
  }
  if (size !== undefined) return readSize(size, 'size');
  if (sizeCalculation === undefined) return readSize(estimate(value) + estimate(key), 'size');
  return readSize(sizeCalculation(value, key), 'sizeCalculation');
}
