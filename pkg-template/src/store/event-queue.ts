// What a cache's listeners are told, and when.

import type { CacheEvent } from './events.js';
import type { Key } from '../base/key.js';
import type { RemovalReason } from '../wasm/protocol.js';
import type { Listeners } from './settings.js';
import type { Space } from './spaces.js';
import { CacheError } from '../base/errors.js';
import { report } from '../base/report.js';

/**
 * How many callbacks may cause others, plus ten for each callback that the call itself has caused: far more than in any
 * chain that ends, and done in a moment.
 */
const ANSWERS = 100_000;

/** Callbacks that wait until the call that caused them has done its work. */
export class EventQueue<K extends Key, V> {
  /** Whether somebody wants to know what leaves. */
  readonly hasListeners: boolean;
  readonly #listeners: Listeners<K, V>;
  #waiting: (() => void)[] = [];
  #running = false;
  #isShielded = false;

  constructor(listeners: Listeners<K, V>) {
    this.#listeners = listeners;
    this.hasListeners = listeners.dispose !== undefined || listeners.events !== undefined;
  }

  /** Tells a listener of something that is about a key only. */
  note(type: 'hit' | 'miss' | 'stale', key: K, { names }: Pick<Space, 'names'>): void {
    this.emit({ type, key, namespace: names });
  }

  /** Tells a listener at once, outside of any call. What the listener throws is reported. */
  tell(event: CacheEvent<K, V>): void {
    this.emit(event);
    this.run(true);
  }

  /** Makes a call whose value must reach the caller: what callbacks throw is reported instead. */
  shield<T>(call: () => T): T {
    this.#isShielded = true;
    try {
      return call();
    } finally {
      this.#isShielded = false;
    }
  }

  /** Tells a listener. */
  emit(event: CacheEvent<K, V>): void {
    const { events } = this.#listeners;
    if (events !== undefined) this.#waiting.push(() => events(event));
  }

  /** An entry has left. */
  removed({ names }: Space, key: K, value: V, reason: RemovalReason): void {
    const { dispose } = this.#listeners;
    if (dispose !== undefined && reason !== 'take') this.#waiting.push(() => dispose(value, key, reason, names));
    this.emit({ type: reason === 'set' ? 'delete' : reason, key, value, namespace: names });
  }

  /** A value was stored; `old` is the one that its key had. */
  inserted({ names }: Space, key: K, value: V, old: V | undefined): void {
    const { dispose, onInsert, events } = this.#listeners;
    if (old !== undefined && old !== value && dispose !== undefined) {
      this.#waiting.push(() => dispose(old, key, 'set', names));
    }
    if (onInsert === undefined && events === undefined) return;
    const reason = old === undefined ? 'add' : old === value ? 'update' : 'replace';
    if (onInsert !== undefined) this.#waiting.push(() => onInsert(value, key, reason, names));
    this.emit({ type: 'set', key, value, reason, namespace: names });
  }

  /**
   * Runs what waits, in order, and then what these callbacks have added. When a callback calls the cache, that call
   * returns before its own callbacks run, so no chain of callbacks can exhaust the stack. An endless chain is cut off.
   *
   * @param isShielded Whether to report what a callback throws, instead of throwing it.
   * @throws What a callback has thrown; an AggregateError if several have. {CacheError} `callback-loop`.
   */
  run(isShielded = this.#isShielded): void {
    if (this.#waiting.length === 0 || this.#running) return;
    const errors: unknown[] = [];
    let left = ANSWERS + 10 * this.#waiting.length;
    this.#running = true;
    while (this.#waiting.length > 0) {
      const next = this.#waiting;
      this.#waiting = [];
      for (const callback of next) {
        const { length } = this.#waiting;
        try {
          callback();
        } catch (error) {
          errors.push(error);
        }
        if (this.#waiting.length > length && (left -= 1) < 0) {
          errors.push(new CacheError('callback-loop', 'callbacks of the cache answer each other without an end'));
          this.#waiting = [];
          break;
        }
      }
    }
    this.#running = false;
    if (errors.length === 0) return;
    const error =
      errors.length === 1 ? errors[0] : new AggregateError(errors, 'several callbacks of the cache have thrown');
    if (!isShielded) throw error;
    report(error);
  }
}
