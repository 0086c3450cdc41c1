// A store over one that only keeps values: nobody counts, so marks are times.
//
// Each node takes its numbers from its own clock. A record has the time at which its load began, a mark the time at which it
// was made, and the record is valid if no mark is later. That is as right as the nodes' clocks agree; and a store that has
// lost a mark, or shows it late, shows what it has invalidated.

import type {
  Answer,
  Capabilities,
  DropOptions,
  NewRecord,
  PutOptions,
  Snapshot,
  Store,
  StoredRecord,
  WriteOptions,
  Written,
} from './store.js';
import { within } from './within.js';

/** What keeps the values. A name begins with a letter, and may have any other character. */
export interface Values {
  /** The values of some names, in their order. */
  get(names: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Keeps a value, for at least so many milliseconds. */
  put(name: string, value: Uint8Array, life: number): Promise<void>;
}

/** What stands before the data of a record: its id, its number, when it ends (`null`: never), and its concerns. */
type Header = readonly [id: string, since: number, ends: number | null, concerns: readonly string[]];

/** The numbers of a name's last hard and soft mark; 0: there is none. */
type Mark = readonly [hard: number, soft: number];

/** The first letters of names: of records, and of marks. */
const [RECORD, MARK] = ['r', 'm'];
/** Numbers in a millisecond: more than one change can be made in it. */
const UNIT = 1000;
const END_OF_LINE = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class ValuesStore implements Store {
  readonly capabilities: Capabilities = { fence: false, feed: false, flight: false };
  readonly #values: Values;
  readonly #epoch: string;
  /** The greatest number that was given. */
  #last = 0;

  /** @param epoch Nobody can see that a store has lost something, so there is one for ever. */
  constructor(values: Values, epoch: string) {
    this.#values = values;
    this.#epoch = epoch;
  }

  read(ids: readonly string[], signal: AbortSignal): Promise<Snapshot> {
    return this.#within(signal, async () => {
      const answer = this.#answer();
      const found = await this.#get(RECORD, ids);
      const records = found.map((value, index) => value && open(value, ids[index]!));
      const names = [...new Set(records.flatMap((record) => record?.concerns ?? []))];
      const marks = await this.#marks(names);
      const byName = new Map(names.map((name, index) => [name, marks[index]!]));
      const judged = records.map((record) => record && judge(record, (name) => byName.get(name)!));
      // The time is that of the end: by then, a record that was about to end may have been missing.
      return { ...answer, now: Date.now(), records: judged };
    });
  }

  write(id: string, record: NewRecord, { since }: WriteOptions, signal: AbortSignal): Promise<Written> {
    const answer = this.#answer();
    const data = close(id, record, since.sequence, answer.now);
    return this.#within(signal, async () => {
      await this.#values.put(RECORD + id, data, record.life);
      return { ...answer, result: 'stored' };
    });
  }

  put(id: string, record: NewRecord, { keep, ifSince }: PutOptions, signal: AbortSignal): Promise<Written> {
    const answer = this.#answer(true);
    const { sequence, now } = answer;
    const data = close(id, record, sequence, now);
    return this.#within(signal, async () => {
      if (ifSince !== undefined) {
        const marks = await this.#marks(record.concerns);
        if (marks.some(([hard]) => hard > ifSince.sequence)) return { ...this.#answer(), result: 'fenced' };
      }
      // First the mark, so that no load that is late takes the value's place.
      await this.#mark(id, [sequence, 0], keep);
      await this.#values.put(RECORD + id, data, record.life);
      return { ...answer, result: 'stored' };
    });
  }

  drop(names: readonly string[], { soft, keep }: DropOptions, signal: AbortSignal): Promise<Answer> {
    const answer = this.#answer(true);
    return this.#within(signal, async () => {
      // What is stale by an older soft mark is gone by a hard one.
      const before: readonly Mark[] = soft ? await this.#marks(names) : [];
      const drop = (name: string, index: number): Promise<void> => {
        const mark: Mark = soft ? [before[index]![0], answer.sequence] : [answer.sequence, 0];
        return this.#mark(name, mark, keep);
      };
      await Promise.all(names.map(drop));
      return answer;
    });
  }

  renew(_: string, __: number, signal: AbortSignal): Promise<Answer> {
    return this.#within(signal, async () => this.#answer());
  }

  /**
   * Where this node is. A change takes a number of its own, behind those of the millisecond, so that it concerns whatever
   * another node has begun to load in it.
   */
  #answer(isChange = false): Answer {
    const now = Date.now();
    const number = now * UNIT;
    this.#last = isChange ? Math.max(this.#last + 1, number + UNIT - 1) : Math.max(this.#last, number);
    return { epoch: this.#epoch, sequence: this.#last, now };
  }

  async #marks(names: readonly string[]): Promise<Mark[]> {
    const values = await this.#get(MARK, names);
    return values.map(toMark);
  }

  #mark(name: string, mark: Mark, keep: number): Promise<void> {
    return this.#values.put(MARK + name, encoder.encode(JSON.stringify(mark)), keep);
  }

  async #get(kind: string, names: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return names.length === 0 ? [] : this.#values.get(names.map((name) => kind + name));
  }

  async #within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    return (await within(signal, work())) as T;
  }
}

function close(id: string, { data, concerns, life }: NewRecord, since: number, now: number): Uint8Array {
  const header: Header = [id, since, Number.isFinite(life) ? now + life : null, concerns];
  const front = encoder.encode(`${JSON.stringify(header)}\n`);
  const value = new Uint8Array(front.length + data.length);
  value.set(front);
  value.set(data, front.length);
  return value;
}

interface Opened {
  readonly data: Uint8Array;
  readonly since: number;
  readonly concerns: readonly string[];
}

/** What a value holds; nothing if it is over, damaged, or another record's, whose name the store takes for the same. */
function open(value: Uint8Array, id: string): Opened | undefined {
  try {
    const end = value.indexOf(END_OF_LINE);
    const [owner, since, ends, concerns] = JSON.parse(decoder.decode(value.subarray(0, end))) as Header;
    const isWhole = owner === id && typeof since === 'number' && Array.isArray(concerns);
    if (!isWhole || (ends ?? Infinity) <= Date.now()) return undefined;
    return { data: value.slice(end + 1), since, concerns };
  } catch {
    return undefined;
  }
}

/** A record, if it is valid. */
function judge({ data, since, concerns }: Opened, markOf: (name: string) => Mark): StoredRecord | undefined {
  let [hard, soft] = [0, 0];
  for (const name of concerns) {
    const mark = markOf(name);
    hard = Math.max(hard, mark[0]);
    soft = Math.max(soft, mark[1]);
  }
  if (since < hard) return undefined;
  return { data, since, hard, soft, softAt: Math.floor(soft / UNIT) };
}

/** A mark that can't be read invalidates. */
function toMark(value: Uint8Array | undefined): Mark {
  try {
    if (value === undefined) return [0, 0];
    const [hard, soft] = JSON.parse(decoder.decode(value)) as Mark;
    if (hard >= 0 && soft >= 0) return [hard, soft];
  } catch {
    // As below.
  }
  return [Infinity, 0];
}
