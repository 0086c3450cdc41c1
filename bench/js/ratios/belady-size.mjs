// BeladySize: what a cache that knows the future would have, where objects differ in size.
//
// The most hits that are possible can't be found in a reasonable time: it is a knapsack problem. This is the usual
// stand-in, and greedy: who goes is the object with the largest product of its size and the time until its next use. It
// is no strict bound, but nothing that doesn't know the future comes near it.

import { NEVER } from '../opt.mjs';

/**
 * The hits of BeladySize, as requests and as bytes. An object that is never used again is not stored, and the one that
 * was just asked for may be the one that goes.
 *
 * @param requests Keys from 0 on.
 * @param next For each request, when its key is asked for the next time.
 * @param sizes The size of each key.
 * @param maxSize What all that is stored may take together.
 */
export function beladySize(requests, next, sizes, maxSize) {
  const stored = new Stored(sizes);
  const hits = { objects: 0, bytes: 0 };
  for (let time = 0; time < requests.length; time += 1) {
    const key = requests[time];
    if (stored.delete(key)) {
      hits.objects += 1;
      hits.bytes += sizes[key];
    }
    if (next[time] === NEVER || sizes[key] > maxSize) continue;
    stored.add(key, next[time]);
    while (stored.bytes > maxSize) stored.delete(stored.worst(time));
  }
  return hits;
}

/** What is stored: a list without gaps, so that looking through it is cheap. */
class Stored {
  bytes = 0;
  #sizes;
  /** Where each key is in the list, or -1. */
  #places;
  #count = 0;
  #keys;
  #weights;
  #nexts;

  constructor(sizes) {
    this.#sizes = sizes;
    this.#places = new Int32Array(sizes.length).fill(-1);
    this.#keys = new Uint32Array(sizes.length);
    this.#weights = new Float64Array(sizes.length);
    this.#nexts = new Float64Array(sizes.length);
  }

  add(key, next) {
    this.#put(this.#count, key, next);
    this.#count += 1;
    this.bytes += this.#sizes[key];
  }

  /** Removes a key. Returns whether it was there. */
  delete(key) {
    const place = this.#places[key];
    if (place === -1) return false;
    this.#count -= 1;
    if (place !== this.#count) this.#put(place, this.#keys[this.#count], this.#nexts[this.#count]);
    this.#places[key] = -1;
    this.bytes -= this.#sizes[key];
    return true;
  }

  /** The key with the largest product. There has to be one. */
  worst(time) {
    let [at, most] = [0, -1];
    for (let place = 0; place < this.#count; place += 1) {
      const product = this.#weights[place] * (this.#nexts[place] - time);
      if (product > most) {
        most = product;
        at = place;
      }
    }
    return this.#keys[at];
  }

  #put(place, key, next) {
    this.#keys[place] = key;
    this.#weights[place] = this.#sizes[key];
    this.#nexts[place] = next;
    this.#places[key] = place;
  }
}
