// Tables and numbers for the terminal.

/** A number for people, with commas and so many digits behind the point. */
export const grouped = (number, digits = 0) =>
  number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const percent = (ratio) => (100 * ratio).toFixed(2);

/** Quartiles: the median, and the other two in parentheses. */
export const spread = ([low, middle, high], digits = 2) =>
  `${grouped(middle, digits)} (${grouped(low, digits)}-${grouped(high, digits)})`;

/**
 * Lays out a table, with columns as wide as these rows need: the first one to the left, the others to the right. A title may
 * have several lines. Returns the `head`, and `line`, which prints a row; one that is a string is printed as it stands.
 */
export function layout(titles, rows, { isLeft = false, gap = '  ' } = {}) {
  const heads = titles.map((title) => title.split('\n'));
  const height = Math.max(...heads.map(({ length }) => length));
  const head = Array.from({ length: height }, (_, at) => heads.map((lines) => lines[at - height + lines.length] ?? ''));
  const all = [...head, ...rows].filter((row) => typeof row !== 'string');
  const widths = titles.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const cell = (text, at) => (at === 0 || isLeft ? text.padEnd(widths[at]) : text.padStart(widths[at]));
  const line = (row) => (typeof row === 'string' ? row : row.map(cell).join(gap).trimEnd());
  return { head: head.map(line).join('\n'), line };
}

export function table(titles, rows, options) {
  const { head, line } = layout(titles, rows, options);
  return [head, ...rows.map(line)].join('\n');
}
