// A store in IndexedDB, which the tabs and the workers of one origin share.

import { Bell } from './idb/bell.js';
import { Database } from './idb/database.js';
import type { Durability } from './idb/database.js';
import type { Moment } from './idb/moment.js';
import type {
  Answer,
  Capabilities,
  DropOptions,
  NewRecord,
  News,
  Position,
  PutOptions,
  Snapshot,
  Store,
  TurnAnswer,
  TurnOptions,
  WriteOptions,
  Written,
} from './store.js';

export type { Durability } from './idb/database.js';

/** Options of {@link idb}. */
export interface IdbOptions {
  /** How many changes the feed remembers. A tab that was away for longer empties its memory. @default 1000 */
  readonly feedLength?: number | undefined;
  /** How often to look for changes where there is no BroadcastChannel, in milliseconds. @default 1000 */
  readonly poll?: number | undefined;
  /** How long it may take to open the database, in milliseconds. @default 5000 */
  readonly openTimeout?: number | undefined;
  /**
   * `'strict'`: an invalidation is on the disk before it is acknowledged. `'relaxed'`: a loss of power, or a crash of the
   * operating system, can undo those of the last seconds. The crash of a tab or a browser undoes none, either way.
   *
   * @default 'strict'
   */
  readonly durability?: Durability | undefined;
}

const WRONG = "idb: expected a name, numbers above 0, and 'strict' or 'relaxed'";

/**
 * A store in IndexedDB for the second tier.
 *
 * @param name The database's name. Caches with the same name and origin share their values.
 * @throws {TypeError} If the name or an option is wrong.
 *
 * @example
 * const store = idb('documents');
 */
export function idb(name: string, options: IdbOptions = {}): Store {
  return new IdbStore(name, options);
}

class IdbStore implements Store {
  readonly capabilities: Capabilities = { fence: true, feed: true, flight: true };
  readonly #database: Database;
  readonly #bell: Bell;
  readonly #feedLength: number;
  readonly #durability: Durability;

  constructor(name: string, options: IdbOptions) {
    const { feedLength = 1000, poll = 1000, openTimeout = 5000, durability = 'strict' } = options;
    const areOptions =
      [feedLength, poll, openTimeout].every((value) => typeof value === 'number' && value > 0) &&
      ['strict', 'relaxed'].includes(durability);
    if (typeof name !== 'string' || !areOptions) throw new TypeError(WRONG);
    this.#database = new Database(name, openTimeout);
    this.#bell = new Bell(`keylatch ${name}`, poll);
    this.#feedLength = feedLength;
    this.#durability = durability;
  }

  read(ids: readonly string[], signal: AbortSignal): Promise<Snapshot> {
    return this.#read(signal, async (moment) => {
      const records = await Promise.all(ids.map((id) => moment.record(id)));
      return { ...moment.answer, records };
    });
  }

  write(id: string, record: NewRecord, { since, turn }: WriteOptions, signal: AbortSignal): Promise<Written> {
    const copy = toCopy(record);
    return this.#write(signal, 0, async (moment) => {
      const [isBehind, valid, holder] = await Promise.all([
        moment.isBehind(since, copy),
        moment.record(id),
        moment.turn(id),
      ]);
      const isLost = turn !== undefined && holder !== undefined && holder.turn !== turn;
      const isFenced = isBehind || isLost || (valid !== undefined && valid.since > since.sequence);
      if (!isFenced) moment.store(id, copy, since.sequence);
      return { ...moment.answer, result: isFenced ? 'fenced' : 'stored' };
    });
  }

  put(id: string, record: NewRecord, { keep, ifSince }: PutOptions, signal: AbortSignal): Promise<Written> {
    const copy = toCopy(record);
    return this.#write(signal, 1, async (moment) => {
      if (ifSince && (await moment.isBehind(ifSince, copy))) return { ...moment.answer, result: 'fenced' };
      await moment.mark([id], false, keep);
      moment.store(id, copy, moment.answer.sequence);
      return { ...moment.answer, result: 'stored' };
    });
  }

  drop(marks: readonly string[], { soft, keep }: DropOptions, signal: AbortSignal): Promise<Answer> {
    const names = [...marks];
    return this.#write(signal, names.length, async (moment) => {
      await moment.mark(names, soft, keep);
      if (!soft) for (const name of names) moment.remove(name);
      return moment.answer;
    });
  }

  async changes(after: Position, wait: number, signal: AbortSignal): Promise<News> {
    const ask = (): Promise<News> =>
      this.#read(signal, async (moment) => {
        const changes = await moment.changes(after);
        return { ...moment.answer, changes: changes ?? [], isTrimmed: !changes };
      });
    return this.#bell.listen(wait, signal, ask, ({ changes, isTrimmed }) => isTrimmed || changes.length > 0);
  }

  renew(epoch: string, atLeast: number, signal: AbortSignal): Promise<Answer> {
    return this.#write(signal, 1, async (moment) => {
      const { answer } = moment;
      if (epoch === answer.epoch) moment.restart(Math.max(answer.sequence, atLeast));
      return moment.answer;
    });
  }

  turn(id: string, { lease, node }: TurnOptions, signal: AbortSignal): Promise<TurnAnswer> {
    return this.#write(signal, 0, async (moment) => {
      const holder = await moment.turn(id);
      if (holder && holder.node !== node) return { ...moment.answer, heldFor: holder.order - moment.answer.now };
      const turn = moment.next();
      moment.give(id, { turn, node, order: moment.answer.now + lease });
      return { ...moment.answer, turn };
    });
  }

  endTurn(id: string, turn: number, signal: AbortSignal): Promise<Answer> {
    return this.#write(signal, 0, async (moment) => {
      if ((await moment.turn(id))?.turn === turn) moment.give(id);
      return moment.answer;
    });
  }

  async #read<T>(signal: AbortSignal, work: (moment: Moment) => Promise<T>): Promise<T> {
    return (await this.#database.run('readonly', 'relaxed', signal, work)) ?? this.#write(signal, 0, work);
  }

  /** @param news How much of what is done concerns other tabs: the number of marks. */
  async #write<T>(signal: AbortSignal, news: number, work: (moment: Moment) => Promise<T>): Promise<T> {
    const durability = news > 0 ? this.#durability : 'relaxed';
    const answer = await this.#database.run('readwrite', durability, signal, async (moment) => {
      const done = await work(moment);
      await moment.end(news, this.#feedLength);
      return done;
    });
    if (news > 0) this.#bell.ring();
    return answer!;
  }
}

/** The caller may change the data afterwards, and a view of a larger buffer would be stored with all of it. */
const toCopy = ({ data, concerns, life }: NewRecord): NewRecord => ({
  data: Uint8Array.from(data),
  concerns: [...concerns],
  life,
});
