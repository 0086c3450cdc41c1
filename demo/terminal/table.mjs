// Tables for the terminal.

/**
 * Lays out a table: the first column to the left, the others to the right.
 *
 * @param {string[]} titles None for a table without.
 * @param {string[][]} rows An empty one is a gap.
 * @param {{ isLeft?: boolean }} [options] `isLeft`: all columns to the left.
 * @returns {string}
 */
export function table(titles, rows, { isLeft = false } = {}) {
  const lines = titles.length > 0 ? [titles, ...rows] : rows;
  const widths = [];
  for (const line of lines) line.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  const lay = (cell, at) => (at === 0 || isLeft ? cell.padEnd(widths[at]) : cell.padStart(widths[at]));
  return lines.map((line) => `  ${line.map(lay).join('   ')}`.trimEnd()).join('\n');
}
