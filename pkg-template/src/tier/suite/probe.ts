// A node that asks a store, and what the suite's tests say about the answers.

import type { Answer, News, NewRecord, Position, Store, StoredRecord, TurnAnswer, Written } from '../store.js';

/** A store that is tested, and what its author's tests can do to it. */
export interface Subject {
  /** The store, as one node has it. */
  readonly store: Store;
  /** The same store, as another node has it. @default The same object. */
  readonly other?: Store | undefined;
  /** Has at least this many milliseconds pass in the store. */
  wait(milliseconds: number): Promise<void>;
  /** Has the store lose everything, as when it restarts empty. Without it, one rule isn't checked. */
  lose?(): Promise<void>;
  /**
   * Notes the store's state, and returns what takes the store back to it, as when a replica takes over that had not got
   * everything. Without it, one rule isn't checked.
   */
  save?(): Promise<() => Promise<void>>;
  /** About how many changes the feed remembers. With it, the suite makes the feed forget some. */
  readonly feedLength?: number | undefined;
  /** Called when the test is over. */
  close?(): Promise<void> | void;
}

/** A test of one rule. */
export type Case = (node: Probe, subject: Subject) => Promise<void>;

/** Long compared with a test, in milliseconds. */
export const LONG = 600_000;
/** A name that all records of the tests share. */
export const ALL = 'everything';

/** @throws {Error} If something doesn't hold. */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** @throws {Error} If a value isn't the expected one. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [actual, expected].map((value) => JSON.stringify(value) ?? 'undefined');
  check(got === wanted, `${what}: expected ${wanted}, got ${got}`);
}

/** @throws {Error} If something isn't rejected with a reason. */
export async function rejects(promise: Promise<unknown>, reason: unknown, what: string): Promise<void> {
  const [isRejected, error] = await promise.then(
    () => [false, undefined] as const,
    (rejection: unknown) => [true, rejection] as const,
  );
  check(isRejected, `${what}: expected a rejection`);
  check(error === reason, `${what}: expected the signal's reason, got ${String(error)}`);
}

/** A promise that may reject while nobody waits for it: its test has failed meanwhile. */
export function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** How a value is stored. */
export interface Stored {
  /** Names besides the id and {@link ALL}. */
  concerns?: readonly string[] | undefined;
  life?: number | undefined;
  keep?: number | undefined;
  turn?: number | undefined;
  ifSince?: Position | undefined;
}

/** A node. Values are texts. */
export class Probe {
  readonly store: Store;
  readonly #subject: Subject;
  readonly #calls: Set<AbortController>;

  /** @param calls The calls that have begun. What aborts them ends what still waits in the store. */
  constructor(subject: Subject, calls: Set<AbortController>, store = subject.store) {
    this.#subject = subject;
    this.#calls = calls;
    this.store = store;
  }

  /** Another node. */
  get other(): Probe {
    return new Probe(this.#subject, this.#calls, this.#subject.other ?? this.#subject.store);
  }

  /** A signal for one call. */
  get signal(): AbortSignal {
    const call = new AbortController();
    this.#calls.add(call);
    return call.signal;
  }

  /** The store's position now. */
  position(): Promise<Answer> {
    return this.store.read([], this.signal);
  }

  async record(id: string): Promise<StoredRecord | undefined> {
    return (await this.store.read([id], this.signal)).records[0];
  }

  /** The valid value of a record, or `undefined`. */
  async get(id: string): Promise<string | undefined> {
    const record = await this.record(id);
    return record === undefined || record.since < record.hard ? undefined : new TextDecoder().decode(record.data);
  }

  write(id: string, value: string, since: Position, stored: Stored = {}): Promise<Written> {
    return this.store.write(id, toRecord(id, value, stored), { since, turn: stored.turn }, this.signal);
  }

  put(id: string, value: string, stored: Stored = {}): Promise<Written> {
    const options = { keep: stored.keep ?? LONG, ifSince: stored.ifSince };
    return this.store.put(id, toRecord(id, value, stored), options, this.signal);
  }

  drop(marks: readonly string[], keep = LONG): Promise<Answer> {
    return this.store.drop(marks, { soft: false, keep }, this.signal);
  }

  expire(marks: readonly string[], keep = LONG): Promise<Answer> {
    return this.store.drop(marks, { soft: true, keep }, this.signal);
  }

  changes(after: Position, wait = 0, signal: AbortSignal = this.signal): Promise<News> {
    return heard(this.store.changes!(after, wait, signal));
  }

  turn(id: string, node: string, lease = LONG): Promise<TurnAnswer> {
    return this.store.turn!(id, { lease, node }, this.signal);
  }

  endTurn(id: string, turn: number): Promise<Answer> {
    return this.store.endTurn!(id, turn, this.signal);
  }

  /** Waits until the store's time is later than this. */
  async until(moment: number): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      const { now } = await this.position();
      if (now > moment) return;
      await this.#subject.wait(moment - now + 1);
    }
    throw new Error('the store has no later time, however long the suite waits');
  }
}

function toRecord(id: string, value: string, { concerns = [], life = LONG }: Stored): NewRecord {
  return { data: new TextEncoder().encode(value), concerns: [id, ...concerns, ALL], life };
}
