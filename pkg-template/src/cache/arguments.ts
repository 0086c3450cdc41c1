// Arguments of a cache's methods, checked before anything happens.

import { readClock } from '../clock.js';
import { unfit } from '../errors.js';
import { SWITCH, check, owns } from './checks.js';
import type { Key } from './key.js';
import { core } from '../wasm/boot.js';

/** What a `get` can be told. What is missing is as in the cache's options. */
export interface GetOptions {
  /** Whether to return an expired value once more, and remove it only then. */
  allowStale?: boolean | undefined;
  /** Whether a hit gives the entry its whole `ttl` again. */
  updateAgeOnGet?: boolean | undefined;
}

/** What a `set` can be told. What is missing is as in the cache's options. */
export interface SetOptions {
  /** How long the entry lives, in milliseconds. 0 and `Infinity` both mean that it never expires. */
  ttl?: number | undefined;
  /**
   * When the entry expires, in milliseconds of the wall clock, as `Date.now()` tells them; in place of `ttl`. If that
   * moment has passed, the value is not stored, and what its key had is removed. `Infinity` for never.
   */
  expires?: number | undefined;
  /** What the entry takes of `maxSize`, instead of what `sizeCalculation` says. */
  size?: number | undefined;
  /**
   * Names by which `deleteByTag` finds the entry. Each `set` makes a new entry: without `tags` it has none, whatever the
   * old one had. To keep them, pass `tags: cache.tagsOf(key)`. A reload and `refresh` keep them unless they are told others.
   */
  tags?: readonly string[] | undefined;
}

/** One of the entries of a `setMany`. */
export type ManyEntry<K extends Key = string, V = unknown> =
  | readonly [key: K, value: V, options?: SetOptions | number | undefined]
  | { readonly key: K; readonly value: V; readonly ttl?: number | undefined };

/** Whether something can be a key. */
export function isKey(key: unknown): key is Key {
  return typeof key === 'string' || typeof key === 'number';
}

/** @throws {CacheError} `invalid-key`. */
export function checkKey(key: unknown): asserts key is Key {
  if (!isKey(key)) throw unfit('invalid-key', 'key', 'a string or a number', key);
}

/**
 * A time to live as the engine has it: infinity for never. Undefined stands for the default. It is 0 or less only for a
 * moment that has passed.
 */
export function readTtl(ttl: unknown, standard: number, expires?: unknown): number {
  if (expires !== undefined) {
    if (typeof expires !== 'number' || Number.isNaN(expires)) {
      throw unfit('invalid-ttl', 'expires', 'a moment in milliseconds', expires);
    }
    if (ttl !== undefined) throw unfit('invalid-ttl', 'ttl', 'none beside expires', ttl);
    const now = readClock();
    return core.clockMomentOf(expires) - now;
  }
  if (ttl === undefined) return standard;
  if (typeof ttl === 'number' && ttl >= 0) return ttl || Infinity;
  throw unfit('invalid-ttl', 'ttl', 'a number from 0 on', ttl);
}

/** A size as the engine has it: whole, and never nothing, since entries without size would make the bound no bound. */
export function readSize(size: unknown, name: string): number {
  if (typeof size === 'number' && size >= 0 && size <= Number.MAX_SAFE_INTEGER) return Math.max(1, Math.ceil(size));
  throw unfit('invalid-size', name, 'a number from 0 to 2^53 - 1', size);
}

/** A list of strings. */
export function readStrings(list: unknown, name: string): string[] {
  return readList<unknown>(list, name).map((text) => {
    if (typeof text !== 'string') throw unfit('invalid-argument', name, 'strings', text);
    return text;
  });
}

/** The members of an iterable. A string is none: its characters are hardly what was meant. */
export function readList<T>(list: Iterable<T> | unknown, name: string): T[] {
  const iterable = list as Iterable<T> | undefined;
  if (typeof list !== 'object' || typeof iterable?.[Symbol.iterator] !== 'function') {
    throw unfit('invalid-argument', name, 'an iterable', list);
  }
  return [...iterable];
}

/** @throws {CacheError} `invalid-argument`. */
export function checkFunction(callback: unknown, name: string): void {
  if (typeof callback !== 'function') throw unfit('invalid-argument', name, 'a function', callback);
}

const NOTHING = Object.freeze({});

/** Reads the options of one call, each once, and refuses those that it doesn't have. */
export function readCall<O extends object>(options: O | undefined, names: readonly (keyof O & string)[]): O {
  if (options === undefined) return NOTHING as O;
  if (typeof options !== 'object' || options === null) throw unfit('invalid-argument', 'options', 'an object', options);
  const read: Partial<O> = {};
  for (const name in options) {
    const value = options[name];
    if (names.includes(name)) read[name] = value;
    else if (value !== undefined && owns(options, name)) {
      throw unfit('invalid-option', name, `one of ${names.join(', ')}`, value);
    }
  }
  return read as O;
}

/** Reads a switch of one call. */
export function readSwitch(value: unknown, name: string, standard: boolean): boolean {
  if (value === undefined) return standard;
  check(value, name, SWITCH);
  return value as boolean;
}

/** Reads whether a call wants what has expired, too. */
export function allowsStale(options: GetOptions | undefined, standard: boolean): boolean {
  return readSwitch(readCall(options, ['allowStale']).allowStale, 'allowStale', standard);
}
