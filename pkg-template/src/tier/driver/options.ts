// The options of a tier: what they are, and what they have to be.

import type { TieredCache } from '../../index.js';
import { json } from './codec.js';
import type { Codec } from './codec.js';

/** How the store is left alone while it fails. */
export interface Breaker {
  /** After how many failures in a row. @default 5 */
  readonly after?: number | undefined;
  /** For how long, in milliseconds. @default 10_000 */
  readonly for?: number | undefined;
}

/** What a tier tells. */
export type TierEvent =
  | { readonly type: 'state'; readonly state: TierState }
  | { readonly type: 'error'; readonly error: unknown; readonly key?: string | number | undefined };

/**
 * How a tier is. `'ok'`: it hears from the store. `'doubt'`: it has heard nothing for too long, so what is in memory has
 * expired, and lives shortly. `'open'`: the store has failed several times, and nobody asks it for a while.
 */
export type TierState = 'ok' | 'doubt' | 'open';

/** Options of `tier`. Durations are in milliseconds. */
export interface TierOptions {
  /** How values become bytes. @default `json` */
  readonly codec?: Codec | undefined;
  /** The version of the values' form. Values of another one count as missing, so a new release reads no old values. */
  readonly schema?: string | number | undefined;
  /** How long a load waits for the store before it goes on without it. @default 200 */
  readonly timeout?: number | undefined;
  /** How long a write may take before it counts as failed, and is tried again. @default 2000 */
  readonly hardTimeout?: number | undefined;
  /** For how long memory is believed without news from the store. @default 5000 */
  readonly doubt?: number | undefined;
  /**
   * How to hear of changes. `'listen'`: all the time, in the background. `'pull'`: with each load, as where nothing runs
   * between requests; no value then stays in memory for longer than `doubt`.
   * @default 'pull' on Cloudflare Workers, else 'listen'
   */
  readonly feed?: 'listen' | 'pull' | undefined;
  /** Who loads once: each node for itself, or one for all that share the store. @default 'node' */
  readonly flight?: 'node' | 'store' | undefined;
  /** How long one node may load for all, with `flight: 'store'`. @default 30_000 */
  readonly lease?: number | undefined;
  /** When and for how long the store is left alone. */
  readonly breaker?: Breaker | undefined;
  /** How many changes may wait while the store can't be reached. If there are more, all values in it are invalidated. @default 10_000 */
  readonly queue?: number | undefined;
  /**
   * How long the store remembers an invalidation: as long as a value may live in it, and a load may take. Nodes that share a
   * store have to agree. @default the cache's `ttl` and `grace` and ten minutes; a week if values live for ever
   */
  readonly keep?: number | undefined;
  /** Keeps a request alive until its changes are in the store, as `ctx.waitUntil` does on edge workers. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** Called when the state changes, and for each error. */
  readonly events?: ((event: TierEvent) => void) | undefined;
}

/** The options, complete, with what the cache lends. */
export interface Settings {
  readonly codec: Codec;
  readonly schema: string;
  readonly timeout: number;
  readonly hardTimeout: number;
  readonly doubt: number;
  readonly isListening: boolean;
  readonly isShared: boolean;
  readonly lease: number;
  readonly breaker: { readonly after: number; readonly for: number };
  readonly queue: number;
  readonly keep: number;
  readonly stale: number;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly tell: (event: TierEvent) => void;
  readonly now: () => number;
  readonly CacheError: TieredCache['CacheError'];
}

const MINUTE = 60_000;
/** About the longest time that a timer can be set to. */
export const LONGEST_TIMER = 2e9;
const WEEK = 7 * 24 * 60 * MINUTE;

const isSpan = (value: unknown): boolean => typeof value === 'number' && value > 0;
const isCount = (value: unknown): boolean => isSpan(value) && Number.isInteger(value);
const isFunction = (value: unknown): boolean => typeof value === 'function';
const among =
  (...words: string[]) =>
  (value: unknown): boolean =>
    words.includes(value as string);
const SPAN = 'a number of milliseconds above 0';

/** What each option has to be. */
const RULES: Record<keyof TierOptions, readonly [expected: string, fits: (value: unknown) => boolean]> = {
  codec: [
    'an object with encode and decode',
    (value) => isFunction((value as Codec | null)?.encode) && isFunction((value as Codec | null)?.decode),
  ],
  schema: ['a text or a number', (value) => /^(string|number)$/.test(typeof value)],
  timeout: [SPAN, isSpan],
  hardTimeout: [SPAN, isSpan],
  doubt: [SPAN, isSpan],
  feed: ["'listen' or 'pull'", among('listen', 'pull')],
  flight: ["'node' or 'store'", among('node', 'store')],
  lease: [SPAN, isSpan],
  breaker: [
    'an object with numbers above 0, after and for',
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      Object.entries(value).every(
        ([name, number]) => /^(after|for)$/.test(name) && (number === undefined || isSpan(number)),
      ),
  ],
  queue: ['a whole number above 0', isCount],
  keep: [SPAN, isSpan],
  waitUntil: ['a function', isFunction],
  events: ['a function', isFunction],
};

/** @throws {CacheError} `invalid-option`, which names the option. */
export function readOptions(options: TierOptions, cache: TieredCache): Settings {
  for (const [name, value] of Object.entries(options)) {
    const rule = RULES[name as keyof TierOptions];
    if (rule === undefined) throw new cache.CacheError('invalid-option', `tier: there is no option ${name}`);
    if (value !== undefined && !rule[1](value)) {
      throw new cache.CacheError('invalid-option', `tier: ${name}: expected ${rule[0]}, got ${String(value)}`);
    }
  }
  const { schema = '', timeout = 200, hardTimeout = 2000, doubt = 5000, lease = 30_000, queue = 10_000 } = options;
  const { userAgent = '' } = (globalThis as { navigator?: { userAgent?: string } }).navigator ?? {};
  const { feed = userAgent === 'Cloudflare-Workers' ? 'pull' : 'listen', events = () => {} } = options;
  const life = cache.ttl + cache.stale;
  const tell = (event: TierEvent): void => {
    try {
      events(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
  return {
    codec: options.codec ?? json,
    schema: String(schema),
    timeout: Math.min(timeout, LONGEST_TIMER),
    hardTimeout: Math.min(hardTimeout, LONGEST_TIMER),
    doubt: Math.min(doubt, LONGEST_TIMER),
    isListening: feed === 'listen',
    isShared: options.flight === 'store',
    lease,
    breaker: { after: options.breaker?.after ?? 5, for: options.breaker?.for ?? 10_000 },
    queue,
    keep: options.keep ?? (life < Infinity ? life + 10 * MINUTE : WEEK),
    stale: cache.stale,
    waitUntil: (promise) => {
      try {
        options.waitUntil?.(promise);
      } catch (error) {
        tell({ type: 'error', error });
      }
    },
    tell,
    now: () => performance.now(),
    CacheError: cache.CacheError,
  };
}
