// Single operations: what is printed.

import { CONTENDERS, FLOOR, PEER, SUBJECT } from '../contenders.mjs';
import { geometricMean, timeCase } from '../tools/rounds.mjs';
import { layout, spread, table } from '../tools/table.mjs';
import { CASES, MATRIX } from './cases.mjs';

const RIVALS = CONTENDERS.map(({ name }) => name).filter((name) => name !== SUBJECT);
/** Those whose nanoseconds stand in the table, and whose ratio stands there with its spread. The JSON has all. */
const SHOWN = [FLOOR, PEER];
const OTHERS = RIVALS.filter((name) => !SHOWN.includes(name));
const TITLES = [
  '',
  ...SHOWN,
  SUBJECT,
  ...SHOWN.map((name) => `/ ${name}`),
  ...OTHERS.map((name) => name.replace('-', '-\n')),
];
/** As wide as the longest name, times of microseconds, and ratios. */
const WIDEST = ['matrix fresh ttl 80 100k', ...Array(3).fill('12345.6'), ...Array(2).fill('99.99 (9.99-9.99)')];
const { head, line } = layout(TITLES, [[...WIDEST, ...OTHERS.map(() => '99.99')]], { gap: ' ' });

/** The matrix is for full runs, and for those who ask for it. */
function cases({ quick, only, browser }) {
  if (quick && only.startsWith('matrix')) return MATRIX.map((spec) => ({ ...spec, plan: {} }));
  return quick || browser ? CASES : [...CASES, ...MATRIX];
}

const about = `Nanoseconds per operation (median), and the ratio of ${SUBJECT} to each of the others, within a round: median, and for
${SHOWN.join(' and ')} p25-p75 too. Below 1 ${SUBJECT} is faster.

ready: keys that were there before; fresh: keys built in the loop, which is part of the time. zipf: few keys are
asked for often, otherwise all equally. fill: sets of new keys into caches that are made and filled; evict: into a full one,
where Map has a ring of its keys. matrix: hits with keys of 8, 30 or 80 characters.

${head}`;

const cell = (number, digits) => number?.toFixed(digits) ?? '-';

function show({ spec, nanoseconds, ratios }) {
  return line([
    spec.name,
    ...[...SHOWN, SUBJECT].map((name) => cell(nanoseconds[name]?.[1], 1)),
    ...SHOWN.map((name) => (ratios[name] ? spread(ratios[name]) : '-')),
    ...OTHERS.map((name) => cell(ratios[name]?.[1], 2)),
  ]);
}

/** One number for each group of cases and each rival. */
function summary(results) {
  const mean = (group, rival) => {
    const measured = results.filter(({ spec, ratios }) => spec.group === group && rival in ratios);
    return measured.length > 0 ? geometricMean(measured.map(({ ratios }) => ratios[rival][1])).toFixed(2) : '-';
  };
  const groups = [...new Set(results.map(({ spec }) => spec.group))];
  const rows = groups.map((group) => [group, ...RIVALS.map((rival) => mean(group, rival))]);
  return `Ratio of ${SUBJECT} to each of the others, geometric mean of the sizes.\n\n${table(['', ...RIVALS], rows)}`;
}

const measure = (spec, plan, work) => timeCase('hits/loops.mjs', spec, plan, work);

export const hits = { name: 'hits', cases, about, measure, show, summary };
