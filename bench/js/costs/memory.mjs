// Whether memory stays flat: many new keys for a small cache, with and without ttl.

import { Cache } from 'keylatch';
import { TTL } from '../contenders.mjs';
import { keyOf } from '../tools/keys.mjs';

/** Entries of the cache. */
const ENTRIES = 10_000;
/** How often memory is looked at, beside the start. */
const LOOKS = 10;
/** Sets between two turns of the event loop, in which the process learns that nobody waits for it any more. */
const STEP = 1_000_000;
/** How much the heap may grow from the first look to the largest later one: what compiled code and the like take. */
const SLACK = 512 * 1024;

/**
 * Sets this many keys, and looks at the memory now and then. Has to run in a process that has made no cache yet.
 *
 * @returns The looks, and whether memory was flat from the first one after the start.
 */
export async function measure({ sets, ttl }) {
  const bytes = watchMemories();
  const cache = new Cache(ttl ? { max: ENTRIES, ttl: TTL } : { max: ENTRIES });
  // Where the module comes with the first eviction only, its memory is there from then on.
  for (let number = -2 * ENTRIES; number < 0; number += 1) cache.set(keyOf(number), { id: number });
  // Nothing would look flat as well.
  if (bytes() === 0) throw new Error('the memory of keylatch was not found');
  const looks = [look(0, bytes)];
  for (let index = 1, serial = 0; index <= LOOKS; index += 1) {
    const until = Math.round((sets * index) / LOOKS);
    while (serial < until) {
      const step = Math.min(serial + STEP, until);
      for (; serial < step; serial += 1) cache.set(keyOf(serial), { id: serial });
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (cache.size !== ENTRIES) throw new Error('keylatch gave a wrong answer: its bound does not hold');
    looks.push(look(until, bytes));
  }
  const [, first, ...later] = looks;
  const isFlat =
    later.every(({ wasm }) => wasm === first.wasm) && Math.max(...later.map(({ heap }) => heap)) - first.heap <= SLACK;
  return { entries: ENTRIES, looks, isFlat };
}

/** Makes readable how large the WebAssembly memories are that packages keep to themselves. Call it before their start. */
export function watchMemories() {
  const { Instance } = WebAssembly;
  const memories = [];
  WebAssembly.Instance = class extends Instance {
    constructor(...args) {
      super(...args);
      memories.push(this.exports.memory);
    }
  };
  return () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

function look(sets, bytes) {
  // Twice: what finalizers hold is gone only after the first time.
  globalThis.gc();
  globalThis.gc();
  return { sets, wasm: bytes(), heap: process.memoryUsage().heapUsed };
}
