// keylatch's InMemoryCache for a program in another language: requests come in as lines of JSON, answers go out so.
//
// A request is [number, moment, name, ...arguments]. Its answer is [number, value], or [number, null, [code, message]],
// without a code if the error is none of keylatch's. What takes time is answered when it is done; meanwhile others are.
//
// KEYLATCH_CLASSES names a script of wasm-pack's with the classes of the crate's feature `js`: then they are it.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import * as keylatch from 'keylatch';

const { CacheError } = keylatch;
const { KEYLATCH_CLASSES } = process.env;
const { InMemoryCache } = KEYLATCH_CLASSES ? createRequire(import.meta.url)(KEYLATCH_CLASSES) : keylatch;

/** Caches and locks by number. */
const caches = [];
const locks = [];

/** An object of the other program's, which JSON can't express and which therefore has stayed there. */
class Reference {
  constructor(number) {
    this.number = number;
  }
}

/** A value on its way: [] if it is missing, [value] in JSON, [null, number] for an object that has stayed. */
const incoming = (wire) => (wire.length === 2 ? new Reference(wire[1]) : wire[0]);
function outgoing(value) {
  if (value === undefined) return [];
  return value instanceof Reference ? [null, value.number] : [value];
}

/**
 * The time is that of the last request, by the other program's clock. It stops there while the program stands still for
 * an answer: with ACA-Py's cache it wouldn't, and a busy machine is no reason that an entry has expired.
 */
let moment = Date.now();
/** The time of the virtual clock, once there is one. */
let time = null;
Date.now = () => time ?? moment;

const REQUESTS = {
  make: () => caches.push(new InMemoryCache({ max: Infinity })) - 1,
  get: async (cache, key) => outgoing(await caches[cache].get(key)),
  set: (cache, keys, value, ttl) => caches[cache].set(keys, incoming(value), ttl ?? undefined),
  clear: (cache, key) => caches[cache].clear(key),
  flush: (cache) => caches[cache].flush(),
  acquire(cache, key, lease) {
    const lock = caches[cache].acquire(key, { lease });
    const parent = lock.parent === undefined ? -1 : locks.indexOf(lock.parent);
    return [locks.push(lock) - 1, parent];
  },
  // Whoever acquires a key that is locked has a parent.
  isLocked(cache, key) {
    const probe = caches[cache].acquire(key);
    probe.release();
    return probe.parent !== undefined;
  },
  releaseKey: (cache, key) => caches[cache].release(key),
  enter: async (lock) => void (await locks[lock].enter()),
  exit: (lock, error) => locks[lock].exit(error ?? undefined),
  release: (lock) => locks[lock].release(),
  setResult: (lock, value, ttl) => locks[lock].setResult(incoming(value), { ttl: ttl ?? undefined }),
  future: async (lock) => outgoing(await locks[lock].future),
  state: (lock) => {
    const { done, result, released } = locks[lock];
    return [done, outgoing(result), released];
  },
  // The virtual clock, in milliseconds, for tests that don't wait.
  clock(milliseconds) {
    time = milliseconds;
  },
  // Lets everything settle that can without time passing.
  async settle() {
    for (let turn = 0; turn < 50; turn += 1) await undefined;
  },
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  const [number, sent, name, ...words] = JSON.parse(line);
  moment = sent;
  let answer;
  try {
    answer = [number, (await REQUESTS[name](...words)) ?? null];
  } catch (error) {
    answer = [number, null, [error instanceof CacheError ? error.code : null, String(error)]];
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
