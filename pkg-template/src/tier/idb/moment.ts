// The store within one transaction.

import type { Answer, Change, NewRecord, Position, StoredRecord } from '../store.js';
import { ask, removeWhile } from './requests.js';

/** The object store of the state, the changes and the marks, which can be lost only together. */
export const HISTORY = 'history';
/** The object store of the records, under their ids, and of the turns, under lists of one id. */
export const RECORDS = 'records';
/** An index of each, by what is removed first. */
export const ORDER = 'order';

/** The key of the state. Changes have their numbers, which are greater, and marks their names. */
const STATE = 0;
/** How much that is over goes with each operation, besides as much as the operation adds. */
const TIDY = 16;

/** What the store knows besides records, turns, changes and marks. */
interface State {
  epoch: string;
  sequence: number;
  /** The greatest number of a mark that is forgotten: nothing older can be trusted. */
  floor: number;
  /** How long marks have to last. */
  keep: number;
  /** The number of the last change, and the greatest number of one that is forgotten. */
  last: number;
  trimmed: number;
  /** How many changes there are. */
  length: number;
  /** The store's time when something was written last. */
  time: number;
  /** How far the store's time is ahead of the machine's, because the machine's has gone back. */
  ahead: number;
}

interface Kept {
  readonly data: Uint8Array;
  readonly concerns: readonly string[];
  readonly since: number;
  /** When its life is over. */
  readonly [ORDER]: number;
}

interface Turn {
  readonly turn: number;
  readonly node: string;
  /** When its lease is over. */
  readonly [ORDER]: number;
}

interface Mark {
  readonly hard: number;
  readonly soft: number;
  readonly softAt: number;
  /** When a mark of this name was made last, and its number. */
  readonly [ORDER]: readonly [number, number];
}

/** The changes after a number. */
const after = (sequence: number): IDBKeyRange => IDBKeyRange.bound(sequence, Infinity, true);

/** The store at one moment. What it changes is written by {@link Moment.end}. */
export class Moment {
  readonly #history: IDBObjectStore;
  readonly #records: IDBObjectStore;
  readonly #marks = new Map<string, Promise<Mark | undefined>>();
  readonly #now: number;
  #state!: State;

  private constructor(transaction: IDBTransaction, state: State | undefined) {
    this.#history = transaction.objectStore(HISTORY);
    this.#records = transaction.objectStore(RECORDS);
    const { time = 0, ahead = 0 } = state ?? {};
    this.#now = Math.max(time, Date.now() + ahead);
    if (state) this.#state = state;
    else this.restart(0);
  }

  /** @returns `undefined` if the store has no state yet, and the transaction can't write one. */
  static async of(transaction: IDBTransaction): Promise<Moment | undefined> {
    const state = await ask<State | undefined>(transaction.objectStore(HISTORY).get(STATE));
    return state || transaction.mode === 'readwrite' ? new Moment(transaction, state) : undefined;
  }

  get answer(): Answer {
    const { epoch, sequence } = this.#state;
    return { epoch, sequence, now: this.#now };
  }

  /** Begins a new epoch after a number, with nothing of the one before. */
  restart(sequence: number): void {
    this.#history.clear();
    this.#records.clear();
    const epoch = Math.random().toString(36).slice(2) + this.#now;
    this.#state = {
      epoch,
      sequence: sequence + 1,
      floor: 0,
      keep: 0,
      last: 0,
      trimmed: 0,
      length: 0,
      time: 0,
      ahead: 0,
    };
  }

