// A ticket: what a lock is to the latch.

import type { Place } from '../base/key.js';
import type { CacheError } from '../base/errors.js';
import { about } from '../base/errors.js';
import { Aborter } from '../base/aborter.js';
import { deferred } from '../base/deferred.js';
import type { Deferred } from '../base/deferred.js';
import type { Gates } from './gates.js';
import { onAbort } from '../base/on-abort.js';
import { beginWait } from './reentrance.js';
import type { Wait } from './reentrance.js';
import { watch } from '../base/shared-timer.js';
import type { Watcher } from '../base/shared-timer.js';
import { elapsed } from '../base/elapsed.js';
import { core } from '../wasm/boot.js';
import { Fact, Look, Role, Verdict } from '../wasm/protocol.js';

/** What a wait can be told. */
export interface WaitOptions {
  /** Ends the wait when it aborts, with its reason. */
  signal?: AbortSignal | undefined;
  /** Ends the wait after so many milliseconds. */
  timeout?: number | undefined;
}

/** The limits of a wait, and the moment of its end. */
interface Limits {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly end: number;
}

/**
 * One lock's place at its key, from its acquisition until it is given back. Apart from the lock that users hold, so that
 * the latch, which knows all tickets, keeps no lock from being collected.
 */
export class Ticket<V> {
  readonly locks: Gates<V, Ticket<V>>;
  readonly number: number;
  readonly place: Place;
  readonly lease: number;
  /** The result, once there is one; `undefined` if it ended without. */
  readonly future: Deferred<V | undefined> = deferred();
  result: V | undefined = undefined;
  isDone = false;
  /** When it was acquired. */
  readonly since = elapsed();
  isReleased = false;
  /** The waits of its holder. */
  waits: Wait[] | undefined;
  /** The lock that the ticket belongs to. */
  owner: Pick<WeakRef<object>, 'deref'> | undefined;
  /** Settled when a wait is over: for a turn, or for a result. */
  #turn: Deferred<void> | undefined;
  #invalid: Set<string> | undefined;
  #aborter: Aborter | undefined;
  /** Why its signal aborts. */
  #abortion: unknown;
  #isLost = false;
  /** The wait of the callbacks within which somebody asked for this turn. */
  #asked: Wait | undefined;
  /** Why it was given back. */
  #reason: unknown;
  #token = 0;

  constructor(locks: Gates<V, Ticket<V>>, number: number, place: Place, lease: number) {
    this.locks = locks;
    this.number = number;
    this.place = place;
    this.lease = lease;
  }

