// BeladySize: what a cache that knows the future would have, where objects differ in size.
//
// The most hits that are possible can't be found in a reasonable time: it is a knapsack problem. This is the usual greedy
// stand-in, which nothing comes near that doesn't know the future: who goes has the most size times time until its use.

import { NEVER } from './opt.mjs';

/**
 * The hits of BeladySize, as requests and as bytes, in a cache of `maxSize` bytes. An object that is never used again is
 * not stored, and the one that was just asked for may be the one that goes. `next` is from `nextUses`.
 */
export function beladySize(requests, next, sizes, maxSize) {
  const hits = { objects: 0, bytes: 0 };
  // What is stored, without gaps: looking through it is most of the work. And where each key is in it.
  const [keys, weights, nexts] = [[], new Float64Array(sizes.length), new Float64Array(sizes.length)];
  const places = new Int32Array(sizes.length).fill(-1);
  let bytes = 0;
  const put = (place, key, time) => {
    [keys[place], weights[place], nexts[place], places[key]] = [key, sizes[key], time, place];
  };
  const remove = (place) => {
    const [key, last] = [keys[place], keys.length - 1];
    if (place !== last) put(place, keys[last], nexts[last]);
    keys.pop();
    places[key] = -1;
    bytes -= sizes[key];
  };
  for (let time = 0; time < requests.length; time += 1) {
    const key = requests[time];
    if (places[key] !== -1) {
      hits.objects += 1;
      hits.bytes += sizes[key];
      remove(places[key]);
    }
    if (next[time] === NEVER || sizes[key] > maxSize) continue;
    put(keys.length, key, next[time]);
    bytes += sizes[key];
    while (bytes > maxSize) {
      let [worst, most] = [0, -1];
      for (let place = 0; place < keys.length; place += 1) {
        const product = weights[place] * (nexts[place] - time);
        if (product > most) [worst, most] = [place, product];
      }
      remove(worst);
    }
  }
  return hits;
}
