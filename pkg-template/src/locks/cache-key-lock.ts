// A lock on a key, as its user holds it.

import { readCall, readTtl } from '../cache/arguments.js';
import type { Key } from '../cache/options.js';
import { unfit } from '../errors.js';
import type { KeyLocks } from './key-locks.js';
import type { Ticket, WaitOptions } from './ticket.js';

/** What a lock can be told when it is acquired. Durations are in milliseconds. */
export interface LockOptions {
  /** Ends this lock's wait when it aborts, with its reason. The holder and the others don't notice. */
  signal?: AbortSignal;
  /** Ends this lock's wait after so many milliseconds, with `lock-timeout`. By default it waits as long as it takes. */
  timeout?: number;
  /**
   * How long this lock may hold its key, from its turn on, before another one may take over. `Infinity` for as long as
   * it takes: a holder that never leaves then blocks its key for good.
   * @default 30000
   */
  lease?: number;
}

/** The lease of locks that ask for none. */
const LEASE = 30_000;

/** Where a lock looks for a value before it computes one, and where it puts its result. */
export interface LockedStore<V> {
  readonly get: (key: Key) => Promise<V | undefined>;
  readonly set: (key: Key, value: V, ttl: number | undefined) => Promise<unknown>;
}

const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** Gives back the tickets of locks that were collected without it, where the runtime tells. */
let lostAndFound: FinalizationRegistry<{ release(): void }> | undefined;

/** Apart from the constructor: a closure made there would keep the first lock alive that made one. */
const giveBack = (ticket: { release(): void }): void => ticket.release();

/**
 * A lock on a key: one caller computes the key's value while the others wait for it. Made by `acquire`, `lock` and
 * `withLock`.
 *
 * Whoever enters first holds the key; the others wait. When the holder sets a result, all of them get it. When it leaves
 * without one, the next in line holds the key, and the rest go on waiting. When it never leaves, its lease ends.
 *
 * @example
 * await using lock = await cache.lock('schema::1');
 * if (!lock.done) await lock.setResult(await fetchSchema(1), { ttl: 600 });
 * return lock.result;
 */
export class CacheKeyLock<V = unknown> {
  /** @internal The published files have short names for everything else. */
  static readonly name: string = 'CacheKeyLock';
  readonly #ticket: Ticket<V>;
  readonly #store: LockedStore<V>;
  readonly #wait: WaitOptions;
  readonly #parent: Pick<WeakRef<object>, 'deref'> | undefined;
  #entered: Promise<this> | undefined;
  #exception: unknown;

  /** @internal */
  constructor(locks: KeyLocks<V>, store: LockedStore<V>, key: Key, { lease = LEASE, timeout, signal }: LockOptions) {
    const holder = locks.holderOf(key);
    this.#store = store;
    this.#wait = { signal, timeout };
    this.#ticket = locks.acquire(key, lease);
    if (!this.#ticket.isHolding) this.#parent = holder?.owner;
    this.#ticket.owner = weakly(this);
    if (typeof FinalizationRegistry === 'function') {
      lostAndFound ??= new FinalizationRegistry(giveBack);
      lostAndFound.register(this, this.#ticket, this.#ticket);
    }
  }

  /** The key. */
  get key(): Key {
    return this.#ticket.key;
  }

  /** Whether it is over: there is a result, or the lock has ended without one. */
  get done(): boolean {
    return this.#ticket.isDone;
  }

  /** The result; `undefined` as long as there is none. */
  get result(): V | undefined {
    return this.#ticket.result;
  }

  /** Resolves with the result, or with `undefined` when the lock ends without one. Never rejects. */
  get future(): Promise<V | undefined> {
    return this.#ticket.future.promise;
  }

  /** The lock that held the key when this one was acquired, as long as somebody keeps it. */
  get parent(): CacheKeyLock<V> | undefined {
    return this.#parent?.deref() as CacheKeyLock<V> | undefined;
  }

  /** What `exit` was given. */
  get exception(): unknown {
    return this.#exception;
  }

  /** Whether the lock was given back. */
  get released(): boolean {
    return this.#ticket.isReleased;
  }

  /**
   * The number of this lock's turn; 0 if it had none. It grows with each holder of the key, so a store that remembers
   * the greatest one can refuse what a holder writes that has lost its turn.
   */
  get token(): number {
    return this.#ticket.token;
  }

  /** Aborts when the lock is lost: its lease was over, and another lock took the turn. */
  get signal(): AbortSignal {
    return this.#ticket.signal;
  }

  /**
   * Waits for this lock's turn, or for the holder's result. If it is this lock's turn, and the cache has a value for the
   * key, that is the result.
   *
   * @returns This lock: if it is not `done`, its caller computes the value.
   * @throws {CacheError} `lock-timeout`, `lock-lost`. The signal's reason if it has aborted. What the cache's `get` has
   * thrown. The lock is released then, and the next in line has its turn.
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
   * Hands the result to all that wait for it, and stores it, unless the key was changed meanwhile. `undefined` is no
   * result: then nothing happens.
   *
   * @param options `ttl`: how long the cache keeps it, in the cache's unit.
   * @throws {CacheError} `result-already-set`, `lock-lost`, `not-holder`, `invalid-ttl`. What the cache's `set` has
   * thrown; the others have the result all the same.
   */
  async setResult(value: V | undefined, options?: { ttl?: number }): Promise<void> {
    const { ttl } = readCall(options, ['ttl']);
    readTtl(ttl, Infinity);
    if (value !== undefined && this.#ticket.settle(value)) await this.#store.set(this.key, value, ttl);
  }

  /**
   * Begins the lease anew, for work that takes longer.
   *
   * @param lease How long from now on, in milliseconds.
   * @returns Whether it is still this lock's turn.
   */
  extend(lease: number): boolean {
    checkLease(lease);
    return this.#ticket.extend(lease);
  }

  /** Gives the lock back. A second time, nothing happens. */
  release(): void {
    lostAndFound?.unregister(this.#ticket);
    this.#ticket.release();
    this.#ticket.finish(undefined);
  }

  /** The same as {@link CacheKeyLock.exit}, for `await using`. */
  [asyncDispose](): Promise<void> {
    return this.exit();
  }

  async #enter(): Promise<this> {
    try {
      await this.#ticket.enter(this.#wait);
      if (this.#ticket.isHolding) {
        const value = await this.#store.get(this.key);
        if (value !== undefined) this.#ticket.settle(value);
      }
      return this;
    } catch (error) {
      this.release();
      throw error;
    }
  }
}

/** A reference that keeps nothing alive, where the runtime has such. */
function weakly(lock: object): Pick<WeakRef<object>, 'deref'> {
  return typeof WeakRef === 'function' ? new WeakRef(lock) : { deref: () => lock };
}

/** @throws {CacheError} `invalid-option`. */
export function checkLockOptions(options: LockOptions): LockOptions {
  const { lease, timeout, signal } = options;
  if (lease !== undefined) checkLease(lease);
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0)) {
    throw unfit('invalid-option', 'timeout', 'a number of milliseconds from 0 on', timeout);
  }
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.addEventListener !== 'function') {
    throw unfit('invalid-option', 'signal', 'an AbortSignal', signal);
  }
  return options;
}

function checkLease(lease: unknown): void {
  if (!(typeof lease === 'number' && lease > 0)) {
    throw unfit('invalid-option', 'lease', 'a number of milliseconds above 0', lease);
  }
}
