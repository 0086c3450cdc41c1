// Known hit ratios of traces, and whether the replay finds the same: it proves the replay.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files in the folder of the traces, for caches bounded by entries and by bytes: their columns, and the policies in
 * them that are replayed here too, with how far apart the two may be. OPT and LRU have one right answer, rounded in the
 * file. Its BeladySize looks at some of the objects at each eviction, the one here at all of them.
 */
const FILES = {
  entries: {
    file: 'reference.csv',
    size: 'max_entries',
    ratios: { objects: 'hit_ratio' },
    twins: { OPT: { who: 'OPT', slack: 0.51e-6 }, LRU: { who: 'lru-cache', slack: 0.51e-6 } },
  },
  bytes: {
    file: 'reference_bytes.csv',
    size: 'max_bytes',
    ratios: { objects: 'object_hit_ratio', bytes: 'byte_hit_ratio' },
    twins: { LRU: { who: 'lru-cache', slack: 0.51e-5 }, BeladySize: { who: 'BeladySize', slack: 0.0025 } },
  },
};

/**
 * What is known of the traces in a folder: by trace, for each size in rising order, `{ size, ratios }` with the ratios of
 * each policy. Empty where there is no reference.
 *
 * @param bound `entries` or `bytes`.
 * @throws It can't be read.
 */
export function readReference(folder, bound) {
  const { size: sizeColumn, ratios, ...rest } = FILES[bound];
  const file = join(folder, rest.file);
  const traces = new Map();
  if (!existsSync(file)) return traces;
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const columns = head.split(',');
  for (const line of lines) {
    const row = Object.fromEntries(line.split(',').map((cell, at) => [columns[at], cell]));
    const size = Number(row[sizeColumn]);
    if (!Number.isInteger(size) || size < 1) throw new Error(`${file} has no size in a row: ${line}`);
    if (!traces.has(row.trace)) traces.set(row.trace, []);
    const cells = traces.get(row.trace);
    let cell = cells.find((each) => each.size === size);
    if (cell === undefined) cells.push((cell = { size, ratios: {} }));
    cell.ratios[row.policy] = mapped(ratios, (column) => Number(row[column]));
  }
  for (const cells of traces.values()) cells.sort((a, b) => a.size - b.size);
  return traces;
}

/** The ratios of the policies that nobody replays here in just the same way, in a cache of this size. */
export function knownOthers(reference, size) {
  const { OPT, LRU, ...others } = reference.find((each) => each.size === size)?.ratios ?? {};
  return others;
}

/**
 * Compares what was found with what is known.
 *
 * @param reference What is known of this trace; none of a part of it.
 * @returns How many ratios were compared, and those that are others.
 */
export function compare(cells, reference, bound) {
  const pairs = cells.flatMap(({ size, ratios }) => {
    const known = reference.find((each) => each.size === size)?.ratios ?? {};
    return Object.entries(FILES[bound].twins).flatMap(([policy, { who, slack }]) =>
      Object.entries(known[policy] ?? {}).map(([unit, expected]) => {
        return { size, who: `${who} (hits of ${unit})`, found: ratios[who][unit], expected, slack };
      }),
    );
  });
  // Written so that what is not a number differs as well.
  const others = pairs.filter(({ found, expected, slack }) => !(Math.abs(found - expected) <= slack));
  return { compared: pairs.length, others };
}

/** An object with the same names and what a function makes of its values. */
export const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
