// The settings of a store.

import type { DisposeReason, InsertReason } from '../base/reasons.js';
import type { Key } from '../base/key.js';
import type { Mistakes } from '../base/warn.js';
import type { Policy } from '../wasm/protocol.js';
import { POLICIES, PolicyKind } from '../wasm/protocol.js';
import type { CacheEvent } from './events.js';
import type { SecondTier } from './second-tier.js';

/** The engine's number for a policy. */
export function policyKind(policy: Policy, optimize: 'hits' | 'bytes' | undefined): PolicyKind {
  return optimize === 'bytes' ? PolicyKind.SampledBytes : POLICIES.indexOf(policy);
}

/** The callbacks that are told what happens. */
export interface Listeners<K extends Key = string, V = unknown> {
  /**
   * Called for each value that leaves, once the call that removed it has done its work, so the callback may use the
   * cache. Not called for values that `take` hands out. If it throws, that call throws the error, once all callbacks
   * have run. Loads and waiting locks don't fail with it; they report it, as the platform reports an uncaught error.
   */
  dispose?: ((value: V, key: K, reason: DisposeReason, namespace: readonly string[]) => void) | undefined;
  /** Called for each value that was set, like `dispose`. */
  onInsert?: ((value: V, key: K, reason: InsertReason, namespace: readonly string[]) => void) | undefined;
  /**
   * Called for everything that happens, like `dispose`; for hits too, so it makes them slower. A value that is not
   * stored is the event `refuse`.
   */
  events?: ((event: CacheEvent<K, V>) => void) | undefined;
}

/** The options of a store: read once, checked, and complete. */
export interface Settings<K extends Key, V> {
  readonly name: string | undefined;
  /** Watches for classic mistakes, in development. */
  readonly mistakes: Mistakes | undefined;
  readonly max: number;
  readonly maxSize: number;
  readonly maxEntrySize: number;
  readonly weighs: boolean;
  readonly sizeCalculation: ((value: V, key: K) => number) | undefined;
  readonly ttl: number;
  readonly ttlJitter: number;
  readonly updateAgeOnGet: boolean;
  readonly allowStale: boolean;
  readonly policy: PolicyKind;
  readonly clock: 'turn' | 'exact';
  readonly isolate: 'clone' | 'freeze' | undefined;
  readonly listeners: Listeners<K, V>;
  /** For how long the cache keeps an expired entry, for callers that take a stale value. */
  readonly stale: number;
  readonly tier: SecondTier | undefined;
}
