// Where the module comes from: from the package itself. For browsers, Node, Deno and Bun.

import { checksum, offset, size, text } from '#bytes';
import { CacheError } from '../base/errors.js';
import { startLater, startSync } from './start.js';

/** Whether a view on the memory ends when the memory grows: it reads `undefined` then, and its length is 0. */
export const ENDS_VIEWS = true;

/** An instance of the module that is part of this file. */
export const instantiate = (): WebAssembly.Exports => startSync(decode());

/** The same, made in the background. */
export const start = async (): Promise<WebAssembly.Exports> => startLater(decode());

/**
 * The module's bytes, as `pkg-template/encode.mjs` has written them, unless a tool has changed them since.
 *
 * A plain loop: this runs once, before anything is compiled, where a callback for each byte takes long.
 */
function decode(): Uint8Array<ArrayBuffer> {
  const digits: number[] = [];
  let count = 0;
  for (let code = 33; code < 127; code += 1) {
    if (!/["$&'/<>\\`{}]/.test(String.fromCharCode(code))) digits[code] = count++;
  }
  const encoded = text();
  const bytes = new Uint8Array(size);
  let length = 0;
  let sum = 0;
  for (let at = 0; at < encoded.length; at += 1) {
    let digit = digits[encoded.charCodeAt(at)]!;
    if (digit >= 80) digit = (digit - 79) * 80 + digits[encoded.charCodeAt((at += 1))]!;
    sum = (Math.imul(sum, 31) + digit) | 0;
    bytes[length++] = digit - offset;
  }
  const wrong = length !== size ? 'length' : sum !== checksum ? 'checksum' : undefined;
  if (wrong === undefined) return bytes;
  throw new CacheError(
    'wasm-unavailable',
    `the WebAssembly module was corrupted by a build step: its ${wrong} is wrong`,
  );
}
