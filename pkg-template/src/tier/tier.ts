// A second tier for a cache: a store that many caches share.

import { CacheError } from '../base/errors.js';
import { readOptions } from '../base/validate.js';
import type { SecondTier, TierDriver, TieredCache } from '../index.js';
import { Driver, TierCounts } from './driver/driver.js';
import { OPTIONS, settingsOf } from './driver/options.js';
import type { TierOptions, TierState } from './driver/options.js';
import type { Store } from './store.js';

export type { TierCounts } from './driver/driver.js';
export { json, text } from './driver/codec.js';
export type { Codec } from './driver/codec.js';
export type { Breaker, TierEvent, TierOptions, TierState } from './driver/options.js';
export type * from './store.js';

/** What a tier has counted since its cache was made. */
export interface TierStats extends TierCounts {
  /** Changes that wait for the store. */
  readonly queued: number;
  /** What the store can do. Without `fence`, a load that is late can bring back what was invalidated. */
  readonly capabilities: Store['capabilities'];
}

/** A second tier. Made by {@link tier}. */
export class Tier implements SecondTier {
  readonly #store: Store;
  readonly #options: TierOptions;
  #driver: Driver | undefined;

  /** @internal */
  constructor(store: Store, options: TierOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** How it is with the store at the moment. */
  get state(): TierState {
    return this.#driver?.state ?? 'ok';
  }

  /** What was counted since the cache was made. */
  stats(): TierStats {
    return {
      ...(this.#driver?.counts ?? new TierCounts()),
      queued: this.#driver?.outbox.size ?? 0,
      capabilities: this.#store.capabilities,
    };
  }

  /**
   * Resolves once the store has all that was set and removed before.
   *
   * @throws {CacheError} `store-unavailable` if it can't be reached. What it hasn't got waits, and is sent later.
   */
  async settled(): Promise<void> {
    await this.#driver?.settled();
  }

  /** For the cache that it is given to. */
  attach(cache: TieredCache): TierDriver {
    if (this.#driver !== undefined) throw new CacheError('invalid-option', 'tier: it serves another cache already');
    return (this.#driver = new Driver(this.#store, cache, settingsOf(this.#options, cache)));
  }
}

/**
 * A second tier: memory first, then the store, then the loader.
 *
 * @param store The store, as of `keylatch/redis`.
 * @throws {CacheError} `invalid-option`.
 * @example
 * const users = new Cache({ max: 10_000, ttl: 300_000, tier: tier(redis(client)) });
 * await users.getOrSet(id, load);
 */
export function tier(store: Store, options?: TierOptions): Tier {
  return new Tier(store, readOptions<TierOptions>(options, OPTIONS));
}
