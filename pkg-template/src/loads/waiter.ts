// A caller that waits for a load.

import type { Key } from '../cache/options.js';
import { CacheError } from '../errors.js';
import { watch } from '../locks/watch.js';
import { core } from '../wasm/boot.js';
import type { Load, Request } from './load.js';

/** One caller's wait. It ends with the load, or by the caller's own options. */
export class Waiter<K extends Key, V> {
  readonly promise: Promise<V | undefined>;
  readonly request: Request<K, V>;
  /** After how many milliseconds it looks around. */
  patience = 0;
  #load: Load<K, V>;
  #hasFollowed = false;
  #resolve!: (value: V | undefined) => void;
  #reject!: (error: unknown) => void;
  readonly #began = core.clockNow();
  #stop = (): void => {};
  readonly #onAbort = (): void => this.#leave(() => this.#reject(this.request.call.signal?.reason));

  constructor(load: Load<K, V>, request: Request<K, V>) {
    this.#load = load;
    this.request = request;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    request.call.signal?.addEventListener('abort', this.#onAbort);
    load.waiters.add(this);
    this.#watch();
  }

  /** Goes over to another load. */
  follow(load: Load<K, V>): void {
    this.#hasFollowed = true;
    this.#load.waiters.delete(this);
    this.#load = load;
    load.waiters.add(this);
  }

  /** Ends the wait with the value. */
  resolve(value: V | undefined): void {
    this.#end();
    this.#resolve(value);
  }

  /** Ends the wait with an error, or with the stale value that this caller would rather have. */
  reject(error: unknown): void {
    if (this.#hasGrace) return this.#serveStale();
    this.#end();
    this.#reject(error);
  }

  /** Looks around: whether this caller has waited long enough, and whether the load is still alive. */
  look(): void {
    const { timeout = Infinity, hardTimeout = Infinity } = this.request.call;
    const waited = core.clockNow() - this.#began;
    const { isOverdue, request, ticket } = this.#load;
    // Two leases at the most: the first load's, or the lock's for which it has waited, and the next one's.
    const isOver = isOverdue && (this.#hasFollowed || (request === this.request && !ticket.isWaiting));
    if (isOver || waited >= hardTimeout) return this.#leave(() => this.reject(timedOut(waited)));
    if (this.#hasGrace && waited >= timeout) {
      this.#load.keep();
      return this.#leave(() => this.#serveStale());
    }
    if (isOverdue) this.#load.replace(this.request);
    this.#watch();
  }

  #watch(): void {
    const { timeout = Infinity, hardTimeout = Infinity } = this.request.call;
    const limit = Math.min(hardTimeout, this.#hasGrace ? timeout : Infinity);
    const left = Math.max(0, this.#began + limit - core.clockNow());
    this.patience = Math.min(this.#load.remaining, this.#load.ticket.lease, left);
    this.#stop = watch(this);
  }

  /** Whether there is a stale value that this caller takes if it has to. */
  get #hasGrace(): boolean {
    const { late, stale, call } = this.request;
    return stale !== undefined && late < (call.grace ?? 0);
  }

  #serveStale(): void {
    this.#end();
    try {
      this.request.onStale();
      this.#resolve(this.request.stale);
    } catch (error) {
      this.#reject(error);
    }
  }

  /** Leaves the load before its end. */
  #leave(end: () => void): void {
    this.#load.waiters.delete(this);
    end();
    this.#end();
    this.#load.leaveAlone();
  }

  #end(): void {
    this.#stop();
    this.#load.waiters.delete(this);
    this.request.call.signal?.removeEventListener('abort', this.#onAbort);
  }
}

function timedOut(waited: number): CacheError {
  return new CacheError('load-timeout', `no value within ${Math.round(waited)} ms`);
}
