// The built-in size of values, for those who bound a cache by size and don't say how to measure.

import { isPlain } from './isolate.js';

/** Bytes of an object's own, of a reference to something, and of what can't be looked into. */
const OBJECT = 24;
const REFERENCE = 8;
const OPAQUE = 2048;
/** Buffers up to this size may be a pool that many small ones share, as Node has one. */
const POOL = 8192;

/**
 * About how many bytes a value takes in memory, as V8 stores it. What several values share counts for each of them. What
 * hides its contents counts for more than most of its kind take, rather than for less. Runs no code of the value's owner:
 * accessors count as empty.
 */
export function estimate(value: unknown): number {
  const seen = new Set<unknown>();
  const open: unknown[] = [value];
  let bytes = 0;
  while (open.length > 0) {
    const part = open.pop();
    bytes += REFERENCE;
    if (typeof part === 'string') bytes += 16 + part.length * (/[^\0-\xff]/.test(part) ? 2 : 1);
    else if (typeof part === 'number') bytes += part === (part | 0) ? 0 : 12;
    else if (typeof part === 'bigint') bytes += 16 + part.toString(16).length / 2;
    else if (typeof part === 'function') bytes += OPAQUE;
    else if (typeof part === 'object' && part !== null && !seen.has(part)) {
      seen.add(part);
      bytes += measure(part, open);
    }
  }
  return bytes;
}

/** What an object takes beside its parts, which are left for later. */
function measure(object: object, open: unknown[]): number {
  /** What one of the language's own getters tells of the object; undefined if it isn't made for such. */
  const read = (getters: object | undefined, name: string): number | undefined => {
    try {
      return Reflect.getOwnPropertyDescriptor(getters!, name)!.get!.call(object) as number;
    } catch {
      return undefined;
    }
  };
  let bytes = OBJECT;
  let kind: unknown;
  if (ArrayBuffer.isView(object)) {
    let getters = Object.getPrototypeOf(Uint8Array.prototype) as object;
    if (read(getters, 'length') === undefined) getters = DataView.prototype;
    const buffer = read(getters, 'buffer') as unknown as ArrayBuffer;
    // A view keeps all of its buffer alive.
    if (buffer.byteLength > POOL) open.push(buffer);
    return bytes + 6 * OBJECT + (buffer.byteLength > POOL ? 0 : read(getters, 'byteLength')!);
  }
  if (Array.isArray(object)) bytes += OBJECT;
  else if (!isPlain(object)) {
    bytes += 4 * OBJECT;
    kind = tagOf(object);
    const of = (name: string): boolean => kind === name;
    if (of('Map') && read(Map.prototype, 'size') !== undefined) {
      Map.prototype.forEach.call(object, (value, key) => open.push(key, value, 0, 0));
    } else if (of('Set') && read(Set.prototype, 'size') !== undefined) {
      Set.prototype.forEach.call(object, (value) => open.push(value, 0, 0));
    } else if (kind !== undefined) {
      bytes +=
        (of('ArrayBuffer') ? read(ArrayBuffer.prototype, 'byteLength') : undefined) ??
        (of('SharedArrayBuffer') ? read(SharedArrayBuffer.prototype, 'byteLength') : undefined) ??
        (of('Blob') || of('File') ? read(Blob.prototype, 'size') : undefined) ??
        OPAQUE;
    }
  }
  for (const name of Reflect.ownKeys(object)) {
    // Reading the stack of an error can run its owner's code.
    if (kind !== 'Error' || name !== 'stack') open.push(Reflect.getOwnPropertyDescriptor(object, name)?.value);
  }
  return bytes;
}

/** What an object says that it is, in its own realm or another one; undefined for one of an ordinary class. */
function tagOf(object: object): unknown {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const tag = Reflect.getOwnPropertyDescriptor(at, Symbol.toStringTag);
    if (tag !== undefined) return tag.value;
  }
  return Object.hasOwn(object, 'stack') ? 'Error' : undefined;
}
