// The options of loads: what they are, and what they have to be.

import type { Key } from '../base/key.js';
import type { Signal } from '../base/signal.js';
import {
  COUNT,
  DURATION,
  FUNCTION,
  LIST,
  SHARE,
  SIGNAL,
  SIZE,
  SPAN,
  SWITCH,
  TTL,
  TTL_OF,
  readOptions,
  readStrings,
} from '../base/validate.js';
import type { Rules } from '../base/validate.js';

/** How to retry a load that fails. */
export interface Retry {
  /** How many more times, from 0 on. */
  times: number;
  /**
   * The wait before the first of them, in milliseconds; it doubles each time. Half of each wait is random, so that
   * loads that failed together aren't retried together.
   * @default 100
   */
  delay?: number | undefined;
  /**
   * The longest of these waits.
   * @default 10000
   */
  maxDelay?: number | undefined;
  /** Whether to retry after an error; by default, after every error. */
  when?: ((error: unknown) => boolean) | undefined;
}

/** Defaults for loads. Durations are in milliseconds. */
export interface LoadDefaults {
  /**
   * Stale-while-revalidate: for how long after its expiry a value is still served, while it is loaded again in the
   * background. The cache keeps expired entries for its own `swr` and `grace`; a call can only ask for less.
   * @default 0
   */
  swr?: number | undefined;
  /**
   * For how long after its expiry a value is served if the load fails, or takes longer than `timeout`. As with `swr`, a
   * call can only ask for less than the cache.
   * @default 0
   */
  grace?: number | undefined;
  /**
   * For how long after a failed load callers with a stale value within `swr` or `grace` get that at once, while nobody
   * loads. Then the next caller tries again. The cache remembers the last 256 keys whose loads have failed. A change of
   * the key ends it, and `forceFresh` and `refresh` don't wait for it.
   * @default 0
   */
  graceBackoff?: number | undefined;
  /**
   * For how long after a failed load callers without such a value get `load-failed-recently` at once, with the load's
   * error as its `cause`.
   * @default 0
   */
  negativeBackoff?: number | undefined;
  /**
   * How long `null` lives. A loader returns `null` to say that there is nothing. 0 and `Infinity` mean for ever.
   * @default as long as other values
   */
  negativeTtl?: number | undefined;
  /**
   * After how long a caller gets the stale value, if there is one within `grace`. The load goes on in the background.
   */
  timeout?: number | undefined;
  /**
   * After how long a caller gives up, with the stale value or else with `load-timeout`. The load goes on for the
   * others. Without this option, a caller waits for the lease of its load, and of at most one load that replaces it.
   */
  hardTimeout?: number | undefined;
  /**
   * How long a load may take before another caller may load instead. Each load of the key that takes too long doubles
   * this time, up to 32 times, until there is a value. A value that comes late is stored, unless its key was changed.
   * @default 30000
   */
  lease?: number | undefined;
  /**
   * The share of its life, from 0 to 1, after which a request for a value also loads it again in the background. Varies
   * a little from key to key, so that values that were stored together aren't loaded together.
   */
  refreshAhead?: number | undefined;
  /** How many times, or how, to retry a load that fails, within its lease. By default, it isn't retried. */
  retry?: number | Retry | undefined;
  /**
   * Keeps the request alive until a promise is settled, as `ctx.waitUntil` does on edge workers. Called for each load.
   */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}

/** Options of one load. For those that are missing, the cache's options hold. */
export interface LoadOptions<K extends Key = string, V = unknown> extends LoadDefaults {
  /**
   * How long the value lives, in milliseconds; 0 and `Infinity` mean for ever. Or a function that computes the ttl from
   * the value; if it returns 0 or less, the callers get the value, the cache doesn't store it, and the key's old value
   * is removed. If the function throws, or returns anything but a number, the value isn't stored, and the event `error`
   * is emitted.
   */
  ttl?: number | ((value: V, key: K) => number) | undefined;
  /** How much of `maxSize` the entry takes. */
  size?: number | undefined;
  /** Names by which `deleteByTag` finds the entry. By default, the tags of the key's old entry; `[]` for none. */
  tags?: readonly string[] | undefined;
  /** Whether the value is never evicted; by default, as the key's old entry. See {@link SetOptions.pinned}. */
  pinned?: boolean | undefined;
  /** Whether to store a value. The callers get it either way. */
  cacheIf?: ((value: V, key: K) => boolean) | undefined;
  /** Loads even if there is a value, and doesn't join a load that has begun before. */
  forceFresh?: boolean | undefined;
  /** Ends this caller's wait when the signal aborts, with the signal's reason. The load goes on for the others. */
  signal?: Signal | undefined;
}

