// The table: where a cache keeps its keys and values, filed under the slots that the engine hands out; and the page in
// the engine's memory that a hit reads and writes without a call.

import { exactNow, now, readClock } from '../clock.js';
import { boot, core } from '../wasm/boot.js';
import * as handles from '../wasm/handles.js';
import { LEAVING } from './events.js';
import type { Leaving } from './events.js';
import { LateHashes, hash } from './hash.js';
import { clone } from './isolate.js';
import { KeyLocks } from '../locks/key-locks.js';
import { Notices } from './notices.js';
import { Loads } from '../loads/loads.js';
import { NO_TAGS } from './entry.js';
import type { Entry } from './entry.js';
import type { Key } from './key.js';
import type { Settings } from './options.js';
import { Spaces, namesOf } from './space.js';
import type { Space } from './space.js';
import { Tags } from './tags.js';

/** What `core.cachePage` and the others answer for. */
const enum Page {
  Capacity,
  Marks,
  Expires,
  Ttls,
  Log,
}

/** Hits that the log has room for. */
const LOG = 256;

/** What the engine multiplies the entry with that a write has made leave, to put it before the slot. */
const AHEAD = 2 ** 24;

/** The engine hears of one in so many overwrites that change nothing but a value and its moment. */
const HEARD = 4;

/** In place of a slot: the engine wants hashes from now on. */
const UNSEEDED = -3;

/** Keys, values and the page of one cache. Its fields are for those who read it; only its own methods write. */
export class Table<K extends Key, V> {
  readonly settings: Settings<K, V>;
  readonly spaces = new Spaces();
  readonly notices: Notices<K, V>;
  readonly tags: Tags;
  /** The engine's number for the cache. */
  readonly cache: number;
  /** Whether a hit has nothing to do but to mark its slot. */
  isPlain: boolean;
  /** Whether a value is stored as it is, and nobody is told: no code of anybody's runs on the way. */
  isBare: boolean;
  /** The value in each slot. */
  values: (V | undefined)[] = [];
  /** One byte a slot: 1 if it was hit since the policy looked at it. A view that has died reads `undefined`. */
  marks!: Uint8Array;
  /** When the entry of each slot expires, in the engine's time; null as long as none does. */
  expires: Float64Array | null = null;
  hits = 0;
  misses = 0;
  /** Values stored over others without a call. */
  overwrites = 0;
  /** Entries that were too large. */
  refusals = 0;

  #keys: (K | undefined)[] = [];
  /** The space of the key in each slot, once there are namespaces. */
  #homes: (Space | undefined)[] | null = null;
  #ttls: Float64Array | null = null;
  /** Slots that were hit, where their order matters. */
  #log: Uint32Array | null = null;
  #logged = 0;
  /** Overwrites of which the engine has not heard. */
  #unheard = 0;
  readonly #hashes = new LateHashes();
  #locks: KeyLocks<V> | undefined;
  #loads: Loads<K, V> | undefined;
  isClosed = false;

  constructor(settings: Settings<K, V>) {
    boot();
    const { max, maxSize, maxEntrySize, ttlJitter, stale, policy } = settings;
    this.cache = handles.open(this, max, maxSize, maxEntrySize, ttlJitter, stale, policy);
    this.settings = settings;
    this.notices = new Notices(settings);
    this.isBare =
      !settings.weighs && settings.isolate === undefined && settings.onInsert === undefined && !this.notices.isHeard;
    this.isPlain =
      settings.isolate !== 'clone' &&
      settings.clock !== 'exact' &&
      !settings.updateAgeOnGet &&
      settings.events === undefined;
    this.tags = new Tags(this.cache);
    this.remap();
  }

  /** @throws {CacheError} `disposed`. */
  assertOpen(): void {
    if (this.isClosed) throw handles.disposed();
  }

