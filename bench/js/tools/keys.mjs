// Keys and values.

/** What keys begin with, unless a case says otherwise. */
const PREFIX = 'did:web:example.com:';

export const keyOf = (number, prefix = PREFIX) => `${prefix}${number}`;

/** The source text of an expression that builds the same key. */
export const keySource = (number, prefix = PREFIX) => `\`${prefix}\${${number}}\``;

/**
 * Keys that exist before they are used: numbers from `from` on. They are flat: V8 keeps a template string in two pieces
 * until somebody looks at its characters. They have their hash: V8 computes it once, and the first contender would pay.
 */
export function readyKeys(from, count, prefix = PREFIX) {
  // What JSON.parse returns is flat.
  const keys = JSON.parse(JSON.stringify(Array.from({ length: count }, (_, index) => keyOf(from + index, prefix))));
  if (new Set(keys).size !== count) throw new Error('keys are not distinct');
  return keys;
}

/** Objects, as most cached values are; all of one shape. */
export const makeValues = (count) => Array.from({ length: count }, (_, id) => ({ id, name: 'value' }));
