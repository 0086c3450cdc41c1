// Which single operations are timed. The words of a case's name say what it is:
//
// hit, miss, set (over a present key), fill (a set of a new key in a cache that is not full, with a share of making it) or
// evict (the same in a full cache).
// ready: keys that were there before; fresh: built in the loop, as a program does that makes a key of an id.
// ttl: entries expire. zipf: few keys are asked for often, as in most programs; otherwise all equally.

const GROUPS = ['hit ready', 'hit ready ttl', 'hit fresh', 'hit fresh ttl', 'hit ready zipf', 'miss', 'set', 'set ttl'];
GROUPS.push('fill', 'evict ready', 'evict ready ttl', 'evict fresh', 'evict fresh ttl');
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
export const CASES = GROUPS.flatMap((group) => casesOf(group, SIZES));

/** Hits by size, length of the keys, and kind of case. */
export const MATRIX = ['ready', 'ready ttl', 'fresh', 'fresh ttl'].flatMap((words) =>
  Object.entries(PREFIXES).flatMap(([length, prefix]) => {
    return casesOf(`matrix ${words} ${length}`, [...SIZES, 1_000_000], { op: 'hit', prefix, plan: OF_MATRIX });
  }),
);

function casesOf(group, sizes, more) {
  const words = group.split(' ');
  const [keys, order] = [words.includes('fresh') ? 'fresh' : 'ready', words.includes('zipf') ? 'zipf' : 'uniform'];
  return sizes.map((size) => {
    const name = `${group} ${size < 1_000_000 ? `${size / 1_000}k` : `${size / 1_000_000}M`}`;
    return { name, group, op: words[0], keys, ttl: words.includes('ttl'), order, size, ...more };
  });
}
