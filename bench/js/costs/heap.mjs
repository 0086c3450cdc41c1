// What a full cache takes above its keys and values: one contender, in a process that has made no cache yet.

import { contenderOf } from '../contenders.mjs';
import { makeValues, readyKeys } from '../tools/keys.mjs';
import { watchMemories } from './memory.mjs';

/**
 * Fills a cache to its bound, and looks at the memory before and after. Returns bytes an entry: in V8's heap, in `buffers`
 * outside of it, and in WebAssembly, whose pages are never given back when it grows.
 */
export async function measure({ contender: name, size, ttl }) {
  const { make } = contenderOf(name);
  const keys = readyKeys(0, size);
  const values = makeValues(size);
  const wasm = watchMemories();
  // A small one before: code that is loaded and compiled, and the WebAssembly instance, are not an entry's.
  const warm = make({ size: 16, ttl });
  for (let index = 0; index < size; index += 1) warm.set(keys[index], values[index]);
  const before = await look(wasm);
  const cache = make({ size, ttl });
  for (let index = 0; index < size; index += 1) cache.set(keys[index], values[index]);
  const after = await look(wasm);
  if (cache.size !== size) throw new Error(`${name} gave a wrong answer: it has not kept what it has room for`);
  if (keys.some((key, index) => cache.get(key) !== values[index])) throw new Error(`${name} has lost a value`);
  return Object.fromEntries(Object.keys(after).map((key) => [key, (after[key] - before[key]) / size]));
}

async function look(wasm) {
  // What only finalizers and microtasks hold is gone the second time.
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers, wasm: wasm() };
}
