// Where an error goes that no caller is to get.

/**
 * Reports an error as the platform reports one that nobody has caught. Node, Deno and Bun end the process for that unless
 * it listens to `uncaughtException`; if it doesn't, they print the error and go on.
 */
export function report(error: unknown): void {
  const { process } = globalThis as { process?: { listenerCount?: (event: string) => number } };
  if (process?.listenerCount?.('uncaughtException') === 0) return console.error(error);
  queueMicrotask(() => {
    throw error;
  });
}
