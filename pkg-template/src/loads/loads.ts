// All loads of a cache: carries out what the flights in Rust decide.

import { tellLoad } from '../base/channels.js';
import { elapsed } from '../base/elapsed.js';
import type { Entry } from '../base/entry.js';
import { CacheError, about } from '../base/errors.js';
import type { Key } from '../base/key.js';
import { report } from '../base/report.js';
import type { KeyLocks } from '../locks/key-locks.js';
import { beginWait } from '../locks/reentrance.js';
import { clone, copy } from '../store/isolate.js';
import { prepare } from '../store/prepare.js';
import type { TierAnswer, TierRecord } from '../store/second-tier.js';
import type { Table } from '../store/table.js';
import { core } from '../wasm/boot.js';
import { outOfMemory } from '../wasm/handles.js';
import { FLIGHTS, GIVES_UP, NO_MEMORY, Reason, TAKES_OVER, TAKES_STALE, TOO_OLD } from '../wasm/protocol.js';
import { Flight } from './flight.js';
import type { Crew } from './flight.js';
import type { OldValue, Request } from './request.js';
import { Waiter } from './waiter.js';
import type { Host } from './waiter.js';

/** An event of a load, without its key. */
type LoadEvent =
  { readonly type: 'load' | 'join' | 'stale' } | { readonly type: 'fail' | 'error'; readonly error: unknown };

/** The loads of a cache that run at the moment. */
export class Loads<K extends Key, V> implements Crew<K, V>, Host<K, V> {
  /** Loaders called. */
  loads = 0;
  /** Callers that joined another caller's load. */
  joins = 0;
  /** Expired values that were served. */
  staleServes = 0;
  cause: unknown;
  readonly #table: Table<K, V>;
  readonly #locks: KeyLocks<V>;
  /** The engine's number for the cache. */
  readonly #cache: number;
  /** By number. */
  readonly #waiters: (Waiter<K, V> | undefined)[] = [];

  constructor(table: Table<K, V>, locks: KeyLocks<V>) {
    this.#table = table;
    this.#locks = locks;
    this.#cache = locks.cache;
  }

