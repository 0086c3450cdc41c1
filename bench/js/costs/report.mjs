// What is printed of the costs.

const FIRST = 22;
const CELL = 12;

const grouped = (number) => number.toLocaleString('en');
const row = (first, cells, width = CELL) =>
  [first.padEnd(FIRST), ...cells.map((cell) => cell.padStart(width))].join(' ').trimEnd();

/** What the tables are about. */
export function costHead() {
  return 'Costs: memory, pauses, the start and the size of what is loaded. Each in processes of its own.';
}

/** One case. */
export function costTable({ spec, result }) {
  return TABLES[spec.kind](spec, result).join('\n');
}

const TABLES = { heap: heapTable, pause: pauseTable, start: startTable, size: sizeTable };

/** All that a contender takes for an entry, wherever it lies. */
export const bytesOf = ({ heap, buffers, wasm }) => heap + buffers + wasm;

function heapTable({ name, size, ttl }, result) {
  return [
    `${name}: bytes an entry above its key and value, in a full cache of ${grouped(size)}${ttl ? ', with ttl' : ''}. Buffers are`,
    'typed arrays outside of the heap; wasm is how much that memory has grown, with all that growing leaves behind.',
    row('', ['heap', 'buffers', 'wasm', 'all']),
    ...Object.entries(result).map(([who, bytes]) =>
      row(
        `  ${who}`,
        [bytes.heap, bytes.buffers, bytes.wasm, bytesOf(bytes)].map((number) => number.toFixed(1)),
      ),
    ),
  ];
}

function pauseTable({ name, size, sets, processes }, result) {
  const columns = ['p50', 'p99', 'p99.99', 'longest'];
  const phases = { growth: 'filling', sets: 'sets', gets: 'gets' };
  return [
    `${name}: microseconds of single operations, filling a cache of ${grouped(size)}, then ${grouped(sets)} sets of new keys,`,
    'each with a get of a recent one. With the making of key and value, the collection of garbage, and all that the machine',
    `does besides${processes > 1 ? `; medians of ${processes} processes` : ''}. Map has a ring of its keys.`,
    row('', columns),
    ...Object.entries(result).flatMap(([who, times]) =>
      Object.entries(phases).map(([phase, text]) =>
        row(
          `  ${who} ${text}`,
          columns.map((column) => grouped(Number(times[phase][column].toFixed(times[phase][column] < 100 ? 2 : 0)))),
        ),
      ),
    ),
  ];
}

function startTable({ name, starts }, result) {
  return [
    `${name}: milliseconds from import to the first hit, in ${starts} fresh processes of Node: median (p25-p75).`,
    ...Object.entries(result).map(([who, { milliseconds }]) => {
      const [low, middle, high] = milliseconds.map((number) => number.toFixed(1));
      return row(`  ${who}`, [`${middle} (${low}-${high})`], 20);
    }),
  ];
}

function sizeTable({ name }, { files, bundles }) {
  return [
    `${name}: bytes, minified and gzipped. Of keylatch the files, as its build counts them; then what a browser's bundler`,
    'makes of a program that uses one cache of a package, without the modules of Node where one needs them.',
    row('  cache.wasm', [grouped(files.module)]),
    row('  with workerd.js', [grouped(files.all)]),
    row('  index.js, all in one', [grouped(files.inlined)]),
    '',
    ...Object.entries(bundles).map(([who, bytes]) => row(`  ${who}`, [grouped(bytes)])),
  ];
}
