// The texts in the WebAssembly module: where panics happen, on which machine's paths, and what they say. A panic here is a trap
// without a message, so nothing reads them.

import { data } from './module.mjs';

/** So many characters in a row are a text. */
const TEXT = /[\t\n\x20-\x7e]{8,}/;

/**
 * Puts zeros in the place of texts, and of what follows them up to the next address that the code mentions: their lengths,
 * lines and columns.
 *
 * @param bytes The module, which is changed.
 * @param code The same module, as text.
 */
export function eraseTexts(bytes, code) {
  const mentioned = addresses(code);
  const erased = [];
  for (const { address, content } of data(bytes)) {
    for (let at = 0, found; (found = TEXT.exec(latin(content.subarray(at)))) !== null;) {
      const start = at + found.index;
      const next = mentioned.find((each) => each > address + start) ?? Infinity;
      at = Math.min(next - address, content.length);
      content.fill(0, start, at);
      erased.push([address + start, address + at]);
    }
  }
  const isErased = (address) => erased.some(([start, end]) => address >= start && address < end);
  for (const { address, content } of data(bytes)) {
    // What is a pointer among the data stands at a multiple of four.
    for (let at = -address & 3; at + 4 <= content.length; at += 4) {
      const word = content[at] | (content[at + 1] << 8) | (content[at + 2] << 16) | (content[at + 3] << 24);
      if (isErased(word)) throw new Error(`the data at ${address + at} point to a text that was erased`);
    }
  }
}

/** Fails if there are texts in a module, or the names of files. */
export function assertNoTexts(bytes) {
  for (const { address, content } of data(bytes)) {
    const [text] = TEXT.exec(latin(content)) ?? [];
    if (text !== undefined) throw new Error(`the module has a text at ${address}: ${text}`);
  }
  const [name] = /[\w./-]*(?:\.rs\b|\/rustc|\.cargo)[\w./-]*/.exec(latin(bytes)) ?? [];
  if (name !== undefined) throw new Error(`the module has a path of this machine: ${name}`);
}

/** Each constant of the code, and each offset of a load or a store, in their order: a few of them are addresses. */
function addresses(code) {
  const lines = code.split('\n').filter((line) => !/^\s*\((data|global) /.test(line));
  const numbers = lines.join('\n').matchAll(/i32\.const (\d+)|offset=(\d+)/g);
  return [...new Set(Array.from(numbers, ([, constant, offset]) => Number(constant ?? offset)))].sort((a, b) => a - b);
}

const latin = (bytes) => Buffer.from(bytes).toString('latin1');
