// The options of a cache: what they are, and what they have to be.

import { CacheError, unfit } from '../errors.js';
import { LOAD_DEFAULTS } from '../loads/options.js';
import type { LoadDefaults } from '../loads/options.js';
import type { LockDefaults } from '../locks/cache-key-lock.js';
import { DURATION, FUNCTION, SHARE, SWITCH, isBound, snapshot } from './checks.js';
import type { Rule } from './checks.js';
import type { Key } from './key.js';
import type { CacheEvent } from './events.js';

/** The policies, in the order of the engine's numbers. */
export const POLICIES: readonly Policy[] = ['tinylfu', 'lru', 'sampled'];

/** Why an entry left: it was evicted, it expired, it was deleted, or another value was set in its place. */
export type DisposeReason = 'evict' | 'expire' | 'delete' | 'set';

/** What a set did: it added a key, set the same value again, or replaced a value by another. */
export type InsertReason = 'add' | 'update' | 'replace';

/** What decides who has to make room; see {@link CacheOptions.policy}. */
export type Policy = 'tinylfu' | 'lru' | 'sampled';

/** The options of a cache. One of `max` and `maxSize` has to be there. Durations are in milliseconds. */
export interface CacheOptions<K extends Key = string, V = unknown> extends LoadDefaults, LockDefaults {
  /**
   * The most entries, from 1 to 8,388,608. `Infinity` asks for a cache without a bound by name; it holds as many as a
   * `Map` does. The bound holds after every call.
   */
  max?: number | undefined;
  /** The most that all entries may take together, in the unit that sizes have; by default about bytes. */
  maxSize?: number | undefined;
  /**
   * The most that one entry may take. A larger one is not stored, and what its key had before is removed.
   * @default maxSize
   */
  maxEntrySize?: number | undefined;
  /**
   * Measures an entry that is set without a `size`. Rounded up to a whole number; 0 counts as 1. Asked once for each set;
   * what it said of the key before doesn't matter. What it throws is thrown by the set, as is `invalid-size` if it
   * returns no size; nothing has changed then.
   * @default an estimate of the value's bytes in memory
   */
  sizeCalculation?: ((value: V, key: K) => number) | undefined;
  /**
   * How long an entry lives that is set without a `ttl`. Expired from the very millisecond on. 0 and `Infinity` both
   * mean that it never expires. Fractions count.
   * @default Infinity
   */
  ttl?: number | undefined;
  /**
   * The share of its life, from 0 to 1, by which chance shortens each entry's, so that what was stored together doesn't
   * expire together. Lives are never longer than their `ttl`.
   * @default 0
   */
  ttlJitter?: number | undefined;
  /**
   * Whether a hit gives the entry its whole `ttl` again.
   * @default false
   */
  updateAgeOnGet?: boolean | undefined;
  /**
   * Whether `get` returns an expired value once more, when it finds one, and removes it only then. Expired entries then
   * stay until they are asked for, evicted or purged.
   * @default false
   */
  allowStale?: boolean | undefined;
  /**
   * What decides who has to make room. `'tinylfu'` keeps what is asked for often and lately. `'sampled'` does so too, but
   * weighs it against an entry's size, as `optimize` says. `'lru'` is strict: who was used least lately goes, and iteration
   * begins with the most recent; it has fewer hits on most streams, and each of them costs a little more.
   * @default 'sampled' with `maxSize`, else 'tinylfu'
   */
  policy?: Policy | undefined;
  /**
   * What `'sampled'` saves. `'hits'`: requests, so that it keeps many small entries rather than a few large ones.
   * `'bytes'`: what the values take together, for those who pay for what they load anew.
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
   * What keeps the cached values from being changed from outside. `'clone'` stores and hands out copies, made by
   * `structuredClone`. `'freeze'` freezes plain objects and arrays, with all that belongs to them, when they are set.
   * By default the cache holds the very values.
   */
  isolate?: 'clone' | 'freeze' | undefined;
  /**
   * Called for each value that leaves, after the call that made it leave has done its work: it can use the cache. Not
   * called for what `take` hands out. What it throws is thrown by that call, once all callbacks have run. A load and a lock
   * don't fail for it: there it is reported, as the platform reports an error that nobody has caught.
   */
  dispose?: ((value: V, key: K, reason: DisposeReason, namespace: readonly string[]) => void) | undefined;
  /** Called for each value that was set, like `dispose`. */
  onInsert?: ((value: V, key: K, reason: InsertReason, namespace: readonly string[]) => void) | undefined;
  /** Called for everything that happens, like `dispose`; for hits too, so it makes them slower. */
  events?: ((event: CacheEvent<K, V>) => void) | undefined;
}

