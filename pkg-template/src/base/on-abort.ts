// One listener per signal, however many callbacks it has: Node reports more than ten listeners as a leak.

import { report } from './report.js';

/** The callbacks of each signal, and the listener that calls them. */
const listeners = new WeakMap<AbortSignal, readonly [callbacks: Set<() => void>, listener: () => void]>();

/**
 * Calls a function when a signal aborts, or at once if it already has. The functions of one signal are called in the
 * order in which they were added.
 *
 * @returns A function that removes the callback again. A signal without callbacks has no listener.
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
