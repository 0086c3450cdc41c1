// The project's budgets: what is promised, and whether it holds. Most are ratios, measured side by side in one run.

import { FLOOR, PEER, SUBJECT } from './contenders.mjs';
import { inUnit, overallShare } from './ratios/shares.mjs';
import { grouped } from './tools/table.mjs';

/** The traces that the policy was chosen with. Others are the hold-out. */
const TUNED = ['OLTP', 'cdn-adaptsize', 'cloudphysicsIO', 'orm-busy', 'orm-night', 'web07', 'web12'];
/** What each subpath of the package may add, or two together, gzipped. */
const SUBPATHS = {
  ...{ keyv: 700, undici: 700, did: 700, unstorage: 700, otel: 700, next: 700 },
  ...{ tier: 4_000, redis: 1_500, idb: 2_000, 'kv durable': 1_500, sealed: 1_000 },
};

/** The ratios to one rival in the timed cells that a budget is about; to all rivals where it names none. */
const timed = (section, isMeant, rival) => (found) =>
  (found[section] ?? []).flatMap(({ spec, ratios = {} }) => {
    const rivals = Object.keys(ratios).filter((name) => (rival === undefined ? name !== FLOOR : name === rival));
    const cell = (name) => (rival === undefined ? `${spec.name}, ${name}` : spec.name);
    return isMeant(spec) ? rivals.map((name) => ({ cell: cell(name), value: ratios[name][1] })) : [];
  });

/** The same where caches have different sizes, with a bound for each. */
const bySize = (what, bounds, isMeant, rival) =>
  Object.entries(bounds).map(([size, bound]) => {
    const isSize = (spec) => isMeant(spec) && spec.size === Number(size);
    return [`${what}, ${grouped(Number(size))} entries`, '<=', bound, `x ${rival}`, timed('hits', isSize, rival)];
  });

/** The mean share of the best that is possible, of whole traces. */
const share = (section, isMeant) => (found) => {
  const traces = (found[section] ?? []).filter((result) => result.isTrace && isMeant(result));
  if (traces.length === 0) return [];
  const views = traces.map((result) => inUnit(result, 'objects'));
  const isPart = traces.some(({ isCut }) => isCut);
  return [{ cell: `${traces.length} traces`, value: overallShare(views, SUBJECT), isPart }];
};

/** Points of hits that our cache has less than LRU. Small cells say little: one key more or less is much of them. */
const under = ({ ratios = [] }) =>
  ratios
    .flatMap(({ stream, cells }) => cells.map((cell) => ({ stream, ...cell })))
    .filter(({ size }) => size >= 100)
    .map(({ stream, size, ratios: { [PEER]: lru, [SUBJECT]: ours } }) => {
      return { cell: `${stream} ${size}`, value: 100 * (lru.objects - ours.objects) };
    });

/** How many more points of hits our cache has in the replays that are timed. */
const moreHits = ({ requests }) => {
  const replays = requests.filter(({ spec }) => !spec.isSized);
  const points = replays.map(({ hits: [hits] }) => 100 * (hits[SUBJECT] - hits[PEER]));
  return `, with ${Math.min(...points).toFixed(1)} to ${Math.max(...points).toFixed(1)} points more hits`;
};

const cost = (kind, pick) => (found) =>
  (found.costs ?? [])
    .map(({ spec, result }) => ({ cell: spec.name, value: spec.kind === kind ? pick(result, spec) : undefined }))
    .filter(({ value }) => value !== undefined);
const part = (wanted) => cost('size', ({ parts }) => parts.find(({ name }) => name === wanted)?.bytes);

const subpaths = (found) =>
  Object.entries(SUBPATHS).flatMap(([names, bound]) => {
    const sizes = names.split(' ').flatMap((name) => part(`./${name}`)(found).map(({ value }) => value));
    return sizes.length > 0 ? [{ cell: names, value: sizes.reduce((sum, size) => sum + size) / bound }] : [];
  });

const isHit = ({ op, ttl }) => op === 'hit' && !ttl;
const isOp = (wanted) => (spec) => spec.op === wanted;

