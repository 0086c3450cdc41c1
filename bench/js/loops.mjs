// The loops that are timed.

import { keyOf, keySource, makeValues, readyKeys } from './keys.mjs';
import { drawOrder } from './random.mjs';

/**
 * Random numbers in an order of access, at the least; each round starts somewhere else in it. More than a processor learns
 * by heart. A larger cache has as many as it has entries, so that most of them are asked for.
 */
const ORDER = 1 << 17;
/** Values that sets take in turn, so that a set stores another value than the one that is there. */
const POOL = 1 << 10;
/** The part of a batch that a contender does whose sets are slow. */
const SHARE = 1 / 32;

/** What each operation does in the loop. The results are counted, so that none can be left out. */
const BODIES = {
  hit: (key) => `if (cache.get(${key}) !== undefined) count += 1;`,
  miss: (key) => `if (cache.get(${key}) === undefined) count += 1;`,
  set: (key) => `cache.set(${key}, values[i & ${POOL - 1}]); count += 1;`,
};

/**
 * A loop for one contender and one operation. Its source has a name of its own in it: V8 keeps what it learns with the
 * source, and a loop that several contenders share would be slow for all.
 */
function compile(label, op, key) {
  const name = `${op}_${label}`.replace(/\W/g, '_');
  const source = `'use strict';
    return function ${name}(cache, keys, values, from, to) {
      let count = 0;
      for (let i = from; i < to; i += 1) {
        ${BODIES[op](key)}
      }
      return count;
    };`;
  return new Function(source)();
}

/**
 * Fills a cache for each contender and compiles its loop.
 *
 * @returns `racers`, each of which runs a batch and returns how many operations went well, which have to be all;
 * `next`, which prepares a batch of that many operations, the same for all; and how many a round must have at least.
 */
export function prepare(spec, contenders) {
  const { op, keys, size, ttl, order, prefix } = spec;
  const evicts = op === 'evict';
  const present = readyKeys(0, size, prefix);
  const values = makeValues(Math.max(size, POOL));
  const length = Math.max(ORDER, 2 ** Math.ceil(Math.log2(size)));
  const racers = contenders.map(({ name, make, slow, most = (size) => size }) => {
    const cache = make({ size, ttl, evicts });
    present.forEach((key, index) => cache.set(key, values[index]));
    const fresh = keys === 'fresh' ? keySource(evicts ? 'i' : `keys[i & ${length - 1}]`, prefix) : undefined;
    const loop = compile(name, evicts ? 'set' : op, fresh ?? (evicts ? 'keys[i - from]' : `keys[i & ${length - 1}]`));
    const run = ({ keys, from, to }) => loop(cache, keys, values, from, to);
    const isStored = (number) => cache.get(keyOf(number, prefix)) !== undefined;
    const isRight = ({ to }) => cache.size >= size && cache.size <= most(size) && (!evicts || isStored(to - 1));
    return { name, run, isRight, share: slow?.(spec) ? SHARE : 1 };
  });
  if (evicts) return { racers, next: newKeys(keys, size, prefix), least: 2 * size };
  const drawn = drawOrder(order, size, length);
  // Keys that miss look like those that hit, and there are as many.
  const asked = op === 'miss' ? readyKeys(size, size, prefix) : present;
  const stream = keys === 'fresh' ? drawn : Array.from(drawn, (index) => asked[index]);
  let start = 0;
  const next = (count) => {
    start = (start + 7919) % length;
    return { keys: stream, from: start, to: start + count };
  };
  return { racers, next, least: 0 };
}

/**
 * Batches of keys that no cache has seen. A round of them is at least twice the cache: about once in as many sets a Map
 * tidies up, which belongs to the cost of all, so every round has to have its share of it.
 */
function newKeys(keys, size, prefix) {
  let serial = size;
  return (count) => {
    const from = serial;
    serial += count;
    return { keys: keys === 'fresh' ? [] : readyKeys(from, count, prefix), from, to: serial };
  };
}
