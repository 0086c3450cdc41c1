// One load of one key: a caller that computes, and all that wait for the value.

import type { Entry, SetOptions } from '../base/entry.js';
import type { Key } from '../base/key.js';
import type { Space } from '../store/spaces.js';
import { CacheError, about } from '../base/errors.js';
import { Aborter } from '../base/aborter.js';
import type { Ticket } from '../locks/ticket.js';
import { runWithin } from '../locks/reentrance.js';
import { attempt } from './attempts.js';
import type { Loader, LoadOptions } from './options.js';
import type { Waiter } from './waiter.js';

/** What a caller wants. */
export interface Request<K extends Key, V> {
  readonly key: K;
  readonly space: Space;
  readonly loader: Loader<K, V>;
  readonly call: LoadOptions<K, V>;
  /** The expired value, if there is one still, and for how many milliseconds it has been expired. */
  readonly stale: V | undefined;
  readonly late: number;
  /** The tags of the entry that it has, or has had until now. */
  tags: readonly string[] | undefined;
}

/** What a load needs of the cache. */
export interface Surroundings<K extends Key, V> {
  /** Checks what is to be stored; it may throw. */
  prepare(key: K, value: V, options: SetOptions): Entry<K, V>;
  /** Stores it; `null` only removes what there was. */
  store(request: Request<K, V>, entry: Entry<K, V> | null): void;
  /** A value as a caller gets it. */
  share(value: V, isIsolable: boolean): V;
  /** The value that there is by now. */
  known(request: Request<K, V>): V | undefined;
  /** Notes that a caller got the stale value. */
  onStale(request: Request<K, V>): void;
  /** Notes that a loader is called. */
  onLoad(request: Request<K, V>): void;
  /** Notes that a loader has failed. */
  onFail(request: Request<K, V>, error: unknown): void;
  /** Notes that a value was loaded, and something has failed since. */
  onError(request: Request<K, V>, error: unknown): void;
  /** Notes that a load is over. */
  onEnd(load: Load<K, V>): void;
  /** Has the load that runs by now take the value of this one, which is late. */
  overtake(load: Load<K, V>, value: V): void;
  /** Has another caller load in place of one whose lease is over. */
  replace(load: Load<K, V>, request: Request<K, V>): void;
}

/** One load. */
export class Load<K extends Key, V> {
  readonly request: Request<K, V>;
  readonly ticket: Ticket<V>;
  /** The gate where it began. */
  readonly gate: number;
  readonly waiters = new Set<Waiter<K, V>>();
  /** Whether its loader was called: it has had its turn then. */
  #hasBegun = false;
  readonly #around: Surroundings<K, V>;
  #aborter: Aborter | undefined;
  /** Why its signal aborts. */
  #reason: CacheError | undefined;
  #isKept: boolean;
  /** Whether it is none of the cache's loads any more: it has ended, or its lease has and others go on. */
  isOver = false;
  #ttl: number | undefined;
  #tags: readonly string[] | undefined;
  #isSkipped = false;
  #hasErred = false;
  /** Whether the value was found fit to be cloned. */
  isIsolable = false;

  /** @param isKept Whether it goes on when nobody waits for it. */
  constructor(around: Surroundings<K, V>, request: Request<K, V>, ticket: Ticket<V>, isKept: boolean) {
    this.#around = around;
    this.request = request;
    this.ticket = ticket;
    this.gate = ticket.locks.gate(ticket.number);
    this.#isKept = isKept;
  }

  /** How many milliseconds are left of its lease, or of the lock's for which it waits. */
  get remaining(): number {
    return this.isOver ? 0 : this.ticket.remaining;
  }

  /** Whether somebody else may load in its place. */
  get isOverdue(): boolean {
    return this.remaining <= 0;
  }

  /** Lets it go on when nobody waits for it any more. */
  keep(): void {
    this.#isKept = true;
  }

  /** Loads, stores the value, and hands it to all that wait. Never rejects: those that wait get the error. */
  async run(): Promise<void> {
    const { ticket } = this;
    let value: V | undefined;
    try {
      if (!ticket.isHolding) {
        // Somebody has the key locked. The result of the lock is the value; or there may be one by now.
        await ticket.enter({}).catch((error: unknown) => {
          if (!this.isOver) throw error;
        });
        // Given up, or replaced: those who are left look after themselves.
        if (this.isOver) return;
        value = ticket.isDone ? ticket.result : this.#around.known(this.request);
        this.isIsolable = true;
      }
      if (value === undefined) value = await this.#compute();
      this.#deliver(value);
    } catch (error) {
      if (!this.isOver) this.#around.onFail(this.request, error);
      this.fail(error);
    } finally {
      this.#finish();
      this.ticket.release();
    }
  }

