// OPT: the most hits that any policy can have, found by looking into the future (Belady, with bypass: a value that was
// just loaded need not be stored).

/** What stands for the time of a request that never comes. */
export const NEVER = -1;

/** For each request, when its key is asked for the next time. There are `count` keys, from 0 on. */
export function nextUses(requests, count) {
  const seen = new Int32Array(count).fill(NEVER);
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
  const isStored = new Uint8Array(next.length);
  // Times that have come stay in it: they are the least, so none is ever taken for the latest.
  const latest = new MaxHeap(next.length);
  let [count, hits] = [0, 0];
  for (let time = 0; time < next.length; time += 1) {
    hits += isStored[time];
    count -= isStored[time];
    if (next[time] === NEVER) continue;
    isStored[next[time]] = 1;
    latest.push(next[time]);
    if (count < size) count += 1;
    else isStored[latest.pop()] = 0;
  }
  return hits;
}

/** A binary heap of whole numbers, with the largest on top. */
class MaxHeap {
  #items;
  #count = 0;

  constructor(room) {
    this.#items = new Int32Array(room);
  }

  push(item) {
    const items = this.#items;
    let at = this.#count++;
    for (let above = (at - 1) >> 1; at > 0 && items[above] < item; above = (at - 1) >> 1) {
      items[at] = items[above];
      at = above;
    }
    items[at] = item;
  }

  pop() {
    const items = this.#items;
    const [top, item, count] = [items[0], items[--this.#count], this.#count];
    let at = 0;
    for (let below = 1; below < count; below = 2 * at + 1) {
      if (below + 1 < count && items[below + 1] > items[below]) below += 1;
      if (items[below] <= item) break;
      items[at] = items[below];
      at = below;
    }
    items[at] = item;
    return top;
  }
}
