// Charts of time: what an operation costs with each contender, by the kind of keys.

import { FLOOR, SUBJECT } from '../contenders.mjs';
import { geometricMean } from '../tools/rounds.mjs';
import { grouped } from '../tools/table.mjs';
import { barChart, kindOf } from './picture.mjs';

/** What each operation is called. */
const OPERATIONS = {
  hit: 'A get that finds its value',
  miss: 'A get that finds nothing',
  set: 'A set over a present key',
  fill: 'A set of a new key in a cache that is not full',
  evict: 'A set of a new key in a full cache',
  load: 'A read-through call that finds its value',
};
const KINDS = { subject: SUBJECT, peer: 'other packages', floor: `${FLOOR}: the least that it can cost, and no cache` };

/** The charts of a run's times, as files. A browser is part of their names. */
export function latencyCharts({ hits = [], loads = [], versions, cpu, browser }) {
  const place = browser ? `${browser.name} ${browser.version}` : `Node ${versions.node}`;
  const [short] = place.split(' ');
  const note = `keylatch ${versions.keylatch}; ${place}; ${cpu}. Only the ratios mean something on another machine.`;
  return Object.entries(OPERATIONS).flatMap(([op, title]) => {
    // The matrix has tables, and would be too much for a picture.
    const rows = [...hits, ...loads].filter(({ spec }) => spec.op === op && groupOf(spec).startsWith(op));
    if (rows.length === 0) return [];
    const sizes = [...new Set(rows.map(({ spec }) => grouped(spec.size)))];
    const mean = sizes.length > 1 ? 'geometric mean of caches of' : 'a cache of';
    const svg = barChart({
      title: `${title}: time in ${short}`,
      about: `Nanoseconds (median), ${mean} ${sizes.join(', ')} entries. Shorter is better.`,
      note,
      xTitle: 'Nanoseconds per operation',
      bars: barsOf(rows),
      kinds: KINDS,
      print: (value) => grouped(value, value < 100 ? 1 : 0),
    });
    return [{ file: `latency${browser ? `-${short.toLowerCase()}` : ''}-${op}.svg`, svg }];
  });
}

/** What a row is one size of. */
const groupOf = ({ op, group, ttl }) => group ?? `${op}${ttl ? ' ttl' : ''}`;

function barsOf(all) {
  return [...new Set(all.map(({ spec }) => groupOf(spec)))].flatMap((group) => {
    const times = all.filter(({ spec }) => groupOf(spec) === group).map(({ nanoseconds }) => nanoseconds);
    // Who is not in all sizes would have a mean of others.
    const names = Object.keys(times[0]).filter((name) => times.every((each) => name in each));
    return names.map((name) => {
      return { group, name, value: geometricMean(times.map(({ [name]: [, time] }) => time)), kind: kindOf(name) };
    });
  });
}
