// Whether memory stays flat: many new keys for a small cache, with and without ttl.

import { keyOf } from './keys.mjs';
import { TTL } from './contenders.mjs';

/** Entries of the cache. */
const ENTRIES = 10_000;
/** How often memory is looked at, beside the start. */
const LOOKS = 10;
/** How much the heap may grow from the first look to the largest later one: what compiled code and the like take. */
const SLACK = 512 * 1024;

/**
 * Sets this many keys, and looks at the memory now and then. Has to run in a process that has made no cache yet.
 *
 * @returns The looks, and whether memory was flat from the first one after the start.
 */
export async function measureMemory({ sets, ttl }) {
  const { Cache, bytes } = await load();
  const cache = new Cache(ttl ? { max: ENTRIES, ttl: TTL } : { max: ENTRIES });
  const looks = [look(0, bytes)];
  let serial = 0;
  for (let index = 1; index <= LOOKS; index += 1) {
    const until = Math.round((sets * index) / LOOKS);
    serial = fill(cache, serial, until);
    if (cache.size !== ENTRIES) throw new Error('keylatch gave a wrong answer: its bound does not hold');
    looks.push(look(until, bytes));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [, first, ...later] = looks;
  const isFlat =
    later.every(({ wasm }) => wasm === first.wasm) && Math.max(...later.map(({ heap }) => heap)) - first.heap <= SLACK;
  return { sets, ttl, looks, isFlat };
}

/** Loads the package such that the size of its WebAssembly memory can be read, which it keeps to itself. */
async function load() {
  const { Instance } = WebAssembly;
  const memories = [];
  WebAssembly.Instance = class extends Instance {
    constructor(...args) {
      super(...args);
      memories.push(this.exports.memory);
    }
  };
  const { Cache } = await import('keylatch');
  return { Cache, bytes: () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) };
}

function fill(cache, from, to) {
  for (let number = from; number < to; number += 1) cache.set(keyOf(number), { id: number });
  return to;
}

function look(sets, bytes) {
  // Twice: what finalizers hold is gone only after the first time.
  globalThis.gc();
  globalThis.gc();
  return { sets, wasm: bytes(), heap: process.memoryUsage().heapUsed };
}
