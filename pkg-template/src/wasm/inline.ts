// Where the module comes from: from the package itself, compiled on the spot. For browsers, Node, Deno and Bun.

import { bytes, turned } from '#bytes';
import { CacheError } from '../errors.js';

/** Compiles the module that is part of this file. */
export function compile(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0) - turned));
  } catch (cause) {
    const message =
      "WebAssembly can't be compiled here; under a Content-Security-Policy it needs script-src 'wasm-unsafe-eval'";
    throw new CacheError('wasm-unavailable', message, { cause });
  }
}
