// The page in the engine's memory that a hit reads and writes without a call: which slots were hit, and when each expires.

import { ENDS_VIEWS } from '#wasm';
import type { Key } from '../base/key.js';
import { boot, core } from '../wasm/boot.js';
import { exactNow, now, readClock } from '../wasm/clock.js';
import * as handles from '../wasm/handles.js';
import { ARRIVALS, Count, LOG, PagePart, SWEEP } from '../wasm/protocol.js';
import type { Settings } from './settings.js';

/** Whether the memory has moved and left a view, which reads zeros then. Where the memory ends its views, there is none. */
const isLeftBehind = ({ buffer }: Uint8Array): boolean => !ENDS_VIEWS && buffer !== core.memory.buffer;

/** One cache's part of the engine's memory. A view on it dies when the memory grows, and reads `undefined` then. */
export class Page<K extends Key, V> {
  readonly settings: Settings<K, V>;
  /** The engine's number for the cache. */
  readonly cache: number;
  /** The value in each slot. */
  values: (V | undefined)[] = [];
  /** One byte a slot: 1 if it was hit since the policy looked at it. */
  marks!: Uint8Array;
  /** When the entry of each slot expires, in the engine's time; null as long as none does. */
  expires: Float64Array | null = null;
  #ttls: Float64Array | null = null;
  /** Slots that were hit, where their order matters. */
  #log: Uint32Array | null = null;
  #logged = 0;
  /** Overwrites that the engine has not been told of. */
  #unheard = 0;
  /** The next slot for an entry that needs no call, and the one behind the last. */
  #room = 0;
  #roomEnd = 0;
  /** Entries in such slots that the engine has not been told of. */
  #arrivals = 0;
  /** Whether a call that stores something may make room for entries that need none. */
  #isFilling = true;

  constructor(settings: Settings<K, V>) {
    boot();
    const { max, maxSize, maxEntrySize, ttlJitter, stale, policy } = settings;
    this.cache = handles.open(this, max, maxSize, maxEntrySize, ttlJitter, stale, policy);
    this.settings = settings;
  }

  /** Makes new views of the page, because the page has moved or the memory has grown. */
  remap(): void {
    const { buffer } = core.memory;
    const capacity = core.cachePage(this.cache, PagePart.Capacity);
    const [marks, expires, ttls, log] = [PagePart.References, PagePart.Expires, PagePart.Ttls, PagePart.Log].map(
      (part) => core.cachePage(this.cache, part),
    );
    this.marks = new Uint8Array(buffer, marks, capacity);
    this.expires = expires ? new Float64Array(buffer, expires, capacity) : null;
    // From now on, each write looks for expired entries.
    if (expires) this.#roomEnd = this.#room;
    this.#ttls = ttls ? new Float64Array(buffer, ttls, capacity) : null;
    this.#log = log ? new Uint32Array(buffer, log, LOG) : null;
    // Set to its full length, because an array that grows by itself takes half as much memory again.
    if (capacity > this.values.length) this.values.length = capacity;
  }

  /** Marks a slot as hit; `mark` is what its mark reads now. */
  mark(slot: number, mark: number | undefined): void {
    if (mark === undefined || isLeftBehind(this.marks)) this.remap();
    if (this.#log === null) {
      this.marks[slot] = 1;
    } else {
      this.#log[this.#logged++] = slot;
      if (this.#logged === LOG) this.flush();
    }
  }

  /** Tells the engine what happened without a call. It has to know before anything else happens. */
  flush(): void {
    if (this.#logged > 0) core.cacheReplay(this.cache, this.#logged);
    if (this.#arrivals > 0) core.cacheArrive(this.cache, this.#arrivals);
    this.#logged = this.#arrivals = 0;
  }

  /** Asks the engine which slots entries may take without a call, after a call that stored something. */
  protected findRoom(): void {
    if (!this.#isFilling) return;
    this.#room = this.count(Count.RoomStart);
    this.#roomEnd = this.count(Count.RoomEnd);
    this.#isFilling = this.#room < this.#roomEnd;
  }

  /** Notes that there may be room again, and that nobody knows yet where. */
  forgetRoom(): void {
    this.#room = this.#roomEnd = 0;
    this.#isFilling = true;
  }

  /** A slot for an entry that needs no call, if there is one. */
  protected arrive(): number | undefined {
    if (this.#room === this.#roomEnd) return undefined;
    this.#arrivals += 1;
    if (this.#arrivals === ARRIVALS) this.flush();
    this.#room += 1;
    return this.#room - 1;
  }

  /** Whether the entry in a slot has expired. */
  isExpired(slot: number): boolean {
    const moment = this.moment(slot);
    return moment < Infinity && (this.settings.clock === 'exact' ? readClock() : now()) >= moment;
  }

  /**
   * How many milliseconds ago the entry in a slot expired, if the cache still keeps it for callers that take stale
   * values.
   */
  staleFor(slot: number): number | undefined {
    const late = readClock() - this.moment(slot);
    return late >= 0 && late < this.settings.stale ? late : undefined;
  }

  /** How many milliseconds the entry in a slot has left. */
  remaining(slot: number): number {
    const moment = this.moment(slot);
    return moment < Infinity ? Math.max(0, moment - readClock()) : Infinity;
  }

  /** How long ago the life of the entry in a slot began, in milliseconds; `undefined` if that isn't known. */
  age(slot: number): number | undefined {
    const ttl = this.ttl(slot);
    return ttl < Infinity ? Math.max(0, ttl - this.moment(slot) + readClock()) : undefined;
  }

  /** The time to live of the entry in a slot, in milliseconds. */
  ttl(slot: number): number {
    return this.moment(slot) < Infinity ? this.#ttls![slot]! : Infinity;
  }

  /** Restarts the time to live of the entry in a slot. */
  renew(slot: number): void {
    if (this.expires !== null && this.#ttls !== null) this.expires[slot] = readClock() + this.#ttls[slot]!;
  }

  /** When the entry in a slot expires. */
  moment(slot: number): number {
    if (this.expires === null) return Infinity;
    if (this.expires.length === 0 || isLeftBehind(this.marks)) this.remap();
    return this.expires[slot]!;
  }

  /** One of the engine's numbers. */
  count(what: number): number {
    this.flush();
    return core.cacheCount(this.cache, what);
  }

  /** Gives the entry in a slot a new time to live without a call into the engine, if only its expiry changes. */
  rescheduleInPlace(slot: number, ttl: number): boolean {
    const { expires } = this;
    if (expires === null) return ttl === Infinity;
    if (ttl === Infinity || expires[slot] === Infinity) return expires[slot] === ttl;
    // Each write should also sweep some expired entries, which only the engine can do. So some overwrites call it.
    if (this.settings.ttlJitter > 0 || (this.#unheard += 1) % SWEEP === 0) return false;
    expires[slot] = exactNow() + ttl;
    this.#ttls![slot] = ttl;
    return true;
  }
}
