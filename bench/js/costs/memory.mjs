// Whether memory stays flat: many new keys for a small cache, with and without ttl.

import { Cache } from 'keylatch';
import { TTL } from '../contenders.mjs';
import { keyOf } from '../tools/keys.mjs';

const ENTRIES = 10_000;
/** How often memory is looked at, beside the start. */
const LOOKS = 10;
/** How much the heap may grow from the first look to the largest later one: what compiled code and the like take. */
const SLACK = 512 * 1024;

/** Sets this many keys, and looks at the memory now and then. Has to run in a process that has made no cache yet. */
export async function measure({ sets, ttl }) {
  const bytes = watchMemories();
  const cache = new Cache({ max: ENTRIES, ...(ttl && { ttl: TTL }) });
  const fill = (from, to) => {
    for (let number = from; number < to; number += 1) cache.set(keyOf(number), { id: number });
  };
  const look = (sets) => {
    // Twice: what finalizers hold is gone only after the first time.
    globalThis.gc();
    globalThis.gc();
    return { sets, wasm: bytes(), heap: process.memoryUsage().heapUsed };
  };
  // A cache that isn't full may have no WebAssembly yet.
  fill(-2 * ENTRIES, 0);
  if (bytes() === 0) throw new Error('the memory of keylatch was not found');
  const looks = [look(0)];
  const step = sets / LOOKS / 10;
  for (let done = step; done <= sets; done += step) {
    fill(done - step, done);
    // A turn in which the process learns whether somebody still waits for it.
    await new Promise((resolve) => setImmediate(resolve));
    if (done % (10 * step) === 0) looks.push(look(done));
  }
  if (cache.size !== ENTRIES) throw new Error('keylatch gave a wrong answer: its bound does not hold');
  const [, first, ...later] = looks;
  const isFlat = later.every(({ wasm, heap }) => wasm === first.wasm && heap - first.heap <= SLACK);
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
