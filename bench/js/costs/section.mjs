// Costs beside time: which are measured, and what is printed. Each `kind` is a file here, which runs in processes of its
// own: one for each of the `names`, or one for all.

import { CONTENDERS, FLOOR, PEER, SUBJECT } from '../contenders.mjs';
import { quartiles } from '../tools/rounds.mjs';
import { grouped, spread, table } from '../tools/table.mjs';

/** Whose memory is measured in a quick run. */
const FEW = [FLOOR, PEER, SUBJECT, 'tiny-lru', 'transitory'];
/** Entries of the cache whose pauses are measured, and sets of new keys into it when it is full. */
const PAUSE = {
  quick: { name: 'pause 100k', size: 100_000, sets: 200_000, processes: 1 },
  full: { name: 'pause 1M', size: 1_000_000, sets: 2_000_000, processes: 3 },
};

function cases({ quick, only }) {
  const namesOf = (ttl) =>
    CONTENDERS.map(({ name, expires }) => expires.includes(ttl) && (!quick || FEW.includes(name)) && name).filter(
      Boolean,
    );
  const sets = quick ? 1_000_000 : only === 'memory' ? 100_000_000 : 10_000_000;
  const costs = [
    { name: 'heap 100k', kind: 'heap', size: 100_000, ttl: false, names: namesOf(false) },
    { name: 'heap ttl 100k', kind: 'heap', size: 100_000, ttl: true, names: namesOf(true) },
    // A number that fills tables whose sizes are powers of two.
    { name: 'heap 131k', kind: 'heap', size: 2 ** 17, ttl: false, names: [SUBJECT] },
    { ...(quick ? PAUSE.quick : PAUSE.full), kind: 'pause', names: [FLOOR, PEER, SUBJECT] },
    { name: 'import', kind: 'start', starts: quick ? 9 : 15 },
    { name: 'size', kind: 'size' },
  ];
  return [
    { name: 'memory', kind: 'memory', sets, ttl: false },
    { name: 'memory ttl', kind: 'memory', sets, ttl: true },
    ...costs.map((spec) => ({ ...spec, name: `costs ${spec.name}` })),
  ];
}

const begin = () => 'Costs: memory, pauses, the start and the size of what is loaded. Each in processes of its own.';

async function measure(spec, plan, work) {
  const file = `costs/${spec.kind}.mjs`;
  if (spec.names === undefined) return { spec, result: await work(file, spec) };
  const runs = {};
  for (const name of spec.names) {
    runs[name] = [];
    for (let number = 0; number < (spec.processes ?? 1); number += 1) {
      runs[name].push(await work(file, { ...spec, contender: name }));
    }
  }
  const result = Object.fromEntries(Object.entries(runs).map(([name, list]) => [name, medians(list)]));
  return { spec, result, runs };
}

/** The medians of what several processes have found, number by number. */
function medians(list) {
  if (typeof list[0] === 'number') return quartiles(list)[1];
  return Object.fromEntries(Object.keys(list[0]).map((key) => [key, medians(list.map((each) => each[key]))]));
}

const show = ({ spec, result }) => `\n${TABLES[spec.kind](spec, result)}`;

const TABLES = { memory: memoryTable, heap: heapTable, pause: pauseTable, start: startTable, size: sizeTable };
const printed = (about, titles, rows) => `${about}\n${table(titles, rows, { gap: '  ' })}`;

function memoryTable({ sets, ttl }, { entries, looks, isFlat }) {
  const about = `Memory: ${grouped(sets)} sets of new keys into a cache of ${grouped(entries)}${ttl ? ', with ttl' : ''}\n`;
  const rows = looks.map(({ sets, wasm, heap }) => [sets, wasm, heap].map((number) => grouped(number)));
  const verdict = isFlat ? 'Flat from the first look after the start.' : 'NOT flat.';
  return `${printed(about, ['sets', 'wasm bytes', 'heap bytes'], rows)}\n\n${verdict}`;
}

/** All that a contender takes for an entry, wherever it lies. */
export const bytesOf = ({ heap, buffers, wasm }) => heap + buffers + wasm;

function heapTable({ name, size, ttl }, result) {
  const about = `${name}: bytes an entry above its key and value, in a full cache of ${grouped(size)}${ttl ? ', with ttl' : ''}. Buffers are
typed arrays outside of the heap; wasm is how much that memory has grown, with all that growing leaves behind.`;
  const rows = Object.entries(result).map(([who, bytes]) => [
    `  ${who}`,
    ...[bytes.heap, bytes.buffers, bytes.wasm, bytesOf(bytes)].map((number) => number.toFixed(1)),
  ]);
  return printed(about, ['', 'heap', 'buffers', 'wasm', 'all'], rows);
}

function pauseTable({ name, size, sets, processes }, result) {
  const columns = ['p50', 'p99', 'p99.99', 'longest'];
  const phases = { growth: 'filling', sets: 'sets', gets: 'gets' };
  const about = `${name}: microseconds of single operations, filling a cache of ${grouped(size)}, then ${grouped(sets)} sets of new keys,
each with a get of a recent one. With the making of key and value, the collection of garbage, and all that the machine
does besides${processes > 1 ? `; medians of ${processes} processes` : ''}. ${FLOOR} has a ring of its keys.`;
  const rows = Object.entries(result).flatMap(([who, times]) =>
    Object.entries(phases).map(([phase, text]) => {
      const cells = columns.map((column) => times[phase][column]);
      return [`  ${who} ${text}`, ...cells.map((number) => grouped(number, number < 100 ? 2 : 0))];
    }),
  );
  return printed(about, ['', ...columns], rows);
}

function startTable({ name, starts }, result) {
  const about = `${name}: milliseconds from import to the first hit, in ${starts} fresh processes of Node: median (p25-p75).`;
  return printed(
    about,
    ['', 'ms'],
    Object.entries(result).map(([who, { milliseconds }]) => [`  ${who}`, spread(milliseconds, 1)]),
  );
}

function sizeTable({ name }, { parts, bundles }) {
  const about = `${name}: bytes, minified and gzipped (level 9). Of keylatch first:`;
  const rows = parts.map(({ name, bytes, how }) => [`  ${name}`, `${grouped(bytes).padStart(7)}  ${how}`]);
  const others = Object.entries(bundles).map(([who, bytes]) => [`  ${who}`, grouped(bytes)]);
  return [
    about,
    table(['', ''], rows, { isLeft: true, gap: '  ' }).trimStart(),
    '',
    'What esbuild makes for a browser of a program that uses one cache of a package, without the modules of Node where',
    'one needs them:',
    table(['', ''], others, { gap: '  ' }).trimStart(),
  ].join('\n');
}

export const costs = { name: 'costs', cases, begin, measure, show };
