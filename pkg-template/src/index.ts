// What the package exports.

export { Cache } from './cache/cache.js';
export type { CacheStats } from './cache/cache.js';
export type { CacheDump, DumpedEntry, EntryInfo } from './cache/dump.js';
export type { GetOptions, ManyEntry, SetOptions } from './cache/arguments.js';
export type { CacheEvent } from './cache/events.js';
export type { Entries } from './cache/entries.js';
export type { LiveKey } from './cache/inspect.js';
export { Namespace } from './cache/keyspace.js';
export type { Keyspace } from './cache/keyspace.js';
export type {
  LoadContext,
  LoadDefaults,
  LoadManyContext,
  LoadOptions,
  Loaded,
  Loader,
  LoaderOfMany,
  Retry,
  ValuesOfMany,
} from './loads/options.js';
export type { Key } from './cache/key.js';
export type { CacheOptions, DisposeReason, InsertReason, Policy } from './cache/options.js';
export { CacheError } from './errors.js';
export type { CacheErrorCode } from './errors.js';
export { BaseCache } from './aries/base-cache.js';
export type { BaseCacheOptions } from './aries/base-cache.js';
export { InMemoryCache } from './aries/in-memory-cache.js';
export type { InMemoryCacheOptions, InMemoryNamespace } from './aries/in-memory-cache.js';
export { init } from './wasm/init.js';
export { CacheKeyLock } from './locks/cache-key-lock.js';
export type { LockDefaults, LockOptions } from './locks/cache-key-lock.js';
