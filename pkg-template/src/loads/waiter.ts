// One caller that waits for a load: its promise, its timer, and its signal.

import { deferred } from '../base/deferred.js';
import { elapsed } from '../base/elapsed.js';
import type { Key } from '../base/key.js';
import { onAbort } from '../base/on-abort.js';
import { watch } from '../base/shared-timer.js';
import type { Watcher } from '../base/shared-timer.js';
import type { Wait } from '../locks/reentrance.js';
import type { Request } from './request.js';

/** Decides how a wait goes on. */
export interface Host<K extends Key, V> {
  /** The timer has fired. */
  look(waiter: Waiter<K, V>): void;
  /** The caller's signal has aborted. */
  leave(waiter: Waiter<K, V>, reason: unknown): void;
}

/** One caller's wait, by number. */
export class Waiter<K extends Key, V> {
  readonly number: number;
  readonly request: Request<K, V>;
  readonly promise: Promise<V | undefined>;
  /** When it began. */
  readonly since = elapsed();
  /** After how many milliseconds its timer fires. */
  patience = 0;
  isOver = false;
  readonly #host: Host<K, V>;
  readonly #wait: Wait | undefined;
  readonly #settled = deferred<V | undefined>();
  #watching: Pick<Set<Watcher>, 'delete'> | undefined;
  #unmind: (() => void) | undefined;

  /** @param wait The wait of the callbacks that are running, for `reentrance.ts`. */
  constructor(host: Host<K, V>, request: Request<K, V>, number: number, wait: Wait | undefined) {
    this.#host = host;
    this.request = request;
    this.number = number;
    this.#wait = wait;
    // The timer is cleared in this caller's own request. If another request cleared it, on workerd, this request would
    // have nothing under way before it gets the value, and workerd takes such a request for hung.
    this.promise = this.#settled.promise.then(
      (value) => {
        this.#watching?.delete(this);
        return value;
      },
      (error: unknown) => {
        this.#watching?.delete(this);
        throw error;
      },
    );
  }

  /** Ends the wait when the caller's signal aborts. */
  mind(signal: AbortSignal): void {
    if (!this.isOver) this.#unmind = onAbort(signal, () => this.#host.leave(this, signal.reason));
  }

  /** Arms a timer, in this turn of the event loop, after which the waiter looks. */
  watch(patience: number): void {
    this.patience = patience;
    this.#watching = watch(this);
  }

  look(): void {
    if (!this.isOver) this.#host.look(this);
  }

  resolve(value: V | undefined): void {
    this.#end();
    this.#settled.resolve(value as V);
  }

  reject(error: unknown): void {
    this.#end();
    this.#settled.reject(error);
  }

  #end(): void {
    this.isOver = true;
    if (this.#wait !== undefined) this.#wait.isOver = true;
    this.#unmind?.();
  }
}
