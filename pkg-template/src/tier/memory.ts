// A store in memory: the reference for all others. For tests, and for nodes that are simulated in one process.

import type {
  Answer,
  Change,
  DropOptions,
  NewRecord,
  News,
  Position,
  PutOptions,
  Snapshot,
  Store,
  StoredRecord,
  TurnAnswer,
  TurnOptions,
  WriteOptions,
  Written,
} from './store.js';

/** Where a {@link MemoryStore} has its time from. */
export interface MemoryClock {
  /** The time, in milliseconds. */
  now(): number;
  /** Calls back later. Returns what cancels it. */
  after(delay: number, callback: () => void): () => void;
}

/** Options of a {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /** Its time. @default The time of the platform. */
  readonly clock?: MemoryClock | undefined;
  /** Makes an epoch, another one with each call. @default A random text. */
  readonly makeEpoch?: (() => string) | undefined;
  /** How many changes it remembers. @default 10_000 */
  readonly feedLength?: number | undefined;
}

interface Kept {
  readonly data: Uint8Array;
  readonly concerns: readonly string[];
  readonly since: number;
  readonly expires: number;
}

interface Mark {
  hard: number;
  soft: number;
  softAt: number;
  /** When a mark of this name was made last. */
  madeAt: number;
}

const platform: MemoryClock = {
  now: () => Date.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, Math.min(delay, 2e9));
    return () => clearTimeout(timer);
  },
};

/** A store in memory. Its nodes are those that have the object. */
export class MemoryStore implements Store {
  readonly capabilities = { fence: true, feed: true, flight: true };
  readonly #clock: MemoryClock;
  readonly #makeEpoch: () => string;
  readonly #feedLength: number;
  #epoch = '';
  #sequence = 0;
  /** The greatest number of a mark that is forgotten: nothing older can be trusted. */
  #floor = 0;
  #keep = 0;
  #records = new Map<string, Kept>();
  /** In the order in which they were made, so the oldest come first. */
  #marks = new Map<string, Mark>();
  #turns = new Map<string, { turn: number; node: string; ends: number }>();
  #feed: Change[] = [];
  /** The greatest number of a change that the feed has forgotten. */
  #trimmed = 0;
  #waiting = new Set<() => void>();

  constructor(options: MemoryStoreOptions = {}) {
    this.#clock = options.clock ?? platform;
    this.#makeEpoch = options.makeEpoch ?? (() => Math.random().toString(36).slice(2));
    this.#feedLength = options.feedLength ?? 10_000;
    this.lose();
  }

