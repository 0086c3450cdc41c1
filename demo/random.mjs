// Chance that is the same in every run.

/**
 * Makes a generator of numbers from 0 up to 1 (mulberry32).
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A log-normal number: half are below the median, and a few are far above it. */
export function logNormal(random, median, sigma) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(sigma * normal);
}

/**
 * Draws ranks from 0 on, the way people ask for things: rank r comes up in proportion to 1 / (r + 1) ^ exponent.
 *
 * @returns {number[]}
 */
export function zipf(random, ranks, exponent, draws) {
  const sums = new Float64Array(ranks);
  let sum = 0;
  for (let rank = 0; rank < ranks; rank += 1) sums[rank] = sum += (rank + 1) ** -exponent;
  return Array.from({ length: draws }, () => firstAbove(sums, random() * sum));
}

function firstAbove(sums, mark) {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > mark) high = middle;
    else low = middle + 1;
  }
  return low;
}
