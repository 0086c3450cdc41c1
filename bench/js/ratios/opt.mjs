// OPT: the most hits that any policy can have, found by looking into the future (Belady, with bypass: a value that was
// just loaded need not be stored).

/** What stands for the time of a request that never comes. */
export const NEVER = -1;

/**
 * For each request, when its key is asked for the next time.
 *
 * @param requests Keys from 0 on.
 * @param keys How many distinct ones there are.
 */
export function nextUses(requests, keys) {
  const seen = new Int32Array(keys).fill(NEVER);
  const next = new Int32Array(requests.length);
  for (let time = requests.length - 1; time >= 0; time -= 1) {
    next[time] = seen[requests[time]];
    seen[requests[time]] = time;
  }
  return next;
}

/**
 * How many hits OPT has with a cache of this size.
 *
 * What is stored is known by the time of its next use: no two keys have the same. So a request is a hit if its own time
 * is there, and who goes is the latest. A key that is never used again is not stored.
 */
export function optimalHits(next, size) {
  const stored = new Times(next.length);
  let [count, hits] = [0, 0];
  for (let time = 0; time < next.length; time += 1) {
    if (stored.has(time)) {
      hits += 1;
      stored.delete(time);
      count -= 1;
    }
    if (next[time] === NEVER) continue;
    stored.add(next[time]);
    if (count < size) count += 1;
    else stored.delete(stored.latest());
  }
  return hits;
}

/** A set of times: a bit for each, and above it levels with a bit for each word below that is not 0. */
class Times {
  #levels = [];

  constructor(length) {
    let words = length;
    do {
      words = Math.ceil(words / 32);
      this.#levels.push(new Int32Array(words));
    } while (words > 1);
  }

  has(time) {
    return ((this.#levels[0][time >>> 5] >>> (time & 31)) & 1) === 1;
  }

  add(time) {
    let at = time;
    for (const level of this.#levels) {
      const word = at >>> 5;
      const before = level[word];
      level[word] = before | (1 << (at & 31));
      if (before !== 0) return;
      at = word;
    }
  }

  delete(time) {
    let at = time;
    for (const level of this.#levels) {
      const word = at >>> 5;
      level[word] &= ~(1 << (at & 31));
      if (level[word] !== 0) return;
      at = word;
    }
  }

  /** The latest time. There has to be one. */
  latest() {
    let at = 0;
    for (let index = this.#levels.length - 1; index >= 0; index -= 1) {
      at = at * 32 + 31 - Math.clz32(this.#levels[index][at]);
    }
    return at;
  }
}
