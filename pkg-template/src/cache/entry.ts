// What is stored.

/** An entry that is to be stored. */
export interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
  readonly ttl: number;
  readonly size: number;
  readonly tags: readonly string[];
}
