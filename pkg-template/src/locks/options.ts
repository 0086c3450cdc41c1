// The options of locks: what they are, and what they have to be.

import type { Signal } from '../base/signal.js';
import { DURATION, SIGNAL, SPAN, readOptions } from '../base/validate.js';

/** Options of a lock, for `acquire`. Durations are in milliseconds. */
export interface LockOptions {
  /**
   * Ends this lock's wait when the signal aborts, with the signal's reason. The holder and other waiters don't notice.
   */
  signal?: Signal | undefined;
  /**
   * Ends this lock's wait after so many milliseconds, with `lock-timeout`.
   * @default the cache's `lockTimeout`
   */
  timeout?: number | undefined;
  /**
   * How long this lock may hold its key, counted from its turn, before another one may take over. Each turn of the key
   * that is lost doubles this time, up to 32 times, until there is a result. With `Infinity`, a holder that never
   * leaves blocks its key for good.
   * @default the cache's `lease`
   */
  lease?: number | undefined;
}

/** Defaults for locks. Durations are in milliseconds. */
export interface LockDefaults {
  /**
   * How long a holder may keep a key before another one may take over.
   * @default 30000
   */
  lease?: number | undefined;
  /**
   * How long a lock waits for its turn.
   * @default Infinity
   */
  lockTimeout?: number | undefined;
}

/** The default lease of a lock. */
export const LEASE = 30_000;

const LOCK = { signal: SIGNAL, timeout: DURATION, lease: SPAN };

/** What the defaults have to be. */
export const LOCK_DEFAULTS = { lease: SPAN, lockTimeout: DURATION };

/** Reads the options of one lock. */
export function readLockOptions(
  options: LockOptions | undefined,
  { lease: standard = LEASE, lockTimeout = Infinity }: LockDefaults,
): LockOptions & { lease: number } {
  const { lease = standard, timeout = lockTimeout, signal } = readOptions<LockOptions>(options, LOCK);
  return { lease, timeout, signal };
}
