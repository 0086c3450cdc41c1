// Whether the contenders do what they are timed for.

import { contendersOf } from './contenders.mjs';
import { keyOf, makeValues, readyKeys } from './keys.mjs';

/**
 * Checks every contender, in the sizes and with the options of these cases.
 *
 * @throws What is wrong.
 */
export function check(cases) {
  const seen = new Set();
  for (const { size, ttl, op } of cases) {
    const options = { size, ttl, evicts: op === 'evict' };
    const label = JSON.stringify(options);
    if (seen.has(label)) continue;
    seen.add(label);
    for (const { name, make } of contendersOf(options)) {
      const wrong = firstFault(make(options), options);
      if (wrong !== undefined) throw new Error(`${name} gave a wrong answer: ${wrong} (${label})`);
    }
  }
}

/** What a contender does wrong, in words. */
function firstFault(cache, { size, evicts }) {
  const keys = readyKeys(0, size);
  const values = makeValues(3 * size);
  keys.forEach((key, index) => cache.set(key, values[index]));
  if (cache.size !== size) return 'it has not kept what it has room for';
  if (keys.some((key, index) => cache.get(key) !== values[index])) return 'a ready key has another value';
  if (keys.some((_, index) => cache.get(keyOf(index)) !== values[index])) return 'a fresh key has another value';
  if (readyKeys(size, size).some((key) => cache.get(key) !== undefined)) return 'an absent key has a value';
  if (!evicts) {
    keys.forEach((key, index) => cache.set(key, values[size + index]));
    if (keys.some((key, index) => cache.get(key) !== values[size + index])) return 'a value was not overwritten';
    return cache.size === size ? undefined : 'overwriting has changed its size';
  }
  for (let index = size; index < 3 * size; index += 1) {
    cache.set(keyOf(index), values[index]);
    if (cache.size !== size) return 'its bound does not hold';
    if (cache.get(keyOf(index)) !== values[index]) return 'a new key was not stored';
  }
  const kept = values.filter((value, index) => cache.get(keyOf(index)) === value).length;
  return kept === size ? undefined : 'it has not kept as many as it has room for';
}
