// Random numbers that are the same in every run.

/** Makes a generator of numbers from 0 up to, but not including, 1 (mulberry32). */
export function mulberry32(seed) {
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

/** Makes a generator of ranks below `size`: rank r comes up in proportion to 1 / (r + 1) ^ exponent. */
export function zipf(random, size, exponent) {
  const sums = new Float64Array(size);
  for (let rank = 0, sum = 0; rank < size; rank += 1) sums[rank] = sum += (rank + 1) ** -exponent;
  return () => firstAbove(sums, random() * sums[size - 1]);
}

/** The first place in a rising list whose number is larger than `bound`. */
function firstAbove(list, bound) {
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle] > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The whole numbers below `size`, in random order. */
export function shuffled(random, size) {
  const numbers = Int32Array.from({ length: size }, (_, index) => index);
  for (let last = size - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [numbers[last], numbers[other]] = [numbers[other], numbers[last]];
  }
  return numbers;
}
