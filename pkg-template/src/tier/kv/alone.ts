// A store in Workers KV alone: nobody counts.
//
// A mark is a time, by the clock of who made it, and holds for the records that were written until then, by the clocks of
// their writers. So a load that is late brings back what was invalidated.

import { toKey } from '../durable/keys.js';
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
} from '../store.js';
import { within } from '../within.js';
import { toTtl } from './namespace.js';
import type { KvNamespace } from './namespace.js';

/** What stands before the data of a record: when it was written, when it ends (`null`: never), and its concerns. */
type Header = readonly [at: number, ends: number | null, concerns: readonly string[]];

/** When a hard and a soft mark of a name were made; 0: never. */
type Mark = [hard: number, soft: number];

const END_OF_LINE = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const answer = (): Answer => ({ epoch: 'kv', sequence: 0, now: Date.now() });

export class KvAlone implements Store {
  readonly capabilities: Capabilities = { fence: false, feed: false, flight: false };
  readonly #kv: KvNamespace;
  readonly #prefix: string;

  constructor(kv: KvNamespace, prefix: string) {
    this.#kv = kv;
    this.#prefix = prefix;
  }

  read(ids: readonly string[], signal: AbortSignal): Promise<Snapshot> {
    const marks = new Map<string, Promise<Mark>>();
    const find = (name: string): Promise<Mark> => {
      const mark = marks.get(name) ?? this.#mark(name);
      marks.set(name, mark);
      return mark;
    };
    return this.#within(signal, async () => {
      const records = await Promise.all(ids.map((id) => this.#record(id, find)));
      return { ...answer(), records };
    });
  }

  write(id: string, { data, concerns, life }: NewRecord, _: WriteOptions, signal: AbortSignal): Promise<Written> {
    const at = Date.now();
    const header: Header = [at, Number.isFinite(life) ? at + life : null, concerns];
    const front = encoder.encode(`${JSON.stringify(header)}\n`);
    const value = new Uint8Array(front.length + data.length);
    value.set(front);
    value.set(data, front.length);
    return this.#within(signal, async () => {
      await this.#put('r', id, value, life);
      return { ...answer(), now: at, result: 'stored' };
    });
  }

  put(id: string, record: NewRecord, _: PutOptions, signal: AbortSignal): Promise<Written> {
    return this.write(id, record, { since: answer() }, signal);
  }

  drop(names: readonly string[], { soft, keep }: DropOptions, signal: AbortSignal): Promise<Answer> {
    return this.#within(signal, async () => {
      const drop = async (name: string): Promise<void> => {
        const mark = await this.#mark(name);
        mark[Number(soft)] = Date.now();
        await this.#put('m', name, encoder.encode(JSON.stringify(mark)), keep);
      };
      await Promise.all(names.map(drop));
      return answer();
    });
  }

  /** Nobody can see that KV has lost something, since nobody counts. */
  renew(_: string, __: number, signal: AbortSignal): Promise<Answer> {
    return this.#within(signal, async () => answer());
  }

  /** A record, if it is valid. */
  async #record(id: string, find: (name: string) => Promise<Mark>): Promise<StoredRecord | undefined> {
    const value = await this.#get('r', id);
    if (value === undefined) return undefined;
    const end = value.indexOf(END_OF_LINE);
    const [at, ends, concerns] = JSON.parse(decoder.decode(value.subarray(0, end))) as Header;
    const marks = await Promise.all(concerns.map(find));
    if ((ends ?? Infinity) <= Date.now() || marks.some(([hard]) => hard >= at)) return undefined;
    const softAt = Math.max(0, ...marks.map(([, soft]) => soft).filter((soft) => soft >= at));
    return { data: value.slice(end + 1), since: 0, hard: 0, soft: softAt && 1, softAt };
  }

  async #mark(name: string): Promise<Mark> {
    const value = await this.#get('m', name);
    return value === undefined ? [0, 0] : (JSON.parse(decoder.decode(value)) as Mark);
  }

  async #get(kind: string, name: string): Promise<Uint8Array | undefined> {
    const value = await this.#kv.get(this.#prefix + kind + (await toKey(name)), 'arrayBuffer');
    return value === null ? undefined : new Uint8Array(value);
  }

  async #put(kind: string, name: string, value: Uint8Array, life: number): Promise<void> {
    await this.#kv.put(this.#prefix + kind + (await toKey(name)), value, { expirationTtl: toTtl(life) });
  }

  async #within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    return (await within(signal, work())) as T;
  }
}