/** The budgets: what, its bound, what finds its cells with their values, and what else there is to say. */
const BUDGETS = [
  ['hit without ttl', '<', 1, `x ${PEER}`, timed('hits', (spec) => isHit(spec) && spec.size <= 100_000, PEER)],
  ...bySize('hit without ttl', { 1_000: 1.25, 10_000: 1.4, 100_000: 1.8 }, isHit, FLOOR),
  ['hit with ttl', '<', 1, `x ${PEER}`, timed('hits', ({ op, ttl }) => op === 'hit' && ttl, PEER)],
  ['getOrSet hit', '<', 1, 'x every read-through peer', timed('loads', isOp('load'))],
  ['set into a cache that is not full', '<=', 1, `x ${PEER}`, timed('hits', isOp('fill'), PEER)],
  ...bySize('set that evicts', { 1_000: 1.5, 10_000: 1.25, 100_000: 1.1 }, isOp('evict'), PEER),
  ['replayed request', '<=', 1.3, `x ${PEER}`, timed('requests', ({ isSized }) => !isSized, PEER), moreHits],
  ['replayed request, by bytes', '<=', 1.8, `x ${PEER}`, timed('requests', ({ isSized }) => isSized, PEER)],
  [
    'hit ratio',
    '>=',
    0.838,
    'of OPT',
    share('ratios', ({ stream }) => TUNED.includes(stream)),
    () => '; the goal is 0.85',
  ],
  ['hit ratio of hold-out traces', '>=', 0.9, 'of OPT', share('ratios', ({ stream }) => !TUNED.includes(stream))],
  ['hit ratio below LRU, from 100 entries on', '<', 3, 'points', under],
  ['hit ratio by bytes', '>=', 0.83, 'of BeladySize', share('sized', () => true)],
  // Where entries expire there are two moments more, which are not the policy's.
  [
    'policy metadata',
    '<=',
    30,
    'bytes an entry',
    cost('heap', (result, { ttl }) => (ttl ? undefined : result[SUBJECT].wasm)),
  ],
  ['core with locks and loads, gzip', '<=', 27_000, 'bytes', part('core')],
  ['the module in it, gzip', '<=', 14_000, 'bytes', part('module')],
  ['a subpath, gzip', '<=', 1, 'x its own bound', subpaths],
  ['import to first hit, Node', '<=', 1.5, `x ${PEER}`, cost('start', (result) => result[SUBJECT].ratio)],
  ["a Rust app's wasm, gzip", '<=', 20_000, 'bytes more', () => []],
];

const HOLDS = { '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>=': (a, b) => a >= b };

/** Judges each budget. Those whose cells were not measured, or in parts only, have no verdict. */
export function judge(found) {
  return BUDGETS.map(([what, sign, bound, unit, find, more = () => '']) => {
    const text = `${what} ${sign} ${bound.toLocaleString('en')} ${unit}`;
    const cells = find(found).sort((a, b) => (sign === '>=' ? a.value - b.value : b.value - a.value));
    if (cells.length === 0) return { text, verdict: 'not measured', detail: '' };
    const missed = cells.filter(({ value }) => !HOLDS[sign](value, bound)).length;
    const verdict = cells.some(({ isPart }) => isPart) ? 'in part' : missed > 0 ? 'missed' : 'met';
    const [{ cell, value }] = cells;
    const worst = cells.length === 1 ? cell : `at worst, ${cell}; ${missed} of ${cells.length} cells missed`;
    const digits = bound > 1_000 ? 0 : sign === '>=' ? 4 : 2;
    return { text, verdict, cells, detail: `${grouped(value, digits)} (${worst})${more(found)}` };
  });
}

/** A line for each budget. */
export function verdicts(judged) {
  const width = Math.max(...judged.map(({ text }) => text.length));
  const lines = judged.map(({ text, verdict, detail }) =>
    `${text.padEnd(width)}  ${verdict.padEnd(6)}  ${detail}`.trimEnd(),
  );
  return ['Budgets', '', ...lines].join('\n');
}
