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

function contents(object: object): unknown[] {
  const prototype: unknown = Object.getPrototypeOf(object);
  // Freezing the object would leave what a Map, a Date or a buffer holds as open as before.
  if (!Array.isArray(object) && prototype !== Object.prototype && prototype !== null) {
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
