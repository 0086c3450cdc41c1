// Where the module comes from: from the caller.

import type * as Exports from '#exports';
import { CacheError } from '../base/errors.js';
import { adopt, core } from './boot.js';
import type { ModuleOrBytes, ResponseShape } from './source.js';
import { type Given, startLater, startSync, unavailable } from './start.js';

/**
 * What `keylatch/cache.wasm` is, by the platform: the compiled module, its bytes, a response with its bytes, or what
 * `import * as` gives where WebAssembly is imported like a script.
 */
export type WasmSource = ModuleOrBytes | ResponseShape;

/** The message about a source of the wrong kind. */
const EXPECTED = 'source has to be the keylatch/cache.wasm of this version';

/** Whether a view on the memory ends when the memory grows: it reads `undefined` then, and its length is 0. */
export const ENDS_VIEWS = true;

/** Without `init` there is no instance. */
export function instantiate(): never {
  throw new CacheError('wasm-unavailable', 'call init() or initSync() of keylatch/slim before the first cache');
}

/** The same. */
export { instantiate as start };

/**
 * Gives the package its WebAssembly module, which `keylatch/cache.wasm` is, and starts it without blocking. Call it once,
 * before the first cache; later calls change nothing, but after a failure the next one tries again.
 *
 * @param source The module, its bytes, a response with its bytes, its exports, or a promise of one of them.
 * @throws {CacheError} `wasm-unavailable` if it can't be read or started; `cause` has the reason.
 * @example
 * import { Cache, init } from 'keylatch/slim';
 * await init(fetch('/assets/cache.wasm'));
 * const cache = new Cache({ max: 1000 });
 */
export async function init(source: WasmSource | PromiseLike<WasmSource>): Promise<void> {
  const given = await read(source);
  if (core === undefined) take(isRunning(given) ? given : await startLater(given, EXPECTED));
}

/**
 * The same without waiting. Chromium before 115 refuses it on the main thread.
 *
 * @param source The module, its bytes or its exports.
 * @throws {CacheError} `wasm-unavailable` if it can't be started; `cause` has the reason.
 */
export function initSync(source: ModuleOrBytes): void {
  if (core === undefined) take(isRunning(source) ? source : startSync(source as Given, EXPECTED));
}

async function read(source: WasmSource | PromiseLike<WasmSource>): Promise<Given | WebAssembly.Exports> {
  try {
    const given = await source;
    // Recognised by its shape: not every platform has the class, and some have several.
    if (typeof (given as Partial<ResponseShape>)?.arrayBuffer !== 'function') return given as Given;
    const { status } = given as ResponseShape;
    if (status >= 400) throw new Error(`the server's answer was ${status}`);
    return await (given as ResponseShape).arrayBuffer();
  } catch (cause) {
    throw unavailable(cause, "its source can't be read");
  }
}

/** Whether it is an instance's exports already. One of its functions has a name that only this version's module knows. */
function isRunning(given: unknown): given is WebAssembly.Exports {
  return typeof (given as Partial<typeof Exports> | undefined)?.cacheOpen === 'function';
}

function take(exports: WebAssembly.Exports): void {
  if (!isRunning(exports)) throw new CacheError('wasm-unavailable', EXPECTED);
  adopt(exports);
}
