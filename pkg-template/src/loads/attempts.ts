// One call of a loader, with the tries that follow a failure.

import { onAbort } from '../base/on-abort.js';
import { LONGEST_TIMER } from '../base/shared-timer.js';
import { report } from '../base/report.js';
import { core } from '../wasm/boot.js';
import type { Retry } from './options.js';

/**
 * Calls a function until it succeeds, or its tries are used up.
 *
 * @param context Its signal ends the tries. It is read only after a failure, because making a signal costs time.
 */
export async function attempt<T>(
  call: () => T | PromiseLike<T>,
  retry: number | Retry | undefined,
  context: { readonly signal: AbortSignal },
): Promise<T> {
  const { times, delay = 100, maxDelay = 10_000, when } = typeof retry === 'object' ? retry : { times: retry ?? 0 };
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries >= times || context.signal.aborted || !isWorth(error, when)) throw error;
      const { signal } = context;
      await pause(core.flightPauseBefore(tries, delay, maxDelay, Math.random()), signal);
      if (signal.aborted) throw error;
    }
  }
}

/** Whether to retry after an error. If the caller's function throws, that is reported, and doesn't hide the error. */
function isWorth(error: unknown, when: Retry['when']): boolean {
  try {
    return when?.(error) !== false;
  } catch (thrown) {
    report(thrown);
    return false;
  }
}

/** Waits, in the caller's own turn of the event loop, or until a signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unmind();
      resolve();
    };
    const timer = setTimeout(end, Math.min(milliseconds, LONGEST_TIMER));
    const unmind = onAbort(signal, end);
  });
}
