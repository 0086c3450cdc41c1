// Tables of hit ratios: a row for each policy, a column for each size or stream.

import { knownIn, overallShare, replayedIn, shareOf, streamShare } from './shares.mjs';

const FIRST = 28;
const CELL = 15;
const KNOWN = '  known, not replayed';

const percent = (ratio) => (100 * ratio).toFixed(2);
const both = (cell, name) => `${percent(cell.ratios[name] ?? cell.known[name])} (${share(shareOf(cell, name))})`;
const share = (number) => (Number.isNaN(number) ? '-' : number.toFixed(3));
const row = (first, cells) => [first.padEnd(FIRST), ...cells.map((cell) => cell.padStart(CELL))].join(' ').trimEnd();

/** A number of things or bytes, for people. */
export const grouped = (number) => number.toLocaleString('en');

/** One stream: each policy in each size, and its mean share of what is best. */
export function sizesTable(result, { unit, best }) {
  const { cells } = result;
  const line = (name) =>
    row(`  ${name}`, [
      ...cells.map((cell) => (name in cell.ratios || name in cell.known ? both(cell, name) : '-')),
      share(streamShare(result, name)),
    ]);
  return [
    row(`  ${unit}`, [...cells.map(({ size }) => grouped(size)), 'mean share']),
    // As wide as the others, so that the digits are one below the other.
    row(
      `  ${best}`,
      cells.map(({ opt }) => `${percent(opt)}        `),
    ),
    ...blocks([result], line),
  ];
}

/** All streams: the mean share of what is best in each, and the mean of these. */
export function meansTable(streams) {
  const line = (name) =>
    row(`  ${name}`, [...streams.map((result) => streamShare(result, name)), overallShare(streams, name)].map(share));
  return [row('', [...streams.map(({ stream }) => stream), 'overall']), ...blocks(streams, line)];
}

/** A line for each who was replayed, and for each who is known. */
function blocks(streams, line) {
  const known = knownIn(streams);
  return [...replayedIn(streams).map(line), ...(known.length > 0 ? [KNOWN] : []), ...known.map(line)];
}
