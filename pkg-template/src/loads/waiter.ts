// A caller that waits for a load.

import type { Key } from '../base/key.js';
import { about } from '../base/errors.js';
import { elapsed } from '../base/elapsed.js';
import { onAbort } from '../base/on-abort.js';
import type { Wait } from '../locks/reentrance.js';
import { watch } from '../base/shared-timer.js';
import type { Watcher } from '../base/shared-timer.js';
import type { Load, Request } from './load.js';

/** One caller's wait. It ends with the load, or by the caller's own options. */
export class Waiter<K extends Key, V> {
  readonly promise: Promise<V | undefined>;
  readonly request: Request<K, V>;
  /** After how many milliseconds it looks around. */
  patience = 0;
  #load: Load<K, V>;
  #hasFollowed = false;
  #isOver = false;
  #resolve!: (value: V | undefined) => void;
  #reject!: (error: unknown) => void;
  readonly #began = elapsed();
  #watching: Pick<Set<Watcher>, 'delete'> | undefined;
  #unmind: (() => void) | undefined;
  readonly #wait: Wait | undefined;

  /** @param wait What those wait for who run now. */
  constructor(load: Load<K, V>, request: Request<K, V>, wait: Wait | undefined) {
    this.#load = load;
    this.request = request;
    this.#wait = wait;
    const settled = new Promise<V | undefined>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The timer ends in this caller's own turn. On workerd, another request's would leave this one with nothing that goes
    // on before it hears of the value, and such a request is taken for hung.
    this.promise = settled.then(
      (value) => {
        this.#watching?.delete(this);
        return value;
      },
      (error: unknown) => {
        this.#watching?.delete(this);
        throw error;
      },
    );
    load.waiters.add(this);
    this.#watch();
    const { signal } = request.call;
    if (signal !== undefined) {
      this.#unmind = onAbort(signal, () => this.#leave(() => this.#reject(signal.reason), signal.reason));
    }
  }

  /** Goes over to another load, unless it has waited enough: it gives up in a turn of its own then. */
  follow(load: Load<K, V>): void {
    if (this.#isLast) return;
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
    if (this.#isOver) return;
    const { timeout = Infinity, hardTimeout = Infinity } = this.request.call;
    const load = this.#load;
    const waited = this.#waited;
    if ((load.isOverdue && this.#isLast) || waited >= hardTimeout) {
      const late = about('load-timeout', this.request.key, `no value within ${Math.round(waited)} ms`);
      return this.#leave(() => this.reject(late));
    }
    if (this.#hasGrace && waited >= timeout) {
      load.keep();
      return this.#leave(() => this.#serveStale());
    }
    try {
      if (load.isOverdue) load.replace(this.request);
    } catch (error) {
      // Those who look after this one must get to it.
      return this.#leave(() => this.reject(error));
    }
    this.#watch();
  }

  /**
   * Whether it waits for no other load when this one's lease is over. Two leases at the most: the first load's, or the
   * lock's for which that has waited, and the next one's.
   */
  get #isLast(): boolean {
    return this.#hasFollowed || this.#load.isOwn(this);
  }

  get #waited(): number {
    return elapsed() - this.#began;
  }

  #watch(): void {
    if (this.#isOver) return;
    const { timeout = Infinity, hardTimeout = Infinity } = this.request.call;
    const limit = Math.min(hardTimeout, this.#hasGrace ? timeout : Infinity);
    const left = Math.max(0, limit - this.#waited);
    this.patience = Math.min(this.#load.remaining, this.#load.ticket.lease, left);
    this.#watching = watch(this);
  }

  /** Whether there is a stale value that this caller takes if it has to. */
  get #hasGrace(): boolean {
    const { late, stale, call } = this.request;
    return stale !== undefined && late < (call.grace ?? 0);
  }

  #serveStale(): void {
    this.#end();
    this.#load.onStale(this.request);
    this.#resolve(this.request.stale);
  }

  /** Leaves the load before its end; `reason` is the caller's own. */
  #leave(end: () => void, reason?: unknown): void {
    this.#load.waiters.delete(this);
    end();
    this.#end();
    this.#load.leaveAlone(reason);
  }

  #end(): void {
    this.#isOver = true;
    if (this.#wait !== undefined) this.#wait.isOver = true;
    this.#load.waiters.delete(this);
    this.#unmind?.();
  }
}
