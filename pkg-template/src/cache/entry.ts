// What is stored.

/** An entry that is to be stored. */
export interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
  readonly ttl: number;
  readonly size: number;
  readonly tags: readonly string[];
}

/** What an entry has that was given no tags. */
export const NO_TAGS: readonly string[] = [];
