// What is stored, and what a call can say about it.

/** An entry that is to be stored. */
export interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
  /** 0 or less if it has expired already: it is not stored then, and its key has no entry any more. */
  readonly ttl: number;
  readonly size: number;
  readonly tags: readonly string[];
}

/** What an entry has that was given no tags. */
export const NO_TAGS: readonly string[] = [];

/** What a `get` can be told. What is missing is as in the cache's options. */
export interface GetOptions {
  /** Whether to return an expired value once more, and remove it only then. */
  allowStale?: boolean | undefined;
  /** Whether a hit gives the entry its whole `ttl` again. */
  updateAgeOnGet?: boolean | undefined;
}

/** What a `set` can be told. What is missing is as in the cache's options. */
export interface SetOptions {
  /** How long the entry lives, in milliseconds. 0 and `Infinity` both mean that it never expires. */
  ttl?: number | undefined;
  /**
   * When the entry expires, in milliseconds of the wall clock, as `Date.now()` tells them; in place of `ttl`. If that
   * moment has passed, the value is not stored, and what its key had is removed. `Infinity` for never.
   */
  expires?: number | undefined;
  /** What the entry takes of `maxSize`, instead of what `sizeCalculation` says. */
  size?: number | undefined;
  /**
   * Names by which `deleteByTag` finds the entry. Each `set` makes a new entry: without `tags` it has none, whatever the
   * old one had. To keep them, pass `tags: cache.tagsOf(key)`. A reload and `refresh` keep them unless they are told others.
   */
  tags?: readonly string[] | undefined;
}
