// Where the module comes from: from an import, compiled by the platform. For workerd and Vercel's edge, which refuse to
// compile bytes.

import module from '#module';
import { CacheError } from '../base/errors.js';
import { imports } from './imports.js';

/** Whether a view on the memory ends when the memory grows: it reads `undefined` then, and its length is 0. */
export const ENDS_VIEWS = true;

/** An instance of the module that the platform has compiled. */
export function instantiate(): WebAssembly.Exports {
  try {
    return new WebAssembly.Instance(module, imports).exports;
  } catch (cause) {
    throw new CacheError('wasm-unavailable', `the imported cache.wasm doesn't start: ${cause}`, { cause });
  }
}

/** The same as a promise. */
export const start = async (): Promise<WebAssembly.Exports> => instantiate();
