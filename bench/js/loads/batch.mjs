// What it costs to gather single loads: many missing keys in one turn, and one call of a loader for all of them.

import DataLoader from 'dataloader';
import { Cache, batch } from 'keylatch';
import { FLOOR, SUBJECT } from '../contenders.mjs';
import { quartiles } from '../tools/rounds.mjs';

const WARMUPS = 30;
const ROUNDS = 60;

/** Our caches, which a program keeps. */
const caches = [];

/**
 * Who gathers. `make` gets the most entries and a loader of many keys; it returns the call for one key. It is called for
 * each round, since DataLoader keeps its values in a Map without a bound, and is meant to be made for each request. The
 * floor is what is written by hand: a list, and one microtask. `isAlone` is a load of its own for each key.
 */
const CONTENDERS = [
  {
    name: FLOOR,
    make: ({ load }) => {
      const cache = new Map();
      let open;
      const send = async (group) => {
        open = undefined;
        const values = await load(group.map(({ key }) => key));
        group.forEach(({ resolve }, index) => resolve(values[index]));
      };
      return (key) => {
        let promise = cache.get(key);
        if (promise !== undefined) return promise;
        if (open === undefined) {
          open = [];
          const group = open;
          queueMicrotask(() => send(group));
        }
        promise = new Promise((resolve) => open.push({ key, resolve }));
        cache.set(key, promise);
        return promise;
      };
    },
  },
  {
    name: SUBJECT,
    make: ({ max, load }) => {
      const cache = (caches[0] ??= new Cache({ max }));
      const loader = batch(load);
      return (key) => cache.getOrSet(key, loader);
    },
  },
  {
    name: `${SUBJECT} alone`,
    isAlone: true,
    make: ({ max, load }) => {
      const cache = (caches[1] ??= new Cache({ max }));
      const loader = async ({ key }) => (await load([key]))[0];
      return (key) => cache.getOrSet(key, loader);
    },
  },
  {
    name: 'dataloader',
    make: ({ load }) => {
      const loader = new DataLoader(load);
      return (key) => loader.load(key);
    },
  },
];

/** Measures nanoseconds per key, as quartiles. */
export async function measure({ keys: count }) {
  const racers = CONTENDERS.map((contender) => ({ ...contender, times: [] }));
  for (let round = 0; round < WARMUPS + ROUNDS; round += 1) {
    const keys = Array.from({ length: count }, (_, index) => `key ${round} ${index}`);
    // Each second round backwards: nobody always comes first.
    for (const { name, make, isAlone, times } of round % 2 === 0 ? racers : racers.toReversed()) {
      let calls = 0;
      const load = async (list) => {
        calls += 1;
        return list.map((key) => ({ key }));
      };
      const call = make({ max: count, load });
      await new Promise((resolve) => setImmediate(resolve));
      const start = performance.now();
      const values = await Promise.all(keys.map(call));
      const taken = performance.now() - start;
      if (calls !== (isAlone ? count : 1)) throw new Error(`${name} has made ${calls} calls`);
      if (!values.every(({ key }, index) => key === keys[index])) throw new Error(`${name} has given wrong values`);
      if (round >= WARMUPS) times.push((taken * 1e6) / count);
    }
  }
  return racers.map(({ name, times }) => ({ name, times: quartiles(times) }));
}
