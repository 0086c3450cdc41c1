// What one cache is made of.

import type { Key } from '../base/key.js';
import { Loads } from '../loads/loads.js';
import { KeyLocks } from '../locks/key-locks.js';
import { namesOf } from '../store/spaces.js';
import { Table } from '../store/table.js';
import * as handles from '../wasm/handles.js';
import type { Parts } from './options.js';

/** The parts of a cache. Locks and loads come into being when somebody asks for one. */
export class CacheState<K extends Key, V> {
  readonly table: Table<K, V>;
  readonly defaults: Pick<Parts<K, V>, 'locks' | 'loads'>;
  #locks: KeyLocks<V> | undefined;
  #loads: Loads<K, V> | undefined;

  constructor(parts: Parts<K, V>) {
    this.table = new Table(parts.settings);
    this.defaults = parts;
  }

  get locks(): KeyLocks<V> {
    const { table } = this;
    return (this.#locks ??= table.fences =
      new KeyLocks<V>(table, table.cache, (type, { key, path }) => {
        if (table.isClosed) return;
        const { events } = table;
        const event = { type, key: key as K, namespace: namesOf(path) };
        if (type === 'fenced') return events.tell(event);
        // A takeover comes in the middle of a call.
        events.emit(event);
        void Promise.resolve().then(() => events.run(true));
      }));
  }

  get loads(): Loads<K, V> {
    return (this.#loads ??= new Loads(this.table, this.locks));
  }

  /** Ends the cache: it is empty from now on, and every call but this one throws. */
  close(): void {
    if (this.table.isClosed) return;
    const reason = handles.disposed();
    this.table.tier?.detach();
    this.#locks?.close(reason);
    this.table.close();
    this.table.events.run();
  }
}
