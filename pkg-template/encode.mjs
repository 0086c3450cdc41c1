// The WebAssembly module as text that a script can carry through any build.

import { gzipSync } from 'node:zlib';

/**
 * The characters that no tool touches: printable ASCII without the space, without what ends, escapes or fills in a string
 * (" ' ` \ $ { }), and without what begins markup or a comment (< > & /).
 */
const DIGITS = Array.from({ length: 94 }, (_, index) => String.fromCharCode(index + 33)).filter(
  (character) => !/["$&'/<>\\`{}]/.test(character),
);
/** A byte below it is one digit. Above, one of the last three digits says in which further eighty the next one counts. */
const BASE = 80;

/**
 * Bytes as text: a digit or two for each, turned by a constant so that the most frequent bytes take one. Base64 would hide
 * from gzip what repeats.
 *
 * @param {number} [constants] How many constants are tried.
 * @returns What `pkg-template/src/wasm/bytes.d.ts` declares; `text` as a string.
 */
export function encode(bytes, constants = 256) {
  const shifted = Array.from({ length: constants }, (_, by) => ({ by, text: write(bytes, by) }));
  for (const each of shifted) each.size = gzipSync(each.text, { level: 9 }).length;
  const { by, text } = shifted.reduce((best, each) => (each.size < best.size ? each : best));
  const checksum = bytes.reduce((sum, byte) => (Math.imul(sum, 31) + ((byte + by) & 255)) | 0, 0);
  return { text, offset: by, size: bytes.length, checksum };
}

function write(bytes, by) {
  let text = '';
  for (const byte of bytes) {
    const number = (byte + by) & 255;
    if (number >= BASE) text += DIGITS[BASE - 1 + Math.floor(number / BASE)];
    text += DIGITS[number % BASE];
  }
  return text;
}

/** The same as a script, with the text where `where` says: an expression. */
export function script({ offset, size, checksum }, where) {
  return [
    `export const offset = ${offset};`,
    `export const size = ${size};`,
    `export const checksum = ${checksum};`,
    `export const text = () => ${where};`,
  ].join('\n');
}
