// One listener for each signal, however many wait with it: Node takes more than ten for a leak.

import { report } from './report.js';

/** The callbacks of each signal, and the listener that calls them. */
const listeners = new WeakMap<AbortSignal, readonly [callbacks: Set<() => void>, listener: () => void]>();

/**
 * Calls a function when a signal aborts, or at once if it has. Those of one signal are called in the order in which they came.
 *
 * @returns What stops that. A signal whose callbacks were all stopped has no listener any more.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  const callbacks = listeners.get(signal)?.[0] ?? listen(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    const [current, listener] = listeners.get(signal) ?? [];
    if (current !== callbacks || callbacks.size > 0) return;
    listeners.delete(signal);
    signal.removeEventListener('abort', listener!);
  };
}

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of callbacks) {
      try {
        callback();
      } catch (error) {
        report(error);
      }
    }
  };
  listeners.set(signal, [callbacks, listener]);
  signal.addEventListener('abort', listener);
  return callbacks;
}
