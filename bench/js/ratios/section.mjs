// Hit ratios: which request streams are replayed, and what is printed.

import { PEER, SUBJECT } from '../contenders.mjs';
import { grouped, percent, table } from '../tools/table.mjs';
import { readReference } from './reference.mjs';
import { SEED, SEEDED, SIZED } from './seeded.mjs';
import { inUnit, knownIn, overallShare, replayedIn, shareOf, streamShare } from './shares.mjs';
import { listTraces } from './traces.mjs';

/** Requests of a seeded stream. */
const LENGTH = { quick: 100_000, full: 400_000 };
/** In a quick run, a trace with more requests than `over` ends after the first `first`. */
const CUT = { over: 1_000_000, first: 500_000 };

/** Caches that are bounded by entries. `shares` are their sizes, in parts of the distinct keys. */
export const ratios = section('entries', {
  name: 'ratios',
  about: `Hit ratios: request streams, replayed with a get, and a set where it misses. Percent, and in parentheses the share
of OPT: what a cache that knows the future would have (Belady, with bypass).
${SUBJECT} is the default policy: its hashes have another key in every process, so its ratios differ a little from
run to run. What is known of other policies is from the traces' reference.csv.`,
  best: 'OPT',
  prefix: 'ratios',
  shares: [0.01, 0.02, 0.05, 0.1, 0.25],
  unit: 'entries',
  units: { objects: '' },
  twins: `OPT and ${PEER}`,
});

/** Caches that are bounded by the bytes of their objects. `shares` are parts of the distinct keys' bytes. */
export const sizedRatios = section('bytes', {
  name: 'sized',
  about: `Hit ratios by bytes: caches that are bounded by the sizes of their objects. Percent of the requests and percent of
the bytes; in parentheses the share of BeladySize, which knows the future, and whose victim is the object with
the largest product of its size and the time until its next use. ${SUBJECT} has its default policy there.`,
  best: 'BeladySize',
  prefix: 'ratios bytes',
  shares: [0.005, 0.02, 0.05, 0.1, 0.25],
  unit: 'bytes of room',
  units: { objects: '  hits of requests\n', bytes: '  hits of bytes\n' },
  twins: `${PEER} and, to a quarter of a point, BeladySize`,
});

function section(bound, kind) {
  const { name, about, best, prefix, shares } = kind;
  const isSized = bound === 'bytes';
  const cases = ({ quick, traces }) => {
    // In a quick run every second size.
    const some = (list) => list.filter((_, index) => !quick || index % 2 === 0);
    const common = { isSized, best, cut: quick ? CUT : undefined };
    const length = quick ? LENGTH.quick : LENGTH.full;
    const seeded = SEEDED.filter(({ stream }) => !isSized || SIZED.includes(stream)).map(({ stream, sizes }) => {
      return { stream, sizes: isSized ? [] : sizes, seed: SEED, length };
    });
    return [...tracesIn(traces, bound), ...seeded].map(({ sizes = [], ...spec }) => {
      const wanted = { sizes: some(sizes), shares: some(sizes.length > 0 ? [] : shares) };
      return { name: `${prefix} ${spec.stream}`, ...common, ...spec, ...wanted };
    });
  };
  const measure = (spec, _plan, work) => work('ratios/replay.mjs', spec);
  const summary = (results) => summarize(results, kind);
  return { name, cases, about, measure, show: (result) => show(result, kind), summary };
}

function tracesIn(folder, bound) {
  if (folder === undefined) return [];
  const references = readReference(folder, bound);
  const traces = listTraces(folder).filter(({ sizeFile }) => bound === 'entries' || sizeFile !== undefined);
  return traces.map((trace) => {
    const { [trace.stream]: reference = {} } = references;
    return { ...trace, reference, sizes: Object.keys(reference).map(Number) };
  });
}

/** One stream: a line for each policy, and for each difference from what is known. */
function show(result, { best, unit, units, twins }) {
  const { stream, seed, isCut, requests, keys, bytes } = result;
  const about = [
    `${isCut ? 'the first ' : ''}${grouped(requests)} requests`,
    `${grouped(keys)} keys`,
    seed && `seed 0x${seed.toString(16)}`,
    bytes && `${grouped(bytes)} bytes`,
  ].filter(Boolean);
  const tables = Object.entries(units).map(([key, title]) => `${title}${sizesTable(inUnit(result, key), best, unit)}`);
  return [`\n${stream}${bytes ? ', by bytes' : ''}: ${about.join(', ')}`, ...tables, ...warnings(result, twins)].join(
    '\n',
  );
}

/** Each policy in each size, and its mean share of the best. */
function sizesTable(result, best, unit) {
  const { cells } = result;
  const cell = (each, name) => {
    const ratio = each.known[name] ?? each.ratios[name];
    return ratio === undefined ? '-' : `${percent(ratio)} (${shareOf(each, name, best).toFixed(3)})`;
  };
  const line = (name) => [`  ${name}`, ...cells.map((each) => cell(each, name)), fixed(streamShare(result, name))];
  // As wide as the others, so that the digits are one below the other.
  const bests = [`  ${best}`, ...cells.map(({ ratios }) => `${percent(ratios[best])}        `)];
  const titles = [`  ${unit}`, ...cells.map(({ size }) => grouped(size)), 'mean share'];
  return table(titles, [bests, ...blocks([result], line)]);
}

/** The means of the streams, and the mean of these. Traces apart: what is known of other policies is known of them. */
function summarize(results, { best, units }) {
  const tables = [true, false].flatMap((isTrace) => {
    const streams = results.filter((result) => result.isTrace === isTrace);
    return Object.keys(streams.length > 0 ? units : {}).map((unit) => {
      const views = streams.map((result) => inUnit(result, unit));
      const shares = (name) => [...views.map((view) => streamShare(view, name)), overallShare(views, name)];
      const rows = blocks(views, (name) => [`  ${name}`, ...shares(name).map(fixed)]);
      const what = `share of the ${unit === 'bytes' ? 'bytes' : 'requests'} that ${best} hits`;
      const head = `${isTrace ? 'Traces' : 'Seeded streams'}: ${what}, mean of the sizes; overall, the mean of these.`;
      return `${head}\n\n${table(['', ...views.map(({ stream }) => stream), 'overall'], rows)}`;
    });
  });
  return tables.join('\n\n');
}

/** A line for each who was replayed, and for each who is known. */
function blocks(streams, line) {
  const known = knownIn(streams);
  return [...replayedIn(streams).map(line), ...(known.length > 0 ? ['  known, not replayed'] : []), ...known.map(line)];
}

const fixed = (number) => (Number.isNaN(number) ? '-' : number.toFixed(3));

/** Whether the replay is right, as far as it is known. */
function warnings({ stream, cells, check }, twins) {
  const lru = cells.map(({ size, ratios }) => {
    return { size, who: "policy 'lru'", found: ratios['keylatch lru'].objects, expected: ratios[PEER].objects };
  });
  const wrong = [...lru.filter(({ found, expected }) => found !== expected), ...(check?.others ?? [])];
  const lines = wrong.map(({ size, who, found, expected }) => {
    return `  WARNING: ${stream} ${size}: ${who} has ${found.toFixed(6)}, and not ${expected.toFixed(6)}`;
  });
  const isRight = check?.compared > 0 && check.others.length === 0;
  return isRight ? [...lines, `  ${twins} are the reference's in all ${check.compared} ratios.`] : lines;
}
