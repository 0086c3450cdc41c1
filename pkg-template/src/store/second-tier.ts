// What a cache and its second tier ask of each other. `keylatch/tier` has the tier; a cache knows no more of it than this.

import type { Entry } from '../base/entry.js';
import type { Key } from '../base/key.js';

/** A key space: the names on the way to a namespace, and the same as one text. */
export interface TierSpace {
  readonly names: readonly string[];
  readonly path: string;
}

/** A value that has expired, or is about to. */
export interface TierOldValue {
  readonly value: unknown;
  readonly etag: string | undefined;
  readonly age: number | undefined;
  /** Whether it is the store's, and has expired. */
  readonly isExpired?: boolean | undefined;
}

/** A load. */
export interface TierRequest {
  readonly space: TierSpace;
  readonly key: Key;
  readonly call: {
    readonly swr?: number | undefined;
    readonly grace?: number | undefined;
    readonly forceFresh?: boolean | undefined;
  };
  /** What memory has, expired or not. */
  readonly old?: TierOldValue | undefined;
  /** What memory has, if it has expired. */
  readonly stale?: unknown;
  /** Who computes the value if there is none: a lock, which calls {@link TierDriver.leave} in the end. */
  readonly lock?: TierLock | undefined;
}

/** A lock, as a second tier knows it. */
export interface TierLock {
  /** For how long it may hold its key, in milliseconds. */
  readonly lease: number;
}

/** A value of the store. */
export interface TierRecord {
  readonly value: unknown;
  readonly options: { readonly ttl: number; readonly tags: readonly string[]; readonly etag: string | undefined };
  /** How many milliseconds of its life have passed. At least its `ttl` if it has expired. */
  readonly elapsed: number;
}

/** What comes of a load. */
export interface TierAnswer {
  readonly value: unknown;
  /** Set if the value is the store's. */
  readonly record?: TierRecord | undefined;
  /**
   * To be called once, with the entry that is to be stored: in memory, and in the store if it was loaded. Returns the
   * entry as memory may keep it. `undefined`: nothing is stored. `null`: the value has no life, and the old one goes.
   */
  keep<E extends Entry<Key, unknown>>(entry: E | null | undefined): E | null | undefined;
  /** Whether nothing has changed since the load began. */
  isCurrent(): boolean;
}

/** A second tier. `tier` of `keylatch/tier` makes one. */
export interface SecondTier {
  /** Begins to serve a cache. @throws {CacheError} `invalid-option` if it serves one already. */
  attach(cache: TieredCache): TierDriver;
}

/** A second tier at work, as a cache uses it. */
export interface TierDriver {
  /**
   * The value of a key from the store, or else from a loader.
   *
   * @param call Calls the loader, with the store's value that has expired, if there is one. Missing for a mere look.
   */
  load(request: TierRequest, call?: (old: TierOldValue | undefined) => Promise<unknown>): Promise<TierAnswer>;
  /** A caller has set an entry. Returns it as memory may keep it. */
  set<E extends Entry<Key, unknown>>(space: TierSpace, entry: E, elapsed?: number): E;
  /** A lock has computed an entry, after a look into the store. Returns it as memory may keep it. */
  settle<E extends Entry<Key, unknown>>(space: TierSpace, entry: E): E;
  /** A lock that has looked into the store was given back. */
  leave(space: TierSpace, key: Key, lock: TierLock): void;
  /** A caller has removed a key, or has had it expire. */
  remove(space: TierSpace, key: Key, isSoft: boolean): void;
  /** The same for what carries one of some tags, in nested namespaces too. */
  removeTagged(space: TierSpace, tags: readonly string[], isSoft: boolean): void;
  /** The same for every key, in nested namespaces too. */
  removeWithin(space: TierSpace, isSoft: boolean): void;
  /** Resolves once the loads with these options have asked the store, and know whether they call their loaders. */
  gathered(call: TierRequest['call']): Promise<void>;
  /** The cache has ended. */
  detach(): void;
}

/** The entries of a key space, as a second tier changes them for others. */
export interface TieredSpace {
  namespace(name: string): TieredSpace;
  delete(key: Key): unknown;
  deleteByTag(tag: string): unknown;
  clear(): void;
  expire(key: Key): unknown;
  expire(): unknown;
  expireByTag(tag: string): unknown;
}

/** A cache, as its second tier uses it. */
export interface TieredCache {
  /** The cache's own key space. */
  readonly root: TieredSpace;
  /** The cache's own ttl, in milliseconds. */
  readonly ttl: number;
  /** For how long the cache keeps an expired entry. */
  readonly stale: number;
  /**
   * Carries out what somebody else has changed. Loads that only ask the tier so far go on: it tells them. `sparesLoads`: so
   * do those whose loaders are under way.
   */
  apply(change: () => void, sparesLoads: boolean): void;
}
