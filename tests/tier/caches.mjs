// Caches over one store in memory, on virtual time: for tests of what a tier does.

import { Time } from '../package/suite/time.mjs';
import { Cache, MemoryStore, tier } from './sources.mjs';

export { settled, sleep } from '../package/suite/time.mjs';

/** A store whose answers can be late, or not come at all. Counts the calls. */
export class Unreliable {
  /** How long each answer takes, in milliseconds. */
  delay = 1;
  /** The same for calls of one kind. */
  delays = {};
  /** How long answers of one kind take on their way back. */
  returns = {};
  /** What becomes of calls: 'answered', 'refused', 'ignored'; 'lost' if only the answer is lost. */
  calls = 'answered';
  /** Calls that are never answered. */
  blocked = new Set();
  counts = {};

  constructor(store) {
    this.store = store;
    this.capabilities = store.capabilities;
    for (const name of ['read', 'write', 'put', 'drop', 'changes', 'renew', 'turn', 'endTurn']) {
      this[name] = (...words) => this.#call(name, words);
    }
  }

  async #call(name, words) {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    const signal = words.at(-1);
    if (this.calls === 'ignored' || this.blocked.has(name)) return new Promise(() => {});
    await new Promise((resolve) => setTimeout(resolve, this.delays[name] ?? this.delay));
    if (this.calls === 'refused') throw new Error('connection refused');
    if (signal.aborted) throw signal.reason;
    const answer = await this.store[name](...words);
    if (this.returns[name] !== undefined) await new Promise((resolve) => setTimeout(resolve, this.returns[name]));
    if (this.calls === 'lost') throw new Error('connection lost');
    return answer;
  }
}

/** Runs a test with a world of its own: a store, and caches over it. */
export function inWorld(run) {
  return async () => {
    const time = new Time();
    time.install();
    const world = new World(time);
    const done = run(world).finally(() => world.close());
    let isDone = false;
    const end = () => (isDone = true);
    done.then(end, end);
    try {
      while (!isDone) {
        // Once nothing else is left to do, the next timer is due.
        await new Promise(setImmediate);
        if (time.pending > 0) time.set(Math.max(time.now, time.nextDue));
        time.fire();
      }
    } finally {
      time.restore();
    }
    return done;
  };
}

class World {
  store = new MemoryStore();
  loads = 0;
  #caches = [];

  constructor(time) {
    this.time = time;
  }

  /** A node: a cache with a tier, and its own way to the store. */
  node({ store = this.store, name, ...options } = {}, cacheOptions = {}) {
    const link = new Unreliable(store);
    const events = [];
    const second = tier(link, { events: (event) => events.push(event), ...options });
    const cache = new Cache({ max: 1000, ttl: 60_000, name, ...cacheOptions, tier: second });
    this.#caches.push(cache);
    return { cache, tier: second, link, events };
  }

  /** A loader that counts, and takes a while. */
  loader(value = undefined, delay = 5) {
    return async () => {
      this.loads += 1;
      const now = value ?? `load ${this.loads}`;
      await new Promise((resolve) => setTimeout(resolve, delay));
      return now;
    };
  }

  /** Closes another cache in the end, too. */
  alsoClose(cache) {
    this.#caches.push(cache);
  }

  close() {
    for (const cache of this.#caches) cache.close();
  }
}

/** The error of a promise that has to reject. */
export async function failure(promise) {
  return promise.then(
    (value) => {
      throw new Error(`it has resolved, with ${JSON.stringify(value)}`);
    },
    (error) => error,
  );
}
