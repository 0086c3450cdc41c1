// Where the module comes from: from the package itself, compiled on the spot. For browsers, Node, Deno and Bun.

import { bytes, turned } from '#bytes';
import { CacheError } from '../errors.js';

/** Compiles the module that is part of this file. */
export function compile(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(decode());
  } catch (cause) {
    const message =
      "WebAssembly can't be compiled here; under a Content-Security-Policy it needs script-src 'wasm-unsafe-eval'";
    throw new CacheError('wasm-unavailable', message, { cause });
  }
}

/** The module's bytes. A plain loop: this runs once, before anything is compiled, where a callback for each takes long. */
function decode(): Uint8Array<ArrayBuffer> {
  const { length } = bytes;
  const module = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) module[at] = bytes.charCodeAt(at) - turned;
  return module;
}
