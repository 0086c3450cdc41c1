// Starts the module in the background, ahead of the first cache.

import { start } from '#wasm';
import { adopt, core } from './boot.js';

/** The start that is under way. */
let starting: Promise<WebAssembly.Exports> | undefined;

/**
 * Starts the WebAssembly module without blocking. The first cache starts it too, so this is for browsers that compile it
 * only asynchronously on their main thread (Chromium before 115, Samsung Internet before 25), and for those who
 * want to choose the moment. Calls share one start; after a failure the next call tries again.
 *
 * @throws {CacheError} `wasm-unavailable`, with the engine's own error as `cause`.
 * @example
 * import { Cache, init } from 'keylatch';
 * await init();
 * const cache = new Cache({ max: 1000 });
 */
export async function init(): Promise<void> {
  if (core !== undefined) return;
  try {
    adopt(await (starting ??= start()));
  } finally {
    starting = undefined;
  }
}