  /** Loses everything, as a store does that restarts empty. */
  lose(): void {
    this.#epoch = this.#makeEpoch();
    this.#sequence = 1;
    this.#floor = this.#trimmed = 0;
    for (const part of [this.#records, this.#marks, this.#turns]) part.clear();
    this.#feed = [];
    this.#wake();
  }

  /**
   * Notes the state. Returns what goes back to it, as when a replica takes over that had not got everything. With
   * `isTold: false` the epoch is the old one, too, as of a store that can't tell its failovers.
   */
  save(): (isTold?: boolean) => void {
    const state = structuredClone([this.#records, this.#marks, this.#turns, this.#feed] as const);
    const [epoch, sequence, floor, trimmed] = [this.#epoch, this.#sequence, this.#floor, this.#trimmed];
    return (isTold = true) => {
      [this.#records, this.#marks, this.#turns, this.#feed] = structuredClone(state);
      [this.#epoch, this.#sequence, this.#floor, this.#trimmed] = [epoch, sequence, floor, trimmed];
      if (isTold) this.#begin();
      this.#wake();
    };
  }

  async read(ids: readonly string[], signal: AbortSignal): Promise<Snapshot> {
    signal.throwIfAborted();
    this.#forget();
    return { ...this.#answer(), records: ids.map((id) => this.#valid(id)) };
  }

  async write(id: string, record: NewRecord, options: WriteOptions, signal: AbortSignal): Promise<Written> {
    signal.throwIfAborted();
    this.#forget();
    const { since, turn } = options;
    const holder = this.#turns.get(id);
    const isFenced =
      this.#isBehind(since, record) ||
      (this.#valid(id)?.since ?? 0) > since.sequence ||
      (turn !== undefined && holder !== undefined && holder.ends > this.#clock.now() && holder.turn !== turn);
    if (!isFenced) this.#store(id, record, since.sequence);
    return { ...this.#answer(), result: isFenced ? 'fenced' : 'stored' };
  }

  async put(id: string, record: NewRecord, options: PutOptions, signal: AbortSignal): Promise<Written> {
    signal.throwIfAborted();
    this.#forget();
    const isFenced = options.ifSince !== undefined && this.#isBehind(options.ifSince, record);
    if (!isFenced) this.#store(id, record, this.#mark([id], false, options.keep));
    return { ...this.#answer(), result: isFenced ? 'fenced' : 'stored' };
  }

  async drop(marks: readonly string[], options: DropOptions, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    this.#forget();
    this.#mark(marks, options.soft, options.keep);
    if (!options.soft) for (const mark of marks) this.#records.delete(mark);
    return this.#answer();
  }

  async changes(after: Position, wait: number, signal: AbortSignal): Promise<News> {
    signal.throwIfAborted();
    const isNew = (): boolean => after.epoch !== this.#epoch || this.#lastChange() > after.sequence;
    if (wait > 0 && !isNew()) await this.#change(wait, signal);
    const isTrimmed = after.epoch !== this.#epoch || this.#trimmed > after.sequence;
    const changes = isTrimmed ? [] : this.#feed.filter(({ sequence }) => sequence > after.sequence);
    return { ...this.#answer(), changes, isTrimmed };
  }

  async renew(epoch: string, atLeast: number, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    if (epoch === this.#epoch) {
      this.#sequence = Math.max(this.#sequence, atLeast) + 1;
      this.#begin();
      this.#wake();
    }
    return this.#answer();
  }

  async turn(id: string, options: TurnOptions, signal: AbortSignal): Promise<TurnAnswer> {
    signal.throwIfAborted();
    const now = this.#clock.now();
    const holder = this.#turns.get(id);
    if (holder !== undefined && holder.ends > now && holder.node !== options.node) {
      return { ...this.#answer(), heldFor: holder.ends - now };
    }
    const turn = (this.#sequence += 1);
    this.#turns.set(id, { turn, node: options.node, ends: now + options.lease });
    return { ...this.#answer(), turn };
  }

  async endTurn(id: string, turn: number, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    if (this.#turns.get(id)?.turn === turn) this.#turns.delete(id);
    return this.#answer();
  }

  /** A new epoch: no record is valid any more. */
  #begin(): void {
    this.#epoch = this.#makeEpoch();
    this.#records.clear();
  }

  #answer(): Answer {
    return { epoch: this.#epoch, sequence: this.#sequence, now: this.#clock.now() };
  }

  /** A record with the marks that concern it, if it is valid. */
  #valid(id: string): StoredRecord | undefined {
    const record = this.#records.get(id);
    if (record === undefined || record.expires <= this.#clock.now()) return undefined;
    const { since, concerns } = record;
    const found = this.#marksOf(concerns);
    return since >= found.hard ? { ...found, since, data: record.data.slice() } : undefined;
  }

  /** The greatest of several marks. One that is forgotten may have been as great as `#floor`. */
  #marksOf(names: readonly string[]): { hard: number; soft: number; softAt: number } {
    const found = { hard: this.#floor, soft: 0, softAt: 0 };
    for (const name of names) {
      const mark = this.#marks.get(name);
      if (mark === undefined) continue;
      found.hard = Math.max(found.hard, mark.hard);
      if (mark.soft > found.soft) [found.soft, found.softAt] = [mark.soft, mark.softAt];
    }
    return found;
  }

  /** Whether something may have invalidated a value since then. */
  #isBehind({ epoch, sequence }: Position, { concerns }: NewRecord): boolean {
    return epoch !== this.#epoch || sequence > this.#sequence || sequence < this.#marksOf(concerns).hard;
  }

  #store(id: string, { data, concerns, life }: NewRecord, since: number): void {
    const expires = this.#clock.now() + life;
    this.#records.set(id, { data: data.slice(), concerns: [...concerns], since, expires });
  }

  /** Makes marks, and tells the feed. Returns their number. */
  #mark(names: readonly string[], soft: boolean, keep: number): number {
    const sequence = (this.#sequence += 1);
    const now = this.#clock.now();
    this.#keep = Math.max(this.#keep, keep);
    for (const name of names) {
      const mark = this.#marks.get(name) ?? { hard: 0, soft: 0, softAt: 0, madeAt: now };
      if (soft) [mark.soft, mark.softAt] = [sequence, now];
      else mark.hard = sequence;
      mark.madeAt = now;
      this.#marks.delete(name);
      this.#marks.set(name, mark);
    }
    this.#feed.push({ sequence, marks: [...names], soft });
    if (this.#feed.length > this.#feedLength) this.#trimmed = this.#feed.shift()!.sequence;
    this.#wake();
    return sequence;
  }

  /** Forgets marks that have lasted long enough, and raises the floor over them. */
  #forget(): void {
    for (const [name, { hard, soft, madeAt }] of this.#marks) {
      if (madeAt + this.#keep >= this.#clock.now()) break;
      this.#floor = Math.max(this.#floor, hard, soft);
      this.#marks.delete(name);
    }
  }

  #lastChange(): number {
    return this.#feed.at(-1)?.sequence ?? this.#trimmed;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Waits for a change, the end of the wait, or the signal. */
  #change(wait: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', abort);
        this.#waiting.delete(end);
        resolve();
      };
      const abort = (): void => {
        reject(signal.reason);
        end();
      };
      const cancel = this.#clock.after(wait, end);
      signal.addEventListener('abort', abort);
      this.#waiting.add(end);
    });
  }
}