  /** The locks, once somebody has asked for one. */
  get locks(): KeyLocks<V> {
    return (this.#locks ??= new KeyLocks<V>(this, this.cache, (type, { key, path }) => {
      if (this.isClosed) return;
      const { notices } = this;
      const event = { type, key: key as K, namespace: namesOf(path) };
      if (type === 'fenced') return notices.tell(event);
      // A takeover comes in the middle of a call.
      notices.emit(event);
      void Promise.resolve().then(() => notices.run(true));
    }));
  }

  /** The loads, once somebody has asked for one. */
  get loads(): Loads<K, V> {
    return (this.#loads ??= new Loads(this));
  }

  /** Notes that a key was changed: what is being computed for it is out of date. */
  fence({ path }: Space, key: K): void {
    if (this.#locks !== undefined && !this.#locks.areIdle) this.#locks.fence({ path, key });
  }

  /** Notes that every key below a path was changed; or what carries one of these tags. */
  fenceWithin(path: string, tags?: readonly string[]): void {
    if (tags === undefined) this.#locks?.fenceWithin(path);
    else this.#locks?.invalidate(tags, path);
  }

  /** Makes the views of the page anew: it has moved, or the memory has grown. */
  remap(): void {
    const { buffer } = core.memory;
    const capacity = core.cachePage(this.cache, Page.Capacity);
    const [marks, expires, ttls, log] = [Page.Marks, Page.Expires, Page.Ttls, Page.Log].map((part) =>
      core.cachePage(this.cache, part),
    );
    this.marks = new Uint8Array(buffer, marks, capacity);
    this.expires = expires ? new Float64Array(buffer, expires, capacity) : null;
    this.#ttls = ttls ? new Float64Array(buffer, ttls, capacity) : null;
    this.#log = log ? new Uint32Array(buffer, log, LOG) : null;
    // As long as they have to be: an array that grows by itself takes half as much again.
    if (capacity > this.values.length) this.values.length = this.#keys.length = capacity;
  }

  /** Marks a slot as hit; `mark` is what its mark reads now. */
  mark(slot: number, mark: number | undefined): void {
    if (mark === undefined) this.remap();
    if (this.#log === null) {
      this.marks[slot] = 1;
    } else {
      this.#log[this.#logged++] = slot;
      if (this.#logged === LOG) this.flush();
    }
  }

  /** Hands the log of hits to the engine. Strict LRU needs it before anything else happens; other policies have none. */
  flush(): void {
    if (this.#logged > 0) core.cacheReplay(this.cache, this.#logged);
    this.#logged = 0;
  }

  /** Whether the entry in a slot has expired. */
  isExpired(slot: number): boolean {
    const moment = this.moment(slot);
    return moment < Infinity && (this.settings.clock === 'exact' ? readClock() : now()) >= moment;
  }

  /** For how many milliseconds the entry in a slot has been expired, if it is still kept for those who take it. */
  lateness(slot: number): number | undefined {
    const late = readClock() - this.moment(slot);
    return late >= 0 && late < this.settings.stale ? late : undefined;
  }

  /** How many milliseconds the entry in a slot has left. */
  remaining(slot: number): number {
    const moment = this.moment(slot);
    return moment < Infinity ? Math.max(0, moment - readClock()) : Infinity;
  }

  /** How many milliseconds the entry in a slot was given. */
  ttl(slot: number): number {
    return this.moment(slot) < Infinity ? this.#ttls![slot]! : Infinity;
  }

  /** Gives the entry in a slot its whole time to live again. */
  renew(slot: number): void {
    if (this.expires !== null && this.#ttls !== null) this.expires[slot] = readClock() + this.#ttls[slot]!;
  }

  /** Whose entry is in a slot. */
  address(slot: number): { key: K; space: Space } {
    return { key: this.#keys[slot] as K, space: this.#homes?.[slot] ?? this.spaces.root };
  }

  /** One of the engine's numbers. */
  count(what: number): number {
    return core.cacheCount(this.cache, what);
  }

  /** The value in a slot, for someone outside. */
  hand(slot: number): V {
    const value = this.values[slot] as V;
    return this.settings.isolate === 'clone' ? clone(value) : value;
  }

  /** Stores an entry that was prepared. The same as {@link Table.put}. */
  store(space: Space, { key, value, ttl, size, tags }: Entry<K, V>, elapsed?: number): void {
    if (ttl > 0) return this.put(space, key, value, ttl, size, tags, elapsed);
    const slot = space.index.get(key);
    if (slot !== undefined) this.remove(slot, 'delete');
  }

  /**
   * Stores an entry, and lets go of those that had to make room.
   *
   * @param elapsed How many milliseconds of its time to live have passed already.
   * @throws {CacheError} `out-of-memory`, and nothing has changed.
   */
  put(space: Space, key: K, value: V, ttl: number, size = 0, tags = NO_TAGS, elapsed = 0): void {
    const present = space.index.get(key);
    let old: V | undefined;
    if (present !== undefined) {
      old = this.values[present];
      // Without a size and tags, overwriting is a hit and perhaps another moment: the engine need not hear of it.
      if (size === 0 && tags.length === 0 && !this.tags.inUse) {
        this.mark(present, this.marks[present]);
        if (this.#relive(present, ttl)) {
          this.values[present] = value;
          this.overwrites += 1;
          return this.notices.inserted(space, key, value, old);
        }
      }
    }
    const stored = this.#admit(space, key, present, ttl, size);
    if (stored < 0) return this.#refuse(stored, present, space, key, size);
    const gone = (stored / AHEAD) | 0;
    const slot = (stored - gone * AHEAD) | 0;
    if (slot >= this.marks.length || (ttl < Infinity && this.expires === null)) this.remap();
    this.values[slot] = value;
    if (present === undefined) this.#file(space, key, slot);
    if (gone >= 16) {
      this.#forget((gone - 16) >>> 4, gone & 7);
      if ((gone & 8) !== 0) this.drain();
    }
    if (this.tags.inUse) this.tags.sweep();
    if (elapsed !== 0) core.cacheReschedule(this.cache, slot, ttl, exactNow() - elapsed);
    if (tags.length > 0) this.#tag(slot, tags, space);
    if (!this.isBare) this.notices.inserted(space, key, value, old);
  }

  /** Lets the entry go that is worth least, and hands out its value. */
  pop(): V | undefined {
    this.flush();
    core.cachePop(this.cache, readClock());
    let value: V | undefined;
    this.drain((slot, why) => {
      if (LEAVING[why] === 'take') value = this.values[slot];
    });
    return value;
  }

  /** Lets the entry in a slot go. */
  remove(slot: number, reason: Leaving): void {
    this.flush();
    core.cacheRemove(this.cache, slot, LEAVING.indexOf(reason));
    this.drain();
  }

  /** Forgets the entries that the engine has let go. */
  drain(watch?: (slot: number, why: number) => void): void {
    let gone = core.cacheNextRemoval(this.cache);
    while (gone >= 0) {
      watch?.(gone >>> 4, gone & 7);
      this.#forget(gone >>> 4, gone & 7);
      gone = gone & 8 ? core.cacheNextRemoval(this.cache) : -1;
    }
    if (this.tags.inUse) this.tags.sweep();
  }

  /** Lets every entry go. */
  clear(): void {
    this.drain();
    if (this.notices.isHeard) {
      for (const space of this.spaces.all()) {
        for (const [key, slot] of space.index) this.notices.removed(space, key as K, this.values[slot] as V, 'delete');
      }
    }
    this.fenceWithin('');
    this.#logged = 0;
    core.cacheClear(this.cache);
    this.spaces.clear();
    this.tags.clear();
    this.values = [];
    this.#keys = [];
    this.#homes = null;
    this.remap();
  }

  /** Ends the cache: it is empty from now on, and every call but this one throws. */
  close(): void {
    if (this.isClosed) return;
    const reason = handles.disposed();
    this.#loads?.close(reason);
    this.#locks?.close(reason);
    this.clear();
    this.isClosed = true;
    this.isPlain = false;
    this.isBare = false;
    handles.close(this, this.cache);
  }

  /** Has the engine store an entry; a negative number if it refuses. */
  #admit(space: Space, key: K, present: number | undefined, ttl: number, size: number): number {
    this.flush();
    // Where nothing expires, any time will do: nobody reads the clock for it.
    const now = ttl < Infinity || this.expires !== null ? exactNow() : 0;
    if (present !== undefined) return core.cacheUpdate(this.cache, present, ttl, size, now);
    // Lives that chance shortens should be other ones in each process.
    if (this.settings.ttlJitter > 0) this.#hashes.drawSecrets(this.cache, 0);
    const { seed } = space;
    const keyHash = seed ? hash(key, seed) : this.#hashes.hashNext(this, space, key);
    const stored = core.cacheInsert(this.cache, keyHash, ttl, size, now);
    if (stored !== UNSEEDED) return stored;
    this.#hashes.drawSecrets(this.cache, this.#keys.length);
    return this.#admit(space, key, present, ttl, size);
  }

  /** Gives the entry in a slot a new life without a call, if that changes nothing but its moment. */
  #relive(slot: number, ttl: number): boolean {
    const { expires } = this;
    if (expires === null) return ttl === Infinity;
    if (ttl === Infinity || expires[slot] === Infinity) return expires[slot] === ttl;
    // Writes look for expired entries, and that is the engine's business: it hears of some of them.
    if (this.settings.ttlJitter > 0 || (this.#unheard += 1) % HEARD === 0) return false;
    expires[slot] = exactNow() + ttl;
    this.#ttls![slot] = ttl;
    return true;
  }

  /** When the entry in a slot expires. */
  moment(slot: number): number {
    if (this.expires === null) return Infinity;
    if (this.expires.length === 0) this.remap();
    return this.expires[slot]!;
  }

  #file(space: Space, key: K, slot: number): void {
    if (space !== this.spaces.root) {
      this.#homes ??= [];
      if (space.index.size === 0) this.spaces.enlist(space);
    }
    if (this.#homes !== null) this.#homes[slot] = space;
    this.#keys[slot] = key;
    space.index.set(key, slot);
  }

  #forget(slot: number, why: number): void {
    const { root } = this.spaces;
    const space = this.#homes?.[slot] ?? root;
    const [key, value] = [this.#keys[slot] as K, this.values[slot] as V];
    space.index.delete(key);
    if (space !== root && space.index.size === 0) this.spaces.dismiss(space);
    this.#keys[slot] = undefined;
    this.values[slot] = undefined;
    if (this.#homes !== null) this.#homes[slot] = undefined;
    if (why === 0 && !this.notices.isHeard) return;
    const reason = LEAVING[why]!;
    if (reason === 'delete' || reason === 'take') this.fence(space, key);
    if (this.notices.isHeard) this.notices.removed(space, key, value, reason);
  }

  #refuse(code: number, present: number | undefined, space: Space, key: K, size: number): void {
    // Removals that a call cut short has left behind take room too: the next try may succeed.
    this.drain();
    if (code === -1) throw handles.outOfMemory();
    this.refusals += 1;
    this.notices.emit({ type: 'refuse', key, size, namespace: space.names });
    if (present !== undefined) this.remove(present, 'set');
  }

  #tag(slot: number, tags: readonly string[], space: Space): void {
    try {
      this.tags.attach(slot, tags, space);
    } catch (error) {
      this.remove(slot, 'delete');
      throw error;
    }
  }
}
