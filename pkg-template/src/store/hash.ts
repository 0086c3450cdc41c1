// Hashes of keys, for the sketch that remembers how often a key was asked for.

import { core } from '../wasm/boot.js';
import { ADOPTED } from '../wasm/protocol.js';
import type { Key } from '../base/key.js';
import type { Seed, Space } from './spaces.js';

/**
 * Draws the secrets. Not at import, not in a constructor, and not before the first eviction: some runtimes have no random
 * numbers that early.
 */
function drawSeed(): Seed {
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
 * A 32-bit hash of a key, signed, because V8 makes an object of a larger number. It reads two UTF-16 units per step,
 * because reading them takes most of the time.
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

/** What a cache knows of its slots. */
interface Slots {
  readonly cache: number;
  address(slot: number): { readonly key: Key | undefined; readonly space: Space };
}

/** Hashes the keys of one cache late: none before the first eviction, and from then on a few older keys with each new one. */
export class LateHashes {
  #seed: Seed | undefined;
  /** Keys without a hash may be in the slots from the first number up to the second. */
  #next = 0;
  #end = 0;

  /** Draws the secrets, once. The keys in the first so many slots have no hash at that time. */
  drawSecrets(cache: number, slots: number): void {
    if (this.#seed !== undefined) return;
    this.#seed = drawSeed();
    this.#end = slots;
    core.cacheSeed(cache, this.#seed.start);
  }

  /** The hash of a new key; 0 as long as none is wanted. Sees to some of the other keys, too. */
  hashNext(slots: Slots, space: Space, key: Key): number {
    const seed = this.#seed;
    if (seed === undefined) return 0;
    for (let count = 0; count < ADOPTED && this.#next < this.#end; count += 1) {
      const slot = this.#next;
      this.#next += 1;
      const { key, space } = slots.address(slot);
      if (key !== undefined) core.cacheAdopt(slots.cache, slot, hash(key, seedOf(space, seed)));
    }
    const own = seedOf(space, seed);
    // From here on, the space needs nobody's help.
    if (this.#next === this.#end) space.seed = own;
    return hash(key, own);
  }
}

/** The secrets of a space follow from the cache's. */
function seedOf({ path }: Space, seed: Seed): Seed {
  return { start: hash(path, seed), factor: seed.factor };
}
