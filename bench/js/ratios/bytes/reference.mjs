// Known hit ratios by bytes of traces, and whether the replay finds the same.

import { join } from 'node:path';
import { bySize, readColumns } from '../csv.mjs';

/** The file, in the folder of the traces, and the columns of it that are read. */
const FILE = 'reference_bytes.csv';
const COLUMNS = ['trace', 'max_bytes', 'policy', 'object_hit_ratio', 'byte_hit_ratio'];

/**
 * The policies in it that are replayed here, and how far apart the two may be. LRU has one right answer, with five
 * digits in the file. The file's BeladySize looks at some of the objects at each eviction, the one here at all of them.
 */
const REPLAYED = [
  { policy: 'LRU', who: 'lru-cache', found: ({ ratios }) => ratios['lru-cache'], slack: 0.51e-5 },
  { policy: 'BeladySize', who: 'BeladySize', found: ({ bound }) => bound, slack: 0.0025 },
];

/**
 * What is known of the traces in a folder: by trace, for each size in rising order, both ratios by policy. Empty where
 * there is no reference.
 *
 * @throws It can't be read.
 */
export function readSizedReference(folder) {
  const file = join(folder, FILE);
  const rows = readColumns(file, COLUMNS).map(({ line, cells: [trace, maxBytes, policy, objects, bytes] }) => {
    return { trace, size: Number(maxBytes), policy, known: { objects: Number(objects), bytes: Number(bytes) }, line };
  });
  return bySize(file, rows);
}

/** Both ratios of the policies that nobody replays here in just the same way, in a cache of this size. */
export function knownOthersSized(reference, size) {
  const { LRU, ...others } = reference.find((each) => each.size === size)?.ratios ?? {};
  return others;
}

/**
 * Compares what was found with what is known.
 *
 * @param reference What is known of this trace; none of a part of it.
 * @returns How many ratios were compared, and those that are others.
 */
export function compareSized(cells, reference) {
  const pairs = cells.flatMap((cell) => {
    const known = reference.find(({ size }) => size === cell.size)?.ratios ?? {};
    return REPLAYED.filter(({ policy }) => policy in known).flatMap(({ policy, who, found, slack }) =>
      ['objects', 'bytes'].map((unit) => {
        return {
          size: cell.size,
          who: `${who} (${unit})`,
          found: found(cell)[unit],
          expected: known[policy][unit],
          slack,
        };
      }),
    );
  });
  // Written so that what is not a number differs as well.
  const others = pairs.filter(({ found, expected, slack }) => !(Math.abs(found - expected) <= slack));
  return { compared: pairs.length, others };
}
