// What is promised of time, and whether it holds. A budget is a bound for a ratio, in every cell that it is about.

const isHit = ({ spec }) => spec.op === 'hit';
/** The sizes that what is said of hits without ttl is about: beyond, the memory's speed is what is measured. */
const isPlainHit = ({ spec }) => isHit({ spec }) && !spec.ttl && spec.size <= 100_000;

/**
 * The budgets of time: against whom, in which cells, and up to which ratio. Without a `rival` it is against each cache.
 * Those of hit ratios are in ratios/budgets.mjs, those of memory, size and start in costs/budgets.mjs.
 */
export const BUDGETS = [
  { name: 'a', text: 'hit <= 1.5 x lru-cache', rival: 'lru-cache', cells: isHit, bound: 1.5 },
  { name: 'b', text: 'hit, no ttl, 1k-100k <= 1.25 x Map', rival: 'Map', cells: isPlainHit, bound: 1.25 },
  {
    name: 'c',
    text: 'hit, no ttl, 1k-100k faster than lru-cache',
    rival: 'lru-cache',
    cells: isPlainHit,
    bound: 1,
    strict: true,
  },
  {
    name: 'd',
    text: 'set that evicts <= lru-cache',
    rival: 'lru-cache',
    cells: ({ spec }) => spec.op === 'evict',
    bound: 1,
  },
  {
    name: 'e',
    text: 'getOrSet hit faster than every read-through peer',
    cells: ({ spec }) => spec.op === 'load',
    bound: 1,
    strict: true,
  },
  {
    name: 'k',
    text: 'hit, with ttl, many hits a turn: faster than lru-cache',
    rival: 'lru-cache',
    cells: ({ spec }) => isHit({ spec }) && spec.ttl,
    bound: 1,
    strict: true,
  },
];

/** What stands for the least that a cache can cost, and is none. */
const FLOOR = 'Map';

/** Judges each budget by the medians. Those whose cells were not measured have no verdict. */
export function judge(rows) {
  return BUDGETS.map(({ name, text, rival, cells, bound, strict = false }) => {
    const ratios = rows.filter(cells).flatMap(({ spec, ratios }) => {
      const rivals = Object.keys(ratios).filter((name) => (rival === undefined ? name !== FLOOR : name === rival));
      return rivals.map((name) => ({
        cell: rival === undefined ? `${spec.name}, ${name}` : spec.name,
        ratio: ratios[name][1],
      }));
    });
    const missed = ratios.filter(({ ratio }) => (strict ? ratio >= bound : ratio > bound));
    const worst = ratios.reduce((worst, each) => (worst && worst.ratio >= each.ratio ? worst : each), undefined);
    return {
      name,
      text,
      cells: ratios.length,
      met: ratios.length > 0 ? missed.length === 0 : undefined,
      worst,
      missed,
    };
  });
}
