// Values that nobody can change behind the cache's back.

import { CacheError } from '../base/errors.js';

/** The classes that can be frozen with all their contents. A frozen Map, Date or buffer could still be changed. */
const FROZEN = /^(Object|Array)$/;

/** The classes that `structuredClone` preserves. It turns most others into plain objects. */
const CLONED =
  /^(Object|Array|Map|Set|Date|RegExp|ArrayBuffer|DataView|Blob|File|CryptoKey|ImageData|DOM(Matrix|Point|Quad|Rect)\w*|Boolean|Number|String|(Type|Range|Syntax|Reference|URI|Eval)?Error|(Big)?(Int|Uint|Float)\d+(Clamped)?Array)$/;

/** A copy of a value that shares nothing with it. */
export function clone<V>(value: V): V {
  // A primitive is its own copy, and structuredClone takes its time even for that.
  if (typeof value !== 'object' || value === null) return value;
  try {
    return structuredClone(value);
  } catch (cause) {
    throw new CacheError('not-isolable', "the value can't be cloned", { cause });
  }
}

/** The same, after checking that the copy will equal the value. Copies of that copy need no check. */
export function copy<V>(value: V): V {
  partsOf(value, CLONED);
  return clone(value);
}

/**
 * Freezes a value with all that belongs to it. Checks everything first, so that a value that can't be frozen stays as
 * it is.
 */
export function freeze<V>(value: V): V {
  partsOf(value, FROZEN).forEach(Object.freeze);
  return value;
}

/** Whether an object is plain, in whichever realm it was made: its prototype is the last one. */
export function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * A value with all that belongs to it.
 *
 * @param kinds The classes that may be there.
 * @throws {CacheError} `not-isolable`, if there is an object of another class, or a property that a copy would lose.
 */
function partsOf(value: unknown, kinds: RegExp): Set<object> {
  const parts = new Set<object>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const part = open.pop();
    if (typeof part === 'function' || (typeof part === 'symbol' && kinds === CLONED)) {
      throw notIsolable(kinds, `a ${typeof part}`);
    }
    if (typeof part !== 'object' || part === null || parts.has(part)) continue;
    parts.add(part);
    const kind = isPlain(part) ? 'Object' : classOf(part);
    if (!kinds.test(kind)) throw notIsolable(kinds, kind);
    if (kind === 'Map' || kind === 'Set') {
      for (const pair of globalThis[kind].prototype.entries.call(part as never)) open.push(pair);
    }
    if (ArrayBuffer.isView(part)) {
      open.push(part.buffer);
      continue;
    }
    for (const name of Reflect.ownKeys(part)) {
      const { value, get, set, enumerable } = Reflect.getOwnPropertyDescriptor(part, name)!;
      const isLost = kind === 'Object' ? !enumerable || typeof name === 'symbol' : kind !== 'Array' && enumerable;
      if ((FROZEN.test(kind) && (get ?? set) !== undefined) || (isLost && kinds === CLONED)) {
        throw notIsolable(kinds, `the property ${String(name)}`);
      }
      open.push(value);
    }
  }
  return parts;
}

/** The name of an object's class, in whichever realm it was made. */
function classOf(object: object): string {
  const own = (holder: object, name: string): unknown => Reflect.getOwnPropertyDescriptor(holder, name)?.value;
  const made = own(Object.getPrototypeOf(object) as object, 'constructor');
  return String(typeof made === 'function' ? own(made, 'name') : typeof object);
}

function notIsolable(kinds: RegExp, what: string): CacheError {
  return new CacheError('not-isolable', `${what} can't be ${kinds === CLONED ? 'cloned' : 'frozen'} as it is`);
}
