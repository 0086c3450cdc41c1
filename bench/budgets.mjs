// What is promised, and whether it holds. A budget is a bound for a ratio, in every cell that it is about.

const isHit = ({ spec }) => spec.op === 'hit';

/** The budgets: against whom, in which cells, and up to which ratio. Without a `rival` it is against each cache. */
export const BUDGETS = [
  { name: 'a', text: 'hit <= 1.5 x lru-cache', rival: 'lru-cache', cells: isHit, bound: 1.5 },
  { name: 'b', text: 'hit <= 1.25 x Map', rival: 'Map', cells: isHit, bound: 1.25 },
  { name: 'c', text: 'hit faster than lru-cache', rival: 'lru-cache', cells: isHit, bound: 1, strict: true },
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
