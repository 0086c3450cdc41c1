// What is printed of loads.

import { SUBJECT } from '../contenders.mjs';
import { CONTENDERS, FLOOR } from './contenders.mjs';

const FIRST = Math.max(...CONTENDERS.map(({ name }) => name.length)) + 2;
const CELL = 20;

const cell = (text) => text.padStart(CELL);
const fixed = (number, digits) => number.toFixed(digits);
const row = (first, cells) => [first.padEnd(FIRST), ...cells.map(cell)].join(' ').trimEnd();
const spread = ([low, middle, high], digits) =>
  `${fixed(middle, digits)} (${fixed(low, digits)}-${fixed(high, digits)})`;

/** What the tables of hits are about. */
export function hitHead() {
  return [
    'Loads: a read-through call that finds its value, of 10,000, and is awaited. Nanoseconds per call, and the ratio of',
    `${SUBJECT} to each: median (p25-p75) of the ratios within a round. Below 1 ${SUBJECT} is faster. ${FLOOR} holds the`,
    'promises themselves, and is no cache: it stands for what the call and the await cost at the least.',
  ].join('\n');
}

/** One case of hits. */
export function hitTable({ spec, nanoseconds, ratios }) {
  return [
    row(spec.name, ['ns', `${SUBJECT} / this`]),
    ...CONTENDERS.filter(({ name }) => nanoseconds[name] !== undefined).map(({ name }) =>
      row(`  ${name}`, [fixed(nanoseconds[name][1], 0), ratios[name] === undefined ? '' : spread(ratios[name], 2)]),
    ),
  ].join('\n');
}

/** What it costs to wait. */
export function waitersTable({ callers, contenders }) {
  return [
    `Loads: ${callers.toLocaleString('en')} callers of one missing key, with one load. Per caller, with the function that`,
    `awaits the call; ${FLOOR} gives the same promise to each, and knows nothing of who waits.`,
    '',
    row('', ['ns', 'bytes of heap']),
    ...contenders.map(({ name, times, bytes }) => row(`  ${name}`, [spread(times, 0), fixed(bytes[1], 0)])),
  ].join('\n');
}
