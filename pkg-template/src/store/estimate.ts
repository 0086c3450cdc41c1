// The built-in size of values, for caches that are bounded by size and have no `sizeCalculation`.

import { isPlain } from './isolate.js';

/** Bytes of an object's own, of a reference to something, and of what can't be looked into. */
const OBJECT = 32;
const REFERENCE = 8;
const OPAQUE = 2048;
/** What is global in Node, and in what is compatible with it. */
const node = globalThis as { Buffer?: { poolSize?: number } };
/** The getters that tell the sizes of what hides its contents. */
const SIZES = { Map: 'size', Set: 'size', Blob: 'size', ArrayBuffer: 'byteLength', SharedArrayBuffer: 'byteLength' };

/**
 * About how many bytes a value takes in memory, as V8 stores it. A part that several values share counts for each of
 * them. An object that hides its contents counts for more than most of its kind take. Runs no code of the value's
 * owner: accessors count as empty.
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
      bytes += OBJECT + measure(part, open);
    }
  }
  return bytes;
}

/** What an object takes beside its parts, which are left for later. */
function measure(object: object, open: unknown[]): number {
  let bytes = 0;
  let kind: unknown;
  if (!Array.isArray(object) && !isPlain(object)) {
    bytes = OBJECT * 3;
    kind = kindOf(object);
    try {
      if (ArrayBuffer.isView(object)) {
        const type = kind === 'DataView' ? DataView : (Object.getPrototypeOf(Uint8Array) as typeof Uint8Array);
        const buffer = read(object, type, 'buffer') as ArrayBuffer;
        // A view keeps all of its buffer alive. One of this size may be the pool that Node's small buffers share, which
        // is a little larger than it says.
        if (buffer.byteLength > (node.Buffer?.poolSize ?? 8_192) + 64) open.push(buffer);
        else bytes += read(object, type, 'byteLength') as number;
        return bytes + OBJECT * 3;
      }
      if (kind !== undefined) {
        const name = (kind === 'File' ? 'Blob' : kind) as keyof typeof SIZES;
        const type = globalThis[name] as typeof Map;
        const size = read(object, type, SIZES[name]) as number;
        const { forEach } = type.prototype;
        bytes += size * (forEach === undefined ? 1 : 3 * REFERENCE);
        forEach?.call(object, (value, key) => open.push(value, key === value ? 0 : key));
      }
    } catch {
      bytes += OPAQUE;
    }
  }
  for (const name of Reflect.ownKeys(object)) {
    // Reading the stack of an error can run its owner's code.
    if (kind !== 'Error' || name !== 'stack') open.push(Reflect.getOwnPropertyDescriptor(object, name)?.value);
  }
  return bytes;
}

/** What a getter of the language's own tells of an object. Throws if it isn't made for such. */
function read(object: object, { prototype }: { prototype: object }, name: string): unknown {
  return Reflect.getOwnPropertyDescriptor(prototype, name)!.get!.call(object);
}

/** What an object says that it is, in its own realm or another one; undefined for one of an ordinary class. */
function kindOf(object: object): unknown {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const tag = Reflect.getOwnPropertyDescriptor(at, Symbol.toStringTag);
    if (tag !== undefined) return tag.value;
  }
  // Without a tag, this runs nobody's code.
  return Object.prototype.toString.call(object) === '[object Error]' ? 'Error' : undefined;
}
