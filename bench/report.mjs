// What is printed.

import { CASES } from './cases.mjs';
import { CONTENDERS, SUBJECT } from './contenders.mjs';
import { ENTRIES } from './memory.mjs';

const NAMES = CONTENDERS.map(({ name }) => name);
const RIVALS = NAMES.filter((name) => name !== SUBJECT);
/** Rivals whose ratio stands in the table, with its spread. The summary has all. */
const SHOWN = ['Map', 'lru-cache'];

const FIRST = Math.max(...CASES.map(({ name }) => name.length));
const TIME = 10;
const RATIO = 20;

const none = '-';
const fixed = (number) => number.toFixed(2);
const join = (first, cells) => [first.padEnd(FIRST), ...cells].join(' ').trimEnd();

/** The head of the table. */
export function head() {
  return [
    'Nanoseconds per operation (median), and the ratio of keylatch to Map and to lru-cache: median (p25-p75) of the',
    'ratios within a round. Below 1 keylatch is faster.',
    '',
    'ready: keys that were there before; fresh: keys built in the loop, which is part of the time. zipf: few keys are',
    'asked for often, otherwise all equally. evict: sets of new keys into a full cache; Map has a ring of its keys there.',
    '',
    join('', [...NAMES.map((name) => name.padStart(TIME)), ...SHOWN.map((name) => `/ ${name}`.padStart(RATIO))]),
  ].join('\n');
}

/** A line of the table. */
export function line({ spec, nanoseconds, ratios }) {
  return join(spec.name, [
    ...NAMES.map((name) => (nanoseconds[name]?.[1].toFixed(1) ?? none).padStart(TIME)),
    ...SHOWN.map((name) => (ratios[name] === undefined ? none : spread(ratios[name])).padStart(RATIO)),
  ]);
}

function spread([low, middle, high]) {
  return `${fixed(middle)} (${fixed(low)}-${fixed(high)})`;
}

/** One number for each group of cases and each rival: the geometric mean of the ratios. */
export function summarize(rows) {
  const groups = [...new Set(rows.map(({ spec }) => spec.group))];
  return groups.map((group) => {
    const members = rows.filter(({ spec }) => spec.group === group);
    const means = RIVALS.map((rival) => {
      const logs = members.filter(({ ratios }) => ratios[rival]).map(({ ratios }) => Math.log(ratios[rival][1]));
      return [rival, logs.length === 0 ? undefined : Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)];
    });
    return { group, means: Object.fromEntries(means) };
  });
}

/** The summary as a table. */
export function summary(groups) {
  return [
    'Ratio of keylatch to each of the others, geometric mean of the sizes.',
    '',
    join(
      '',
      RIVALS.map((name) => `/ ${name}`.padStart(RATIO - 6)),
    ),
    ...groups.map(({ group, means }) => {
      return join(
        group,
        RIVALS.map((name) => (means[name] === undefined ? none : fixed(means[name])).padStart(RATIO - 6)),
      );
    }),
  ].join('\n');
}

const grouped = (number) => number.toLocaleString('en');

/** What is done to memory; printed first, since it may take a while. */
export function memoryHead({ sets, ttl }) {
  return `Memory: ${grouped(sets)} sets of new keys into a cache of ${grouped(ENTRIES)}${ttl ? ', with ttl' : ''}\n`;
}

/** What memory has done. */
export function memoryTable({ looks, isFlat }) {
  const row = (cells) => cells.map((cell) => cell.padStart(14)).join(' ');
  return [
    row(['sets', 'wasm bytes', 'heap bytes']),
    ...looks.map(({ sets, wasm, heap }) => row([sets, wasm, heap].map(grouped))),
    '',
    isFlat ? 'Flat from the first look after the start.' : 'NOT flat.',
  ].join('\n');
}

/** A line for each budget. */
export function verdicts(judged) {
  const lines = judged.map(({ name, text, cells, met, worst, missed, detail }) => {
    const first = `(${name}) ${text}`.padEnd(
      Math.max(...judged.map(({ name, text }) => name.length + text.length + 3)),
    );
    if (met === undefined) return `${first} not measured`;
    if (detail !== undefined) return `${first} ${met ? 'met   ' : 'missed'}  ${detail}`;
    const number = `${fixed(worst.ratio)} at worst (${worst.cell})`;
    if (met) return `${first} met     ${number}, ${cells} cells`;
    const which = missed.length === cells ? '' : `: ${missed.map(({ cell }) => cell).join(', ')}`;
    return `${first} missed  ${number}, ${missed.length} of ${cells} cells${which}`;
  });
  return ['Budgets', '', ...lines].join('\n');
}
