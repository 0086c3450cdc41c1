// Known hit ratios of traces, and whether the replay finds the same: it proves the replay.

import { join } from 'node:path';
import { bySize, readColumns } from './csv.mjs';

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
  const rows = readColumns(file, COLUMNS).map(({ line, cells: [trace, entries, policy, ratio] }) => {
    return { trace, size: Number(entries), policy, known: Number(ratio), line };
  });
  return bySize(file, rows);
}

/** The ratios of the policies that nobody replays here, in a cache of this size. */
export function knownOthers(reference, size) {
  const known = reference.find((each) => each.size === size)?.ratios ?? {};
  return Object.fromEntries(Object.entries(known).filter(([name]) => EXACT.every(({ policy }) => policy !== name)));
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
