// Random numbers that are the same in every run.

/** A xorshift generator: each call returns a whole number from 0 up to, but not including, `bound`. */
export function xorshift(seed) {
  let state = seed >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * bound);
  };
}

/**
 * A random order of access: numbers below `size`.
 *
 * @param kind `uniform`, or `zipf`: the number that comes k-th most often comes 1/k as often as the first.
 */
export function drawOrder(kind, size, length) {
  const below = xorshift(0x9e3779b9);
  if (kind === 'uniform') return Int32Array.from({ length }, () => below(size));
  return Int32Array.from({ length }, zipf(size, 1, below));
}

/**
 * What draws numbers below `size` where the one that comes k-th most often comes 1/k^`exponent` as often as the first.
 *
 * @param below Where the random numbers come from.
 */
export function zipf(size, exponent, below) {
  const sums = new Float64Array(size);
  for (let rank = 0, sum = 0; rank < size; rank += 1) sums[rank] = sum += 1 / (rank + 1) ** exponent;
  // Ranks are dealt out at random: otherwise the popular keys would be neighbours in memory.
  const ranked = shuffled(size, below);
  return () => ranked[search(sums, (below(2 ** 31) / 2 ** 31) * sums[size - 1])];
}

function shuffled(size, below) {
  const numbers = Int32Array.from({ length: size }, (_, index) => index);
  for (let last = size - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [numbers[last], numbers[other]] = [numbers[other], numbers[last]];
  }
  return numbers;
}

/** The first place in a rising list whose number is larger than `wanted`. */
function search(list, wanted) {
  let [from, to] = [0, list.length - 1];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (list[middle] > wanted) to = middle;
    else from = middle + 1;
  }
  return from;
}
