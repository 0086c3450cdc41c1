// Where the module comes from: from the caller.

import { CacheError, unfit } from '../errors.js';
import type { ModuleOrBytes, ResponseShape } from './source.js';

/** What the module can be made of: itself, its bytes, or a response with its bytes. */
export type WasmSource = ModuleOrBytes | ResponseShape;

let module: WebAssembly.Module | undefined;

/** The module that the caller has given. */
export function compile(): WebAssembly.Module {
  if (module === undefined) {
    throw new CacheError('wasm-unavailable', 'call init() or initSync() of keylatch/slim before the first cache');
  }
  return module;
}

/**
 * Gives the package its WebAssembly module, which `keylatch/cache.wasm` is. Call it once, before the first cache; later
 * calls change nothing.
 *
 * @param source The module, its bytes, a response with its bytes, or a promise of one of them.
 * @throws {CacheError} `wasm-unavailable` if it can't be compiled.
 * @example
 * import { Cache, init } from 'keylatch/slim';
 * await init(fetch('/assets/cache.wasm'));
 * const cache = new Cache({ max: 1000 });
 */
export async function init(source: WasmSource | PromiseLike<WasmSource>): Promise<void> {
  const given = await source;
  initSync(
    typeof Response === 'function' && given instanceof Response ? await given.arrayBuffer() : (given as ModuleOrBytes),
  );
}

/**
 * The same without waiting.
 *
 * @param source The module or its bytes.
 * @throws {CacheError} `wasm-unavailable` if it can't be compiled.
 */
export function initSync(source: ModuleOrBytes): void {
  if (module !== undefined) return;
  // By its tag: on Vercel's edge the module comes from another realm, where it is no instance of this realm's class.
  if (Object.prototype.toString.call(source) === '[object WebAssembly.Module]') {
    module = source as WebAssembly.Module;
    return;
  }
  try {
    module = new WebAssembly.Module(source as BufferSource);
  } catch (cause) {
    const { message } = unfit('wasm-unavailable', 'source', 'the bytes of keylatch/cache.wasm', source);
    throw new CacheError('wasm-unavailable', message, { cause });
  }
}
