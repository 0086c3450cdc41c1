// Hashes of keys, for the sketch that remembers how often a key was asked for.

/** The secrets of one cache: without them nobody can tell which keys share a hash. */
export interface Seed {
  /** Where a hash starts. */
  readonly start: number;
  /** What it is multiplied by; odd. */
  readonly factor: number;
}

/** Draws the secrets. Not at import, and not in a constructor: some runtimes have no random numbers to give then. */
export function drawSeed(): Seed {
  const [start = 0, factor = 0] = drawNumbers();
  return { start, factor: factor | 1 };
}

function drawNumbers(): Uint32Array | number[] {
  try {
    return crypto.getRandomValues(new Uint32Array(2));
  } catch {
    // workerd at module scope, or a runtime without crypto: enough for a hash that only steers the policy.
    return [Math.random() * 2 ** 32, Math.random() * 2 ** 32];
  }
}

const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);

/**
 * A 32-bit hash of a key, signed: V8 makes an object of a larger number. Two UTF-16 units a step: reading them is what it
 * costs.
 */
export function hash(key: string | number, { start, factor }: Seed): number {
  let state = start;
  if (typeof key === 'number') {
    float[0] = key + 0;
    state = mix(state, halves[0]!, factor);
    return mix(state, halves[1]!, factor);
  }
  const { length } = key;
  let at = 1;
  for (; at < length; at += 2) state = mix(state, key.charCodeAt(at - 1) | (key.charCodeAt(at) << 16), factor);
  if (at === length) state = mix(state, key.charCodeAt(at - 1), factor);
  return mix(state, length, factor);
}

function mix(state: number, units: number, factor: number): number {
  const product = Math.imul(state ^ units, factor);
  return product ^ (product >>> 15);
}
