// What is measured: a list of cases, as plain data.
//
// op:    hit, miss, set (over a present key) or evict (a set of a new key in a full cache).
// keys:  ready: strings that were there before, flat and with their hash; fresh: built in the loop, as a program does
//        that gets an id and makes a key of it.
// order: uniform, or zipf: few keys are asked for often, as in most programs.

const SIZES = [1_000, 10_000, 100_000];

/** Every case, in the order of the table. */
export const CASES = [
  ...rows('hit', { keys: 'ready' }),
  ...rows('hit', { keys: 'ready', ttl: true }),
  ...rows('hit', { keys: 'fresh' }),
  ...rows('hit', { keys: 'fresh', ttl: true }),
  ...rows('hit', { keys: 'ready', order: 'zipf' }),
  ...rows('miss', { keys: 'ready' }),
  ...rows('set', { keys: 'ready' }),
  ...rows('set', { keys: 'ready', ttl: true }),
  ...rows('evict', { keys: 'ready' }),
  ...rows('evict', { keys: 'ready', ttl: true }),
  ...rows('evict', { keys: 'fresh' }),
  ...rows('evict', { keys: 'fresh', ttl: true }),
];

/** The case that measures memory instead of time; see memory.mjs. */
export const MEMORY = 'memory';

/** One kind of case in all sizes. A group is what the summary makes one number of. */
function rows(op, { keys, ttl = false, order = 'uniform' }) {
  const group = [op, op === 'hit' || op === 'evict' ? keys : '', order === 'zipf' ? order : '', ttl ? 'ttl' : '']
    .filter((word) => word !== '')
    .join(' ');
  return SIZES.map((size) => ({ name: `${group} ${size / 1000}k`, group, op, keys, ttl, order, size }));
}
