// Whether the contenders do what they are timed for.

import { contendersOf } from './contenders.mjs';
import { keyOf, makeValues, readyKeys } from './keys.mjs';

/**
 * Checks every contender, in the sizes of these cases up to the largest one, and with their options.
 *
 * @returns How many were checked.
 * @throws What is wrong.
 */
export function check(cases, largest) {
  const inputs = new Map();
  const seen = new Set();
  let count = 0;
  for (const { size: wanted, ttl, op } of cases) {
    const size = Math.min(wanted, largest);
    const options = { size, ttl, evicts: op === 'evict' };
    const label = JSON.stringify(options);
    if (seen.has(label)) continue;
    seen.add(label);
    if (!inputs.has(size)) inputs.set(size, inputOf(size));
    for (const { name, make, most = (size) => size } of contendersOf({ ...options, op })) {
      const wrong = firstFault(make(options), { ...options, most: most(size) }, inputs.get(size));
      if (wrong !== undefined) throw new Error(`${name} gave a wrong answer: ${wrong} (${label})`);
      count += 1;
    }
  }
  return count;
}

/** As many keys as fit, as many more, and a value for each of both. */
function inputOf(size) {
  return { present: readyKeys(0, size), others: readyKeys(size, size), values: makeValues(2 * size) };
}

/** What a contender does wrong, in words. */
function firstFault(cache, options, input) {
  const { size, evicts } = options;
  input.present.forEach((key, index) => cache.set(key, input.values[index]));
  if (cache.size !== size) return 'it has not kept what it has room for';
  return evicts ? faultOfEvicting(cache, options, input) : faultOfKeeping(cache, size, input);
}

function faultOfKeeping(cache, size, { present, others, values }) {
  if (present.some((key, index) => cache.get(key) !== values[index])) return 'a ready key has another value';
  if (present.some((_, index) => cache.get(keyOf(index)) !== values[index])) return 'a fresh key has another value';
  if (others.some((key) => cache.get(key) !== undefined)) return 'an absent key has a value';
  present.forEach((key, index) => cache.set(key, values[size + index]));
  if (present.some((key, index) => cache.get(key) !== values[size + index])) return 'a value was not overwritten';
  return cache.size === size ? undefined : 'overwriting has changed its size';
}

/** Where a contender may keep more than it was made for, that many and no more. */
function faultOfEvicting(cache, { size, most }, { present, others, values }) {
  const isExact = most === size;
  for (let index = 0; index < size; index += 1) {
    cache.set(keyOf(size + index), values[size + index]);
    // Only there: what the others say is not what they keep, and takes quick-lru a walk over all.
    if (isExact && cache.size !== size) return 'its bound does not hold';
    if (cache.get(others[index]) !== values[size + index]) return 'a new key was not stored';
  }
  // Not which ones: a cache may keep an old key that was asked for often.
  const all = [...present, ...others];
  const kept = all.filter((key, index) => cache.get(key) === values[index]).length;
  return kept >= size && kept <= most ? undefined : `it keeps ${kept} where it has room for ${size} to ${most}`;
}
