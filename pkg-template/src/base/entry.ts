// What is stored, and what a call can say about it.

/** An entry that is to be stored. */
export interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
  /** 0 or less if the entry has expired already: then it isn't stored, and the key's old entry is removed. */
  readonly ttl: number;
  readonly size: number;
  readonly tags: readonly string[];
  readonly etag: string | undefined;
  /** Undefined if it is to stay as it is. */
  readonly pinned: boolean | undefined;
}

/** The tags of an entry that was given none. */
export const NO_TAGS: readonly string[] = [];

/** Options of a `get`. For those that are missing, the cache's options hold. */
export interface GetOptions {
  /** Whether to return an expired value, and remove it only then. */
  allowStale?: boolean | undefined;
  /** Whether a hit restarts the entry's `ttl`. */
  updateAgeOnGet?: boolean | undefined;
}

/** Options of an iteration. */
export interface ListOptions {
  /**
   * Whether to include expired entries that are still there.
   * @default false
   */
  allowStale?: boolean | undefined;
  /**
   * Whether to begin at the end. Keys that are added meanwhile are then not seen.
   * @default false
   */
  reverse?: boolean | undefined;
}

/** Options of a `set`. For those that are missing, the cache's options hold. */
export interface SetOptions {
  /** How long the entry lives, in milliseconds. 0 and `Infinity` both mean that it never expires. */
  ttl?: number | undefined;
  /**
   * When the entry expires, in milliseconds since 1970 like `Date.now()`; instead of `ttl`. If that time has passed,
   * the value isn't stored, and the key's old entry is removed. `Infinity` means never.
   */
  expires?: number | undefined;
  /** How much of `maxSize` the entry takes; instead of `sizeCalculation`. */
  size?: number | undefined;
  /**
   * Names by which `deleteByTag` finds the entry. Each `set` makes a new entry: without `tags` it has none, whatever
   * the old one had. To keep them, pass `tags: cache.tagsOf(key)`. A reload and `refresh` keep the old tags, unless the
   * load names others.
   */
  tags?: readonly string[] | undefined;
  /** What the source calls this version of the value: a loader gets it back, to ask whether there is a newer one. */
  etag?: string | undefined;
  /**
   * Whether the entry is pinned: never evicted. It counts against the bounds, and it expires and can be deleted like any
   * other. A pin stays, whatever is set in the entry's place, until `false` ends it or the entry leaves. A `set` that could
   * only evict pinned entries is refused, as one of a value that is too large: it is the event `refuse`.
   */
  pinned?: boolean | undefined;
}
