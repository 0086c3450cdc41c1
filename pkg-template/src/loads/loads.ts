// All loads of a cache: who joins whom.

import { clone, copy } from '../store/isolate.js';
import type { Key, Place } from '../base/key.js';
import { prepare } from '../store/prepare.js';
import type { Space } from '../store/spaces.js';
import type { Table } from '../store/table.js';
import { CacheError, about } from '../base/errors.js';
import { beginWait } from '../locks/reentrance.js';
import type { KeyLocks } from '../locks/key-locks.js';
import type { Ticket } from '../locks/ticket.js';
import { report } from '../base/report.js';
import { core } from '../wasm/boot.js';
import { Reason } from '../wasm/protocol.js';
import { Load } from './load.js';
import type { Request, Surroundings } from './load.js';
import { Waiter } from './waiter.js';

/** What is told of a load, but for its key. */
type LoadEvent =
  { readonly type: 'load' | 'join' | 'stale' } | { readonly type: 'fail' | 'error'; readonly error: unknown };

/** How long a load may take that is told nothing else. */
const LEASE = 30_000;

/** The loads of a cache that run at the moment. */
export class Loads<K extends Key, V> {
  /** Loaders called. */
  loads = 0;
  /** Callers that had a load's value without calling their loader. */
  joins = 0;
  /** Expired values that were served. */
  staleServes = 0;
  readonly #table: Table<K, V>;
  readonly #locks: KeyLocks<V>;
  /** By gate. */
  readonly #running = new Map<number, Load<K, V>>();
  /** By ticket: those too that have lost their gate, or gone on to another one. */
  readonly #all = new Map<Ticket<V>, Load<K, V>>();
  readonly #around: Surroundings<K, V>;

  constructor(table: Table<K, V>, locks: KeyLocks<V>) {
    this.#table = table;
    this.#locks = locks;
    this.#around = {
      prepare: (key, value, options) => prepare(table.settings, key, value, options),
      store: ({ key, space }, entry) => {
        const current = table.spaces.current(space);
        if (entry !== null) table.store(current, entry);
        else if (current.index.has(key)) table.remove(current.index.get(key)!, Reason.Set);
        table.events.run(true);
      },
      share: (value, isIsolable) => {
        if (table.settings.isolate !== 'clone') return value;
        return isIsolable ? clone(value) : copy(value);
      },
      onStale: (request) => this.serveStale(request),
      onLoad: (request) => {
        this.loads += 1;
        this.#tell(request, { type: 'load' });
      },
      known: ({ key, space }) => {
        const slot = table.spaces.current(space).index.get(key);
        return slot === undefined || table.isExpired(slot) ? undefined : table.values[slot];
      },
      onFail: (request, error) => this.#tell(request, { type: 'fail', error }),
      onError: (request, cause) => {
        // Nobody else can tell which key it was about.
        const isNameless = cause instanceof CacheError && cause.key === undefined;
        const error = isNameless ? about(cause.code, request.key, cause.message, cause) : cause;
        this.#tell(request, { type: 'error', error });
        report(error);
      },
      onEnd: (load) => this.#forget(load),
      overtake: ({ request, isIsolable }, value) => this.#current(request)?.giveUp(value, isIsolable),
      replace: (load, request) => {
        const alive = this.#alive(request);
        // A load whose own caller has given up has left its turn: nobody will take it away.
        if (alive === undefined && load.isOver) locks.takeOver(placeOf(request));
        const successor = alive ?? this.#begin(request, false);
        load.giveWay(successor);
        if (alive === undefined) this.#run(successor);
      },
    };
  }

  /** The value that a caller wants, from a load that is on its way or from one of its own. */
  get(request: Request<K, V>): Promise<V | undefined> {
    const { signal, forceFresh } = request.call;
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const wait = beginWait(this.#locks, placeOf(request));
    const alive = forceFresh ? undefined : this.#alive(request);
    if (alive !== undefined) {
      this.joins += 1;
      // For the case that this caller's loader has to take over.
      request.tags ??= alive.request.tags;
      this.#tell(request, { type: 'join' });
      return new Waiter(alive, request, wait).promise;
    }
    if (forceFresh) this.#locks.fence(placeOf(request));
    const load = this.#begin(request, false);
    const { promise } = new Waiter(load, request, wait);
    this.#run(load);
    return promise;
  }

  /** Loads a value behind, unless that is being done already. */
  refresh(request: Request<K, V>): void {
    if (this.#alive(request) === undefined) this.#run(this.#begin(request, true));
  }

  /** Notes that a caller got an expired value. */
  serveStale(request: Request<K, V>): void {
    this.staleServes += 1;
    this.#tell(request, { type: 'stale' });
  }

  /** The load that a ticket belongs to, if it is not a lock's. */
  of(ticket: Ticket<V>): Load<K, V> | undefined {
    return this.#all.get(ticket);
  }

  /** Ends every load. */
  close(reason: CacheError): void {
    for (const load of [...this.#all.values()]) {
      load.fail(reason);
      load.abort(reason);
    }
  }

  /** The load of a key that is on its way, and not overdue. */
  #alive(request: Request<K, V>): Load<K, V> | undefined {
    const load = this.#current(request);
    return load?.isOverdue ? undefined : load;
  }

  /** The load of a key that began last, unless the key was changed since. */
  #current(request: Request<K, V>): Load<K, V> | undefined {
    const locks = this.#locks;
    const gate = locks.gateOf(placeOf(request));
    const ticket = this.#running.get(gate)?.ticket;
    // A ticket may have lost its gate, or gone on to another one; its number is some other key's then.
    const isThere = ticket !== undefined && locks.gate(ticket.number) === gate && locks.gateOf(ticket.place) === gate;
    return isThere ? this.#running.get(gate) : undefined;
  }

  #begin(request: Request<K, V>, isKept: boolean): Load<K, V> {
    const locks = this.#locks;
    const ticket = locks.acquire(placeOf(request), request.call.lease ?? LEASE, core.latchBegin);
    const load = new Load(this.#around, request, ticket, isKept);
    const overdue = this.#current(request);
    this.#running.set(load.gate, load);
    this.#all.set(ticket, load);
    overdue?.giveWay(load);
    return load;
  }

  #run(load: Load<K, V>): void {
    const done = load.run();
    try {
      load.request.call.waitUntil?.(done);
    } catch (cause) {
      const how = 'waitUntil: it threw; bind a method, as in (promise) => ctx.waitUntil(promise)';
      report(new CacheError('invalid-option', how, { cause }));
    }
  }

  #forget(load: Load<K, V>): void {
    this.#all.delete(load.ticket);
    if (this.#running.get(load.gate) === load) this.#running.delete(load.gate);
  }

  #tell({ key, space }: Request<K, V>, what: LoadEvent): void {
    this.#table.events.tell({ key, namespace: space.names, ...what });
  }
}

function placeOf({ key, space: { path } }: { key: Key; space: Space }): Place {
  return { key, path };
}
