// What is printed of hit ratios.

import { SUBJECT } from '../contenders.mjs';
import { overallShare, shareOf, streamShare } from './shares.mjs';

const FIRST = 16;
const CELL = 16;
const OVERALL = 'overall';

const grouped = (number) => number.toLocaleString('en');
const percent = (ratio) => (100 * ratio).toFixed(2);
const row = (first, cells) => [first.padEnd(FIRST), ...cells.map((cell) => cell.padStart(CELL))].join(' ').trimEnd();
const namesOf = ({ cells }) => Object.keys(cells[0].ratios);

/** What the tables are about. */
export function ratiosHead() {
  return [
    'Hit ratios: request streams, replayed with a get, and a set where it misses. Percent, and in parentheses the share of',
    `OPT: what a cache that knows the future would have (Belady, with bypass). ${SUBJECT} is the default policy: its hashes`,
    'have another key in every process, so its ratios differ a little from run to run.',
  ].join('\n');
}

/** One stream, with a line for each size, and for each difference from what is known. */
export function ratiosTable(result) {
  const { stream, seed, isCut, requests, keys, cells } = result;
  const names = namesOf(result);
  const about = [
    `${isCut ? 'the first ' : ''}${grouped(requests)} requests`,
    `${grouped(keys)} keys`,
    ...(seed === undefined ? [] : [`seed 0x${seed.toString(16)}`]),
  ];
  return [
    `${stream}: ${about.join(', ')}`,
    row('  entries', ['OPT', ...names]),
    ...cells.map((cell) =>
      row(`  ${grouped(cell.size)}`, [percent(cell.opt), ...names.map((name) => both(cell, name))]),
    ),
    row('  mean of OPT', ['', ...names.map((name) => streamShare(result, name).toFixed(3))]),
    ...checkLines(result),
  ].join('\n');
}

const both = (cell, name) => `${percent(cell.ratios[name])} (${shareOf(cell, name).toFixed(3)})`;

/** Whether the replay is right, as far as it is known. */
function checkLines({ stream, cells, check }) {
  const unlike = cells.filter(({ ratios }) => ratios['keylatch lru'] !== ratios['lru-cache']);
  const lines = unlike.map(({ size, ratios }) => {
    const difference = ratios['keylatch lru'] - ratios['lru-cache'];
    return `  WARNING: ${stream} ${size}: policy 'lru' is not lru-cache, ${signed(difference)}`;
  });
  if (check === undefined || check.compared === 0) return lines;
  const others = check.others.map(({ size, who, found, expected }) => {
    const numbers = `${found.toFixed(6)} and not ${expected.toFixed(6)}, ${signed(found - expected)}`;
    return `  WARNING: ${stream} ${size}: ${who} is not the reference's: ${numbers}`;
  });
  if (others.length > 0) return [...lines, ...others];
  return [...lines, `  OPT and lru-cache are the reference's in all ${check.compared} ratios.`];
}

const signed = (number) => `${number < 0 ? '' : '+'}${number.toFixed(6)}`;

/** The means of the streams, and the mean of these. */
export function ratiosSummary(streams) {
  const names = namesOf(streams[0]);
  const first = Math.max(OVERALL.length, ...streams.map(({ stream }) => stream.length));
  const line = (text, cells) => row(text.padEnd(first), cells);
  return [
    'Share of OPT, mean of the sizes; overall, the mean of these.',
    '',
    line('', names),
    ...streams.map((result) =>
      line(
        result.stream,
        names.map((name) => streamShare(result, name).toFixed(3)),
      ),
    ),
    line(
      OVERALL,
      names.map((name) => overallShare(streams, name).toFixed(3)),
    ),
  ].join('\n');
}
