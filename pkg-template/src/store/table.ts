// The table: where a cache keeps its keys and values, filed under the slots that the engine hands out.

import { tellEviction } from '../base/channels.js';
import { NO_TAGS } from '../base/entry.js';
import type { Entry, SetOptions } from '../base/entry.js';
import type { Key, Place } from '../base/key.js';
import { core } from '../wasm/boot.js';
import { exactNow, now, readClock } from '../wasm/clock.js';
import * as handles from '../wasm/handles.js';
import {
  AHEAD,
  FIRST_REMOVAL,
  MORE,
  NONE,
  PINNED,
  REASON_BITS,
  REMOVAL_REASONS,
  Reason,
  SLOT_SHIFT,
  UNSEEDED,
} from '../wasm/protocol.js';
import { EventQueue } from './event-queue.js';
import { LateHashes, hash } from './hash.js';
import { clone } from './isolate.js';
import { Page } from './page.js';
import type { TierDriver } from './second-tier.js';
import type { Settings } from './settings.js';
import { Spaces } from './spaces.js';
import type { Space } from './spaces.js';
import { Tags } from './tags.js';

/** The locks and loads, which compute values and have to hear of changes: what they compute is then out of date. */
export interface Fences {
  /** Whether nobody computes anything. */
  readonly areIdle: boolean;
  /** The key whose lock stores its result at the moment. */
  readonly own: Place | undefined;
  /** A key was changed. */
  fence(place: Place): void;
  /** Every key below a path was changed. */
  fenceWithin(path: string): void;
  /** Some of the keys below a path were changed. */
  fenceWhere(path: string, isMeant: (place: Place) => boolean): void;
  /** The entries with one of these tags, below a path, were removed. */
  invalidate(tags: readonly string[], path: string): void;
}

/** Keys and values of one cache. Others read its fields; only its own methods write them. */
export class Table<K extends Key, V> extends Page<K, V> {
  readonly spaces = new Spaces();
  readonly events: EventQueue<K, V>;
  readonly tags: Tags;
  /** Whether a hit only has to mark its slot. */
  isPlain: boolean;
  /** Whether a `set` runs none of the caller's code: the value is neither measured nor isolated, and nobody listens. */
  isBare: boolean;
  hits = 0;
  misses = 0;
  /** Values overwritten without a call into the engine. */
  overwrites = 0;
  /** Entries that were too large, or found only pinned ones to evict. */
  refusals = 0;
  /** Set with the first lock or load. */
  fences: Fences | undefined;
  tier: TierDriver | undefined;

  #keys: (K | undefined)[] = [];
  /** The space of the key in each slot, once there are namespaces. */
  #spaceBySlot: (Space | undefined)[] | null = null;
  /** The etag of the entry in each slot that has one, once there was one. */
  #etags: Map<number, string> | null = null;
  readonly #hashes = new LateHashes();
  isClosed = false;

  constructor(settings: Settings<K, V>) {
    super(settings);
    const { clock, isolate, listeners, updateAgeOnGet, weighs } = settings;
    this.events = new EventQueue(listeners);
    this.isBare =
      settings.mistakes === undefined &&
      !weighs &&
      isolate === undefined &&
      settings.tier === undefined &&
      listeners.onInsert === undefined &&
      !this.events.hasListeners;
    this.isPlain = isolate !== 'clone' && clock !== 'exact' && !updateAgeOnGet && listeners.events === undefined;
    this.tags = new Tags(this.cache);
    this.remap();
  }

  /** @throws {CacheError} `disposed`. */
  assertOpen(): void {
    if (this.isClosed) throw handles.disposed();
  }

  /** Notes that a key was changed: what is being computed for it is out of date. */
  fence({ path }: Space, key: K): void {
    if (this.fences?.areIdle === false) this.fences.fence({ path, key });
  }

  /** Notes that a caller has removed a key, or has had it expire. */
  change(space: Space, key: K, isSoft = false): void {
    this.fence(space, key);
    this.tier?.remove(space, key, isSoft);
  }

  /** Makes new views of the page, and room for keys. */
  override remap(): void {
    super.remap();
    this.#keys.length = this.values.length;
  }

