// What is printed of hit ratios.

import { SUBJECT } from '../contenders.mjs';
import { grouped, meansTable, sizesTable } from './table.mjs';

/** What the tables are about. */
export function ratiosHead() {
  return [
    'Hit ratios: request streams, replayed with a get, and a set where it misses. Percent, and in parentheses the share',
    'of OPT: what a cache that knows the future would have (Belady, with bypass).',
    `${SUBJECT} is the default policy: its hashes have another key in every process, so its ratios differ a little from`,
    "run to run. What is known of other policies is from the traces' reference.csv.",
  ].join('\n');
}

/** One stream, with a line for each policy, and for each difference from what is known. */
export function ratiosTable(result) {
  return [
    `${result.stream}: ${about(result).join(', ')}`,
    ...sizesTable(result, { unit: 'entries', best: 'OPT' }),
    ...checkLines(result),
  ].join('\n');
}

/** How much a stream is. */
export function about({ seed, isCut, requests, keys }) {
  return [
    `${isCut ? 'the first ' : ''}${grouped(requests)} requests`,
    `${grouped(keys)} keys`,
    ...(seed === undefined ? [] : [`seed 0x${seed.toString(16)}`]),
  ];
}

/** Whether the replay is right, as far as it is known. */
function checkLines({ stream, cells, check }) {
  const unlike = cells.filter(({ ratios }) => ratios['keylatch lru'] !== ratios['lru-cache']);
  const lines = unlike.map(({ size, ratios }) => {
    const difference = ratios['keylatch lru'] - ratios['lru-cache'];
    return `  WARNING: ${stream} ${size}: policy 'lru' is not lru-cache, ${signed(difference)}`;
  });
  return [...lines, ...comparison({ stream, check, who: 'OPT and lru-cache' })];
}

/** How the replay of `who` compares with the reference, if there is one. */
export function comparison({ stream, check, who }) {
  if (check === undefined || check.compared === 0) return [];
  if (check.others.length === 0) return [`  ${who} are the reference's in all ${check.compared} ratios.`];
  return check.others.map(({ size, who, found, expected }) => {
    const numbers = `${found.toFixed(6)} and not ${expected.toFixed(6)}, ${signed(found - expected)}`;
    return `  WARNING: ${stream} ${size}: ${who} is not the reference's: ${numbers}`;
  });
}

const signed = (number) => `${number < 0 ? '' : '+'}${number.toFixed(6)}`;

/** The means of the streams, and the mean of these. */
export function ratiosSummary(streams) {
  return ['Share of OPT, mean of the sizes; overall, the mean of these.', '', ...meansTable(streams)].join('\n');
}
