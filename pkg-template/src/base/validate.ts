// What arguments and options have to be. A mistake has the same code and the same words wherever it is made.

import { invalid } from './errors.js';
import type { CacheErrorCode } from './errors.js';
import type { Key } from './key.js';

/**
 * What a value has to be, in words and as a check, and the code of the error otherwise: by default `invalid-option`.
 */
export type Rule = readonly [expected: string, fits: (value: unknown) => boolean, code?: CacheErrorCode];

/** The options that an object may have, and what each has to be. */
export type Rules<O> = Readonly<Record<keyof O, Rule>>;

const isFunction = (value: unknown): boolean => typeof value === 'function';
const isFromZero = (value: unknown): value is number => typeof value === 'number' && value >= 0;

/** Whether something can be a key. */
export const isKey = (key: unknown): key is Key => typeof key === 'string' || typeof key === 'number';

/** Whether a value is a bound for sizes or entries. */
export const isBound = (value: unknown): value is number => typeof value === 'number' && value >= 1;

export const SWITCH: Rule = ['true or false', (value) => typeof value === 'boolean'];
export const TEXT: Rule = ['a string', (value) => typeof value === 'string'];
export const FUNCTION: Rule = ['a function', isFunction];
/** Milliseconds, from 0 on. */
export const DURATION: Rule = ['a number of milliseconds from 0 on', isFromZero];
/** Milliseconds, more than 0. */
export const SPAN: Rule = ['a number of milliseconds above 0', (value) => isFromZero(value) && value > 0];
export const SHARE: Rule = ['a share from 0 to 1', (value) => isFromZero(value) && value <= 1];
export const COUNT: Rule = ['a whole number from 0 on', (value) => isFromZero(value) && Number.isInteger(value)];
export const SIZE_BOUND: Rule = ['a size from 1 on', isBound];
export const SIGNAL: Rule = ['an AbortSignal', (value) => isFunction((value as AbortSignal | null)?.addEventListener)];
/** A time to live, in the unit of the class. */
export const TTL: Rule = ['a number from 0 on', isFromZero, 'invalid-ttl'];
export const TTL_OF: Rule = [
  'a number from 0 on, or a function',
  (value) => isFromZero(value) || isFunction(value),
  'invalid-ttl',
];
/** A moment of the wall clock. */
export const MOMENT: Rule = [
  'a moment in milliseconds',
  (value) => typeof value === 'number' && !Number.isNaN(value),
  'invalid-ttl',
];
export const SIZE: Rule = [
  'a number from 0 to 2^53 - 1',
  (value) => isFromZero(value) && value <= Number.MAX_SAFE_INTEGER,
  'invalid-size',
];
/** An iterable, but not a string: hardly anybody means its characters. */
export const LIST: Rule = [
  'an iterable',
  (value) => typeof value === 'object' && isFunction((value as Iterable<unknown> | null)?.[Symbol.iterator]),
];
export const OBJECT: Rule = ['an object', (value) => typeof value === 'object' && value !== null];

/** One of some words. */
export const oneOf = (...words: readonly unknown[]): Rule => [
  `one of ${words.join(', ')}`,
  (value) => words.includes(value),
];

/** @throws {CacheError} If a value isn't what a rule expects. `code`: for an argument, which isn't an option. */
export function check(
  value: unknown,
  name: string,
  rule: Rule,
  code: CacheErrorCode = rule[2] ?? 'invalid-option',
): void {
  if (!rule[1](value)) throw invalid(code, name, rule[0], value);
}

/** @throws {CacheError} `invalid-key`. */
export function checkKey(key: unknown): asserts key is Key {
  if (!isKey(key)) throw invalid('invalid-key', 'key', 'a string or a number', key);
}

/** @throws {CacheError} `invalid-argument`. */
export function checkFunction(callback: unknown, name: string): void {
  check(callback, name, FUNCTION, 'invalid-argument');
}

/** The members of an argument that is a list. */
export function readList<T>(list: unknown, name: string, code: CacheErrorCode = 'invalid-argument'): T[] {
  check(list, name, LIST, code);
  return [...(list as Iterable<T>)];
}

/** The members of a list of strings. */
export function readStrings(list: unknown, name: string, code: CacheErrorCode = 'invalid-argument'): string[] {
  return readList<string>(list, name, code).map((text) => {
    if (typeof text !== 'string') throw invalid(code, name, 'strings', text);
    return text;
  });
}

/**
 * Reads each property of an object of options once, and checks it. Leaves out undefined properties, and inherited ones
 * that are not options.
 *
 * @throws {CacheError} `invalid-option` for an unknown option; the rule's code for a wrong value.
 */
export function readOptions<O extends object>(options: unknown, rules: Partial<Rules<O>>, name = 'options'): O {
  const read: Record<string, unknown> = {};
  if (options === undefined) return read as O;
  check(options, name, OBJECT);
  for (const option in options as object) {
    const value = (options as Record<string, unknown>)[option];
    if (value === undefined) continue;
    if (owns(rules, option)) {
      check(value, option, rules[option as keyof O]!);
      read[option] = value;
    } else if (owns(options as object, option)) {
      check(value, `${name}.${option}`, oneOf(...Object.keys(rules)));
    }
  }
  return read as O;
}

/** Whether a property is an object's own. `Object.hasOwn` is newer than some browsers that run everything else here. */
function owns(object: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}
