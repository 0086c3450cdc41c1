// What a cache tells its listeners, and when.

import type { Key } from '../base/key.js';
import type { InsertReason } from '../base/reasons.js';

/** Something that has happened in a cache. `namespace` is the path to the namespace, empty for the cache's own keys. */
export type CacheEvent<K extends Key = string, V = unknown> = { readonly namespace: readonly string[] } & (
  | {
      /** A `get` or a load found a value, found none, or served an expired one. */
      readonly type: 'hit' | 'miss' | 'stale';
      readonly key: K;
    }
  | {
      /**
       * A loader is called; a caller waits for another one's load; a lock or a load has taken the turn of one whose lease
       * was over; a result came too late to be stored.
       */
      readonly type: 'load' | 'join' | 'takeover' | 'fenced';
      readonly key: K;
    }
  | {
      /** A loader has failed, for the last time. */
      readonly type: 'fail';
      readonly key: K;
      readonly error: unknown;
    }
  | {
      /**
       * A loader has succeeded, but its value can't be stored: its ttl, size or tags are wrong, or `cacheIf` has
       * thrown.
       */
      readonly type: 'error';
      readonly key: K;
      readonly error: unknown;
    }
  | {
      /**
       * A value was not stored: it is too large, or could only take the place of pinned entries. The key's old entry is
       * removed.
       */
      readonly type: 'refuse';
      readonly key: K;
      readonly size: number;
      readonly reason: 'size' | 'pinned';
    }
  | {
      /** A value was set. */
      readonly type: 'set';
      readonly key: K;
      readonly value: V;
      readonly reason: InsertReason;
    }
  | {
      /** A value left: it was evicted, it expired, it was deleted, or it was taken. */
      readonly type: 'evict' | 'expire' | 'delete' | 'take';
      readonly key: K;
      readonly value: V;
    }
);
