// The engine's numbers for caches, given back when nobody can use them any more.

import { CacheError } from '../base/errors.js';
import { core } from './boot.js';

/** Made with the first cache: at import, nothing runs. Missing where the runtime doesn't tell what it collects. */
let finalizers: FinalizationRegistry<number> | undefined;

/** Outside of `open`, where a closure would keep the owner alive. */
const closeCollected = (cache: number): void => core.cacheClose(cache);

/**
 * Opens a cache in the engine for an object. When the object is garbage-collected, the cache is closed.
 *
 * @throws {CacheError} `out-of-memory`.
 */
export function open(owner: object, ...bounds: Parameters<typeof core.cacheOpen>): number {
  const cache = core.cacheOpen(...bounds);
  if (cache < 0) throw outOfMemory();
  if (typeof FinalizationRegistry === 'function') {
    finalizers ??= new FinalizationRegistry(closeCollected);
    finalizers.register(owner, cache, owner);
  }
  return cache;
}

/** Closes an object's cache before the object is collected. */
export function close(owner: object, cache: number): void {
  finalizers?.unregister(owner);
  core.cacheClose(cache);
}

/** What to throw when the engine has no memory left. */
export function outOfMemory(): CacheError {
  return new CacheError('out-of-memory', "the memory that the cache needs can't be had");
}

/** What to throw when the cache has been closed. */
export function disposed(): CacheError {
  return new CacheError('disposed', 'the cache was disposed of');
}
