// What callers have changed, on its way to the store: the last change of each key, in the callers' order.

import type { Entry, Key, TierSpace } from '../../index.js';
import type { Position } from '../store.js';
import type { Link } from './link.js';
import { ALL, isOfKey, isWithin } from './marks.js';
import type { Settings } from './options.js';

/** A value that a caller has set. */
export interface SetValue {
  readonly space: TierSpace;
  readonly entry: Entry<Key, unknown>;
  /** When its life began, by the store's clock. */
  readonly elapsed: number;
}

/** A change of one mark. */
export interface Change {
  readonly mark: string;
  readonly isSoft: boolean;
  /** Set if a value takes the place of the old one. */
  readonly value?: SetValue | undefined;
  /** What was known of the store when the caller made the change. */
  readonly since?: Position | undefined;
  /** Whether the store was sent it before, and may have got it. */
  readonly isRepeated?: boolean;
}

/** What has come of some changes. */
interface Tried {
  /** Those that the store has not taken. */
  readonly left: readonly Change[];
  readonly error: unknown;
}

const NOTHING: Tried = { left: [], error: undefined };

/** What the outbox hands on. */
export interface Sender {
  /** Sends a value. Returns whether the store has taken it; if not, the value is out of date. */
  put(change: Change, value: SetValue): Promise<boolean>;
  /** Sends invalidations. Returns whether the store has taken them. */
  drop(marks: readonly string[], isSoft: boolean): Promise<boolean>;
}

/** The waits between tries, in milliseconds. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [100, 5000];

export class Outbox {
  readonly #link: Link;
  readonly #settings: Settings;
  readonly #sender: Sender;
  #waiting = new Map<string, Change>();
  #sent: readonly Change[] = [];
  #running: Promise<void> | undefined;
  #sending: Promise<Tried> = Promise.resolve(NOTHING);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #error: unknown;

  constructor(link: Link, settings: Settings, sender: Sender) {
    this.#link = link;
    this.#settings = settings;
    this.#sender = sender;
  }

  /** How many changes the store hasn't acknowledged. */
  get size(): number {
    return this.#waiting.size + this.#sent.length;
  }

  /** Resolves once what is under way is answered. */
  get underWay(): Promise<unknown> {
    return this.#sending;
  }

  /** Takes a change in, and sends it with the others of this turn. */
  add(change: Change): void {
    const { mark } = change;
    const before = this.#waiting.get(mark);
    // What has to go is not made to last by something softer.
    const isSoft = change.isSoft && (before === undefined || (before.value === undefined && before.isSoft));
    this.#waiting.delete(mark);
    this.#waiting.set(mark, { ...change, isSoft, since: this.#link.since });
    if (this.#waiting.size > this.#settings.queue) this.#overflow();
    this.send();
  }

  /** Sends what waits, unless that is under way. */
  send(): void {
    if (this.#running !== undefined || this.#waiting.size === 0) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
    this.#settings.waitUntil(this.#running);
  }

  /** Whether the store may not know yet what has become of a record. */
  covers({ path }: TierSpace, id: string): boolean {
    for (const { mark } of [...this.#sent, ...this.#waiting.values()]) {
      if (mark === id || (!isOfKey(mark) && isWithin(path, mark))) return true;
    }
    return false;
  }

  /** @throws {CacheError} `store-unavailable` if changes still wait after a try. */
  async settled(): Promise<void> {
    this.send();
    await this.#running;
    if (this.size === 0) return;
    throw this.#link.unavailable(`${this.size} changes wait for it`, this.#error);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    await undefined;
    while (this.#waiting.size > 0) {
      const batch = this.#takeBatch();
      this.#sent = batch;
      this.#sending = this.#send(batch);
      const { left, error } = await this.#sending;
      this.#sent = [];
      this.#putBack(left);
      this.#error = error;
      if (error !== undefined) return this.#wait();
      this.#tries = 0;
    }
  }

  /** The first changes, as far as their order doesn't matter: those of keys, or those of tags and spaces. */
  #takeBatch(): Change[] {
    const batch: Change[] = [];
    for (const change of this.#waiting.values()) {
      const first = batch[0] ?? change;
      if (isOfKey(first.mark) !== isOfKey(change.mark)) break;
      batch.push(change);
    }
    for (const { mark } of batch) this.#waiting.delete(mark);
    return batch;
  }

  async #send(batch: readonly Change[]): Promise<Tried> {
    const left: Change[] = [];
    let failure: unknown;
    const trying = async (changes: readonly Change[], call: () => Promise<boolean>): Promise<void> => {
      try {
        if (await call()) return;
        // A value that is out of date by now: its key is invalidated.
        left.push(...changes.map(({ mark, isSoft }) => ({ mark, isSoft })));
      } catch (error) {
        failure = error;
        left.push(...changes.map((change) => ({ ...change, isRepeated: true })));
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
    return { left, error: failure };
  }

  /** What has failed comes first again, unless there is something newer for it. */
  #putBack(left: readonly Change[]): void {
    const waiting = new Map(left.map((change) => [change.mark, change]));
    for (const [mark, change] of this.#waiting) {
      waiting.delete(mark);
      waiting.set(mark, change);
    }
    this.#waiting = waiting;
  }

  #wait(): void {
    const pause = Math.min(FIRST_PAUSE * 2 ** this.#tries, LONGEST_PAUSE) * (0.5 + Math.random() / 2);
    this.#tries += 1;
    try {
      this.#timer = setTimeout(() => this.send(), pause);
      (this.#timer as { unref?(): void }).unref?.();
    } catch {
      // Where there is no timer, the next change sends them.
    }
  }

  /** Too many wait: all that the store has is invalidated in their place. */
  #overflow(): void {
    this.#waiting = new Map([[ALL, { mark: ALL, isSoft: false }]]);
  }
}
