// A store in a Durable Object of Cloudflare's, for Workers.

import type { KeylatchObject } from './durable/object.js';
import type { ObjectNamespace } from './durable/platform.js';
import type { Answer, NewRecord, Position, Store, StoredRecord } from './store.js';
import { within } from './within.js';

export { KeylatchObject } from './durable/object.js';
export type { ObjectNamespace, ObjectState, ObjectStorage, SqlValue } from './durable/platform.js';

/** Options of {@link durable}. */
export interface DurableOptions {
  /** The object's name. Caches with the same one share their values. @default 'keylatch' */
  readonly name?: string | undefined;
}

const WRONG = 'durable: expected a namespace of Durable Objects, or a function that returns a stub, and a name';

const toPosition = ({ epoch, sequence }: Position): Position => ({ epoch, sequence });

/** A view of a large buffer would take all of it along. */
const toRecord = ({ data, concerns, life }: NewRecord): NewRecord => ({ data: data.slice(), concerns, life });

/**
 * A store in a Durable Object, for the second tier of caches in Workers.
 *
 * @param object The binding of the namespace that has {@link KeylatchObject}; or a function that returns a new stub with
 * each call, for an object in another place: `() => env.CACHE.get(id, { locationHint: 'weur' })`. A stub itself works only
 * in the request in which it was made.
 * @throws {TypeError} If the namespace or the name is wrong.
 *
 * @example
 * export { KeylatchObject } from 'keylatch/durable';
 * const store = durable(env.CACHE, { name: 'users' });
 */
export function durable(object: ObjectNamespace | (() => object), options: DurableOptions = {}): Store {
  const { name = 'keylatch' } = options;
  const isObject = typeof object === 'function' || typeof (object as ObjectNamespace | null)?.idFromName === 'function';
  if (!isObject || typeof name !== 'string') throw new TypeError(WRONG);
  // A stub breaks with its connection, and belongs to one request. So each call makes one.
  const stub = typeof object === 'function' ? object : () => object.get(object.idFromName(name) as never);
  const ask = async <A extends Answer>(
    signal: AbortSignal,
    call: (object: KeylatchObject) => Promise<A>,
  ): Promise<A> => {
    signal.throwIfAborted();
    // Without the method `dispose` that answers of calls have: nothing has to be disposed of.
    return { ...(await within(signal, call(stub() as KeylatchObject)))! };
  };

  return {
    capabilities: { fence: true, feed: true, flight: true },

    async read(ids, signal) {
      const snapshot = await ask(signal, (object) => object.read(ids));
      const records: (StoredRecord | undefined)[] = [...snapshot.records];
      // One call can't bring any number of large records.
      while (records.length < ids.length) {
        const rest = await ask(signal, (object) => object.read(ids.slice(records.length)));
        const isSame = rest.epoch === snapshot.epoch;
        records.push(...rest.records.map((record) => (isSame ? record : undefined)));
      }
      return { ...snapshot, records };
    },

    write: (id, record, { since, turn }, signal) =>
      ask(signal, (object) => object.write(id, toRecord(record), { since: toPosition(since), turn })),

    put: (id, record, { keep, ifSince }, signal) =>
      ask(signal, (object) => object.put(id, toRecord(record), { keep, ifSince: ifSince && toPosition(ifSince) })),

    drop: (marks, { soft, keep }, signal) => ask(signal, (object) => object.drop(marks, { soft, keep })),

    changes: (after, wait, signal) => ask(signal, (object) => object.changes(toPosition(after), wait)),

    renew: (epoch, atLeast, signal) => ask(signal, (object) => object.renew(epoch, atLeast)),

    turn: (id, { lease, node }, signal) => ask(signal, (object) => object.turn(id, { lease, node })),

    endTurn: (id, turn, signal) => ask(signal, (object) => object.endTurn(id, turn)),
  };
}
