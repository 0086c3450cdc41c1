// Read-through calls: what is measured of them, and what is printed.

import { FLOOR, SUBJECT } from '../contenders.mjs';
import { timeCase } from '../tools/rounds.mjs';
import { grouped, spread, table } from '../tools/table.mjs';
import { CONTENDERS } from './contenders.mjs';

const cases = () => [
  { name: 'loads hit 10k', op: 'load', size: 10_000, ttl: false },
  { name: 'loads hit ttl 10k', op: 'load', size: 10_000, ttl: true },
  { name: 'loads waiters 10k', op: 'wait', callers: 10_000 },
  { name: 'loads batch 1k', op: 'batch', keys: 1_000 },
];

const about = `Loads: a read-through call that finds its value, of 10,000, and is awaited. Nanoseconds per call, and the ratio of
${SUBJECT} to each: median (p25-p75) of the ratios within a round. Below 1 ${SUBJECT} is faster. ${FLOOR} holds the
promises themselves, and is no cache: it stands for what the call and the await cost at the least.`;

async function measure(spec, plan, work) {
  if (spec.op === 'load') return timeCase('loads/hit.mjs', spec, plan, work);
  return { spec, contenders: await work(spec.op === 'batch' ? 'loads/batch.mjs' : 'loads/waiters.mjs', spec) };
}

const TABLES = { load: hitTable, wait: waitersTable, batch: batchTable };
const show = (result) => `\n${TABLES[result.spec.op](result)}`;

function hitTable({ spec, nanoseconds, ratios }) {
  const rows = CONTENDERS.filter(({ name }) => name in nanoseconds).map(({ name }) => [
    `  ${name}`,
    grouped(nanoseconds[name][1]),
    ratios[name] ? spread(ratios[name]) : '',
  ]);
  return table([spec.name, 'ns', `${SUBJECT} / this`], rows);
}

function waitersTable({ spec, contenders }) {
  const rows = contenders.map(({ name, times, bytes }) => [`  ${name}`, spread(times, 0), grouped(bytes[1])]);
  return `Loads: ${grouped(spec.callers)} callers of one missing key, with one load. Per caller, with the function that
awaits the call; ${FLOOR} gives the same promise to each, and knows nothing of who waits.

${table(['', 'ns', 'bytes of heap'], rows)}`;
}

function batchTable({ spec, contenders }) {
  const rows = contenders.map(({ name, times }) => [`  ${name}`, spread(times, 0)]);
  return `Loads: ${grouped(spec.keys)} missing keys, asked for one by one in one turn, and loaded with one call. Per key.
${FLOOR} is what is written by hand, without leases, fences and signals; "alone" is a call of the loader for each key.

${table(['', 'ns'], rows)}`;
}

export const loads = { name: 'loads', cases, about, measure, show };
