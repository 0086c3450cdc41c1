// What is stored.

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