  /** Ends it with the value of another load, in whose place it was. */
  giveUp(value: V, isIsolable: boolean): void {
    this.isIsolable = isIsolable;
    this.#deliver(value);
    this.abort(this.#idle());
  }

  /** Ends it with an error for all that wait. */
  fail(error: unknown): void {
    this.#spread((waiter) => waiter.reject(error));
  }

  /** Whether a waiter's own loader is what takes so long. */
  isOwn({ request }: Waiter<K, V>): boolean {
    return this.#hasBegun && request === this.request;
  }

  /** Notes that a waiter got the stale value. */
  onStale(request: Request<K, V>): void {
    this.#around.onStale(request);
  }

  /** Has a waiter load in its place. */
  replace(request: Request<K, V>): void {
    this.#around.replace(this, request);
  }

  /** Notes that another load is there in its place. Those that have waited for this one wait for that. */
  giveWay(successor: Load<K, V>): void {
    this.#spread((waiter) => waiter.follow(successor));
    this.abort(this.ticket.lost(), this.#hasBegun);
  }

  /** Ends it if nobody waits for it any more; `cause` is the reason of the caller that has left. */
  leaveAlone(cause: unknown): void {
    const isLate = this.#hasBegun && this.isOverdue;
    if (this.waiters.size > 0) {
      // Whoever looks next may load: the one that did has given up. One that still waits for a lock has done nothing yet.
      if (isLate) this.#finish(isLate);
    } else if (isLate || !this.#isKept) {
      this.abort(this.#idle(cause), isLate);
    }
  }

  /**
   * Ends it without a value.
   *
   * @param isLate Whether the value may come all the same: only the lease is over.
   */
  abort(reason: CacheError, isLate = false): void {
    this.#reason ??= reason;
    this.#finish(isLate);
    this.#aborter?.abort(reason);
  }

  async #compute(): Promise<V | undefined> {
    const { request, ticket } = this;
    this.#hasBegun = true;
    this.#around.onLoad(request);
    const context = this.#context();
    const call = (): ReturnType<typeof request.loader> => runWithin([ticket], () => request.loader(context));
    const value = await attempt(call, request.call.retry, context);
    if (value !== undefined) {
      if (!ticket.isReleased) this.#keepValue(value);
      else if (!ticket.isDone) ticket.locks.refuse(ticket.place);
    }
    return value;
  }

  /** Stores the value, if it is to be stored. What goes wrong with that costs nobody the value. */
  #keepValue(value: V): void {
    let entry: Entry<K, V> | null | undefined;
    this.#try(() => (entry = this.#entry(value)));
    this.isIsolable = entry != null;
    let mayStore = false;
    try {
      mayStore = this.ticket.settle(value, entry?.tags);
      if (this.isOver) this.#around.overtake(this, value);
    } catch (error) {
      // Lost: another caller loads already. This one's own caller gets the value all the same, if it still waits.
      if (!(error instanceof CacheError && error.code === 'lock-lost')) throw error;
    }
    if (mayStore && entry !== undefined) this.#try(() => this.#around.store(this.request, entry!));
  }

  /** What is to be stored; `undefined` if nothing is, `null` if the value has no time to live. */
  #entry(value: V): Entry<K, V> | null | undefined {
    const { key, call } = this.request;
    const { size, cacheIf } = call;
    if (this.#isSkipped || (cacheIf !== undefined && !cacheIf(value, key))) return undefined;
    let ttl = this.#ttl ?? (value === null ? call.negativeTtl : undefined) ?? call.ttl;
    // As an option 0 is for ever; computed from the value, it is what is left of a life.
    const isComputed = this.#ttl !== undefined || typeof ttl === 'function';
    if (typeof ttl === 'function') ttl = ttl(value, key);
    if (isComputed && typeof ttl === 'number' && ttl <= 0) return null;
    const tags = this.#tags ?? call.tags ?? this.request.tags;
    return this.#around.prepare(key, value, { ttl, size, tags } as SetOptions);
  }

  /** A value as a caller gets it; as it is, if a clone would not be the same. */
  #share(value: V): V {
    return this.#try(() => this.#around.share(value, this.isIsolable)) ?? value;
  }

  /** Does what those who wait for the value have no part in. Only the first error is told. */
  #try<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      if (!this.#hasErred) this.#around.onError(this.request, error);
      this.#hasErred = true;
      return undefined;
    }
  }

  #context(): Parameters<Loader<K, V>>[0] {
    const load = this;
    const { key, stale } = this.request;
    return {
      key,
      stale,
      get signal() {
        return load.#signal;
      },
      setTtl: (ttl) => {
        this.#ttl = ttl;
      },
      setTags: (tags) => {
        this.#tags = tags;
      },
      skip: () => {
        this.#isSkipped = true;
      },
    };
  }

  /** Made when it is asked for: most loaders don't. */
  get #signal(): AbortSignal {
    if (this.#aborter === undefined) {
      this.#aborter = new Aborter();
      if (this.isOver) this.#aborter.abort(this.#reason);
      const { signal } = this.ticket;
      signal.addEventListener('abort', () => this.#aborter!.abort(signal.reason));
    }
    return this.#aborter.signal;
  }

  #idle(cause?: unknown): CacheError {
    return about('load-timeout', this.request.key, 'nobody waits for the value any more', cause);
  }

  #deliver(value: V | undefined): void {
    this.#spread((waiter) => waiter.resolve(value === undefined ? value : this.#share(value)));
  }

  #spread(tell: (waiter: Waiter<K, V>) => void): void {
    for (const waiter of [...this.waiters]) tell(waiter);
  }

  #finish(isLate = false): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#around.onEnd(this);
    if (isLate) this.ticket.locks.abandon(this.ticket);
    else this.ticket.release();
  }
}
