// Charts of time: what an operation costs with each contender, by the kind of keys.

import { SUBJECT } from '../contenders.mjs';
import { barChart } from './bars.mjs';
import { barColor, FLOOR_COLOR, PEER_COLOR, SUBJECT_COLOR } from './colors.mjs';

/** What stands for the least that a cache can cost, and is none. */
const FLOOR = 'Map';

/** What each operation is called. */
const OPERATIONS = {
  hit: 'A get that finds its value',
  miss: 'A get that finds nothing',
  set: 'A set over a present key',
  evict: 'A set of a new key in a full cache',
  load: 'A read-through call that finds its value',
};

/** The charts of a run's times, as files. A browser is part of their names. */
export function latencyCharts({ rows = [], loads, versions, cpu, browser }) {
  const place = browser
    ? { file: `-${browser.name.toLowerCase()}`, name: `${browser.name} ${browser.version}`, short: browser.name }
    : { file: '', name: `Node ${versions.node}`, short: 'Node' };
  const all = [...rows, ...(loads?.hits ?? [])];
  return Object.keys(OPERATIONS).flatMap((op) => {
    // Whatever else there is of an operation has tables, and would be too much for a picture.
    const cases = all.filter((row) => row.spec.op === op && groupOf(row).startsWith(op));
    return cases.length === 0 ? [] : [chart(op, cases, versions, cpu, place)];
  });
}

/** What a row is one size of. */
const groupOf = ({ spec }) => spec.group ?? spec.name;

function chart(op, cases, versions, cpu, place) {
  const names = [...new Set(cases.map(groupOf))];
  const groups = names.map((name) => {
    const rows = cases.filter((row) => groupOf(row) === name);
    // Who is not in all sizes would have a mean of others.
    const contenders = Object.keys(rows[0].nanoseconds).filter((name) => rows.every((row) => name in row.nanoseconds));
    const bars = contenders.map((contender) => {
      const value = geometricMean(rows.map(({ nanoseconds }) => nanoseconds[contender][1]));
      return { name: contender, value, color: barColor(contender, FLOOR) };
    });
    return { name, bars };
  });
  const sizes = [...new Set(cases.map(({ spec }) => spec.size))].map((size) => size.toLocaleString('en'));
  const mean = sizes.length > 1 ? 'geometric mean of caches of' : 'a cache of';
  const svg = barChart({
    title: `${OPERATIONS[op]}: time in ${place.short}`,
    about: `Nanoseconds (median), ${mean} ${sizes.join(', ')} entries. Shorter is better.`,
    note: `keylatch ${versions.keylatch}; ${place.name}; ${cpu}. Only the ratios mean something on another machine.`,
    xTitle: 'Nanoseconds per operation',
    legend: [
      { name: SUBJECT, color: SUBJECT_COLOR },
      { name: 'other packages', color: PEER_COLOR },
      { name: `${FLOOR}: the least that it can cost, and no cache`, color: FLOOR_COLOR },
    ],
    groups,
    show: (value) => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en')),
  });
  return { file: `latency${place.file}-${op}.svg`, svg };
}

const geometricMean = (list) => Math.exp(list.reduce((sum, each) => sum + Math.log(each), 0) / list.length);
