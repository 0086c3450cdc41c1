// What the package exports.

export { Cache } from './cache/cache.js';
export type { CacheStats } from './cache/cache.js';
export type { CacheDump, DumpedEntry, EntryInfo } from './store/dump.js';
export type { Entry, GetOptions, ListOptions, SetOptions } from './base/entry.js';
export type { CacheEvent } from './store/events.js';
export type { Entries } from './cache/entries.js';
export type { ManyEntry } from './store/prepare.js';
export type { LiveKey } from './cache/inspect.js';
export { memoize } from './cache/memoize.js';
export type { MemoizeOptions } from './cache/memoize.js';
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
export { batch } from './loads/batch.js';
export type { BatchOptions } from './loads/batch.js';
export type { Key } from './base/key.js';
export type { DisposeReason, InsertReason } from './base/reasons.js';
export type { CacheOptions } from './cache/options.js';
export type { Listeners } from './store/settings.js';
export type {
  SecondTier,
  TierAnswer,
  TierDriver,
  TierLock,
  TierOldValue,
  TierRecord,
  TierRequest,
  TierSpace,
  TieredCache,
  TieredSpace,
} from './store/second-tier.js';
export type { Policy } from './wasm/protocol.js';
export { CacheError } from './base/errors.js';
export type { CacheErrorCode } from './base/errors.js';
export { BaseCache } from './aries/base-cache.js';
export type { BaseCacheOptions } from './aries/base-cache.js';
export { InMemoryCache } from './aries/in-memory-cache.js';
export type { InMemoryCacheOptions, InMemoryNamespace } from './aries/in-memory-cache.js';
export { init } from './wasm/init.js';
export { CacheKeyLock } from './locks/cache-key-lock.js';
export type { Lockable } from './locks/cache-key-lock.js';
export type { LockDefaults, LockOptions } from './locks/options.js';
