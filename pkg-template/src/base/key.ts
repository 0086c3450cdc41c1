// What keys are.

/** Keys are strings and numbers. `1` and `'1'` are different keys. */
export type Key = string | number;

/** A key, and the path of the namespace that it belongs to. */
export interface Place {
  readonly key: Key;
  readonly path: string;
}
