// The object: counts, and keeps marks, records, changes and turns in its storage. Each operation is one transaction.

import { DurableObject } from 'cloudflare:workers';
import type {
  Answer,
  Change,
  DropOptions,
  NewRecord,
  News,
  Position,
  PutOptions,
  Snapshot,
  StoredRecord,
  TurnAnswer,
  TurnOptions,
  WriteOptions,
  Written,
} from '../store.js';
import { toKey, toKeys } from '../keys.js';
import type { ObjectState, ObjectStorage, SqlValue } from './platform.js';
import * as sql from './tables.js';

interface State extends Position {
  readonly floor: number;
  readonly keep: number;
}

type Marks = Pick<StoredRecord, 'hard' | 'soft' | 'softAt'>;

interface Row {
  readonly since: number;
  /** 0 if there is no record. */
  readonly ends: number;
  readonly concerns: string;
  readonly data: ArrayBuffer;
}

interface Holder {
  readonly turn: number;
  readonly node: string;
  readonly ends: number;
}

/** A record, ready for its row. */
interface Prepared extends Omit<NewRecord, 'concerns'> {
  readonly key: string;
  readonly concerns: string;
}

/** How many numbers the log remembers. */
const LOG_LENGTH = 10_000;
/** A change with more characters isn't kept: who asks for it is told that it is missing. */
const LONGEST_CHANGE = 100_000;
/** The same for all changes of an answer. */
const LONGEST_NEWS = 8e6;
/** An answer with more bytes than this has no further records. A call can bring twice as much. */
const LONGEST_READ = 2 ** 24;
/** As many bytes of data and marks in a record. A row can have 2,000,000, with all else. */
const LARGEST = 1_990_000;
/** How long a call is held at the most, in milliseconds. */
const LONGEST_WAIT = 30_000;
/** How often it is looked for what is over, in milliseconds, and how many rows are looked at in one go. */
const [SWEEP_EVERY, SWEPT] = [600_000, 1000];

const toAnswer = ({ epoch, sequence }: Position, now: number): Answer => ({ epoch, sequence, now });

/**
 * The object in which {@link durable} keeps a store: export it from the worker, and declare it as a class with SQLite in
 * the worker's migrations. Its methods are for {@link durable} alone.
 */
export class KeylatchObject extends (DurableObject as new (state: ObjectState, env: unknown) => object) {
  /** For Cloudflare's types, which know an object by it. */
  declare readonly __DURABLE_OBJECT_BRAND: never;
  readonly #storage: ObjectStorage;
  readonly #waiting = new Set<() => void>();
  #hasAlarm = false;
  /** Where the sweep is. */
  #sweptTo = '';
  /** Whether the sweep has passed something that will be over. */
  #isMore = false;

  constructor(state: ObjectState, env: unknown) {
    super(state, env);
    this.#storage = state.storage;
    this.#storage.transactionSync(() => this.#run(sql.TABLES));
  }

  async read(ids: readonly string[]): Promise<Snapshot> {
    const keys = await toKeys(ids);
    const [state, now] = [this.#state(), Date.now()];
    const records: (StoredRecord | undefined)[] = [];
    let size = 0;
    for (const key of keys) {
      if (size > LONGEST_READ) break;
      const row = this.#run<Row>(sql.FIND, key)[0];
      const marks = this.#valid(row, state, now);
      records.push(marks && { ...marks, data: new Uint8Array(row!.data), since: row!.since });
      if (marks) size += row!.data.byteLength;
    }
    return { ...toAnswer(state, now), records };
  }

  async write(id: string, record: NewRecord, { since, turn }: WriteOptions): Promise<Written> {
    const prepared = await this.#prepare(id, record);
    const { key, concerns, data } = prepared;
    return this.#change((state, now) => {
      const row = this.#run<Row>(sql.LOOK, key)[0];
      const holder = this.#holder(key, now);
      const isFenced =
        this.#isBehind(since, concerns, state) ||
        (this.#valid(row, state, now) && row!.since > since.sequence) ||
        (turn !== undefined && holder !== undefined && holder.turn !== turn);
      if (!isFenced) this.#run(sql.WRITE, key, since.sequence, now + record.life, concerns, data);
      return { ...toAnswer(state, now), result: isFenced ? 'fenced' : 'stored' };
    });
  }

