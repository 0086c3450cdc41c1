// What is printed.

import { CASES, MATRIX } from './cases.mjs';
import { CONTENDERS, SUBJECT } from './contenders.mjs';
import { ENTRIES } from './memory.mjs';
import { wrap } from './wrap.mjs';

const RIVALS = CONTENDERS.map(({ name }) => name).filter((name) => name !== SUBJECT);
/** Those whose nanoseconds stand in the table, and whose ratio stands there with its spread. The JSON has all. */
const SHOWN = ['Map', 'lru-cache'];
const TIMED = [...SHOWN, SUBJECT];
const OTHERS = RIVALS.filter((name) => !SHOWN.includes(name));

const FIRST = Math.max(...[...CASES, ...MATRIX].map(({ name }) => name.length));
/** As wide as a time that takes microseconds, and as a ratio with its spread. */
const TIME = 7;
const RATIO = 16;
/** Names that would make their columns wide, in two lines. */
const BROKEN = {
  'quick-lru': ['quick-', 'lru'],
  'tiny-lru': ['tiny-', 'lru'],
  transitory: ['transi-', 'tory'],
  ttlcache: ['ttl-', 'cache'],
};

const none = '-';
const fixed = (number) => number.toFixed(2);
const join = (first, cells) => [first.padEnd(FIRST), ...cells].join(' ').trimEnd();
const times = (show) => TIMED.map((name) => show(name).padStart(Math.max(name.length, TIME)));
const wide = (show) => SHOWN.map((name) => show(name).padStart(RATIO));
const partsOf = (name) => BROKEN[name] ?? ['', name];
const narrow = (show) =>
  OTHERS.map((name) => show(name).padStart(Math.max(5, ...partsOf(name).map((part) => part.length))));
const all = (show) => RIVALS.map((name) => show(name).padStart(Math.max(5, name.length)));

/** The head of the table. */
export function head() {
  return [
    `Nanoseconds per operation (median), and the ratio of ${SUBJECT} to each of the others, within a round: median, and for`,
    `${SHOWN.join(' and ')} p25-p75 too. Below 1 ${SUBJECT} is faster.`,
    '',
    'ready: keys that were there before; fresh: keys built in the loop, which is part of the time. zipf: few keys are',
    'asked for often, otherwise all equally. evict: sets of new keys into a full cache; Map has a ring of its keys there.',
    'matrix: hits with keys of 8, 30 or 80 characters.',
    '',
    join('', [...times(() => ''), ...wide(() => ''), ...narrow((name) => partsOf(name)[0])]),
    join('', [...times((name) => name), ...wide((name) => `/ ${name}`), ...narrow((name) => partsOf(name)[1])]),
  ].join('\n');
}

/** A line of the table. */
export function line({ spec, nanoseconds, ratios }) {
  return join(spec.name, [
    ...times((name) => nanoseconds[name]?.[1].toFixed(1) ?? none),
    ...wide((name) => (ratios[name] === undefined ? none : spread(ratios[name]))),
    ...narrow((name) => (ratios[name] === undefined ? none : fixed(ratios[name][1]))),
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
      all((name) => name),
    ),
    ...groups.map(({ group, means }) =>
      join(
        group,
        all((name) => (means[name] === undefined ? none : fixed(means[name]))),
      ),
    ),
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
    if (met === undefined) return `${first} not measured${detail === undefined ? '' : ` as a whole: ${detail}`}`;
    if (detail !== undefined) return `${first} ${met ? 'met   ' : 'missed'}  ${detail}`;
    const number = `${fixed(worst.ratio)} at worst (${worst.cell})`;
    if (met) return `${first} met     ${number}, ${cells} cells`;
    const which = missed.length === cells ? '' : `: ${missed.map(({ cell }) => cell).join(', ')}`;
    return `${first} missed  ${number}, ${missed.length} of ${cells} cells${which}`;
  });
  return ['Budgets', '', ...lines.map((line) => wrap(line, ' '.repeat(6)))].join('\n');
}
