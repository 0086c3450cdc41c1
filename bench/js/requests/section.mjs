// Request streams that are timed: which, and what is printed.

import { SUBJECT } from '../contenders.mjs';
import { SEED } from '../ratios/seeded.mjs';
import { listTraces } from '../ratios/traces.mjs';
import { mean, timeCase } from '../tools/rounds.mjs';
import { grouped, percent, spread, table } from '../tools/table.mjs';
import { contendersIn } from './replay.mjs';

/** Requests of a stream; a longer one ends there. */
const LENGTH = { quick: 250_000, full: 1_000_000 };

/** The streams, those made by code first; the others are traces. `size` is entries of the caches, or bytes. */
const STREAMS = [
  { stream: 'zipf 1.0', size: 10_000, seed: SEED },
  { stream: 'web12', size: 1_200 },
  { stream: 'orm-busy', size: 2_500 },
  { stream: 'zipf 1.0', size: 20_000_000, seed: SEED, isSized: true },
  { stream: 'cloudphysicsIO', size: 100_000_000, isSized: true },
  { stream: 'cdn-adaptsize', size: 30_000_000, isSized: true },
];

/** The seeded streams, and those of the traces that the folder has. */
function cases({ quick, traces }) {
  const length = quick ? LENGTH.quick : LENGTH.full;
  const common = { op: 'replay', ttl: false, length, cut: { over: length, first: length } };
  const files = traces === undefined ? [] : listTraces(traces);
  return STREAMS.flatMap((each) => {
    const trace = each.seed === undefined ? files.find(({ stream }) => stream === each.stream) : {};
    const name = `replay ${each.isSized ? 'bytes ' : ''}${each.stream} ${grouped(each.size)}`;
    return trace === undefined ? [] : [{ name, ...common, ...trace, ...each }];
  });
}

const about = `Requests: streams, each replayed with a get, and a set where it misses, in a new cache each time. Nanoseconds per
request, and the ratio of ${SUBJECT} to each: median (p25-p75). A set here costs nothing but the set: in a program a
miss costs a computation or a fetch, so the hit ratio beside it decides. Map has a ring of its keys: first in, first out.`;

function show({ spec, operations, nanoseconds, ratios, hits }) {
  const { name, size, isSized } = spec;
  const contenders = contendersIn(spec).filter(({ name }) => name in nanoseconds);
  const rows = contenders.map(({ name, most }) => [
    `  ${name}`,
    spread(nanoseconds[name], 0),
    ratios[name] ? spread(ratios[name]) : '',
    percent(mean(hits.map((ofProcess) => ofProcess[name]))),
    // Who has more room has more hits.
    most === undefined ? '' : `of up to ${grouped(most(size))}`,
  ]);
  const what = `${grouped(operations[0])} requests, caches of ${grouped(size)}${isSized ? ' bytes' : ''}`;
  return `\n${name}: ${what}\n${table(['', 'ns', `${SUBJECT} / this`, 'hits, %', ''], rows)}`;
}

const measure = (spec, plan, work) => timeCase('requests/replay.mjs', spec, plan, work);

export const requests = { name: 'requests', cases, about, measure, show };
