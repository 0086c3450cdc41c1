// Tables of known figures, as files with commas.

import { existsSync, readFileSync } from 'node:fs';

/**
 * The cells of these columns, row by row, and the line that each row comes from. Empty where there is no such file.
 *
 * @throws It has not all of the columns.
 */
export function readColumns(file, columns) {
  if (!existsSync(file)) return [];
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const places = columns.map((name) => head.split(',').indexOf(name));
  if (places.includes(-1)) throw new Error(`${file} has not the columns ${columns.join(', ')}`);
  return lines.map((line) => {
    const cells = line.split(',');
    return { line, cells: places.map((place) => cells[place]) };
  });
}

/**
 * Groups what is known of traces: by trace, for each size of the cache in rising order, what is known of each policy.
 *
 * @param known `{ trace, size, policy, known, line }` for each row.
 * @throws A size is none.
 */
export function bySize(file, rows) {
  const traces = new Map();
  for (const { trace, size, policy, known, line } of rows) {
    if (!Number.isInteger(size) || size < 1) throw new Error(`${file} has a size that is none: ${line}`);
    if (!traces.has(trace)) traces.set(trace, []);
    const sizes = traces.get(trace);
    let cell = sizes.find((each) => each.size === size);
    if (cell === undefined) sizes.push((cell = { size, ratios: {} }));
    cell.ratios[policy] = known;
  }
  for (const sizes of traces.values()) sizes.sort((a, b) => a.size - b.size);
  return traces;
}
