// What is used of a namespace of Workers KV, and what it bounds.

/** A binding of `kv_namespaces`. */
export interface KvNamespace {
  get(key: string, type: 'arrayBuffer'): Promise<ArrayBuffer | null>;
  put(key: string, value: Uint8Array, options: { expirationTtl: number }): Promise<void>;
}

/** The largest value, in bytes. */
export const LARGEST = 25 * 2 ** 20;

/** The shortest life that KV takes, and the longest that it is asked for, in seconds: a minute, and thirty days. */
const [SHORTEST, LONGEST] = [60, 2_592_000];

/**
 * A life for KV, in seconds: a minute longer than that of the record, which begins a little later. The record itself tells
 * when it is over.
 */
export const toTtl = (life: number): number => Math.min(SHORTEST + Math.ceil(life / 1000), LONGEST);
