// The options of a tier: what they are, and what they have to be.

import type { TieredCache } from '../../index.js';
import { elapsed } from '../../base/elapsed.js';
import { report } from '../../base/report.js';
import { COUNT, FUNCTION, SPAN, isKey, oneOf, readOptions } from '../../base/validate.js';
import type { Rule, Rules } from '../../base/validate.js';
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
}

const MINUTE = 60_000;
/** About the longest time that a timer can be set to. */
export const LONGEST_TIMER = 2e9;
/** How late an answer may come, in milliseconds, before its request passes for ended. */
export const SLACK = 1000;
const WEEK = 7 * 24 * 60 * MINUTE;

const NUMBER: Rule = ['a whole number above 0', (value) => COUNT[1](value) && value !== 0];
const BREAKER: Rules<Breaker> = { after: NUMBER, for: SPAN };

/** What the options have to be. */
export const OPTIONS: Rules<TierOptions> = {
  codec: [
    'an object with encode and decode',
    (value) => FUNCTION[1]((value as Codec | null)?.encode) && FUNCTION[1]((value as Codec | null)?.decode),
  ],
  schema: ['a string or a number', isKey],
  timeout: SPAN,
  hardTimeout: SPAN,
  doubt: SPAN,
  feed: oneOf('listen', 'pull'),
  flight: oneOf('node', 'store'),
  lease: SPAN,
  breaker: ['an object with after and for', (value) => readOptions<Breaker>(value, BREAKER, 'breaker') !== undefined],
  queue: NUMBER,
  keep: SPAN,
  waitUntil: FUNCTION,
  events: FUNCTION,
};

/** The settings for a cache, of options that were read. */
export function settingsOf(options: TierOptions, cache: Pick<TieredCache, 'ttl' | 'stale'>): Settings {
  const { schema = '', timeout = 200, hardTimeout = 2000, doubt = 5000, lease = 30_000, queue = 10_000 } = options;
  const { userAgent = '' } = (globalThis as { navigator?: { userAgent?: string } }).navigator ?? {};
  const { feed = userAgent === 'Cloudflare-Workers' ? 'pull' : 'listen', events = () => {} } = options;
  const life = cache.ttl + cache.stale;
  const tell = (event: TierEvent): void => {
    try {
      events(event);
    } catch (error) {
      report(error);
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
    now: elapsed,
  };
}
