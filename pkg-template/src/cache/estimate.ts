// The built-in size of values, for those who bound a cache by size and don't say how to measure.

/** Bytes of an object's or an array's own, and of each of its properties or elements. */
const OBJECT = 32;
const PROPERTY = 8;
const NUMBER = 8;

/**
 * About how many bytes a value takes in memory. Two bytes for each character, since an engine may store it so; what
 * several values share counts for each of them. Runs no code of the value's owner: accessors count as empty.
 */
export function estimate(value: unknown): number {
  const seen = new Set<object>();
  const open: unknown[] = [value];
  let bytes = 0;
  while (open.length > 0) {
    const part = open.pop();
    if (typeof part === 'string') bytes += 16 + 2 * part.length;
    else if (typeof part !== 'object' || part === null) bytes += NUMBER;
    else if (!seen.has(part)) {
      seen.add(part);
      bytes += OBJECT + measure(part, open);
    }
  }
  return bytes;
}

/** What an object takes beside its parts, which are left for later. */
function measure(object: object, open: unknown[]): number {
  if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer) return object.byteLength;
  if (typeof Blob === 'function' && object instanceof Blob) return object.size;
  const before = open.length;
  if (object instanceof Map) Map.prototype.forEach.call(object, (value, key) => open.push(key, value));
  if (object instanceof Set) Set.prototype.forEach.call(object, (value) => open.push(value));
  for (const name of Reflect.ownKeys(object)) open.push(Reflect.getOwnPropertyDescriptor(object, name)?.value);
  return (open.length - before) * PROPERTY;
}
