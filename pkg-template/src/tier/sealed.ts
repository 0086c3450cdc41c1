// A store whose records and names nobody can read, and whose records nobody can forge, without a key.

import { report } from '../base/report.js';
import { derive, fromName, seal, toName, unseal } from './sealed/keys.js';
import type { Keys } from './sealed/keys.js';
import type { Answer, Change, NewRecord, Position, Store, StoredRecord } from './store.js';

export { keyFromPassphrase, newKey } from './sealed/keys.js';

/** Keys of {@link sealed} while one takes the place of another. */
export interface SealedKeys {
  /** The key of what is written. */
  readonly current: CryptoKey;
  /**
   * Keys of what was written before. A key stays here until every node has the new one, and then for as long as the
   * longest life of a record.
   */
  readonly previous: readonly CryptoKey[];
}

/** Options of {@link sealed}. */
export interface SealedOptions {
  /** What tells stores with the same key apart, so that nobody can move records between them. @default '' */
  readonly context?: string | undefined;
  /** Called with the id of a record that was altered, moved or put back. It is read as if it weren't there. */
  readonly onTampered?: ((id: string) => void) | undefined;
}

/** What {@link sealed} returns. */
export interface SealedStore extends Store {
  /** Makes everything in the store invalid. A store that clears itself when its epoch is renewed is empty then. */
  wipe(signal: AbortSignal): Promise<Answer>;
}

const WRONG = 'sealed: expected a store, and keys as newKey() and keyFromPassphrase() make them';

/**
 * Seals a store of the second tier: what is in it can be read and made only with the key.
 *
 * @param store Any store.
 * @param key A key that {@link newKey} or {@link keyFromPassphrase} has made, or several while one takes the place of
 * another. Also any other CryptoKey for HKDF, with the usage `deriveKey`.
 * @throws {TypeError} If an argument is wrong.
 *
 * @example
 * const store = sealed(idb('documents'), await keyFromPassphrase(passphrase, salt));
 */
export function sealed(store: Store, key: CryptoKey | SealedKeys, options: SealedOptions = {}): SealedStore {
  const given = key && 'current' in key ? [key.current, ...key.previous] : [key];
  if (!store?.capabilities || !given.every((each) => each?.algorithm?.name === 'HKDF')) throw new TypeError(WRONG);
  const { context = '', onTampered } = options;
  let derived: Promise<[Keys, ...Keys[]]> | undefined;
  const keys = (): Promise<[Keys, ...Keys[]]> =>
    (derived ??= Promise.all(given.map((each) => derive(each, context))) as Promise<[Keys, ...Keys[]]>);

  const toCurrent = async (text: string): Promise<string> => toName((await keys())[0], text);
  /** For each text a name under each key, the current one's first. */
  const toNames = async (texts: readonly string[]): Promise<string[]> => {
    const all = await keys();
    return Promise.all(texts.flatMap((text) => all.map((each) => toName(each, text))));
  };

  /** Takes a record from the caller, who may change it afterwards. Returns what seals it, or nothing in its place. */
  const take = ({ data, concerns, life }: NewRecord) => {
    const copies = [Uint8Array.from(data), [...concerns]] as const;
    let names: Promise<string[]> | undefined;
    return async (name: string, since?: Position): Promise<NewRecord> => {
      const [current] = await keys();
      const sealed = since ? await seal(current.data, copies[0], place(name, since)) : new Uint8Array();
      return { data: sealed, concerns: await (names ??= toNames(copies[1])), life };
    };
  };

  return {
    capabilities: store.capabilities,

    async read(ids, signal) {
      const all = await keys();
      const names = await toNames(ids);
      const snapshot = await store.read(names, signal);
      const rank = (at: number): number => {
        const { since = -1, hard = 0 } = snapshot.records[at] ?? {};
        return since < hard ? -1 : since;
      };
      const open = async (id: string, index: number): Promise<StoredRecord | undefined> => {
        // While keys change, there may be a record under each.
        const places = all.map((_, at) => index * all.length + at);
        const newest = places.reduce((one, other) => (rank(other) > rank(one) ? other : one));
        const record = snapshot.records[newest];
        if (!record?.data.length) return undefined;
        const at = { epoch: snapshot.epoch, sequence: record.since };
        const data = await unseal(all[newest - places[0]!]!.data, record.data, place(names[newest]!, at));
        if (data) return { ...record, data };
        try {
          onTampered?.(id);
        } catch (error) {
          report(error);
        }
        return undefined;
      };
      return { ...snapshot, records: await Promise.all(ids.map(open)) };
    },

    async write(id, record, options, signal) {
      const toSealed = take(record);
      const name = await toCurrent(id);
      return store.write(name, await toSealed(name, options.since), options, signal);
    },

    async put(id, record, options, signal) {
      const toSealed = take(record);
      const [name, ...previous] = (await toNames([id])) as [string, ...string[]];
      // The number to seal it for is known only now. Until then, there is nothing in its place.
      const taken = await store.put(name, await toSealed(name), options, signal);
      if (taken.result === 'fenced') return taken;
      const { keep } = options;
      const since = previous.length > 0 ? await store.drop(previous, { soft: false, keep }, signal) : taken;
      // Refused, if something has invalidated the value by now: it was stored, and is gone.
      await store.write(name, await toSealed(name, since), { since }, signal);
      return { ...since, result: 'stored' };
    },

    async drop(marks, options, signal) {
      return store.drop(await toNames(marks), options, signal);
    },

    ...(store.changes &&
      ({
        async changes(after, wait, signal) {
          const news = await store.changes!(after, wait, signal);
          const all = await keys();
          const open = async (change: Change): Promise<Change> => {
            const marks = await Promise.all(change.marks.flatMap((name) => all.map((each) => fromName(each, name))));
            return { ...change, marks: [...new Set(marks.filter((mark) => mark !== undefined))] };
          };
          const changes = await Promise.all(news.changes.map(open));
          // Of a key that this node doesn't have, or altered: it could have been any mark.
          return changes.every(({ marks }) => marks.length > 0)
            ? { ...news, changes }
            : { ...news, changes: [], isTrimmed: true };
        },
      } satisfies Partial<Store>)),

    renew: (epoch, atLeast, signal) => store.renew(epoch, atLeast, signal),

    ...(store.turn &&
      ({
        turn: async (id, options, signal) => store.turn!(await toCurrent(id), options, signal),
      } satisfies Partial<Store>)),
    ...(store.endTurn &&
      ({
        endTurn: async (id, turn, signal) => store.endTurn!(await toCurrent(id), turn, signal),
      } satisfies Partial<Store>)),

    async wipe(signal) {
      const { epoch, sequence } = await store.read([], signal);
      return store.renew(epoch, sequence, signal);
    },
  };
}

/** What a record is sealed for. It can't be moved to another name, another number or another epoch. */
const place = (name: string, { epoch, sequence }: Position): string => JSON.stringify([name, epoch, sequence]);