  /** A record with the marks that concern it, if it is valid. */
  async record(id: string): Promise<StoredRecord | undefined> {
    const kept = await ask<Kept | undefined>(this.#records.get(id));
    if (!kept || kept[ORDER] <= this.#now) return undefined;
    const { data, since, concerns } = kept;
    const marks = await this.#find(concerns);
    return since >= marks.hard ? { data, since, ...marks } : undefined;
  }

  /** Whether something may have invalidated a value since then. */
  async isBehind({ epoch, sequence }: Position, { concerns }: NewRecord): Promise<boolean> {
    const state = this.#state;
    return epoch !== state.epoch || sequence > state.sequence || sequence < (await this.#find(concerns)).hard;
  }

  store(id: string, { data, concerns, life }: NewRecord, since: number): void {
    this.#records.put({ data, concerns, since, [ORDER]: this.#now + life } satisfies Kept, id);
  }

  remove(id: string): void {
    this.#records.delete(id);
  }

  /** Takes the next number. */
  next(): number {
    return (this.#state.sequence += 1);
  }

  /** Takes the next number, makes marks with it, and notes the change. */
  async mark(names: readonly string[], soft: boolean, keep: number): Promise<void> {
    const sequence = this.next();
    const order: Mark[typeof ORDER] = [this.#now, sequence];
    const make = async (name: string): Promise<void> => {
      const old = (await this.#mark(name)) ?? { hard: 0, soft: 0, softAt: 0 };
      const made = soft ? { soft: sequence, softAt: this.#now } : { hard: sequence };
      this.#history.put({ ...old, ...made, [ORDER]: order } satisfies Mark, name);
    };
    await Promise.all(names.map(make));
    this.#history.put({ sequence, marks: names, soft } satisfies Change, sequence);
    const state = this.#state;
    state.keep = Math.max(state.keep, keep);
    state.last = sequence;
    state.length += 1;
  }

  /** The changes after a number. `undefined`: not all of them are known. */
  async changes({ epoch, sequence }: Position): Promise<Change[] | undefined> {
    const state = this.#state;
    if (epoch !== state.epoch || sequence < state.trimmed) return undefined;
    return sequence < state.last ? ask<Change[]>(this.#history.getAll(after(sequence))) : [];
  }

  async turn(id: string): Promise<Turn | undefined> {
    const turn = await ask<Turn | undefined>(this.#records.get([id]));
    return turn && turn[ORDER] > this.#now ? turn : undefined;
  }

  /** Gives a turn to a node, or takes it from everybody. */
  give(id: string, turn?: Turn): void {
    if (turn) this.#records.put(turn, [id]);
    else this.#records.delete([id]);
  }

  /** Writes the state, and removes some of what is over. */
  async end(added: number, feedLength: number): Promise<void> {
    const history = this.#history;
    const state = this.#state;
    const now = this.#now;
    let marks = added + TIDY;
    let records = TIDY;
    await Promise.all([
      removeWhile<Mark[typeof ORDER]>(history, history.index(ORDER).openKeyCursor(), ([madeAt, number]) => {
        if (madeAt + state.keep >= now || marks-- <= 0) return false;
        state.floor = Math.max(state.floor, number);
        return true;
      }),
      removeWhile<number>(history, history.openKeyCursor(after(STATE)), (number) => {
        if (state.length <= feedLength) return false;
        state.length -= 1;
        state.trimmed = number;
        return true;
      }),
      removeWhile<number>(
        this.#records,
        this.#records.index(ORDER).openKeyCursor(),
        (ends) => ends <= now && records-- > 0,
      ),
    ]);
    state.ahead = Math.max(state.ahead, now - Date.now());
    state.time = now;
    history.put(state, STATE);
  }

  /** Removes all records whose life is over, and a share of the others, of those first that would end first. */
  async makeRoom(share: number): Promise<void> {
    const records = this.#records;
    let count = Math.ceil(share * (await ask(records.count())));
    const isOver = (ends: number): boolean => ends <= this.#now || count-- > 0;
    await removeWhile(records, records.index(ORDER).openKeyCursor(), isOver);
  }

  #mark(name: string): Promise<Mark | undefined> {
    let mark = this.#marks.get(name);
    if (!mark) this.#marks.set(name, (mark = ask<Mark | undefined>(this.#history.get(name))));
    return mark;
  }

  /** The greatest of several marks. One that is forgotten may have been as great as the floor. */
  async #find(names: readonly string[]): Promise<{ hard: number; soft: number; softAt: number }> {
    const found = { hard: this.#state.floor, soft: 0, softAt: 0 };
    for (const mark of await Promise.all(names.map((name) => this.#mark(name)))) {
      if (!mark) continue;
      found.hard = Math.max(found.hard, mark.hard);
      if (mark.soft > found.soft) [found.soft, found.softAt] = [mark.soft, mark.softAt];
    }
    return found;
  }
}
