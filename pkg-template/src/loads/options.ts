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

/** How a load that fails is tried again. */
export interface Retry {
  /** How many more times, from 0 on. */
  times: number;
  /**
   * The wait before the first of them, in milliseconds; it doubles each time. Half of each wait is left to chance, so
   * that those who failed together don't come back together.
   * @default 100
   */
  delay?: number | undefined;
  /**
   * The longest of these waits.
   * @default 10000
   */
  maxDelay?: number | undefined;
  /** Whether an error is worth another try; by default every one is. */
  when?: ((error: unknown) => boolean) | undefined;
}

/** What loads go by that are told nothing else. Durations are in milliseconds. */
export interface LoadDefaults {
  /**
   * Stale-while-revalidate: for how long after its expiry a value is still served, while it is loaded anew behind.
   * Entries are kept for as long as the cache's own `swr` and `grace` say; a call can ask for less.
   * @default 0
   */
  swr?: number | undefined;
  /**
   * For how long after its expiry a value is served if the load fails, or takes longer than `timeout`. Kept like `swr`.
   * @default 0
   */
  grace?: number | undefined;
  /**
   * How long `null` lives, the loader's way to say that there is nothing. 0 and `Infinity` mean for ever.
   * @default as long as other values
   */
  negativeTtl?: number | undefined;
  /** After how long a caller is given the stale value, if there is one within `grace`. The load goes on behind. */
  timeout?: number | undefined;
  /**
   * After how long a caller gives up, with `load-timeout` or the stale value. The load goes on for the others. Without it, a
   * caller waits for its load's lease, and for that of one successor.
   */
  hardTimeout?: number | undefined;
  /**
   * How long a load may take before another caller may load in its place; twice as long after each load of the key that
   * took too long, up to 32 times, until there is a value. A value that comes late is stored, unless its key was changed.
   * @default 30000
   */
  lease?: number | undefined;
  /**
   * The share of its life, from 0 to 1, after which a value that is asked for is loaded anew behind. Varies a little from
   * key to key, so that those that were stored together aren't loaded together.
   */
  refreshAhead?: number | undefined;
  /** How many times, or how, a load that fails is tried again, within its lease. By default it isn't. */
  retry?: number | Retry | undefined;
  /** Keeps the request alive until a promise is settled, as `ctx.waitUntil` does on edge workers. Told of each load. */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}

/** What one load can be told. What is missing is as in the cache's options. */
export interface LoadOptions<K extends Key = string, V = unknown> extends LoadDefaults {
  /**
   * How long the value lives, in milliseconds: 0 and `Infinity` mean for ever. Or a function of the value that tells, and
   * there 0 and less mean not at all: those who wait get the value, and it isn't stored, nor what was there before kept.
   * What is no number, and what the function throws, keep the value from being stored, and are told as the event `error`.
   */
  ttl?: number | ((value: V, key: K) => number) | undefined;
  /** What the entry takes of `maxSize`. */
  size?: number | undefined;
  /** Names by which `deleteByTag` finds the entry. By default those that the key's entry has; `[]` for none. */
  tags?: readonly string[] | undefined;
  /** Whether a value is stored. Those who wait for it get it either way. */
  cacheIf?: ((value: V, key: K) => boolean) | undefined;
  /** Loads even if there is a value, and doesn't join a load that has begun before. */
  forceFresh?: boolean | undefined;
  /** Ends this caller's wait when it aborts, with its reason. The load goes on for the others. */
  signal?: Signal | undefined;
}

/** What a loader is told. */
export interface LoadContext<K extends Key = string, V = unknown> {
  readonly key: K;
  /**
   * Aborts when nobody waits for the value any more, or another caller loads in this one's place. The `cause` of the
   * reason is that of the last caller's own signal, if that is what ended its wait.
   */
  readonly signal: Signal;
  /** The expired value, if there is one still. */
  readonly stale: V | undefined;
  /**
   * Decides how long the value lives, in milliseconds. `Infinity` means for ever; 0 and less mean not at all, as for what
   * the option `ttl` computes.
   */
  setTtl(ttl: number): void;
  /** Decides which tags the entry has, before the option `tags`; `[]` for none. */
  setTags(tags: readonly string[]): void;
  /** Doesn't store the value. Those who wait for it get it all the same. */
  skip(): void;
}

/** Loads the value of a key. `undefined` is not stored. */
export type Loader<K extends Key = string, V = unknown, R extends V | undefined = V | undefined> = (
  context: LoadContext<K, V>,
) => R | PromiseLike<R>;

/**
 * What comes of a loader: a value of the cache's type, or `undefined` if the loader may give that. A cache whose values may
 * be of any type takes the loader's word for it.
 */
export type Loaded<V, R> = unknown extends V
  ? [R] extends [never]
    ? V
    : R
  : 0 extends 1 & R
    ? V
    : V | Extract<R, undefined>;

/** What a loader of many keys is told. */
export interface LoadManyContext<K extends Key = string, V = unknown> {
  /** Aborts when nobody waits for any of the values any more. */
  readonly signal: Signal;
  /** The expired values, as far as there are any still. */
  readonly stale: ReadonlyMap<K, V>;
}

/**
 * Loads the values of many keys: a Map of those that there are, or a list in the order of the keys. An `Error` in place of a
 * value is that key's failure.
 */
export type LoaderOfMany<K extends Key = string, V = unknown, R extends V | undefined = V | undefined> = (
  keys: readonly K[],
  context: LoadManyContext<K, V>,
) => ValuesOfMany<K, R> | PromiseLike<ValuesOfMany<K, R>>;

/** What a loader of many keys gives. Keys of a Map that weren't asked for don't count. */
export type ValuesOfMany<K extends Key, R> = ReadonlyMap<K, R | Error> | readonly (R | Error)[];

const RETRY: Rules<Retry> = { times: COUNT, delay: DURATION, maxDelay: DURATION, when: FUNCTION };

/** What the defaults have to be. */
export const LOAD_DEFAULTS: Rules<LoadDefaults> = {
  swr: DURATION,
  grace: DURATION,
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
const LOAD: Rules<LoadOptions> = {
  ...LOAD_DEFAULTS,
  ttl: TTL_OF,
  size: SIZE,
  tags: LIST,
  cacheIf: FUNCTION,
  forceFresh: SWITCH,
  signal: SIGNAL,
};

/** Reads the options of a call, each once; the defaults stand for what is missing. */
export function readLoadOptions<K extends Key, V>(
  options: LoadOptions<K, V> | undefined,
  defaults: LoadDefaults,
): LoadOptions<K, V> {
  if (options === undefined) return defaults;
  const call = { ...defaults, ...readOptions<LoadOptions<K, V>>(options, LOAD as Rules<LoadOptions<K, V>>) };
  if (call.tags !== undefined) call.tags = readStrings(call.tags, 'tags', 'invalid-option');
  return call;
}