/** The options as a cache goes by them: read once, checked, and complete. */
export interface Settings<K extends Key, V> {
  readonly max: number;
  readonly maxSize: number;
  readonly maxEntrySize: number;
  readonly weighs: boolean;
  readonly sizeCalculation: ((value: V, key: K) => number) | undefined;
  readonly ttl: number;
  readonly ttlJitter: number;
  readonly updateAgeOnGet: boolean;
  readonly allowStale: boolean;
  /** The engine's number for the policy. */
  readonly policy: number;
  readonly clock: 'turn' | 'exact';
  readonly isolate: 'clone' | 'freeze' | undefined;
  readonly dispose: CacheOptions<K, V>['dispose'];
  readonly onInsert: CacheOptions<K, V>['onInsert'];
  readonly events: CacheOptions<K, V>['events'];
  /** For how long an expired entry is kept for those who take a stale value. */
  readonly stale: number;
  readonly locks: LockDefaults;
  readonly loads: LoadDefaults;
}

/** The most entries: half of what V8's `Map` takes, so that adding and deleting in turn never makes it look for room. */
const MOST_ENTRIES = 8_388_608;

/** Every option: what it has to be. */
const OPTIONS: Record<keyof CacheOptions, Rule> = {
  max: [
    `a whole number of entries from 1 to ${MOST_ENTRIES}, or Infinity`,
    (value) => value === Infinity || (Number.isInteger(value) && isBound(value) && (value as number) <= MOST_ENTRIES),
  ],
  maxSize: ['a size from 1 on', isBound],
  maxEntrySize: ['a size from 1 on', isBound],
  sizeCalculation: FUNCTION,
  ttl: DURATION,
  ttlJitter: SHARE,
  updateAgeOnGet: SWITCH,
  allowStale: SWITCH,
  policy: [`one of ${POLICIES.join(', ')}`, (value) => POLICIES.includes(value as Policy)],
  optimize: ["'hits' or 'bytes'", (value) => value === 'hits' || value === 'bytes'],
  clock: ["'turn' or 'exact'", (value) => value === 'turn' || value === 'exact'],
  isolate: ["'clone' or 'freeze'", (value) => value === 'clone' || value === 'freeze'],
  dispose: FUNCTION,
  onInsert: FUNCTION,
  events: FUNCTION,
  lockTimeout: DURATION,
  ...LOAD_DEFAULTS,
};

/**
 * Reads the options of a cache, each once.
 *
 * @throws {CacheError} `invalid-option`, which names the option and shows its value.
 */
export function readOptions<K extends Key, V>(options: CacheOptions<K, V>): Settings<K, V> {
  const given = snapshot<CacheOptions<K, V>>(options, 'options', OPTIONS);
  const { max, maxSize = Infinity, maxEntrySize = Infinity, sizeCalculation, ttl } = given;
  if (max === undefined && given.maxSize === undefined) {
    throw new CacheError('invalid-option', 'max: a cache needs a bound, max or maxSize; or max: Infinity to have none');
  }
  const weighs = maxSize < Infinity || maxEntrySize < Infinity;
  if (!weighs && sizeCalculation !== undefined) {
    throw unfit('invalid-option', 'maxSize', 'a bound for what sizeCalculation measures', given.maxSize);
  }
  const policy = given.policy ?? (maxSize < Infinity ? 'sampled' : 'tinylfu');
  const { optimize } = given;
  if (optimize !== undefined && policy !== 'sampled') {
    throw unfit('invalid-option', 'optimize', "a choice for the policy 'sampled' only", optimize);
  }
  return {
    max: max ?? Infinity,
    maxSize,
    maxEntrySize,
    weighs,
    sizeCalculation,
    ttl: ttl || Infinity,
    ttlJitter: given.ttlJitter ?? 0,
    updateAgeOnGet: given.updateAgeOnGet ?? false,
    allowStale: given.allowStale ?? false,
    // What saves bytes comes behind all that have names.
    policy: optimize === 'bytes' ? POLICIES.length : POLICIES.indexOf(policy),
    clock: given.clock ?? 'turn',
    isolate: given.isolate,
    dispose: given.dispose,
    onInsert: given.onInsert,
    events: given.events,
    stale: given.allowStale ? Infinity : Math.max(given.swr ?? 0, given.grace ?? 0),
    locks: given,
    loads: Object.fromEntries(Object.entries(given).filter(([name]) => name in LOAD_DEFAULTS)),
  };
}

/** Reads new bounds: a number of entries, or the options that are bounds. */
export function readBounds(bounds: unknown): { max?: number; maxSize?: number } {
  const { max, maxSize } = OPTIONS;
  return snapshot<{ max?: number; maxSize?: number }>(typeof bounds === 'number' ? { max: bounds } : bounds, 'bounds', {
    max,
    maxSize,
  });
}
