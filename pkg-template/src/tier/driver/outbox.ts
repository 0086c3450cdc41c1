// What callers have changed, on its way to the store: the last change of each key, in the callers' order.

import type { Entry, Key, TierSpace } from '../../index.js';
import type { Position } from '../store.js';
import type { Link } from './link.js';
import { ALL, isOfKey, isWithin } from './marks.js';
import { SLACK } from './options.js';
import type { Settings } from './options.js';

/** A value that a caller has set. */
export interface SetValue {
  readonly space: TierSpace;
  readonly entry: Entry<Key, unknown>;
  /** When its life began, by this node's clock. */
  readonly began: number;
}

/** A change of one mark. */
export interface Change {
  readonly mark: string;
  readonly isSoft: boolean;
  /** Set if a value takes the place of the old one. */
  readonly value?: SetValue | undefined;
  /** What was known of the store when the caller made the change. */
  readonly since?: Position | undefined;
  /** How often the store was sent it without taking it. It may have got it. */
  readonly tries?: number;
}

/** What has come of some changes. */
interface Tried {
  readonly taken: readonly string[];
  /** Those that the store has not taken. */
  readonly left: readonly Change[];
  readonly error: unknown;
}

/** What the outbox hands on. */
export interface Sender {
  /** Sends a value. Returns whether the store has taken it; if not, the value is out of date. */
  put(change: Change, value: SetValue): Promise<boolean>;
  /** Sends invalidations. Returns whether the store has taken them. */
  drop(marks: readonly string[], isSoft: boolean): Promise<boolean>;
}

/** Somebody who waits for changes to reach the store. */
interface Waiter {
  readonly marks: Set<string>;
  resolve(): void;
  reject(error: unknown): void;
}

/** The waits between tries, in milliseconds. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [100, 5000];
const LOST = 'were lost when the cache was closed';
/** A value that the store refuses so often, while it takes others, is given up. */
const MOST_TRIES = 3;

const tried = (change: Change): Change => ({ ...change, tries: (change.tries ?? 0) + 1 });

export class Outbox {
  readonly #link: Link;
  readonly #settings: Settings;
  readonly #sender: Sender;
  readonly #waiters = new Set<Waiter>();
  #waiting = new Map<string, Change>();
  /** The tags and spaces among those that wait. */
  readonly #wide = new Set<string>();
  #sent = new Map<string, Change>();
  /** What has failed in this run. */
  #failed: Change[] = [];
  #running: Promise<void> | undefined;
  /** When what is sent is answered at the latest, unless its request has ended and has taken it along. */
  #deadline = 0;
  #sending: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauses = 0;
  #lost = 0;

  constructor(link: Link, settings: Settings, sender: Sender) {
    this.#link = link;
    this.#settings = settings;
    this.#sender = sender;
  }

  /** How many changes the store hasn't acknowledged. */
  get size(): number {
    return this.#waiting.size + this.#sent.size + this.#failed.length;
  }

  /** Resolves once what is under way is answered. */
  get underWay(): Promise<unknown> {
    return this.#sending;
  }