  /** The key and the space of the entry in a slot. */
  address(slot: number): { key: K; space: Space } {
    return { key: this.#keys[slot] as K, space: this.#spaceBySlot?.[slot] ?? this.spaces.root };
  }

  /** The value in a slot, for someone outside. */
  valueAt(slot: number): V {
    const value = this.values[slot] as V;
    return this.settings.isolate === 'clone' ? clone(value) : value;
  }

  /** Stores an entry that was prepared. The same as {@link Table.put}. */
  store(space: Space, { key, value, ttl, size, tags, etag, pinned }: Entry<K, V>, elapsed?: number): void {
    if (ttl > 0) this.put(space, key, value, ttl, size, tags, elapsed, pinned);
    if (ttl > 0 && etag === undefined) return;
    const slot = space.index.get(key);
    if (slot === undefined) return;
    if (ttl <= 0) this.remove(slot, Reason.Delete);
    else if (etag !== undefined) (this.#etags ??= new Map()).set(slot, etag);
  }

  /** What the source calls the version of the value in a slot. */
  etagOf(slot: number): string | undefined {
    return this.#etags?.get(slot);
  }

  /** Stores another value of a live entry, which keeps its expiry and its tags where a call has no others. */
  amend(space: Space, entry: Entry<K, V>, call: SetOptions = {}): void {
    const slot = space.index.get(entry.key);
    if (slot === undefined || this.isExpired(slot)) return this.keep(space, entry);
    const tags = call.tags === undefined ? this.tags.of(slot) : entry.tags;
    let { ttl } = entry;
    let elapsed = 0;
    if (call.ttl === undefined && call.expires === undefined) {
      ttl = this.ttl(slot);
      if (ttl < Infinity) elapsed = ttl - (this.moment(slot) - exactNow());
    }
    this.keep(space, { ...entry, ttl, tags }, elapsed);
  }

  /** Stores an entry that a caller has set, and hands it on to the second tier. */
  keep(space: Space, entry: Entry<K, V>, elapsed?: number): void {
    const { tier } = this;
    if (tier === undefined) return this.store(space, entry, elapsed);
    const { path, key } = this.fences?.own ?? {};
    const isResult = key === entry.key && path === space.path;
    this.store(space, isResult ? tier.settle(space, entry) : tier.set(space, entry, elapsed), elapsed);
  }

  /**
   * Stores an entry, and lets go of those that had to make room.
   *
   * @param elapsed How many milliseconds of its time to live have passed already.
   * @throws {CacheError} `out-of-memory`, and nothing has changed.
   */
  put(space: Space, key: K, value: V, ttl: number, size = 0, tags = NO_TAGS, elapsed = 0, pinned?: boolean): void {
    const present = space.index.get(key);
    let old: V | undefined;
    if (present !== undefined) {
      old = this.values[present];
      this.#etags?.delete(present);
      // Without a size, tags and a pin, overwriting is a hit, and perhaps a new expiry: the engine need not hear of it.
      if (size === 0 && elapsed === 0 && pinned === undefined && tags.length === 0 && !this.tags.inUse) {
        this.mark(present, this.marks[present]);
        if (this.rescheduleInPlace(present, ttl)) {
          this.values[present] = value;
          this.overwrites += 1;
          return this.events.inserted(space, key, value, old);
        }
      }
    } else if (ttl === Infinity && size === 0 && tags.length === 0 && pinned === undefined) {
      const slot = this.arrive();
      if (slot !== undefined) {
        this.values[slot] = value;
        this.#file(space, key, slot);
        return this.isBare ? undefined : this.events.inserted(space, key, value, undefined);
      }
    }
    const stored = this.#admit(space, key, present, ttl, size);
    if (stored < 0) return this.#refuse(stored, present, space, key, size);
    const gone = (stored / AHEAD) | 0;
    const slot = (stored - gone * AHEAD) | 0;
    if (slot >= this.marks.length || (ttl < Infinity && this.expires === null)) this.remap();
    this.findRoom();
    this.values[slot] = value;
    if (present === undefined) this.#file(space, key, slot);
    this.drain(undefined, gone - FIRST_REMOVAL);
    if (elapsed !== 0) core.cacheReschedule(this.cache, slot, ttl, exactNow() - elapsed);
    if (tags.length > 0) this.#tag(slot, tags, space);
    if (pinned !== undefined) core.cachePin(this.cache, slot, Number(pinned));
    if (!this.isBare) this.events.inserted(space, key, value, old);
  }

  /** Lets the entry go that is worth least, and hands out its value. */
  pop(): V | undefined {
    this.flush();
    core.cachePop(this.cache, readClock());
    let value: V | undefined;
    this.drain((slot, why) => {
      if (why === Reason.Take) value = this.values[slot];
    });
    return value;
  }

  /** Has the entry in a slot expire, without removing it. Returns whether it had been alive. */
  expire(slot: number): boolean {
    return this.#expired(core.cacheExpire(this.cache, slot, this.#nowForExpiry())) > 0;
  }

  /** Has the entries with a tag expire, by its number. Returns how many had been alive. */
  expireTagged(tag: number): number {
    return this.#expired(core.cacheExpireTagged(this.cache, tag, this.#nowForExpiry()));
  }

  /** Gives the entry in a slot a new life, from now on. */
  reschedule(slot: number, life: number): void {
    this.flush();
    if (!core.cacheReschedule(this.cache, slot, life, readClock())) throw handles.outOfMemory();
    this.remap();
  }

  /** The moment that every reader of this turn has reached. */
  #nowForExpiry(): number {
    this.flush();
    return this.settings.clock === 'exact' ? readClock() : now();
  }

  #expired(count: number): number {
    if (count < 0) throw handles.outOfMemory();
    if (this.expires === null) this.remap();
    return count;
  }

