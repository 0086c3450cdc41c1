// One flight: a load of one key, with its loader's call and its signal.

import type { SetOptions } from '../base/entry.js';
import { about } from '../base/errors.js';
import type { Key } from '../base/key.js';
import type { KeyLocks } from '../locks/key-locks.js';
import { runWithin } from '../locks/reentrance.js';
import { Ticket } from '../locks/ticket.js';
import { core } from '../wasm/boot.js';
import { Fact } from '../wasm/protocol.js';
import { attempt } from './attempts.js';
import type { Request } from './request.js';

/** Ends flights, and tells their waiters. */
export interface Crew<K extends Key, V> {
  /** The reason of the caller that is leaving at the moment. */
  readonly cause: unknown;
  /** Ends a flight with a value. */
  resolve(flight: Flight<K, V>, value: V | undefined): void;
  /** Ends it with an error. */
  reject(flight: Flight<K, V>, error: unknown): void;
  /** Ends it with neither. */
  dismiss(flight: Flight<K, V>): void;
}

/** One load, by the number of its ticket. */
export class Flight<K extends Key, V> extends Ticket<V> {
  readonly request: Request<K, V>;
  /** Whether it was told to stop. */
  isStopped = false;
  /** Whether the value was found fit to be cloned. */
  isIsolable = false;
  /** Whether something has failed after the loader succeeded. */
  hasErred = false;
  readonly #crew: Crew<K, V>;
  #ttl: number | undefined;
  #tags: readonly string[] | undefined;
  #etag: string | undefined;
  #isUnmodified = false;
  #isSkipped = false;

  constructor(crew: Crew<K, V>, locks: KeyLocks<V>, request: Request<K, V>, number: number) {
    super(locks, number, request, request.lease);
    this.request = request;
    this.#crew = crew;
  }

  override get isLoad(): boolean {
    return true;
  }

  override get tags(): readonly string[] | undefined {
    return this.#tags ?? this.request.call.tags ?? this.request.tags;
  }

  override get waiting(): number {
    return core.latchTicket(this.locks.cache, this.number, Fact.Waiting);
  }

  /** Calls the loader. */
  call(): Promise<V | undefined> {
    const { loader, call, key, old } = this.request;
    const stale = old?.isExpired ? old.value : this.request.stale;
    const flight = this;
    const context: Parameters<typeof loader>[0] = {
      key,
      stale,
      value: old?.value,
      isStale: stale !== undefined,
      etag: old?.etag,
      age: old?.age,
      get signal() {
        return flight.signal;
      },
      setTtl: (ttl) => {
        this.#ttl = ttl;
      },
      setTags: (tags) => {
        this.#tags = tags;
      },
      setEtag: (etag) => {
        this.#etag = etag;
      },
      notModified: () => {
        if (old === undefined) throw about('no-value', key, 'notModified: there is no old value');
        this.#isUnmodified = true;
        return old.value;
      },
      skip: () => {
        this.#isSkipped = true;
      },
    };
    return attempt(() => runWithin([this], () => loader(context)), call.retry, context);
  }

  /** How a value is to be stored; `undefined` if it isn't, `null` if it has no time to live. */
  optionsFor(value: V): SetOptions | null | undefined {
    const { key, call, old } = this.request;
    const { size, cacheIf, pinned } = call;
    if (this.#isSkipped || (cacheIf !== undefined && !cacheIf(value, key))) return undefined;
    // As long as the loader gives back what it was given.
    const kept = this.#isUnmodified && value === old?.value ? old : undefined;
    let ttl = this.#ttl ?? (value === null ? call.negativeTtl : undefined) ?? call.ttl;
    // As an option, 0 means for ever. A computed ttl is the rest of a life, so 0 means none.
    const isComputed = this.#ttl !== undefined || typeof ttl === 'function';
    if (typeof ttl === 'function') ttl = ttl(value, key);
    if (isComputed && typeof ttl === 'number' && ttl <= 0) return null;
    const tags = kept && this.request.tags;
    return {
      ttl,
      size: kept ? kept.size : size,
      tags: this.#tags ?? tags ?? call.tags ?? this.request.tags,
      pinned,
      etag: this.#etag === undefined ? kept?.etag : this.#etag,
    };
  }

  /** The key's holder has a result: a lock that this flight waits for, or a late load that this flight has replaced. */
  override receive(result: V | undefined): void {
    this.finish(result);
    this.#crew.resolve(this, result);
    this.#abort();
  }

  /** Nobody waits for it any more, or another flight has replaced it. */
  stop(isReplaced: boolean): void {
    this.isStopped = true;
    if (isReplaced) this.abort(this.lost());
    else this.#abort();
  }

  /** Nobody wants its value. */
  end(): void {
    this.#crew.dismiss(this);
  }

  override release(reason?: unknown): void {
    if (reason !== undefined && !this.isReleased) {
      this.abort(reason);
      this.#crew.reject(this, reason);
    }
    super.release(reason);
  }

  /** Nobody waits any more. */
  #abort(): void {
    this.abort(about('load-timeout', this.place.key, 'nobody waits for the value any more', this.#crew.cause));
  }
}
