// A lock on a key, as its user holds it.

import type { SetOptions } from '../base/entry.js';
import { CacheError } from '../base/errors.js';
import type { Key, Place } from '../base/key.js';
import type { Signal } from '../base/signal.js';
import { asyncDispose } from '../base/symbols.js';
import { SPAN, check } from '../base/validate.js';
import type { KeyLocks } from './key-locks.js';
import type { LockOptions } from './options.js';
import { runWithin } from './reentrance.js';
import type { Ticket, WaitOptions } from './ticket.js';

/** The key of a method that only this package's own files can call. */
const run = Symbol('run');

/** What has locks: a cache of any kind, or a namespace. */
export interface Lockable<V = unknown> {
  /** The value of a key: of a {@link Cache} at once, of the Aries classes as a promise. */
  get(key: Key): V | undefined | Promise<V | undefined>;
  /** Takes a lock on a key, without waiting. */
  acquire(key: Key, options?: LockOptions): CacheKeyLock<V>;
  /** Takes a lock on a key, and waits for its turn or for the holder's result. */
  lock(key: Key, options?: LockOptions): Promise<CacheKeyLock<V>>;
  /** Takes the turn from whoever holds a key. */
  release(key: Key): void;
}

/** Where a lock looks for a value before it computes one, and where it puts its result. */
export interface LockedStore<V> {
  /** Whose locks they are. */
  readonly cache: Lockable<V>;
  /** @param lock Who computes the value if there is none. */
  get(key: Key, lock: Ticket<V>): V | undefined | Promise<V | undefined>;
  /** The lock was given back. */
  leave?(key: Key, lock: Ticket<V>): void;
  /** Checks a result, and returns its tags and a function that stores it. */
  prepare(key: Key, value: V, options: SetOptions | undefined): { readonly tags?: readonly string[]; store(): unknown };
}

/** Gives back the tickets of locks that were garbage-collected before they were released, where the runtime tells. */
let finalizers: FinalizationRegistry<{ release(): void }> | undefined;

/** Outside of the constructor, where a closure would keep the first lock alive. */
const giveBack = (ticket: { release(): void }): void => ticket.release();

/**
 * A lock on a key: one caller computes the key's value while the others wait for it. Made by `acquire`, `lock` and
 * `withLock`.
 *
 * Whoever enters first holds the key; the others wait. When the holder sets a result, all of them get it. When the
 * holder leaves without a result, the next in line holds the key, and the rest go on waiting. When the holder never
 * leaves, its lease ends, and a waiter takes over.
 *
 * @example
 * await using lock = await cache.lock('schema::1');
 * if (!lock.done) await lock.setResult(await fetchSchema(1), { ttl: 600 });
 * return lock.result;
 */
export class CacheKeyLock<V = unknown> {
  /** @internal The published files have short names for everything else. */
  static get name(): string {
    return 'CacheKeyLock';
  }
  readonly #locks: KeyLocks<V>;
  readonly #ticket: Ticket<V>;
  readonly #store: LockedStore<V>;
  readonly #wait: WaitOptions;
  readonly #parent: Pick<WeakRef<object>, 'deref'> | undefined;
  #entered: Promise<this> | undefined;
  #exception: unknown;

