// Known hit ratios of traces, and whether the replay finds the same: it proves the replay.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapped } from '../tools/rounds.mjs';

/**
 * The files in the folder of the traces: their columns, and the policies in them that are replayed here too, with how far
 * apart the two may be. OPT and LRU have one right answer, rounded in the file. Its BeladySize looks at some of the
 * objects at each eviction, the one here at all of them.
 */
const FILES = {
  entries: {
    file: 'reference.csv',
    sizes: 'max_entries',
    ratios: { objects: 'hit_ratio' },
    twins: { OPT: { who: 'OPT', slack: 0.51e-6 }, LRU: { who: 'lru-cache', slack: 0.51e-6 } },
  },
  bytes: {
    file: 'reference_bytes.csv',
    sizes: 'max_bytes',
    ratios: { objects: 'object_hit_ratio', bytes: 'byte_hit_ratio' },
    twins: { LRU: { who: 'lru-cache', slack: 0.51e-5 }, BeladySize: { who: 'BeladySize', slack: 0.0025 } },
  },
};

/**
 * What is known of the traces in a folder, bounded by `entries` or `bytes`: by trace, size and policy, the ratios.
 *
 * @throws It can't be read.
 */
export function readReference(folder, bound) {
  const { file, sizes, ratios } = FILES[bound];
  const known = {};
  if (!existsSync(join(folder, file))) return known;
  const [head, ...lines] = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/);
  for (const line of lines) {
    const cells = line.split(',');
    const row = Object.fromEntries(head.split(',').map((column, at) => [column, cells[at]]));
    const size = Number(row[sizes]);
    if (!Number.isInteger(size) || size < 1) throw new Error(`${file} has no size in a row: ${line}`);
    const policies = ((known[row.trace] ??= {})[size] ??= {});
    policies[row.policy] = mapped(ratios, (column) => Number(row[column]));
  }
  return known;
}

/**
 * Compares what was found with what is known of a trace.
 *
 * @returns How many ratios were compared, and those that are others.
 */
export function compare(cells, reference, bound) {
  const pairs = cells.flatMap(({ size, ratios }) =>
    Object.entries(FILES[bound].twins).flatMap(([policy, { who, slack }]) =>
      Object.entries(reference[size]?.[policy] ?? {}).map(([unit, expected]) => {
        return { size, who: `${who} (hits of ${unit})`, found: ratios[who][unit], expected, slack };
      }),
    ),
  );
  // Written so that what is not a number differs as well.
  const others = pairs.filter(({ found, expected, slack }) => !(Math.abs(found - expected) <= slack));
  return { compared: pairs.length, others };
}
