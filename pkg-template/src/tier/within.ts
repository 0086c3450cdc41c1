// The end of a wait.

/** Waits until some work is done, the time is over, or the signal aborts. */
export function within<T>(signal: AbortSignal, work?: Promise<T>, time?: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort: (() => void) | undefined;
  return new Promise<T | undefined>((resolve, reject) => {
    // First, so that whatever becomes of the work is heard.
    work?.then(resolve, reject);
    signal.throwIfAborted();
    signal.addEventListener('abort', (abort = () => reject(signal.reason as Error)));
    if (time !== undefined) timer = setTimeout(() => resolve(undefined), time);
  }).finally(() => {
    if (timer !== undefined) clearTimeout(timer);
    if (abort) signal.removeEventListener('abort', abort);
  });
}
