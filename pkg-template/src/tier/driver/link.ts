// The connection to the store: time limits, a breaker, and what each answer says of the store itself.

import { CacheError } from '../../base/errors.js';
import { Horizon } from '../rules/horizon.js';
import type { Answer, Position, Store } from '../store.js';
import { LONGEST_TIMER } from './options.js';
import type { Settings } from './options.js';

/** What is told of the store as a whole. */
export interface LinkListener {
  /** An answer can be used. */
  onAnswer(answer: Answer): void;
  /** The store has begun anew, or has lost something: memory is worth nothing. */
  onLoss(): void;
  /** It answers again, after a failure. */
  onRecovery(): void;
  /** A question has failed. */
  onFailure(error: unknown): void;
}

/** Asks the store. Nobody waits longer for it than was said. */
export class Link {
  readonly horizon = new Horizon();
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #listener: LinkListener;
  /** What ends each call that waits. */
  readonly #calls = new Set<(reason: CacheError) => void>();
  /** Failures since the last answer. */
  #failures = 0;
  /** Until when nobody asks. */
  #openUntil = 0;
  /** The store's time, less this node's. */
  #offset: number | undefined;
  /** Until when a new epoch is asked for, unless there is an answer before. */
  #renewingUntil = 0;
  #isClosed = false;

  constructor(store: Store, settings: Settings, listener: LinkListener) {
    this.#store = store;
    this.#settings = settings;
    this.#listener = listener;
  }

  /** Whether the breaker is open. */
  get isOpen(): boolean {
    return this.#settings.now() < this.#openUntil;
  }

  /** Whether the store has ever answered. */
  get isKnown(): boolean {
    return this.#offset !== undefined;
  }

  /** The store's time now. It may have gone on a little further. */
  get storeNow(): number {
    return this.#settings.now() + (this.#offset ?? 0);
  }

  /** What is known of the store's invalidations. */
  get since(): Position | undefined {
    return this.horizon.since();
  }

  /**
   * Asks the store.
   *
   * @param limit After how many milliseconds without an answer it has failed.
   * @returns The answer; `undefined` if it can't be used, since the store has lost something.
   * @throws {CacheError} `store-unavailable`. What the store throws for a record that is too large.
   */
  async ask<A extends Answer>(
    limit: number,
    call: (store: Store, signal: AbortSignal) => Promise<A>,
  ): Promise<A | undefined> {
    if (this.isOpen) throw this.unavailable('it has failed several times, and is left alone for a while');
    const asked = this.horizon.ask();
    let answer: A;
    try {
      answer = await this.#within(limit, call);
      if (typeof answer.epoch !== 'string' || !(answer.sequence >= 0)) throw new TypeError('no answer of a store');
    } catch (cause) {
      // The store is there, and can't hold that.
      if (cause instanceof RangeError) throw cause;
      throw this.#fail(cause);
    }
    const [hasRecovered, wasKnown] = [this.#failures > 0, this.isKnown];
    this.#failures = 0;
    this.#offset = answer.now - this.#settings.now();
    const heard = this.horizon.hear(asked, answer.epoch, answer.sequence);
    if (heard === 'regress') void this.#renew(answer.epoch);
    // What came into memory before the first answer lives shortly anyway.
    if (heard === 'regress' || (heard === 'anew' && wasKnown)) this.#listener.onLoss();
    const isUsable = heard === 'same' || heard === 'anew';
    if (isUsable) this.#listener.onAnswer(answer);
    if (hasRecovered) this.#listener.onRecovery();
    return isUsable ? answer : undefined;
  }

  /** The error for a store that can't be used. */
  unavailable(message: string, cause?: unknown): CacheError {
    return new CacheError('store-unavailable', `the store: ${message}`, { cause });
  }

  /** Ends every call that waits. */
  close(): void {
    this.#openUntil = Infinity;
    this.#isClosed = true;
    for (const end of [...this.#calls]) end(this.unavailable('the cache was closed'));
  }

  #within<A>(limit: number, call: (store: Store, signal: AbortSignal) => Promise<A>): Promise<A> {
    const controller = new AbortController();
    return new Promise((resolve, reject) => {
      // A store should obey the signal. One that doesn't holds nobody up.
      const end = (reason: CacheError): void => {
        reject(reason);
        controller.abort(reason);
      };
      const timer = setTimeout(
        () => end(this.unavailable(`no answer within ${limit} ms`)),
        Math.min(limit, LONGEST_TIMER),
      );
      (timer as { unref?(): void }).unref?.();
      this.#calls.add(end);
      const isOver = (): void => {
        clearTimeout(timer);
        this.#calls.delete(end);
      };
      new Promise<A>((answer) => answer(call(this.#store, controller.signal))).then(
        (answer) => {
          isOver();
          resolve(answer);
        },
        (error: unknown) => {
          isOver();
          reject(error as Error);
        },
      );
    });
  }

  #fail(cause: unknown): CacheError {
    const { breaker, now } = this.#settings;
    const failure = cause instanceof CacheError ? cause : this.unavailable('it has failed', cause);
    if (this.#isClosed) return failure;
    this.#failures += 1;
    if (this.#failures >= breaker.after) this.#openUntil = Math.max(this.#openUntil, now() + breaker.for);
    this.#listener.onFailure(failure);
    return failure;
  }

  /** Has the store begin a new epoch, which counts on from what this node knows. */
  async #renew(epoch: string): Promise<void> {
    const { hardTimeout, now } = this.#settings;
    if (now() < this.#renewingUntil) return;
    this.#renewingUntil = now() + hardTimeout;
    const renewed = this.ask(hardTimeout, (store, signal) => store.renew(epoch, this.horizon.greatest, signal));
    await renewed.catch(() => {});
    this.#renewingUntil = 0;
  }
}