/** What a loader is given. */
export interface LoadContext<K extends Key = string, V = unknown> {
  readonly key: K;
  /**
   * Aborts when nobody waits for the value any more, or when another caller loads instead. If the last caller left
   * because its own signal aborted, the `cause` of the reason is that signal's reason.
   */
  readonly signal: Signal;
  /** The expired value, if there is one still. */
  readonly stale: V | undefined;
  /** The old value, if there is one still: expired or, when it is loaded ahead of its expiry or by `refresh`, fresh. */
  readonly value: V | undefined;
  /** Whether the old value has expired. */
  readonly isStale: boolean;
  /** What `setEtag`, or the option `etag` of a `set`, has said of the old value. */
  readonly etag: string | undefined;
  /** For how many milliseconds the old value has been there; `undefined` if there is none, or if it never expires. */
  readonly age: number | undefined;
  /**
   * Sets how long the value lives, in milliseconds. `Infinity` means for ever. With 0 or less, the value isn't stored,
   * as when a function `ttl` returns that.
   */
  setTtl(ttl: number): void;
  /** Sets the entry's tags, instead of the option `tags`; `[]` for none. */
  setTags(tags: readonly string[]): void;
  /** Notes what the source calls this version of the value. The next load of the key gets it as `etag`. */
  setEtag(etag: string): void;
  /**
   * Says that the old value is still the current one, and returns it, for the loader to return: `return notModified()`.
   * The value keeps its size, and its tags and etag unless this load names others. Its life starts anew.
   *
   * @throws {CacheError} `no-value` if there is no old value.
   */
  notModified(): V;
  /** Keeps the value out of the cache. The callers still get it. */
  skip(): void;
}

/** Loads the value of a key. `undefined` is not stored. */
export type Loader<K extends Key = string, V = unknown, R extends V | undefined = V | undefined> = (
  context: LoadContext<K, V>,
) => R | PromiseLike<R>;

/**
 * The type of a loaded value: the cache's type, with `undefined` if the loader may return that. If the cache's values
 * may be of any type, the loader's return type.
 */
export type Loaded<V, R> = unknown extends V
  ? [R] extends [never]
    ? V
    : R
  : 0 extends 1 & R
    ? V
    : V | Extract<R, undefined>;

/** What a loader of many keys is given. */
export interface LoadManyContext<K extends Key = string, V = unknown> {
  /** Aborts when nobody waits for any of the values any more. */
  readonly signal: Signal;
  /** The expired values of these keys that are still there. */
  readonly stale: ReadonlyMap<K, V>;
}

/**
 * Loads the values of many keys. Returns a Map with those that exist, or a list in the order of the keys. An `Error` in
 * place of a value means that this key has failed.
 */
export type LoaderOfMany<K extends Key = string, V = unknown, R extends V | undefined = V | undefined> = (
  keys: readonly K[],
  context: LoadManyContext<K, V>,
) => ValuesOfMany<K, R> | PromiseLike<ValuesOfMany<K, R>>;

/** What a loader of many keys returns. Keys of a Map that nobody asked for are ignored. */
export type ValuesOfMany<K extends Key, R> = ReadonlyMap<K, R | Error> | readonly (R | Error)[];

const RETRY: Rules<Retry> = { times: COUNT, delay: DURATION, maxDelay: DURATION, when: FUNCTION };

/** What the defaults have to be. */
export const LOAD_DEFAULTS: Rules<LoadDefaults> = {
  swr: DURATION,
  grace: DURATION,
  graceBackoff: DURATION,
  negativeBackoff: DURATION,
  negativeTtl: TTL,
  timeout: DURATION,
  hardTimeout: DURATION,
  lease: SPAN,
  refreshAhead: SHARE,
  retry: [
    'a number of tries, or an object with times',
    (value) => COUNT[1](value) || readOptions<Retry>(value, RETRY, 'retry').times >= 0,
  ],
  waitUntil: FUNCTION,
};

/** What the options of a call have to be. */
export const LOAD: Rules<LoadOptions> = {
  ...LOAD_DEFAULTS,
  ttl: TTL_OF,
  size: SIZE,
  tags: LIST,
  pinned: SWITCH,
  cacheIf: FUNCTION,
  forceFresh: SWITCH,
  signal: SIGNAL,
};

/** Reads the options of a call, each once, and adds the defaults. */
export function readLoadOptions<K extends Key, V>(
  options: LoadOptions<K, V> | undefined,
  defaults: LoadDefaults,
): LoadOptions<K, V> {
  if (options === undefined) return defaults;
  const call = { ...defaults, ...readOptions<LoadOptions<K, V>>(options, LOAD as Rules<LoadOptions<K, V>>) };
  if (call.tags !== undefined) call.tags = readStrings(call.tags, 'tags', 'invalid-option');
  return call;
}
