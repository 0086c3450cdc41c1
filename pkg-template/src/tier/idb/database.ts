// The database: opened when it is needed, and again when the browser has closed it.

import { within } from '../within.js';
import { HISTORY, Moment, ORDER, RECORDS } from './moment.js';

/**
 * How much of the records goes when there is no room, try after try, besides those whose life is over. Never all: one value
 * that is too large must not empty the store.
 */
const SHARES = [0, 0.25, 0.5];

/** What an operation does at one moment. What it answers is true when the transaction has ended. */
type Work<T> = (moment: Moment) => Promise<T>;

type Mode = 'readonly' | 'readwrite';
/** Whether what is done has to be on the disk before the end. */
export type Durability = 'strict' | 'relaxed';

/** A database of this origin. */
export class Database {
  readonly #name: string;
  readonly #limit: number;
  #open: Promise<IDBDatabase> | undefined;

  /** @param limit How long it may take to open the database, in milliseconds. */
  constructor(name: string, limit: number) {
    this.#name = name;
    this.#limit = limit;
  }

  /**
   * Does something in a transaction. The signal ends the wait, and undoes what isn't done yet.
   *
   * @returns `undefined` if the store has no state yet, and the transaction can't write one.
   */
  run<T>(mode: Mode, durability: Durability, signal: AbortSignal, work: Work<T>): Promise<T | undefined> {
    return within(signal, this.#run(mode, durability, signal, work));
  }

  async #run<T>(mode: Mode, durability: Durability, signal: AbortSignal, work: Work<T>): Promise<T | undefined> {
    signal.throwIfAborted();
    for (let tries = 0, shares = 0; ;) {
      const open = (this.#open ??= this.#connect());
      try {
        const database = await open;
        // Whoever deletes the database waits for this.
        database.onversionchange = () => void this.#close(open);
        return await transact(database, mode, durability, signal, work);
      } catch (error) {
        signal.throwIfAborted();
        const { name } = error as Error;
        if (name === 'QuotaExceededError') {
          const share = SHARES[shares++];
          if (share === undefined)
            throw new Error(`idb: there is no room for more in "${this.#name}"`, { cause: error });
          await transact(await open, 'readwrite', 'relaxed', signal, (moment) => moment.makeRoom(share));
        } else {
          // Connections break in many ways, and browsers name them differently. A new one mends what can be mended.
          void this.#close(open);
          if (tries++ > 0) throw error;
        }
      }
    }
  }

  async #connect(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.#name, 1);
    const opened = new Promise<IDBDatabase>((resolve, reject) => {
      request.onupgradeneeded = () => {
        for (const name of [HISTORY, RECORDS]) request.result.createObjectStore(name).createIndex(ORDER, ORDER);
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as Error);
    });
    const database = await within(new AbortController().signal, opened, this.#limit);
    if (!database) {
      opened.then((late) => late.close()).catch(() => {});
      throw new Error(`idb: "${this.#name}" has not opened within ${this.#limit} ms`);
    }
    return database;
  }

  async #close(open: Promise<IDBDatabase>): Promise<void> {
    if (this.#open === open) this.#open = undefined;
    await open.then((database) => database.close()).catch(() => {});
  }
}

function transact<T>(
  database: IDBDatabase,
  mode: Mode,
  durability: Durability,
  signal: AbortSignal,
  work: Work<T>,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([HISTORY, RECORDS], mode, { durability });
    let answer: T | undefined;
    let failure: unknown;
    const abort = (): void => {
      try {
        transaction.abort();
      } catch {
        // It is over already.
      }
    };
    // A page that freezes would keep all others waiting for the end of its transactions.
    const { document } = globalThis as { document?: Document };
    const listen = (method: 'addEventListener' | 'removeEventListener'): void => {
      signal[method]('abort', abort);
      document?.[method]('freeze', abort);
    };
    listen('addEventListener');
    transaction.oncomplete = () => {
      listen('removeEventListener');
      resolve(answer);
    };
    transaction.onabort = () => {
      listen('removeEventListener');
      reject((failure ?? transaction.error ?? new DOMException('idb: aborted', 'AbortError')) as Error);
    };
    Moment.of(transaction)
      .then(async (moment) => {
        answer = moment && (await work(moment));
        transaction.commit();
      })
      .catch((error: unknown) => {
        failure = error;
        abort();
      });
  });
}