  /** @internal */
  constructor(locks: KeyLocks<V>, store: LockedStore<V>, place: Place, options: LockOptions & { lease: number }) {
    if (options === undefined) throw new CacheError('invalid-argument', 'a CacheKeyLock is made by acquire');
    const holder = locks.holderOf(place);
    this.#locks = locks;
    this.#store = store;
    this.#wait = options;
    this.#ticket = locks.acquire(place, options.lease);
    if (!this.#ticket.isHolding) this.#parent = holder?.owner;
    this.#ticket.owner = weakly(this);
    if (typeof FinalizationRegistry === 'function') {
      finalizers ??= new FinalizationRegistry(giveBack);
      finalizers.register(this, this.#ticket, this.#ticket);
    }
  }

  /** The cache, or the namespace, whose key it locks. */
  get cache(): Lockable<V> {
    return this.#store.cache;
  }

  /** The key. */
  get key(): Key {
    return this.#ticket.place.key;
  }

  /** Whether the lock has a result, or has ended without one. */
  get done(): boolean {
    return this.#ticket.isDone || this.#ticket.isReleased;
  }

  /** The result; `undefined` as long as there is none. */
  get result(): V | undefined {
    return this.#ticket.result;
  }

  /**
   * Resolves with the result, or with `undefined` when the lock ends without one. Never rejects. Awaiting the lock
   * itself gives the lock.
   */
  get future(): Promise<V | undefined> {
    return this.#ticket.future.promise;
  }

  /** The lock that held the key when this one was acquired, as long as somebody refers to it. */
  get parent(): CacheKeyLock<V> | undefined {
    return this.#parent?.deref() as CacheKeyLock<V> | undefined;
  }

  /** The error that `exit` or `fail` was given, or that the callback of `withLock` has thrown. */
  get exception(): unknown {
    return this.#exception;
  }

  /** Whether the lock was given back. */
  get released(): boolean {
    return this.#ticket.isReleased;
  }

  /**
   * The number of this lock's turn; 0 if it had none. It grows with each holder of the key, so a store that remembers
   * the greatest token can refuse writes by a holder that has lost its turn.
   */
  get token(): number {
    return this.#ticket.token;
  }

  /**
   * Aborts when the lock loses its turn: its lease has ended and another lock takes over, or somebody calls
   * `release(key)`.
   */
  get signal(): Signal {
    return this.#ticket.signal;
  }

  /**
   * Waits for this lock's turn, or for the holder's result. If the turn comes, and the cache has a value for the key by
   * then, that value is the result.
   *
   * To give up waiting, use the options `timeout` and `signal`; they also end a wait for the cache's own `get`. If you
   * only abandon the wait, as with `Promise.race`, the lock still gets its turn, and then blocks the key for a lease.
   *
   * @returns This lock: if it is not `done`, its caller computes the value.
   * @throws {CacheError} `lock-timeout`, `lock-lost`, `reentrant`. The signal's reason if it has aborted. Whatever the
   * cache's `get` throws. In each case the lock is released, and the next in line gets the turn.
   */
  enter(): Promise<this> {
    return (this.#entered ??= this.#enter());
  }

  /**
   * Leaves the lock. Without a result, the turn goes to the next in line.
   *
   * @param error What went wrong, for {@link CacheKeyLock.exception}.
   */
  exit(error?: unknown): Promise<void> {
    if (error !== undefined) this.#exception = error;
    this.release();
    return Promise.resolve();
  }

  /**
   * Hands the result to all waiters, and stores it, unless the key was changed meanwhile. `undefined` is no result:
   * then nothing happens, and it is still this lock's turn.
   *
   * @param options As for the cache's `set`: a `ttl`, or an object with one, in the cache's unit: milliseconds for a
   * {@link Cache}, seconds for the Aries classes. For a cache in memory, `size` and `tags` too.
   * @throws {CacheError} `result-already-set`, `lock-lost`, `not-holder`; the errors for wrong options; whatever the
   * cache's `set` throws, in which case the waiters still have the result.
   */
  async setResult(value: V | undefined, options?: number | SetOptions): Promise<void> {
    if (value === undefined) return;
    const call = typeof options === 'number' ? { ttl: options } : options;
    const prepared = this.#store.prepare(this.key, value, call);
    if (this.#ticket.settle(value, prepared.tags)) await prepared.store();
  }

  /**
   * Leaves the lock, and rejects all waiters with the same error at once. Use it where another try makes no sense.
   * Later callers start afresh. If it isn't this lock's turn, the lock only leaves.
   */
  fail(error: unknown): void {
    this.#exception = error;
    this.#locks.fail(this.#ticket, error);
    this.release();
  }

  /**
   * Starts the lease again, for work that takes longer.
   *
   * @param lease How long from now on, in milliseconds.
   * @returns Whether it is still this lock's turn.
   */
  extend(lease: number): boolean {
    check(lease, 'lease', SPAN);
    return this.#ticket.extend(lease);
  }

  /** Gives the lock back. A second time, nothing happens. */
  release(): void {
    const ticket = this.#ticket;
    finalizers?.unregister(ticket);
    ticket.release();
    ticket.finish(undefined);
    this.#store.leave?.(ticket.place.key, ticket);
  }

  /** The same as {@link CacheKeyLock.exit}, for `await using`. */
  [asyncDispose](): Promise<void> {
    return this.exit();
  }

  /** @internal Runs a callback with this lock, which has entered. Leaves the lock on every path. */
  async [run]<T>(callback: (lock: this) => T | PromiseLike<T>): Promise<T> {
    try {
      return await runWithin([this.#ticket], () => callback(this));
    } catch (error) {
      this.#exception = error;
      throw error;
    } finally {
      this.release();
    }
  }

  async #enter(): Promise<this> {
    try {
      await this.#ticket.enter(this.#wait, () => this.#store.get(this.key, this.#ticket));
      return this;
    } catch (error) {
      this.release();
      throw error;
    }
  }
}

/** A weak reference, where the runtime has them. */
function weakly(lock: object): Pick<WeakRef<object>, 'deref'> {
  return typeof WeakRef === 'function' ? new WeakRef(lock) : { deref: () => lock };
}

/** Runs a callback with a lock, once its turn has come. */
export async function holding<V, T>(
  lock: CacheKeyLock<V>,
  callback: (lock: CacheKeyLock<V>) => T | PromiseLike<T>,
): Promise<T> {
  const entered = await lock.enter();
  return entered[run](callback);
}
