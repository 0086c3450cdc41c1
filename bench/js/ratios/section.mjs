// Hit ratios: which request streams are replayed, and what is printed.

import { SUBJECT } from '../contenders.mjs';
import { grouped, percent, table } from '../tools/table.mjs';
import { readReference } from './reference.mjs';
import { SEED, SEEDED, SIZED } from './seeded.mjs';
import { inUnit, knownIn, overallShare, replayedIn, shareOf, streamShare } from './shares.mjs';
import { listTraces } from './traces.mjs';

/** Requests of a seeded stream. */
const LENGTH = { quick: 100_000, full: 400_000 };
/** In a quick run, a trace with more requests than `over` ends after the first `first`. */
const CUT = { over: 1_000_000, first: 500_000 };

/** Caches bounded by entries, and by bytes. `shares` are their sizes, in parts of the distinct keys, or of their bytes. */
const BOUNDS = {
  entries: {
    best: 'OPT',
    prefix: 'ratios',
    shares: [0.01, 0.02, 0.05, 0.1, 0.25],
    unit: 'entries',
    twins: 'OPT and lru-cache',
    units: { objects: '' },
    about: [
      'Hit ratios: request streams, replayed with a get, and a set where it misses. Percent, and in parentheses the share',
      'of OPT: what a cache that knows the future would have (Belady, with bypass).',
      `${SUBJECT} is the default policy: its hashes have another key in every process, so its ratios differ a little from`,
      "run to run. What is known of other policies is from the traces' reference.csv.",
    ],
  },
  bytes: {
    best: 'BeladySize',
    prefix: 'ratios bytes',
    shares: [0.005, 0.02, 0.05, 0.1, 0.25],
    unit: 'bytes of room',
    twins: 'lru-cache and, to a quarter of a point, BeladySize',
    units: { objects: '  hits of requests\n', bytes: '  hits of bytes\n' },
    about: [
      'Hit ratios by bytes: caches that are bounded by the sizes of their objects. Percent of the requests and percent of',
      'the bytes; in parentheses the share of BeladySize, which knows the future, and whose victim is the object with',
      `the largest product of its size and the time until its next use. ${SUBJECT} has its default policy there.`,
    ],
  },
};

/** The section for one bound. */
function section(name, bound) {
  const { best, prefix, shares, about } = BOUNDS[bound];
  const isSized = bound === 'bytes';
  const cases = ({ quick, traces }) => {
    const specs = [...(traces === undefined ? [] : traceCases(traces, bound)), ...seededCases(quick, isSized)];
    // In a quick run every second size.
    const some = (list) => list.filter((_, index) => !quick || index % 2 === 0);
    return specs.map(({ sizes = [], ...spec }) => ({
      ...spec,
      name: `${prefix} ${spec.stream}`,
      isSized,
      best,
      cut: quick ? CUT : undefined,
      sizes: some(sizes),
      shares: some(sizes.length > 0 ? [] : shares),
    }));
  };
  return {
    name,
    cases,
    begin: () => about.join('\n'),
    measure: (spec, _plan, work) => work('ratios/replay.mjs', spec),
    show: (result) => show(result, BOUNDS[bound]),
    summary: (results) => summary(results, BOUNDS[bound]),
  };
}

export const ratios = section('ratios', 'entries');
export const sizedRatios = section('sized', 'bytes');

function traceCases(folder, bound) {
  const references = readReference(folder, bound);
  const traces = listTraces(folder).filter(({ sizeFile }) => bound === 'entries' || sizeFile !== undefined);
  return traces.map((trace) => {
    const reference = references.get(trace.stream) ?? [];
    return { ...trace, reference, sizes: reference.map(({ size }) => size) };
  });
}

function seededCases(quick, isSized) {
  const length = quick ? LENGTH.quick : LENGTH.full;
  const streams = isSized ? SIZED.map((stream) => ({ stream })) : SEEDED;
  return streams.map((each) => ({ ...each, seed: SEED, length }));
}

/** One stream: a line for each policy, and for each difference from what is known. */
function show(result, { best, unit, units, twins }) {
  const { stream, seed, isCut, requests, keys, bytes } = result;
  const about = [
    `${isCut ? 'the first ' : ''}${grouped(requests)} requests`,
    `${grouped(keys)} keys`,
    ...(seed === undefined ? [] : [`seed 0x${seed.toString(16)}`]),
    ...(bytes === undefined ? [] : [`${grouped(bytes)} bytes`]),
  ];
  const tables = Object.entries(units).map(([key, title]) => `${title}${sizesTable(inUnit(result, key), best, unit)}`);
  const name = bytes === undefined ? stream : `${stream}, by bytes`;
  return [`\n${name}: ${about.join(', ')}`, ...tables, ...warnings(result, twins)].join('\n');
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
  return table(titles, [bests, ...blocks([result], line)], { gap: '  ' });
}

/** The means of the streams, and the mean of these. Traces apart: what is known of other policies is known of them. */
function summary(results, { best, units }) {
  const parts = [true, false].map((isTrace) => results.filter((result) => result.isTrace === isTrace));
  const tables = parts.flatMap((streams) =>
    Object.keys(streams.length > 0 ? units : {}).map((unit) => {
      const views = streams.map((result) => inUnit(result, unit));
      const line = (name) => [
        `  ${name}`,
        ...[...views.map((view) => streamShare(view, name)), overallShare(views, name)].map(fixed),
      ];
      const titles = ['', ...views.map(({ stream }) => stream), 'overall'];
      const kind = views[0].isTrace ? 'Traces' : 'Seeded streams';
      const what = `share of the ${unit === 'bytes' ? 'bytes' : 'requests'} that ${best} hits`;
      const head = `${kind}: ${what}, mean of the sizes; overall, the mean of these.`;
      return `${head}\n\n${table(titles, blocks(views, line), { gap: '  ' })}`;
    }),
  );
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
    return { size, who: "policy 'lru'", found: ratios['keylatch lru'].objects, expected: ratios['lru-cache'].objects };
  });
  const unlike = lru.filter(({ found, expected }) => found !== expected);
  const lines = [...unlike, ...(check?.others ?? [])].map(({ size, who, found, expected }) => {
    return `  WARNING: ${stream} ${size}: ${who} has ${found.toFixed(6)}, and not ${expected.toFixed(6)}`;
  });
  const isRight = check?.compared > 0 && check.others.length === 0;
  return isRight ? [...lines, `  ${twins} are the reference's in all ${check.compared} ratios.`] : lines;
}
