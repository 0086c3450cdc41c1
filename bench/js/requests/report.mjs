// What is printed of request streams that are timed.

import { CONTENDERS, SUBJECT } from '../contenders.mjs';

const FIRST = Math.max(...CONTENDERS.map(({ name }) => name.length)) + 2;
const CELL = 20;

const cell = (text) => text.padStart(CELL);
const row = (first, cells) => [first.padEnd(FIRST), ...cells.map(cell)].join(' ').trimEnd();
const spread = ([low, middle, high], digits) =>
  `${middle.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;

const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;

/** What the tables are about. */
export function requestsHead() {
  return [
    'Requests: streams, each replayed with a get, and a set where it misses, in a new cache each time. Nanoseconds per',
    `request, and the ratio of ${SUBJECT} to each: median (p25-p75). A set here costs nothing but the set: in a program a`,
    'miss costs a computation or a fetch, so the hit ratio beside it decides. Map has a ring of its keys: first in, first out.',
  ].join('\n');
}

/** One stream. */
export function requestsTable({ spec, operations, nanoseconds, ratios, hits }) {
  return [
    `${spec.name}: ${operations[0].toLocaleString('en')} requests, caches of ${spec.size.toLocaleString('en')}`,
    row('', ['ns', `${SUBJECT} / this`, 'hits, %']),
    ...CONTENDERS.filter(({ name }) => nanoseconds[name] !== undefined).map(({ name, most }) =>
      row(`  ${name}`, [
        spread(nanoseconds[name], 0),
        ratios[name] === undefined ? '' : spread(ratios[name], 2),
        (100 * mean(hits.map((ofProcess) => ofProcess[name]))).toFixed(2),
        // Who has more room has more hits.
        ...(most === undefined ? [] : [`of up to ${most(spec.size).toLocaleString('en')}`]),
      ]),
    ),
  ].join('\n');
}
