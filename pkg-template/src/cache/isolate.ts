// Values that nobody can change behind the cache's back.

import { CacheError } from '../errors.js';

/** A copy of a value that shares nothing with it. */
export function clone<V>(value: V): V {
  // A primitive is its own copy, and structuredClone takes its time even for that.
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw notIsolable(`a ${typeof value} can't be cloned`);
    return value;
  }
  try {
    return structuredClone(value);
  } catch (cause) {
    throw notIsolable("the value can't be cloned", cause);
  }
}

/** A copy of a value, after a look at whether it is one: `structuredClone` makes plain objects of many things. */
export function copy<V>(value: V): V {
  const copied = clone(value);
  const seen = new Set<unknown>();
  const open: unknown[] = [value, copied];
  while (open.length > 0) {
    const [twin, part] = [open.pop(), open.pop()];
    if (typeof part !== 'object' || part === null || seen.has(part)) continue;
    seen.add(part);
    const kind = isPlain(part) ? 'Object' : classOf(part);
    const result = classOf(twin as object);
    if (kind !== result) throw notIsolable(`a clone of the ${kind} would be an ${result}`);
    if (kind === 'SharedArrayBuffer') throw notIsolable('a clone of a SharedArrayBuffer shares its memory');
    if (ArrayBuffer.isView(part)) {
      open.push(part.buffer, (twin as ArrayBufferView).buffer);
      continue;
    }
    if (kind === 'Map' || kind === 'Set') {
      const twins = (twin as Map<unknown, unknown>).entries();
      for (const pair of (kind === 'Map' ? Map : Set).prototype.entries.call(part as never)) {
        const other = twins.next().value!;
        open.push(pair[0], other[0], pair[1], other[1]);
      }
    }
    for (const name of Reflect.ownKeys(part)) {
      const own = Reflect.getOwnPropertyDescriptor(part, name)!;
      const copiedOne = Reflect.getOwnPropertyDescriptor(twin as object, name);
      // What engines add to errors, where one is, doesn't matter.
      if (copiedOne !== undefined) open.push(own.value, copiedOne.value);
      else if (own.enumerable || kind === 'Object')
        throw notIsolable(`a clone would lack the property ${String(name)}`);
    }
  }
  return copied;
}

/** Freezes a value with all that belongs to it. Checks everything first, so that a value that won't do stays as it is. */
export function freeze<V>(value: V): V {
  const parts = new Set<object>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const part = open.pop();
    if (typeof part === 'function') throw notIsolable("a function can't be frozen with what it refers to");
    if (typeof part !== 'object' || part === null || parts.has(part)) continue;
    parts.add(part);
    for (const content of contents(part)) open.push(content);
  }
  parts.forEach(Object.freeze);
  return value;
}

/** Whether an object is plain, in whichever realm it was made: its prototype is the last one. */
export function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The name of an object's class, in whichever realm it was made. */
function classOf(object: object): unknown {
  const own = (holder: object, name: string): unknown => Reflect.getOwnPropertyDescriptor(holder, name)?.value;
  const made = own(Object.getPrototypeOf(object) as object, 'constructor');
  return typeof made === 'function' ? own(made, 'name') : 'object';
}

function contents(object: object): unknown[] {
  // Freezing the object would leave what a Map, a Date or a buffer holds as open as before.
  if (!Array.isArray(object) && !isPlain(object)) {
    throw notIsolable('only plain objects, arrays and primitives can be frozen');
  }
  return Reflect.ownKeys(object).map((name): unknown => {
    const property = Reflect.getOwnPropertyDescriptor(object, name);
    if (property !== undefined && 'get' in property) throw notIsolable("an object with accessors can't be frozen");
    return property?.value;
  });
}

function notIsolable(message: string, cause?: unknown): CacheError {
  return new CacheError('not-isolable', message, cause === undefined ? undefined : { cause });
}
