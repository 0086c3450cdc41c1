// Errors that no caller gets.

/**
 * Reports an error the way the platform reports an uncaught one. Node, Deno and Bun would end a process that has no
 * listener for `uncaughtException`; there, this only prints the error.
 */
export function report(error: unknown): void {
  const { process } = globalThis as { process?: { listenerCount?: (event: string) => number } };
  if (process?.listenerCount?.('uncaughtException') === 0) return console.error(error);
  queueMicrotask(() => {
    throw error;
  });
}
