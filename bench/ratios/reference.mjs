// Known hit ratios of traces, and whether the replay finds the same: it proves the replay.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file, in the folder of the traces, and the columns of it that are read. */
const FILE = 'reference.csv';
const COLUMNS = ['trace', 'max_entries', 'policy', 'hit_ratio'];

/** The policies in it that have one right answer, and who replays them here. */
const EXACT = [
  { policy: 'OPT', who: 'OPT', found: ({ opt }) => opt },
  { policy: 'LRU', who: 'lru-cache', found: ({ ratios }) => ratios['lru-cache'] },
];

/** The digits of the file are six: a ratio that was rounded to them is at most half a unit of the last one away. */
const ROUNDING = 0.51e-6;

/**
 * What is known of the traces in a folder: by trace, for each size in rising order, the ratios by policy. Empty where
 * there is no reference.
 *
 * @throws It can't be read.
 */
export function readReference(folder) {
  const file = join(folder, FILE);
  const traces = new Map();
  if (!existsSync(file)) return traces;
  const [head, ...rows] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const places = COLUMNS.map((name) => head.split(',').indexOf(name));
  if (places.includes(-1)) throw new Error(`${file} has not the columns ${COLUMNS.join(', ')}`);
  for (const row of rows) {
    const cells = row.split(',');
    const [trace, entries, policy, ratio] = places.map((place) => cells[place]);
    const size = Number(entries);
    if (!Number.isInteger(size) || size < 1) throw new Error(`${file} has a size that is none: ${row}`);
    if (!traces.has(trace)) traces.set(trace, []);
    const sizes = traces.get(trace);
    let known = sizes.find((each) => each.size === size);
    if (known === undefined) sizes.push((known = { size, ratios: {} }));
    known.ratios[policy] = Number(ratio);
  }
  for (const sizes of traces.values()) sizes.sort((a, b) => a.size - b.size);
  return traces;
}

/**
 * Compares what was found with what is known.
 *
 * @param reference What is known of this trace; none of a part of it.
 * @returns How many ratios were compared, and those that are others.
 */
export function compare(cells, reference) {
  const pairs = cells.flatMap((cell) => {
    const known = reference.find(({ size }) => size === cell.size)?.ratios ?? {};
    return EXACT.filter(({ policy }) => policy in known).map(({ policy, who, found }) => {
      return { size: cell.size, who, found: found(cell), expected: known[policy] };
    });
  });
  // Written so that what is not a number differs as well.
  const others = pairs.filter(({ found, expected }) => !(Math.abs(found - expected) <= ROUNDING));
  return { compared: pairs.length, others };
}