  /** The value that a caller wants: a stale value, the value of a load that is under way, or that of a new load. */
  get(request: Request<K, V>): Promise<V | undefined> {
    const { lease, stale, staleFor } = request;
    const { signal, forceFresh = false, grace = 0, timeout = Infinity, hardTimeout = Infinity } = request.call;
    const { graceBackoff = 0, negativeBackoff = 0 } = request.call;
    if (stale !== undefined && !forceFresh && this.refresh(request, staleFor)) {
      this.#noteStale(request);
      return Promise.resolve(stale);
    }
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const wait = beginWait(this.#locks, request);
    if (forceFresh) this.#locks.fence(request);
    const gate = this.#locks.gateOf(request);
    const answer = core.flightAsk(
      this.#cache,
      gate,
      Number(forceFresh),
      lease,
      staleFor,
      grace,
      timeout,
      hardTimeout,
      graceBackoff,
      negativeBackoff,
      elapsed(),
    );
    if (answer < 0) {
      if (wait !== undefined) wait.isOver = true;
      if (answer === NO_MEMORY) throw outOfMemory();
      if (answer === GIVES_UP) throw this.#locks.failedRecently(request);
      this.#noteStale(request);
      return Promise.resolve(stale);
    }
    const number = answer % FLIGHTS;
    const rest = Math.floor(answer / FLIGHTS);
    const waiter = new Waiter(this, request, rest >>> 1, wait);
    this.#waiters[waiter.number] = waiter;
    const flight = rest & 1 ? this.#admit(request, number) : undefined;
    if (flight === undefined) {
      this.joins += 1;
      // In case this caller's loader has to take over.
      request.tags ??= (this.#locks.ticket(number) as Flight<K, V>).request.tags;
      this.#tell(request, { type: 'join' });
    }
    this.#arm(waiter);
    if (signal !== undefined) waiter.mind(signal);
    if (flight !== undefined) this.#run(flight);
    return waiter.promise;
  }

  /**
   * Loads a value in the background, unless it is being loaded already, or the last load has failed a short time ago.
   *
   * @param staleFor For how long the value has been expired; negative if it hasn't.
   * @returns Whether the value may be served meanwhile.
   */
  refresh(request: Request<K, V>, staleFor: number): boolean {
    const { lease, call } = request;
    const gate = this.#locks.gateOf(request);
    const { swr = 0, graceBackoff = 0 } = call;
    const answer = core.flightRefresh(this.#cache, gate, lease, staleFor, swr, graceBackoff, elapsed());
    if (answer === NO_MEMORY) throw outOfMemory();
    if (answer >= 0) this.#run(this.#admit(request, answer));
    return answer !== TOO_OLD;
  }

  resolve(flight: Flight<K, V>, value: V | undefined): void {
    this.#end(flight, 0, (waiter) => waiter.resolve(value === undefined ? value : this.#share(flight, value)));
  }

  reject(flight: Flight<K, V>, error: unknown): void {
    if (!flight.isStopped && !this.#locks.isClosed) this.#tell(flight.request, { type: 'fail', error });
    this.#end(flight, 1, (waiter) => waiter.reject(error));
  }

  dismiss(flight: Flight<K, V>): void {
    this.#end(flight, 1, (waiter) => this.#giveUp(waiter));
  }

  look(waiter: Waiter<K, V>): void {
    const { number, request } = waiter;
    const answer = core.flightWatch(this.#cache, number, this.#locks.gateOf(request), 0, elapsed());
    if (answer <= TAKES_OVER) {
      const rest = TAKES_OVER - answer;
      if (rest & 1) this.#locks.takeOver(request);
      const flight = this.#admit(request, rest >>> 1);
      this.#arm(waiter);
      return this.#run(flight);
    }
    if (answer < 0) this.#waiters[number] = undefined;
    this.#locks.drain();
    if (answer >= 0) waiter.watch(answer);
    else if (answer === TAKES_STALE) this.#serveStale(waiter);
    else this.#giveUp(waiter);
  }

  leave(waiter: Waiter<K, V>, reason: unknown): void {
    const { number, request } = waiter;
    // Its wait is over, and the number may be another's.
    if (this.#waiters[number] !== waiter) return;
    this.#waiters[number] = undefined;
    waiter.reject(reason);
    this.cause = reason;
    core.flightLeave(this.#cache, number, this.#locks.gateOf(request), elapsed());
    this.#locks.drain();
    this.cause = undefined;
  }

  /** Has a waiter look after a while. Where there is no timer, its wait is over. */
  #arm(waiter: Waiter<K, V>): void {
    if (waiter.isOver) return;
    try {
      waiter.watch(core.flightWatch(this.#cache, waiter.number, -1, 1, elapsed()));
    } catch (error) {
      this.leave(waiter, error);
    }
  }

  #admit(request: Request<K, V>, number: number): Flight<K, V> {
    const flight = new Flight(this, this.#locks, request, number);
    this.#locks.admit(flight);
    return flight;
  }

  #run(flight: Flight<K, V>): void {
    const done = this.#load(flight);
    try {
      flight.request.call.waitUntil?.(done);
    } catch (cause) {
      const how = 'waitUntil: it threw; bind a method, as in (promise) => ctx.waitUntil(promise)';
      report(new CacheError('invalid-option', how, { cause }));
    }
  }

  /** Loads, stores the value, and hands it to all waiters. Never rejects: the waiters get the error. */
  async #load(flight: Flight<K, V>): Promise<void> {
    const { request } = flight;
    const { tier } = this.#table;
    let answer: TierAnswer | undefined;
    try {
      let value: V | undefined;
      if (!flight.isHolding) {
        // Somebody has locked the key. If the lock ends without a result, there may still be a value by now.
        await flight.enter({});
        if (flight.isReleased) return;
        value = this.#known(request);
      }
      if (value === undefined) {
        if (tier === undefined) value = await this.#call(flight);
        else {
          flight.isLooking = true;
          answer = await tier.load(request, (old) => this.#call(flight, old as OldValue<V> | undefined));
          flight.isLooking = false;
          value = answer.value as V | undefined;
        }
        if (value === undefined) answer?.keep(undefined);
        else this.#keep(flight, value, answer);
      }
      this.resolve(flight, value);
      if (answer?.record !== undefined) this.#renew(request, answer.record);
    } catch (error) {
      if (!flight.isReleased) this.#fail(flight, error);
    }
  }

  /** Calls the loader. */
  #call(flight: Flight<K, V>, old?: OldValue<V>): Promise<V | undefined> {
    const { request } = flight;
    flight.isLooking = false;
    // Nobody waits any more: they have left while the store was asked.
    if (flight.isStopped) return Promise.reject(flight.signal.reason as Error);
    request.old ??= old;
    this.loads += 1;
    this.#tell(request, { type: 'load' });
    const call = flight.call();
    tellLoad(call, this.#table.settings.name, request.key, request.space.names);
    return call;
  }

  /** Loads a value behind that came from the store and has expired. */
  #renew(request: Request<K, V>, { value, options, elapsed }: TierRecord): void {
    const staleFor = elapsed - options.ttl;
    if (staleFor < 0) return;
    this.#noteStale(request);
    this.refresh({ ...request, stale: value as V, staleFor }, staleFor);
  }

  /** Ends a flight whose loader has failed, and notes that, if anybody may want to know. */
  #fail(flight: Flight<K, V>, error: unknown): void {
    const { number, request } = flight;
    const { graceBackoff = 0, negativeBackoff = 0 } = request.call;
    if (graceBackoff + negativeBackoff > 0) {
      if (core.flightFail(this.#cache, number, elapsed())) this.#locks.noteFailure(this.#locks.gate(number), error);
      this.#locks.drain();
    }
    this.reject(flight, error);
  }

  /** Stores a loader's value, if it is to be stored. If that fails, the callers still get the value. */
  #keep(flight: Flight<K, V>, value: V, answer: TierAnswer | undefined): void {
    const { key, space } = flight.request;
    const table = this.#table;
    if (flight.isReleased) {
      answer?.keep(undefined);
      if (!flight.isDone) this.#locks.refuse(flight.place);
      return;
    }
    let entry: Entry<K, V> | null | undefined;
    this.#try(flight, () => {
      const { size, pinned } = flight.request.call;
      const found = answer?.record?.options;
      const options = found ? { ...found, size, pinned } : flight.optionsFor(value);
      entry = options && prepare(table.settings, key, value, options);
    });
    flight.isIsolable = entry != null;
    let mayStore = false;
    try {
      mayStore = flight.settle(value, entry?.tags);
    } catch (error) {
      // Lost: another caller loads already. This one's own caller gets the value all the same, if it still waits.
      if (!(error instanceof CacheError && error.code === 'lock-lost')) throw error;
    }
    if (!mayStore) entry = undefined;
    if (answer !== undefined) entry = answer.keep(entry);
    if (entry === undefined) return;
    this.#try(flight, () => {
      const current = table.spaces.current(space);
      if (entry != null) table.store(current, entry, answer?.record?.elapsed);
      else if (current.index.has(key)) table.remove(current.index.get(key)!, Reason.Set);
      table.events.run(true);
    });
  }

  /** Ends a flight, and tells its waiters. If it has failed, waiters within `grace` take the stale value. */
  #end(flight: Flight<K, V>, hasFailed: 0 | 1, tell: (waiter: Waiter<K, V>) => void): void {
    for (let next; !flight.isReleased && (next = core.flightNext(this.#cache, flight.number, hasFailed)) >= 0;) {
      const waiter = this.#waiters[next >>> 1]!;
      this.#waiters[next >>> 1] = undefined;
      if (next & 1) this.#serveStale(waiter);
      else tell(waiter);
    }
    flight.release();
  }

  #serveStale(waiter: Waiter<K, V>): void {
    waiter.resolve(waiter.request.stale);
    this.#noteStale(waiter.request);
  }

  /** Notes that a caller got an expired value. */
  #noteStale(request: Request<K, V>): void {
    this.staleServes += 1;
    this.#tell(request, { type: 'stale' });
  }

  #giveUp(waiter: Waiter<K, V>): void {
    const waited = Math.round(elapsed() - waiter.since);
    waiter.reject(about('load-timeout', waiter.request.key, `no value within ${waited} ms`));
  }

