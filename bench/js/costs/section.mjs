// Costs beside time: which are measured, and what is printed. Each `kind` is a file here, which runs in processes of its
// own: one for each of the `names`, or one for all.

import { contendersOf, FLOOR, PEER, SUBJECT } from '../contenders.mjs';
import { mapped, quartiles } from '../tools/rounds.mjs';
import { grouped, spread, table } from '../tools/table.mjs';

/** Whose memory is measured in a quick run. */
const FEW = [FLOOR, PEER, SUBJECT, 'tiny-lru', 'transitory'];
/** Entries of the cache whose pauses are measured, and sets of new keys into it when it is full. */
const PAUSES = {
  quick: { name: 'costs pause 100k', size: 100_000, sets: 200_000, processes: 1 },
  full: { name: 'costs pause 1M', size: 1_000_000, sets: 2_000_000, processes: 3 },
};

function cases({ quick, only }) {
  const sets = quick ? 1_000_000 : only === 'memory' ? 100_000_000 : 10_000_000;
  const all = (ttl) => contendersOf({ ttl }).map(({ name }) => name);
  const heap = (name, size, ttl, names) => {
    return {
      name: `costs heap ${name}`,
      kind: 'heap',
      size,
      ttl,
      names: names.filter((name) => !quick || FEW.includes(name)),
    };
  };
  return [
    { name: 'memory', kind: 'memory', sets, ttl: false },
    { name: 'memory ttl', kind: 'memory', sets, ttl: true },
    heap('100k', 100_000, false, all(false)),
    heap('ttl 100k', 100_000, true, all(true)),
    // A number that fills tables whose sizes are powers of two.
    heap('131k', 2 ** 17, false, [SUBJECT]),
    { ...(quick ? PAUSES.quick : PAUSES.full), kind: 'pause', names: [FLOOR, PEER, SUBJECT] },
    { name: 'costs import', kind: 'start', starts: quick ? 9 : 15 },
    { name: 'costs size', kind: 'size' },
  ];
}

async function measure(spec, plan, work) {
  const file = `costs/${spec.kind}.mjs`;
  if (spec.names === undefined) return { spec, result: await work(file, spec) };
  const runs = Object.fromEntries(spec.names.map((name) => [name, []]));
  for (const [contender, list] of Object.entries(runs)) {
    while (list.length < (spec.processes ?? 1)) list.push(await work(file, { ...spec, contender }));
  }
  return { spec, result: mapped(runs, medians), runs };
}

/** The medians of what several processes have found, number by number. */
function medians(list) {
  if (typeof list[0] === 'number') return quartiles(list)[1];
  return Object.fromEntries(Object.keys(list[0]).map((key) => [key, medians(list.map((each) => each[key]))]));
}

/** For each kind, what its table is about, the titles of its columns, and its rows. */
const TABLES = {
  memory: ({ sets, ttl }, { entries, looks, isFlat }) => [
    `Memory: ${grouped(sets)} sets of new keys into a cache of ${grouped(entries)}${ttl ? ', with ttl' : ''}`,
    ['', 'sets', 'wasm bytes', 'heap bytes'],
    [
      ...looks.map(({ sets, wasm, heap }) => ['', ...[sets, wasm, heap].map((number) => grouped(number))]),
      isFlat ? '  Flat from the first look after the start.' : '  NOT flat.',
    ],
  ],
  heap: ({ name, size, ttl }, result) => [
    `${name}: bytes an entry above its key and value, in a full cache of ${grouped(size)}${ttl ? ', with ttl' : ''}. Buffers are
typed arrays outside of the heap; wasm is how much that memory has grown, with all that growing leaves behind.`,
    ['', 'heap', 'buffers', 'wasm', 'all'],
    Object.entries(result).map(([who, { heap, buffers, wasm }]) => [
      `  ${who}`,
      ...[heap, buffers, wasm, heap + buffers + wasm].map((bytes) => bytes.toFixed(1)),
    ]),
  ],
  pause: ({ name, size, sets, processes }, result) => [
    `${name}: microseconds of single operations, filling a cache of ${grouped(size)}, then ${grouped(sets)} sets of new keys,
each with a get of a recent one. With the making of key and value, the collection of garbage, and all that the machine
does besides${processes > 1 ? `; medians of ${processes} processes` : ''}. ${FLOOR} has a ring of its keys.`,
    ['', 'p50', 'p99', 'p99.99', 'longest'],
    Object.entries(result).flatMap(([who, phases]) =>
      Object.entries(phases).map(([phase, times]) => [
        `  ${who} ${phase}`,
        ...Object.values(times).map((number) => grouped(number, number < 100 ? 2 : 0)),
      ]),
    ),
  ],
  start: ({ name, starts }, result) => [
    `${name}: milliseconds from import to the first hit, in ${starts} fresh processes of Node: median (p25-p75).`,
    ['', 'ms'],
    Object.entries(result).map(([who, { milliseconds }]) => [`  ${who}`, spread(milliseconds, 1)]),
  ],
  size: ({ name }, { parts, bundles }) => [
    `${name}: bytes, minified and gzipped. Of keylatch the parts; then what esbuild makes for a browser of a program that
uses one cache of a package, without the modules of Node where one needs them. The core is for workerd.`,
    ['', 'bytes'],
    [
      ...parts.map(({ name, bytes, how }) => [`  ${name}: ${how}`, grouped(bytes)]),
      '',
      ...Object.entries(bundles).map(([who, bytes]) => [`  ${who}`, grouped(bytes)]),
    ],
  ],
};

export const costs = {
  name: 'costs',
  cases,
  about: 'Costs: memory, pauses, the start and the size of what is loaded. Each in processes of its own.',
  measure,
  show({ spec, result }) {
    const [about, titles, rows] = TABLES[spec.kind](spec, result);
    return `\n${about}\n${table(titles, rows)}`;
  },
};
