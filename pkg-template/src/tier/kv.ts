// Values in Workers KV.

import { valuesOf } from './kv/alone.js';
import { LARGEST, toTtl } from './kv/namespace.js';
import type { KvNamespace } from './kv/namespace.js';
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
  StoredRecord,
  TurnAnswer,
  TurnOptions,
  WriteOptions,
  Written,
} from './store.js';
import { ValuesStore } from './values.js';
import { within } from './within.js';

export type { KvNamespace } from './kv/namespace.js';

/** Options of {@link kv}. */
export interface KvOptions {
  /**
   * The store that has all but the values, and those that are small: `durable(env.CACHE)`. Without it, nobody counts: the
   * store has no fence, no feed and no turns.
   */
  readonly object?: Store | undefined;
  /** What all keys begin with, at most 60 characters. @default 'keylatch:' */
  readonly prefix?: string | undefined;
  /** The size in bytes from which on a value stands in KV, if there is an object. @default 10_000 */
  readonly from?: number | undefined;
}

const WRONG = 'kv: expected a KV namespace, a store as object, a prefix of 1 to 60 characters, and from as a number';

/**
 * A store in Workers KV, for the second tier of caches in Workers. With an object, each value stands in KV under a key that
 * is used once, and the object's record names that key: what KV still shows is never out of date, and what it doesn't show
 * yet is missing.
 *
 * @throws {TypeError} If the namespace or an option is wrong.
 *
 * @example
 * const store = kv(env.VALUES, { object: durable(env.CACHE) });
 */
export function kv(namespace: KvNamespace, options: KvOptions = {}): Store {
  const { object, prefix = 'keylatch:', from = 10_000 } = options;
  const isRight =
    typeof (namespace as KvNamespace | null)?.get === 'function' &&
    (object === undefined || typeof (object as Store | null)?.read === 'function') &&
    typeof prefix === 'string' &&
    prefix !== '' &&
    prefix.length <= 60 &&
    from >= 0;
  if (!isRight) throw new TypeError(WRONG);
  return object ? new KvStore(namespace, object, prefix, from) : new ValuesStore(valuesOf(namespace, prefix), 'kv');
}

/** What a record in the object begins with: whether the value follows, or its key in KV. */
const [VALUE, KEY] = [0, 1];

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function withKind(kind: number, data: Uint8Array): Uint8Array {
  const value = new Uint8Array(data.length + 1);
  value[0] = kind;
  value.set(data, 1);
  return value;
}

class KvStore implements Store {
  readonly capabilities: Capabilities;
  readonly changes?: (after: Position, wait: number, signal: AbortSignal) => Promise<News>;
  readonly turn?: (id: string, options: TurnOptions, signal: AbortSignal) => Promise<TurnAnswer>;
  readonly endTurn?: (id: string, turn: number, signal: AbortSignal) => Promise<Answer>;
  readonly #kv: KvNamespace;
  readonly #object: Store;
  readonly #prefix: string;
  readonly #from: number;

  constructor(namespace: KvNamespace, object: Store, prefix: string, from: number) {
    [this.#kv, this.#object, this.#prefix, this.#from] = [namespace, object, prefix, from];
    this.capabilities = object.capabilities;
    for (const name of ['changes', 'turn', 'endTurn'] as const) {
      if (object[name]) Object.assign(this, { [name]: object[name].bind(object) });
    }
  }

  async read(ids: readonly string[], signal: AbortSignal): Promise<Snapshot> {
    const snapshot = await this.#object.read(ids, signal);
    const records = await within(signal, Promise.all(snapshot.records.map((record) => this.#resolve(record))));
    return { ...snapshot, records: records! };
  }

  async write(id: string, record: NewRecord, options: WriteOptions, signal: AbortSignal): Promise<Written> {
    return this.#object.write(id, await this.#store(id, record, signal), options, signal);
  }

  async put(id: string, record: NewRecord, options: PutOptions, signal: AbortSignal): Promise<Written> {
    return this.#object.put(id, await this.#store(id, record, signal), options, signal);
  }

  drop(marks: readonly string[], options: DropOptions, signal: AbortSignal): Promise<Answer> {
    return this.#object.drop(marks, options, signal);
  }

  renew(epoch: string, atLeast: number, signal: AbortSignal): Promise<Answer> {
    return this.#object.renew(epoch, atLeast, signal);
  }

  /** Puts a value where it belongs. Nobody finds it before the object has its record. */
  async #store(id: string, record: NewRecord, signal: AbortSignal): Promise<NewRecord> {
    signal.throwIfAborted();
    const { data, life } = record;
    if (data.length < this.#from) return { ...record, data: withKind(VALUE, data) };
    if (data.length > LARGEST) {
      const name = JSON.stringify(id.slice(0, 100));
      throw new RangeError(`kv: the record ${name} has ${data.length} bytes, and KV holds at most ${LARGEST}`);
    }
    const key = crypto.randomUUID();
    await within(signal, this.#kv.put(this.#prefix + key, data.slice(), { expirationTtl: toTtl(life) }));
    return { ...record, data: withKind(KEY, encoder.encode(key)) };
  }

  async #resolve(record: StoredRecord | undefined): Promise<StoredRecord | undefined> {
    if (record === undefined) return undefined;
    const data = record.data.slice(1);
    if (record.data[0] === VALUE) return { ...record, data };
    const value = await this.#kv.get(this.#prefix + decoder.decode(data), 'arrayBuffer');
    return value === null ? undefined : { ...record, data: new Uint8Array(value) };
  }
}