  /** The value that there is by now. */
  #known({ key, space }: Request<K, V>): V | undefined {
    const table = this.#table;
    const slot = table.spaces.current(space).index.get(key);
    return slot === undefined || table.isExpired(slot) ? undefined : table.values[slot];
  }

  /** A value as a caller gets it; as it is, if a clone would not be the same. */
  #share(flight: Flight<K, V>, value: V): V {
    if (this.#table.settings.isolate !== 'clone') return value;
    return this.#try(flight, () => (flight.isIsolable ? clone(value) : copy(value))) ?? value;
  }

  /** Does work that must not fail the waiters. Only the first error becomes an event. */
  #try<T>(flight: Flight<K, V>, call: () => T): T | undefined {
    try {
      return call();
    } catch (cause) {
      if (flight.hasErred) return undefined;
      flight.hasErred = true;
      // Nobody else can tell which key it was about.
      const isNameless = cause instanceof CacheError && cause.key === undefined;
      const error = isNameless ? about(cause.code, flight.request.key, cause.message, cause) : cause;
      this.#tell(flight.request, { type: 'error', error });
      report(error);
      return undefined;
    }
  }

  #tell({ key, space }: Request<K, V>, what: LoadEvent): void {
    this.#table.events.tell({ key, namespace: space.names, ...what });
  }
}
