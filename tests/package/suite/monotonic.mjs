// Another `performance.now`. The real one is its prototype's in most runtimes, and its own in Bun.

/** Puts a function in place of `performance.now`; the answer puts the real one back. */
export function replaceNow(now) {
  const own = Object.getOwnPropertyDescriptor(performance, 'now');
  Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true });
  return () => {
    if (own === undefined) delete performance.now;
    else Object.defineProperty(performance, 'now', own);
  };
}