  /** Takes a change in, and sends it with the others of this turn. */
  add(change: Change): void {
    this.#queue({ ...change, since: this.#link.since }, this.#waiting.get(change.mark));
    // Only if they are many since the store can't be reached.
    if (this.#waiting.size > this.#settings.queue && this.#pauses > 0) this.#overflow();
    this.send();
  }

  /** Sends what waits, unless that is under way. */
  send(): void {
    if (this.#running !== undefined) {
      if (this.#settings.now() < this.#deadline) return;
      // Nobody knows whether the store has taken them.
      this.#putBack([...this.#failed, ...Array.from(this.#sent.values(), tried)]);
      [this.#sent, this.#failed] = [new Map(), []];
    }
    if (this.#waiting.size === 0) return;
    this.#noteDeadline();
    const running: Promise<void> = Promise.resolve().then(() => this.#run(() => this.#running === running));
    this.#running = running;
    this.#settings.waitUntil(running);
  }

  /** Whether the store may not know yet what has become of a record. */
  covers({ path }: TierSpace, id: string): boolean {
    if (this.#waiting.has(id) || this.#sent.has(id)) return true;
    for (const mark of this.#wide) if (isWithin(path, mark)) return true;
    for (const { mark } of this.#failed) if (isOfKey(mark) ? mark === id : isWithin(path, mark)) return true;
    for (const mark of this.#sent.keys()) {
      // All that is sent at a time is of one kind.
      if (isOfKey(mark)) return false;
      if (isWithin(path, mark)) return true;
    }
    return false;
  }

  /** @throws {CacheError} `store-unavailable` if one of the changes that wait now fails to reach the store. */
  settled(): Promise<void> {
    if (this.#lost > 0) return Promise.reject(this.#unsent(this.#lost, LOST));
    if (this.size === 0) return Promise.resolve();
    const settled = new Promise<void>((resolve, reject) => {
      const marks = new Set([...this.#sent.keys(), ...this.#waiting.keys(), ...this.#failed.map(({ mark }) => mark)]);
      this.#waiters.add({ marks, resolve, reject });
    });
    this.send();
    return settled;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#lost = this.size;
    this.#waiting.clear();
    this.#wide.clear();
    for (const waiter of this.#waiters) waiter.reject(this.#unsent(this.#lost, LOST));
    this.#waiters.clear();
  }

  /** @param isCurrent Whether no other run has taken over. */
  async #run(isCurrent: () => boolean): Promise<void> {
    clearTimeout(this.#timer);
    let [hasTaken, failure]: [boolean, unknown] = [false, undefined];
    while (this.#waiting.size > 0) {
      this.#noteDeadline();
      this.#sent = this.#takeBatch();
      const sending = this.#send([...this.#sent.values()]);
      this.#sending = sending;
      const { taken, left, error } = await sending;
      if (!isCurrent()) return;
      this.#sent = new Map();
      hasTaken ||= taken.length > 0;
      if (error === undefined) {
        // What is out of date goes out as an invalidation.
        this.#putBack(left);
      } else {
        failure = error;
        this.#failed.push(...left);
      }
      this.#tell(taken);
    }
    const failed = this.#failed;
    [this.#failed, this.#running] = [[], undefined];
    this.#putBack(hasTaken ? failed.map((change) => this.#tired(change, failure)) : failed);
    if (failure === undefined) this.#pauses = 0;
    else this.#wait();
    this.#fail(failure);
  }

  /** A value takes two questions at the most. */
  #noteDeadline(): void {
    this.#deadline = this.#settings.now() + 2 * this.#settings.hardTimeout + SLACK;
  }

  /** The first changes, as far as their order doesn't matter: those of keys, or those of tags and spaces. */
  #takeBatch(): Map<string, Change> {
    const batch = new Map<string, Change>();
    let isWide: boolean | undefined;
    for (const [mark, change] of this.#waiting) {
      isWide ??= !isOfKey(mark);
      if (isOfKey(mark) === isWide) break;
      batch.set(mark, change);
    }
    for (const mark of batch.keys()) {
      this.#waiting.delete(mark);
      this.#wide.delete(mark);
    }
    return batch;
  }

  async #send(batch: readonly Change[]): Promise<Tried> {
    const [taken, left]: [string[], Change[]] = [[], []];
    let failure: unknown;
    const trying = async (changes: readonly Change[], call: () => Promise<boolean>): Promise<void> => {
      try {
        if (await call()) taken.push(...changes.map(({ mark }) => mark));
        else left.push(...changes.map(({ mark, isSoft }) => ({ mark, isSoft })));
      } catch (error) {
        failure = error;
        left.push(...changes.map(tried));
      }
    };
    const drops = (isSoft: boolean): Promise<void> | undefined => {
      const changes = batch.filter((change) => change.value === undefined && change.isSoft === isSoft);
      const marks = changes.map(({ mark }) => mark);
      return marks.length === 0 ? undefined : trying(changes, () => this.#sender.drop(marks, isSoft));
    };
    const puts = batch.map((change) => {
      const { value } = change;
      return value === undefined ? undefined : trying([change], () => this.#sender.put(change, value));
    });
    await Promise.all([...puts, drops(false), drops(true)]);
    return { taken, left, error: failure };
  }

  /** A change that has failed while the store took others: a value is invalidated in the end, so that it blocks nobody. */
  #tired(change: Change, error: unknown): Change {
    const { mark, value, tries = 0 } = change;
    if (value === undefined || tries < MOST_TRIES) return change;
    this.#settings.tell({ type: 'error', error, key: value.entry.key });
    return { mark, isSoft: false };
  }

  /** What has failed comes first again, before what is newer. */
  #putBack(left: readonly Change[]): void {
    if (left.length === 0) return;
    const newer = this.#waiting;
    this.#waiting = new Map(left.map((change) => [change.mark, change]));
    for (const { mark } of left) if (!isOfKey(mark)) this.#wide.add(mark);
    for (const change of newer.values()) this.#queue(change, this.#waiting.get(change.mark));
  }

  /** Puts a change at the end. What has to go is not made to last by something softer that comes later. */
  #queue(change: Change, before: Change | undefined): void {
    const { mark } = change;
    const sent = before ?? this.#sent.get(mark);
    const isSoft = change.isSoft && (sent === undefined || (sent.value === undefined && sent.isSoft));
    this.#waiting.delete(mark);
    this.#waiting.set(mark, { ...change, isSoft });
    if (!isOfKey(mark)) this.#wide.add(mark);
  }

  #wait(): void {
    const pause = Math.min(FIRST_PAUSE * 2 ** this.#pauses, LONGEST_PAUSE) * (0.5 + Math.random() / 2);
    this.#pauses += 1;
    try {
      this.#timer = setTimeout(() => this.send(), pause);
      (this.#timer as { unref?(): void }).unref?.();
    } catch {
      // Where there is no timer, the next change sends them.
    }
  }

  /** Tells those who wait what the store has taken. */
  #tell(taken: readonly string[]): void {
    for (const waiter of this.#waiters) {
      for (const mark of taken) waiter.marks.delete(mark);
      if (waiter.marks.size > 0) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Tells those who wait that the store can't be reached. */
  #fail(error: unknown): void {
    if (error === undefined) return;
    for (const waiter of this.#waiters) waiter.reject(this.#unsent(this.size, 'wait for it', error));
    this.#waiters.clear();
  }

  #unsent(count: number, what: string, cause?: unknown): unknown {
    return this.#link.unavailable(`${count} changes ${what}`, cause);
  }

  /** Too many wait: all that the store has is invalidated in their place. */
  #overflow(): void {
    this.#waiting = new Map([[ALL, { mark: ALL, isSoft: false }]]);
    this.#wide.clear();
    this.#wide.add(ALL);
    for (const { marks } of this.#waiters) marks.add(ALL);
  }
}
