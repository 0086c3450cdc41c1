// The options of a cache: what they are, and what they have to be.

import { CacheError, invalid } from '../base/errors.js';
import type { Key } from '../base/key.js';
import {
  DURATION,
  FUNCTION,
  OBJECT,
  SHARE,
  SIZE_BOUND,
  SWITCH,
  TEXT,
  TTL,
  check,
  isBound,
  oneOf,
  readOptions,
} from '../base/validate.js';
import type { Rules } from '../base/validate.js';
import { watched } from '../base/warn.js';
import { LOAD_DEFAULTS } from '../loads/options.js';
import type { LoadDefaults } from '../loads/options.js';
import type { LockDefaults } from '../locks/options.js';
import { policyKind } from '../store/settings.js';
import { POLICIES } from '../wasm/protocol.js';
import type { Policy } from '../wasm/protocol.js';
import type { SecondTier } from '../store/second-tier.js';
import type { Listeners, Settings } from '../store/settings.js';

/** The options of a cache. One of `max` and `maxSize` is required. Durations are in milliseconds. */
export interface CacheOptions<K extends Key = string, V = unknown> extends Listeners<K, V>, LoadDefaults, LockDefaults {
  /** What to call the cache in the messages of Node's diagnostics channels, `keylatch:load` and `keylatch:evict`. */
  name?: string | undefined;
  /**
   * The most entries, from 1 to 8,388,608. `Infinity` means no bound: the cache then holds as many entries as a `Map`
   * can. The bound holds after every call.
   */
  max?: number | undefined;
  /** The most that all entries may take together, in the unit of their sizes; by default, estimated bytes. */
  maxSize?: number | undefined;
  /**
   * The most that one entry may take. A larger one isn't stored, and the key's old entry is removed.
   * @default maxSize
   */
  maxEntrySize?: number | undefined;
  /**
   * Measures an entry that is set without a `size`. The result is rounded up to a whole number; 0 counts as 1. Called
   * once for each set. If it throws, the set throws the same error; if it returns no size, the set throws
   * `invalid-size`. In both cases, nothing changes.
   * @default an estimate of the value's bytes in memory, and the key's: for JSON within some 20 % of what V8 takes. A view
   * counts with all of its buffer; what can't be looked into (a `URL`, a `Response`, a function) counts as 2 kB
   */
  sizeCalculation?: ((value: V, key: K) => number) | undefined;
  /**
   * The ttl of entries that are set without one. An entry has expired as soon as its ttl has passed, to the
   * millisecond. 0 and `Infinity` both mean that it never expires. Fractions count.
   * @default Infinity
   */
  ttl?: number | undefined;
  /**
   * Shortens each entry's life at random, by at most this share of it (from 0 to 1), so that entries that were stored
   * together don't expire together. No entry lives longer than its `ttl`.
   * @default 0
   */
  ttlJitter?: number | undefined;
  /**
   * Whether a hit restarts the entry's `ttl`.
   * @default false
   */
  updateAgeOnGet?: boolean | undefined;
  /**
   * Whether the first `get` after the expiry still returns the value, and only then removes it. Expired entries then
   * stay until a `get`, an eviction or `purgeStale` removes them.
   * @default false
   */
  allowStale?: boolean | undefined;
  /**
   * Which entry to evict. `'tinylfu'` keeps entries that are used often and recently. `'sampled'` does so too, but
   * weighs that against an entry's size, as `optimize` says. `'lru'` is strict LRU: it evicts the least recently used
   * entry, and iteration begins with the most recently used. It has fewer hits on most streams, and each hit costs a
   * little more.
   * @default 'sampled' with `maxSize`, else 'tinylfu'
   */
  policy?: Policy | undefined;
  /**
   * What `'sampled'` saves. `'hits'`: requests, so that it keeps many small entries rather than a few large ones.
   * `'bytes'`: the bytes to load again, for programs that pay for each byte.
   * @default 'hits'
   */
  optimize?: 'hits' | 'bytes' | undefined;
  /**
   * How exactly a hit knows the time. `'turn'` reads the clock once in a turn of the event loop, so an entry can be
   * seen until the end of the turn in which it expires. `'exact'` reads it at every hit.
   * @default 'turn'
   */
  clock?: 'turn' | 'exact' | undefined;
  /**
   * How to protect cached values from being changed by their users. `'clone'` stores and hands out copies, made by
   * `structuredClone`. A `set` refuses, with `not-isolable`, whatever `structuredClone` would turn into something else:
   * a `Buffer`, a `Response`, a `URL`, an object of a class, a property that is a symbol or an accessor. `'freeze'`
   * freezes plain objects and arrays, with all that belongs to them, when they are set. By default, the cache holds the
   * values themselves.
   */
  isolate?: 'clone' | 'freeze' | undefined;
  /**
   * A second tier behind the memory: a store that many caches share. `tier` of `keylatch/tier` makes one, for one cache.
   */
  tier?: SecondTier | undefined;
}

