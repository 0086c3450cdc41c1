// Single operations: the loops that are timed.

import { contendersOf } from '../contenders.mjs';
import { keyOf, keySource, makeValues, readyKeys } from '../tools/keys.mjs';
import { compileLoop } from '../tools/loop.mjs';
import { mulberry32, shuffled, zipf } from '../tools/random.mjs';
import { runRounds } from '../tools/rounds.mjs';

/** Random numbers in an order of access, at the least: more than a processor learns by heart. Large caches have more. */
const ORDER = 1 << 17;
/** Values that sets take in turn, so that a set stores another value than the one that is there. */
const POOL = 1 << 10;
/** The part of a batch that a contender does whose sets are slow. */
const SHARE = 1 / 32;

/** What each operation does in the loop. */
const BODIES = {
  hit: (key) => `if (cache.get(${key}) !== undefined) count += 1;`,
  miss: (key) => `if (cache.get(${key}) === undefined) count += 1;`,
  set: (key) => `cache.set(${key}, values[i & ${POOL - 1}]); count += 1;`,
};

const PREPARATIONS = { evict: prepareNewKeys, fill: prepareFill };

/** Times the contenders of a case. */
export function measure(spec, plan) {
  const input = { present: readyKeys(0, spec.size, spec.prefix), values: makeValues(Math.max(spec.size, POOL)) };
  return runRounds((PREPARATIONS[spec.op] ?? prepareOrder)(spec, input), plan);
}

/** Keys that are asked for in a random order. */
function prepareOrder(spec, input) {
  const { op, keys, size, order, prefix } = spec;
  const length = Math.max(ORDER, 2 ** Math.ceil(Math.log2(size)));
  const place = `keys[i & ${length - 1}]`;
  const racers = fullRacers(spec, input, BODIES[op](keys === 'fresh' ? keySource(place, prefix) : place));
  const drawn = drawOrder(order, size, length);
  // Keys that miss look like those that hit, and there are as many.
  const asked = op === 'miss' ? readyKeys(size, size, prefix) : input.present;
  return { racers, next: slices(keys === 'fresh' ? drawn : Array.from(drawn, (index) => asked[index])) };
}

/** Batches of a stream, each of which starts somewhere else in it. The loop begins again at the stream's end. */
export function slices(keys) {
  let from = 0;
  return (count) => {
    from = (from + 7919) % keys.length;
    return { keys, from, to: from + count };
  };
}

/** So many random numbers below `size`. Without the shuffle, the popular keys of a Zipf order were neighbours in memory. */
export function drawOrder(order, size, length) {
  const random = mulberry32(0x9e3779b9);
  if (order === 'uniform') return Int32Array.from({ length }, () => Math.floor(random() * size));
  const [keys, draw] = [shuffled(random, size), zipf(random, size, 1)];
  return Int32Array.from({ length }, () => keys[draw()]);
}

/**
 * Batches of keys that no cache has seen. A round of them is at least twice the cache: about once in as many sets a Map
 * tidies up, which belongs to the cost of all, so every round has to have its share of it.
 */
function prepareNewKeys(spec, input) {
  const { size, prefix } = spec;
  const isFresh = spec.keys === 'fresh';
  const racers = fullRacers(spec, input, BODIES.set(isFresh ? keySource('i', prefix) : 'keys[i - from]'));
  let to = size;
  const next = (count) => {
    const from = to;
    to += count;
    return { keys: isFresh ? [] : readyKeys(from, count, prefix), from, to };
  };
  return { racers, next, least: 2 * size };
}

/** The contenders, each with a full cache whose answers are right. */
function fullRacers(spec, { present, values }, body) {
  const { op, size, ttl, prefix } = spec;
  const evicts = op === 'evict';
  return contendersOf(spec).map(({ name, make, slow, most = (size) => size }) => {
    const cache = make({ size, ttl, evicts });
    present.forEach((key, index) => cache.set(key, values[index]));
    const isRight = present.every((key, index) => cache.get(key) === values[index]);
    if (cache.size !== size || !isRight) throw new Error(`${name} gave a wrong answer before it was timed`);
    const loop = compileLoop(
      `${op}_${name}`,
      'cache, keys, values, from, to',
      `for (let i = from; i < to; i += 1) { ${body} }`,
    );
    const isStored = (number) => cache.get(keyOf(number, prefix)) !== undefined;
    return {
      name,
      share: slow?.(spec) ? SHARE : 1,
      run: ({ keys, from, to }) => loop(cache, keys, values, from, to),
      isRight: ({ to }) => cache.size >= size && cache.size <= most(size) && (!evicts || isStored(to - 1)),
    };
  });
}

/** New caches, each filled up to its bound. Making them is part of the time: some have all of their room from then on. */
function prepareFill(spec, { present, values }) {
  const { size, ttl } = spec;
  const body = `for (let i = 0; i < to;) {
    const cache = make();
    for (let at = 0; at < ${size} && i < to; at += 1, i += 1) cache.set(keys[at], values[i & ${POOL - 1}]);
    count += cache.size;
  }`;
  const racers = contendersOf(spec).map(({ name, make }) => {
    const loop = compileLoop(`fill_${name}`, 'make, keys, values, to', body);
    return { name, run: ({ to }) => loop(() => make({ size, ttl }), present, values, to), isRight: () => true };
  });
  return { racers, next: (to) => ({ from: 0, to }), least: size };
}
