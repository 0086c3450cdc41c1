// What options have to be, and how an object of options is read.

import { unfit } from '../errors.js';

/** Whether a value will do. */
export type Check = (value: unknown) => boolean;

/** What an option has to be, in words and as a check. */
export type Rule = readonly [expected: string, check: Check];

const isFunction: Check = (value) => typeof value === 'function';
const isDuration: Check = (value) => typeof value === 'number' && value >= 0;

/** Whether a value is a bound for sizes or entries. */
export const isBound: Check = (value) => typeof value === 'number' && value >= 1;

/** True or false. */
export const SWITCH: Rule = ['true or false', (value) => typeof value === 'boolean'];
/** A function. */
export const FUNCTION: Rule = ['a function', isFunction];
/** Milliseconds. */
export const DURATION: Rule = ['a number of milliseconds from 0 on', isDuration];
/** Milliseconds that do take time. */
export const SPAN: Rule = ['a number of milliseconds above 0', (value) => isDuration(value) && value !== 0];
/** A share of something. */
export const SHARE: Rule = ['a share from 0 to 1', (value) => isDuration(value) && (value as number) <= 1];
/** Something that aborts. */
export const SIGNAL: Rule = [
  'an AbortSignal',
  (value) => typeof (value as Partial<AbortSignal> | null)?.addEventListener === 'function',
];
/** Milliseconds, or a function that tells them. */
export const DURATION_OF: Rule = [
  'a number of milliseconds from 0 on, or a function',
  (value) => isDuration(value) || isFunction(value),
];

/** Whether a property is an object's own. `Object.hasOwn` is newer than some browsers that run everything else here. */
export function owns(object: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}

/** @throws {CacheError} `invalid-option`, if a value isn't what a rule expects. */
export function check(value: unknown, name: string, [expected, fits]: Rule): void {
  if (!fits(value)) throw unfit('invalid-option', name, expected, value);
}

/** Reads each property of an object of options once, and checks it. Undefined ones are left out. */
export function snapshot<O extends object>(options: unknown, name: string, known: Partial<Record<keyof O, Rule>>): O {
  if (typeof options !== 'object' || options === null) throw unfit('invalid-option', name, 'an object', options);
  const read: Record<string, unknown> = {};
  for (const option in options) {
    const value = (options as Record<string, unknown>)[option];
    if (value === undefined) continue;
    if (owns(known, option)) {
      check(value, option, known[option as keyof O]!);
      read[option] = value;
    } else if (owns(options, option)) {
      throw unfit('invalid-option', `${name}.${option}`, `one of ${Object.keys(known).join(', ')}`, value);
    }
  }
  return read as O;
}