  /** Aborts when the lock is lost. Made when it is asked for: workerd makes none at module scope. */
  get signal(): AbortSignal {
    if (this.#aborter === undefined) {
      this.#aborter = new Aborter();
      if (this.#abortion !== undefined) this.#aborter.abort(this.#abortion);
    }
    return this.#aborter.signal;
  }

  /** Whether it is a load's. */
  get isLoad(): boolean {
    return false;
  }

  /** Whether it asks the second tier, and computes nothing yet. */
  isLooking = false;

  /** The tags that its result will carry, as far as they are known. */
  get tags(): readonly string[] | undefined {
    return undefined;
  }

  /** How many wait with it. */
  get waiting(): number {
    return Number(this.isWaiting);
  }

  /** The number of the ticket's turn; 0 if it never had one. */
  get token(): number {
    return this.isReleased ? this.#token : this.#ask(Fact.Turn);
  }

  /** Whether it is this ticket's turn. */
  get isHolding(): boolean {
    return !this.isReleased && this.#ask(Fact.Role) === Role.Holding;
  }

  /** Whether it waits for its turn. */
  get isWaiting(): boolean {
    return !this.isReleased && this.#ask(Fact.Role) <= Role.Waiting;
  }

  /**
   * Waits for the turn, or for a result. With the turn, looks whether there is a value already. A ticket whose wait ends
   * otherwise is given back.
   */
  async enter(
    { signal, timeout = Infinity }: WaitOptions,
    find?: () => V | undefined | PromiseLike<V | undefined>,
  ): Promise<void> {
    if (signal?.aborted) {
      this.release();
      throw signal.reason;
    }
    const limits = { signal, timeout, end: elapsed() + timeout };
    do {
      if (!this.isDone && !this.isReleased) {
        const role = this.#enter();
        this.#asked ??= beginWait(this.locks, this.place);
        if (role === Role.Waiting) await this.#wait(limits);
      }
      // Ended before it entered, or in the very moment in which its turn came.
      if (this.isReleased && !this.isDone) throw this.#reason;
    } while (find !== undefined && this.isHolding && !(await this.#look(find, limits)));
  }

  /**
   * Makes a value the result, for this lock and for all that wait at its key.
   *
   * @param tags What it is to be stored with.
   * @returns Whether it may be stored.
   * @throws {CacheError} `result-already-set`, `lock-lost`, `not-holder`.
   */
  settle(value: V, tags: readonly string[] = []): boolean {
    if (this.isDone && this.result !== undefined) throw this.#error('result-already-set', 'the lock has a result');
    const verdict = this.isReleased ? undefined : core.latchSettle(this.locks.cache, this.number);
    if (verdict === Verdict.Lost) {
      this.locks.refuse(this.place);
      throw this.lost();
    }
    if (verdict !== Verdict.Store && verdict !== Verdict.Fenced) {
      throw this.#error('not-holder', "it isn't this lock's turn: it has not entered yet, or was released");
    }
    this.finish(value);
    this.locks.spread(this.number, value);
    const isOutdated = verdict === Verdict.Fenced || tags.some((tag) => this.#invalid?.has(tag));
    if (isOutdated) this.locks.refuse(this.place);
    return !isOutdated;
  }

  /** Starts the lease again. */
  extend(lease: number): boolean {
    return !this.isReleased && core.latchExtend(this.locks.cache, this.number, lease, elapsed()) === 1;
  }

  /** Gives the ticket back: without a result, the turn goes to the first that waits. A wait of its own ends. */
  release(reason?: unknown): void {
    if (this.isReleased) return;
    this.#token = this.token;
    this.isReleased = true;
    this.#reason = reason;
    if (this.#asked !== undefined) this.#asked.isOver = true;
    this.future.resolve(undefined);
    this.#turn?.reject(reason ?? this.#error('not-holder', 'the lock was released while it waited'));
    this.locks.giveBack(this);
  }

  /** How many milliseconds are left of the turn that this ticket has or waits for. */
  get remaining(): number {
    return this.#isLost ? 0 : Math.max(0, this.#ask(Fact.Deadline) - elapsed());
  }

  /** Notes that a result with one of these tags would be out of date. */
  invalidate(tags: readonly string[]): void {
    this.#invalid ??= new Set();
    for (const tag of tags) this.#invalid.add(tag);
  }

  /** Notes the result, or that there will be none. */
  finish(value: V | undefined): void {
    if (this.isDone) return;
    this.isDone = true;
    this.result = value;
    this.future.resolve(value);
    this.#turn?.resolve();
  }

  /** Notes that the turn has come. */
  promote(): void {
    this.#turn?.resolve();
  }

  /**
   * Notes that another ticket has taken the turn. A ticket that had not entered, or only looked for a value, has lost
   * nothing, and waits for its next turn.
   */
  lose(): void {
    this.#turn?.resolve();
    if (this.#ask(Fact.Role) !== Role.Lost) {
      this.#invalid = undefined;
      return;
    }
    this.#isLost = true;
    this.abort(this.lost());
  }

  /** Notes that the holder has a result. */
  receive(result: V | undefined): void {
    this.finish(result);
  }

  /** Aborts its signal. */
  abort(reason: unknown): void {
    this.#abortion ??= reason;
    this.#aborter?.abort(reason);
  }

  /** The error of a ticket whose turn another one has taken. */
  lost(): CacheError {
    return this.#error('lock-lost', 'the turn was taken away: the lease was over, or the key was released');
  }

  #error(code: CacheError['code'], message: string): CacheError {
    return about(code, this.place.key, message);
  }

  #ask(fact: Fact): number {
    return core.latchTicket(this.locks.cache, this.number, fact);
  }

  /** Asks the latch for the turn. The latch checks whether the holder's lease has ended. */
  #enter(): Role {
    const role = core.latchEnter(this.locks.cache, this.number, this.locks.gateOf(this.place), elapsed());
    this.locks.drain();
    return role;
  }

  /** Waits for the turn or for a result; or, with the turn, for what is looked up. The limits end either. */
  async #wait({ signal, timeout, end }: Limits, found?: PromiseLike<V | undefined>): Promise<V | undefined> {
    const turn = (this.#turn = deferred());
    let watching: Pick<Set<Watcher>, 'delete'> | undefined;
    const keepWatch = (): void => {
      const left = end - elapsed();
      watcher.patience = found === undefined ? Math.min(this.remaining, this.lease, left) : left;
      if (found === undefined || left < Infinity) watching = watch(watcher);
    };
    const look = (): void => {
      // Somebody who has looked before it may have given it back.
      if (this.isReleased) return;
      if (found === undefined && this.#enter() !== Role.Waiting) turn.resolve();
      else if (elapsed() < end) keepWatch();
      else this.release(this.#error('lock-timeout', `no turn within ${timeout} ms`));
    };
    const watcher = { patience: 0, look };
    keepWatch();
    const unmind = signal && onAbort(signal, () => this.release(signal.reason));
    try {
      return (await (found === undefined ? turn.promise : Promise.race([found, turn.promise]))) as V | undefined;
    } finally {
      this.#turn = undefined;
      watching?.delete(watcher);
      unmind?.();
    }
  }

  /** Takes a value that is there already as the result. False if the turn was lost meanwhile. */
  async #look(find: () => V | undefined | PromiseLike<V | undefined>, limits: Limits): Promise<boolean> {
    const { cache } = this.locks;
    await undefined;
    if (!this.isHolding) return false;
    for (let isFirst = true; ; isFirst = false) {
      core.latchLook(cache, this.number, isFirst ? Look.On : Look.Last);
      let found = find();
      if (typeof (found as Partial<PromiseLike<V>> | null | undefined)?.then === 'function') {
        found = await this.#wait(limits, found as PromiseLike<V | undefined>);
      }
      if (!this.isHolding) return false;
      const isChanged = core.latchLook(cache, this.number, Look.Over) === 1;
      // The value that was found may be the one that the change has removed. So look once more; from now on, every
      // change fences.
      if (found !== undefined && isChanged && isFirst) continue;
      if (found !== undefined) this.settle(found as V);
      return true;
    }
  }
}