/** The options of each part of a cache. */
export interface Parts<K extends Key, V> {
  readonly settings: Settings<K, V>;
  readonly locks: LockDefaults;
  readonly loads: LoadDefaults;
}

/** The most entries: half of what V8's `Map` can hold, so that adding and deleting in turn never fills it. */
const MOST_ENTRIES = 8_388_608;

/** The rules for the bounds. */
const BOUNDS: Rules<{ max?: number; maxSize?: number }> = {
  max: [
    `a whole number of entries from 1 to ${MOST_ENTRIES}, or Infinity`,
    (value) => value === Infinity || (isBound(value) && Number.isInteger(value) && value <= MOST_ENTRIES),
  ],
  maxSize: SIZE_BOUND,
};

/** The rules for all options. */
const OPTIONS: Rules<CacheOptions> = {
  name: TEXT,
  ...BOUNDS,
  maxEntrySize: SIZE_BOUND,
  sizeCalculation: FUNCTION,
  ttl: TTL,
  ttlJitter: SHARE,
  updateAgeOnGet: SWITCH,
  allowStale: SWITCH,
  policy: oneOf(...POLICIES),
  optimize: oneOf('hits', 'bytes'),
  clock: oneOf('turn', 'exact'),
  isolate: oneOf('clone', 'freeze'),
  dispose: FUNCTION,
  onInsert: FUNCTION,
  events: FUNCTION,
  tier: ['what tier of keylatch/tier returns', (value) => FUNCTION[1]((value as SecondTier | null)?.attach)],
  lockTimeout: DURATION,
  ...LOAD_DEFAULTS,
};

/**
 * Reads the options of a cache, each once.
 *
 * @throws {CacheError} `invalid-option`, which names the option and shows its value.
 */
export function readCacheOptions<K extends Key, V>(options: CacheOptions<K, V>): Parts<K, V> {
  check(options, 'options', OBJECT);
  const given = readOptions<CacheOptions<K, V>>(options, OPTIONS as Rules<CacheOptions<K, V>>);
  const { max, maxSize = Infinity, maxEntrySize = Infinity, sizeCalculation, ttl } = given;
  if (max === undefined && given.maxSize === undefined) {
    throw new CacheError('invalid-option', 'max: a cache needs a bound, max or maxSize; or max: Infinity to have none');
  }
  if (given.tier !== undefined && given.updateAgeOnGet) {
    throw invalid('invalid-option', 'updateAgeOnGet', 'none beside a tier, whose store has lives of its own', true);
  }
  const weighs = maxSize < Infinity || maxEntrySize < Infinity;
  if (!weighs && sizeCalculation !== undefined) {
    throw invalid('invalid-option', 'maxSize', 'a bound for what sizeCalculation measures', given.maxSize);
  }
  const policy = given.policy ?? (maxSize < Infinity ? 'sampled' : 'tinylfu');
  const { optimize } = given;
  if (optimize !== undefined && policy !== 'sampled') {
    throw invalid('invalid-option', 'optimize', "a choice for the policy 'sampled' only", optimize);
  }
  const settings = {
    name: given.name,
    mistakes: watched(),
    max: max ?? Infinity,
    maxSize,
    maxEntrySize,
    weighs,
    sizeCalculation,
    ttl: ttl || Infinity,
    ttlJitter: given.ttlJitter ?? 0,
    updateAgeOnGet: given.updateAgeOnGet ?? false,
    allowStale: given.allowStale ?? false,
    policy: policyKind(policy, optimize),
    clock: given.clock ?? 'turn',
    isolate: given.isolate,
    listeners: given,
    tier: given.tier,
    stale: given.allowStale ? Infinity : Math.max(given.swr ?? 0, given.grace ?? 0),
  };
  settings.mistakes?.cache(weighs || settings.max < Infinity, ttl);
  const loads = Object.fromEntries(Object.entries(given).filter(([name]) => name in LOAD_DEFAULTS));
  return { settings, locks: given, loads };
}

/** Reads new bounds: a number of entries, or the options that are bounds. */
export function readBounds(bounds: unknown): { max?: number; maxSize?: number } {
  return readOptions<{ max?: number; maxSize?: number }>(
    typeof bounds === 'number' ? { max: bounds } : bounds,
    BOUNDS,
    'bounds',
  );
}
