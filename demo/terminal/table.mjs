// Tables for the terminal, a little to the right.

import { table as plain } from '../../bench/js/tools/table.mjs';

/** Lays out a table under these titles, or none. An empty row is a gap. */
export function table(titles, rows, options) {
  const [first, ...rest] = titles.length > 0 ? [titles, ...rows] : rows;
  return plain(first, rest, { ...options, gap: '   ' }).replace(/^(?=.)/gm, '  ');
}