  /** Lets the entry in a slot go. */
  remove(slot: number, why: Reason): void {
    this.flush();
    core.cacheRemove(this.cache, slot, why);
    this.drain();
  }

  /** Forgets the entries that the engine has let go, from the first removal on. */
  drain(watch?: (slot: number, why: Reason) => void, gone = core.cacheNextRemoval(this.cache)): void {
    while (gone >= 0) {
      const slot = gone >>> SLOT_SHIFT;
      const why = gone & REASON_BITS;
      watch?.(slot, why);
      this.#forget(slot, why);
      gone = gone & MORE ? core.cacheNextRemoval(this.cache) : NONE;
    }
    if (this.tags.inUse) this.tags.sweep();
  }

  /** Lets every entry go. */
  clear(): void {
    this.drain();
    if (this.events.hasListeners) {
      for (const space of this.spaces.all()) {
        for (const [key, slot] of space.index) this.events.removed(space, key as K, this.values[slot] as V, 'delete');
      }
    }
    this.fences?.fenceWithin('');
    this.flush();
    core.cacheClear(this.cache);
    this.forgetRoom();
    this.spaces.clear();
    this.tags.clear();
    this.values = [];
    this.#keys = [];
    this.#spaceBySlot = null;
    this.#etags = null;
    this.remap();
  }

  /** Ends the cache: it is empty from now on, and every call but this one throws. */
  close(): void {
    if (this.isClosed) return;
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
    // The jitter should differ from process to process.
    if (this.settings.ttlJitter > 0) this.#hashes.drawSecrets(this.cache, 0);
    const { seed } = space;
    const keyHash = seed ? hash(key, seed) : this.#hashes.hashNext(this, space, key);
    const stored = core.cacheInsert(this.cache, keyHash, ttl, size, now);
    if (stored !== UNSEEDED) return stored;
    this.#hashes.drawSecrets(this.cache, this.#keys.length);
    return this.#admit(space, key, present, ttl, size);
  }

  #file(space: Space, key: K, slot: number): void {
    if (space !== this.spaces.root) {
      this.#spaceBySlot ??= [];
      if (space.index.size === 0) this.spaces.enlist(space);
    }
    if (this.#spaceBySlot !== null) this.#spaceBySlot[slot] = space;
    this.#keys[slot] = key;
    space.index.set(key, slot);
  }

  #forget(slot: number, why: Reason): void {
    const { root } = this.spaces;
    const space = this.#spaceBySlot?.[slot] ?? root;
    const key = this.#keys[slot] as K;
    const value = this.values[slot] as V;
    space.index.delete(key);
    if (space !== root && space.index.size === 0) this.spaces.dismiss(space);
    this.#keys[slot] = undefined;
    this.values[slot] = undefined;
    this.#etags?.delete(slot);
    if (this.#spaceBySlot !== null) this.#spaceBySlot[slot] = undefined;
    if (why === Reason.Delete || why === Reason.Take) this.fence(space, key);
    else if (why === Reason.Evict) tellEviction(this.settings.name, key, space.names);
    if (this.events.hasListeners) this.events.removed(space, key, value, REMOVAL_REASONS[why]!);
  }

  #refuse(code: number, present: number | undefined, space: Space, key: K, size: number): void {
    // A call that was cut short may have left removals behind, which take room: the next try may succeed.
    this.drain();
    if (code === NONE) throw handles.outOfMemory();
    this.refusals += 1;
    const reason = code === PINNED ? 'pinned' : 'size';
    this.events.emit({ type: 'refuse', key, size, reason, namespace: space.names });
    if (present !== undefined) this.remove(present, Reason.Set);
  }

  #tag(slot: number, tags: readonly string[], space: Space): void {
    try {
      this.tags.attach(slot, tags, space);
    } catch (error) {
      this.remove(slot, Reason.Delete);
      throw error;
    }
  }
}
