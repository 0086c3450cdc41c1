// Which single operations are timed: a list of cases, as plain data.
//
// op:    hit, miss, set (over a present key), fill (a set of a new key in a cache that is not full) or evict (the same in
//        a full cache).
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

/** In a full run the matrix has so many cells that each gets less. */
const OF_MATRIX = { processes: 2, rounds: 12, fewest: 4, patience: 4_000 };

/** Every case, in the order of the table. A group is what the summary makes one number of. */
export const CASES = [
  ...sizes('hit', { keys: 'ready' }),
  ...sizes('hit', { keys: 'ready', ttl: true }),
  ...sizes('hit', { keys: 'fresh' }),
  ...sizes('hit', { keys: 'fresh', ttl: true }),
  ...sizes('hit', { keys: 'ready', order: 'zipf' }),
  ...sizes('miss', { keys: 'ready' }),
  ...sizes('set', { keys: 'ready' }),
  ...sizes('set', { keys: 'ready', ttl: true }),
  ...sizes('fill', { keys: 'ready' }),
  ...sizes('evict', { keys: 'ready' }),
  ...sizes('evict', { keys: 'ready', ttl: true }),
  ...sizes('evict', { keys: 'fresh' }),
  ...sizes('evict', { keys: 'fresh', ttl: true }),
];

/** Hits by size, length of the keys, and kind of case. */
export const MATRIX = ['ready', 'fresh'].flatMap((keys) =>
  [false, true].flatMap((ttl) =>
    Object.entries(PREFIXES).flatMap(([length, prefix]) => {
      const group = ['matrix', keys, ...(ttl ? ['ttl'] : []), length].join(' ');
      return sizes('hit', { keys, ttl, prefix, group, among: [...SIZES, 1_000_000], plan: OF_MATRIX });
    }),
  ),
);

function sizes(op, { among = SIZES, ttl = false, order = 'uniform', ...rest }) {
  const words = [op, op === 'hit' || op === 'evict' ? rest.keys : '', order === 'zipf' && order, ttl && 'ttl'];
  const group = rest.group ?? words.filter(Boolean).join(' ');
  return among.map((size) => {
    const name = `${group} ${size < 1_000_000 ? `${size / 1_000}k` : `${size / 1_000_000}M`}`;
    return { name, op, ttl, order, size, ...rest, group };
  });
}
