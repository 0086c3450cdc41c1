// What a cache tells its listeners, and when.

import type { Key } from './key.js';
import type { InsertReason } from './options.js';

/** Something that has happened in a cache. `namespace` is the path to the namespace, empty for the cache's own keys. */
export type CacheEvent<K extends Key = string, V = unknown> = { readonly namespace: readonly string[] } & (
  | {
      /** A `get` found a value, found none, or served an expired one, as loads do too. */
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

/** Callbacks that wait until the call that gave rise to them has done its work. */
export class Notices {
  #waiting: (() => void)[] = [];
  #running = false;

  /** Adds a callback. */
  add(callback: () => void): void {
    this.#waiting.push(callback);
  }

  /**
   * Runs what waits, in order, and then what these callbacks have added. A callback that uses the cache finds its own
   * call finished before the callbacks of that one run, so no chain of them can exhaust the stack; one that always adds
   * another never ends.
   *
   * @throws What a callback has thrown; an AggregateError if several have.
   */
  run(): void {
    if (this.#waiting.length === 0 || this.#running) return;
    const errors: unknown[] = [];
    this.#running = true;
    while (this.#waiting.length > 0) {
      const next = this.#waiting;
      this.#waiting = [];
      for (const callback of next) {
        try {
          callback();
        } catch (error) {
          errors.push(error);
        }
      }
    }
    this.#running = false;
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'several callbacks of the cache have thrown');
  }
}

/** Why an entry leaves, in the order of the engine's numbers. */
export const LEAVING = ['evict', 'expire', 'delete', 'set', 'take'] as const;

/** Why an entry leaves. */
export type Leaving = (typeof LEAVING)[number];