  async put(id: string, record: NewRecord, { keep, ifSince }: PutOptions): Promise<Written> {
    const { key, concerns, data } = await this.#prepare(id, record);
    return this.#change((state, now) => {
      const isFenced = ifSince !== undefined && this.#isBehind(ifSince, concerns, state);
      if (isFenced) return { ...toAnswer(state, now), result: 'fenced' };
      const sequence = this.#tell(state, [id], false, keep);
      this.#run(sql.PUT, key, sequence, now + record.life, concerns, data, now);
      return { epoch: state.epoch, sequence, now, result: 'stored' };
    });
  }

  async drop(marks: readonly string[], { soft, keep }: DropOptions): Promise<Answer> {
    const keys = await toKeys(marks);
    return this.#change((state, now) => {
      const sequence = this.#tell(state, marks, soft, keep);
      for (const key of keys) this.#run(soft ? sql.SOFT : sql.HARD, key, sequence, now);
      return { epoch: state.epoch, sequence, now };
    });
  }

  async changes(after: Position, wait: number): Promise<News> {
    const news = this.#news(after);
    if (!(wait > 0) || news.isTrimmed || news.changes.length > 0) return news;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(wait, LONGEST_WAIT));
      this.#waiting.add(end);
    });
    return this.#news(after);
  }

  async renew(epoch: string, atLeast: number): Promise<Answer> {
    return this.#change((state, now) => {
      if (epoch !== state.epoch) return toAnswer(state, now);
      // The floor is above all records.
      this.#run(sql.RENEW, this.#take(Math.max(state.sequence, atLeast), null, false));
      this.#wake();
      return toAnswer(this.#state(), now);
    });
  }

  async turn(id: string, { lease, node }: TurnOptions): Promise<TurnAnswer> {
    const [key, who] = (await toKeys([id, node])) as [string, string];
    return this.#change((state, now) => {
      const holder = this.#holder(key, now);
      if (holder && holder.node !== who) return { ...toAnswer(state, now), heldFor: holder.ends - now };
      const turn = this.#take(state.sequence, null, false);
      this.#run(sql.TURN, key, turn, who, now + lease);
      return { epoch: state.epoch, sequence: turn, now, turn };
    });
  }

  async endTurn(id: string, turn: number): Promise<Answer> {
    const key = await toKey(id);
    this.#run(sql.END_TURN, key, turn);
    return toAnswer(this.#state(), Date.now());
  }

  /** Removes what is over, a part of the names each time. */
  async alarm(): Promise<void> {
    const isWhole = this.#storage.transactionSync(() => this.#sweep(Date.now()));
    this.#hasAlarm = !isWhole || this.#isMore;
    if (this.#hasAlarm) await this.#storage.setAlarm(Date.now() + (isWhole ? SWEEP_EVERY : 0));
    if (isWhole) this.#isMore = false;
  }

  /** @returns Whether these were the last names. */
  #sweep(now: number): boolean {
    const { floor, keep } = this.#state();
    const rows = this.#run<Row & { name: string; hard: number; soft: number; made: number }>(
      sql.PART,
      this.#sweptTo,
      SWEPT,
    );
    let forgotten = 0;
    for (const { name, hard, soft, made, since, ends } of rows) {
      const isRecord = ends > now && since >= Math.max(hard, floor);
      const mark = Math.max(hard, soft);
      const isMark = mark > 0 && made + keep >= now;
      if (!isRecord && !isMark) {
        forgotten = Math.max(forgotten, mark);
        this.#run(sql.FORGET, name);
      } else if (!isRecord && ends > 0) {
        this.#run(sql.EMPTY, name);
      }
      this.#isMore ||= (isRecord && ends < Infinity) || (isMark && keep < Infinity);
    }
    this.#run(sql.FLOOR, forgotten);
    this.#run(sql.END_TURNS, now, SWEPT);
    this.#isMore ||= this.#run(sql.LAST_TURN).length > 0;
    const isWhole = rows.length < SWEPT;
    this.#sweptTo = isWhole ? '' : rows.at(-1)!.name;
    return isWhole;
  }

  #run<Row = unknown>(query: string, ...bindings: (SqlValue | Uint8Array)[]): Row[] {
    return this.#storage.sql.exec(query, ...bindings).toArray() as Row[];
  }

  #state(): State {
    return this.#run<State>(sql.STATE)[0]!;
  }

  /** Does all of something, or nothing. */
  async #change<T>(work: (state: State, now: number) => T): Promise<T> {
    const done = this.#storage.transactionSync(() => work(this.#state(), Date.now()));
    if (!this.#hasAlarm) {
      this.#hasAlarm = true;
      if ((await this.#storage.getAlarm()) === null) await this.#storage.setAlarm(Date.now() + SWEEP_EVERY);
    }
    return done;
  }

  /** @throws {RangeError} If a row can't hold it. */
  async #prepare(id: string, { data, concerns: names, life }: NewRecord): Promise<Prepared> {
    const [key, ...keys] = (await toKeys([id, ...names])) as [string, ...string[]];
    const concerns = JSON.stringify(keys);
    const size = data.byteLength + new TextEncoder().encode(concerns).length;
    if (size <= LARGEST) return { key, concerns, data, life };
    const name = JSON.stringify(id.slice(0, 100));
    throw new RangeError(`durable: the record ${name} has ${size} bytes, and an object holds at most ${LARGEST}`);
  }

  /** The marks of a record, if it is valid. */
  #valid(row: Row | undefined, { floor }: State, now: number): Marks | undefined {
    if (row === undefined || row.ends <= now) return undefined;
    const marks = this.#marks(row.concerns, floor);
    return row.since >= marks.hard ? marks : undefined;
  }

  /** The greatest of several marks. One that is forgotten may have been as great as the floor. */
  #marks(concerns: string, floor: number): Marks {
    const found = { hard: floor, soft: 0, softAt: 0 };
    for (const { hard, soft, softAt } of this.#run<Marks>(sql.MARKS, concerns)) {
      found.hard = Math.max(found.hard, hard);
      if (soft > found.soft) [found.soft, found.softAt] = [soft, softAt];
    }
    return found;
  }

  /** Whether something may have invalidated a value since then. */
  #isBehind({ epoch, sequence }: Position, concerns: string, state: State): boolean {
    return epoch !== state.epoch || sequence > state.sequence || sequence < this.#marks(concerns, state.floor).hard;
  }

  #holder(key: string, now: number): Holder | undefined {
    return this.#run<Holder>(sql.HOLDER, key).find(({ ends }) => ends > now);
  }

  /** Takes the number after this one. */
  #take(last: number, marks: string | null, soft: boolean): number {
    const number = last + 1;
    this.#run(sql.LOG, number, Number(soft), marks);
    this.#run(sql.TRIM, number - LOG_LENGTH);
    return number;
  }

  /** Takes a number for marks, and tells those who wait. */
  #tell({ sequence }: State, marks: readonly string[], soft: boolean, keep: number): number {
    const text = JSON.stringify(marks);
    this.#run(sql.KEEP, keep);
    this.#wake();
    return this.#take(sequence, text.length > LONGEST_CHANGE ? '' : text, soft);
  }

  /** They go on when the transaction is over. */
  #wake(): void {
    for (const end of this.#waiting) end();
  }

  #news(after: Position): News {
    const state = this.#state();
    const changes: Change[] = [];
    let isTrimmed = after.epoch !== state.epoch;
    let next = after.sequence + 1;
    let size = 0;
    const rows = isTrimmed
      ? []
      : this.#run<{ number: number; soft: number; marks: string | null }>(sql.NEWS, after.sequence);
    for (const { number, soft, marks } of rows) {
      size += marks?.length ?? 0;
      isTrimmed ||= number !== next || marks === '' || size > LONGEST_NEWS;
      if (isTrimmed) break;
      next += 1;
      if (marks) changes.push({ sequence: number, marks: JSON.parse(marks) as string[], soft: soft === 1 });
    }
    return { ...toAnswer(state, Date.now()), changes: isTrimmed ? [] : changes, isTrimmed };
  }
}
