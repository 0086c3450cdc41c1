// Keys and values.

/** What keys begin with, where a case says nothing else. */
const PREFIX = 'did:web:example.com:';

/** The key with this number; loops.mjs has the same as source text. */
export const keyOf = (number, prefix = PREFIX) => `${prefix}${number}`;

/** The source text of an expression that builds a key. */
export const keySource = (number, prefix = PREFIX) => `\`${prefix}\${${number}}\``;

/**
 * Keys that are there before they are used: numbers from `from` on. They are flat, since a template string is two
 * pieces at first and V8 joins them when somebody looks at the characters; and they have their hash, since it is
 * computed once in a string's life and the first contender would pay for all.
 */
export function readyKeys(from, count, prefix = PREFIX) {
  // What JSON.parse returns is flat.
  const keys = JSON.parse(JSON.stringify(Array.from({ length: count }, (_, index) => keyOf(from + index, prefix))));
  if (new Set(keys).size !== count) throw new Error('keys are not distinct');
  return keys;
}

/** Objects, as most cached values are; all of one shape. */
export function makeValues(count) {
  return Array.from({ length: count }, (_, id) => ({ id, name: 'value' }));
}
