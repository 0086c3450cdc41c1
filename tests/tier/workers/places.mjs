// Workers KV as it is in the world: each place keeps what it has read for a while, also that there was nothing, and sees
// what other places write only later. Time passes when a test says so.

export class World {
  #now = 0;
  #kv;
  #delay;
  /** When and where each key was written last, and what stood there before. */
  #writes = new Map();

  constructor(kv, delay) {
    this.#kv = kv;
    this.#delay = delay;
    /** The lives that were asked for, in seconds. */
    this.lives = [];
  }

  pass(time) {
    this.#now += time;
  }

  /** The namespace, as a place sees it. */
  place() {
    const known = new Map();
    const place = {
      get: async (key, type) => {
        const found = known.get(key);
        if (found !== undefined && this.#now - found.at < this.#delay) return found.value?.slice(0) ?? null;
        const write = this.#writes.get(key);
        const isHidden = write !== undefined && write.place !== place && this.#now - write.at < this.#delay;
        const value = isHidden ? write.before : await this.#kv.get(key, type);
        known.set(key, { at: this.#now, value });
        return value?.slice(0) ?? null;
      },
      put: async (key, value, options) => {
        const before = await this.#kv.get(key, 'arrayBuffer');
        this.lives.push(options.expirationTtl);
        await this.#kv.put(key, value, options);
        this.#writes.set(key, { at: this.#now, place, before });
        known.delete(key);
      },
    };
    return place;
  }
}
