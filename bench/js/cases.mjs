// What is measured: a list of cases, as plain data.
//
// op:    hit, miss, set (over a present key) or evict (a set of a new key in a full cache).
// keys:  ready: strings that were there before, flat and with their hash; fresh: built in the loop, as a program does
//        that gets an id and makes a key of it.
// order: uniform, or zipf: few keys are asked for often, as in most programs.
// prefix: what its keys begin with, where a case is about their length.

const SIZES = [1_000, 10_000, 100_000];

/** Key lengths, about: the number that follows has three to six digits. */
const PREFIXES = {
  8: 'key:',
  30: 'did:web:example.com:user:',
  80: 'https://registry.example.com/tenants/alice/credential-definitions/2026/v1/:',
};

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

/** Hits by size, length of the keys, and kind of case: for full runs. */
export const MATRIX = ['ready', 'fresh'].flatMap((keys) =>
  [false, true].flatMap((ttl) =>
    Object.entries(PREFIXES).flatMap(([length, prefix]) => {
      const group = ['matrix', keys, ...(ttl ? ['ttl'] : []), length].join(' ');
      return [...SIZES, 1_000_000].map((size) => ({
        name: `${group} ${sizeName(size)}`,
        group,
        op: 'hit',
        keys,
        ttl,
        order: 'uniform',
        size,
        prefix,
      }));
    }),
  ),
);

/** The case that measures memory instead of time; see memory.mjs. */
export const MEMORY = 'memory';

/** One kind of case in all sizes. A group is what the summary makes one number of. */
function rows(op, { keys, ttl = false, order = 'uniform' }) {
  const group = [op, op === 'hit' || op === 'evict' ? keys : '', order === 'zipf' ? order : '', ttl ? 'ttl' : '']
    .filter((word) => word !== '')
    .join(' ');
  return SIZES.map((size) => ({ name: `${group} ${sizeName(size)}`, group, op, keys, ttl, order, size }));
}

function sizeName(size) {
  return size < 1_000_000 ? `${size / 1_000}k` : `${size / 1_000_000}M`;
}
