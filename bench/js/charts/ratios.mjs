// Charts of hit ratios: one for each stream, and the means of all.

import { inUnit } from '../ratios/bytes/views.mjs';
import { knownIn, overallShare, replayedIn } from '../ratios/shares.mjs';
import { SUBJECT } from '../contenders.mjs';
import { barChart } from './bars.mjs';
import { barColor, BEST, BEST_COLOR, LRU, other, PEER_COLOR, SUBJECT_COLOR, SUBJECT_LINE } from './colors.mjs';
import { lineChart } from './lines.mjs';
import { brief } from './scale.mjs';

/** Who stands for LRU, as in the tables. */
const REPLAYED_LRU = 'lru-cache';

/** The known policies that have a line, and what they are called there. More would hide each other. */
const LINES = [
  ['W-TinyLFU-hc(caffeine3.1)', 'W-TinyLFU (Caffeine 3.1)'],
  ['S3-FIFO', 'S3-FIFO'],
  ['ARC', 'ARC'],
  ['LIRS', 'LIRS'],
  ['SIEVE', 'SIEVE'],
  ['GDSF', 'GDSF'],
];

/** The known policies that could not be built. */
const ORACLE = /^Belady/;

/** The ways to look at results: what they are called, and what the best of all is. */
const PLAIN = { file: 'hits', best: 'OPT', what: 'Hit ratio', unit: 'entries' };
const SIZED = { file: 'hits-bytes', best: 'BeladySize', what: 'Hit ratio by bytes', unit: 'bytes' };

/** The charts of a run's hit ratios, as files. */
export function ratioCharts({ ratios = [], sized = [], versions }) {
  const objects = sized.map((result) => inUnit(result, 'objects'));
  return [...charts(ratios, PLAIN, versions), ...charts(objects, SIZED, versions)];
}

function charts(streams, way, versions) {
  const [traces, seeded] = [true, false].map((isTrace) => streams.filter((result) => result.isTrace === isTrace));
  const means = [traces, seeded].filter(({ length }) => length > 0);
  return [
    ...streams.map((result) => streamChart(result, way, versions)),
    ...means.map((alike) => meansChart(alike, way, versions)),
  ];
}

/** A stream: a line for each policy over the size of the cache. */
function streamChart(result, { file, best, what, unit }, versions) {
  const { stream, cells } = result;
  const points = (valueOf) => cells.map((cell) => [cell.size, 100 * valueOf(cell)]);
  // Its place in the list gives it its colour, the same in all charts.
  const known = LINES.map(([name, label], index) => ({ name, label, ...other(index) })).filter(({ name }) =>
    cells.every((cell) => name in cell.known),
  );
  const series = [
    { name: SUBJECT, ...SUBJECT_LINE, points: points(({ ratios }) => ratios[SUBJECT]) },
    { name: `LRU (${REPLAYED_LRU})`, ...LRU, points: points(({ ratios }) => ratios[REPLAYED_LRU]) },
    { name: best, ...BEST, points: points(({ opt }) => opt) },
    ...known.map(({ name, label, ...look }) => ({ ...look, name: label, points: points((cell) => cell.known[name]) })),
  ];
  const bytes = unit === 'bytes';
  const svg = lineChart({
    title: `${what}: ${stream}`,
    about: `${extentOf(result)}. ${best} knows the future.`,
    note: noteOf(versions, known.length > 0),
    xTitle: `Room in the cache, ${unit} (logarithmic)`,
    yTitle: 'Hits, percent of the requests',
    xLabel: (size) => (bytes ? brief(size, [' kB', ' MB', ' GB']) : brief(size)),
    series,
  });
  return { file: `${file}-${slug(stream)}.svg`, svg };
}

/** What a stream is, and how much of it there is. */
function extentOf({ requests, keys, isTrace, isCut }) {
  const kind = isTrace ? 'A trace' : 'A stream made by code';
  return `${kind}, ${isCut ? 'the first ' : ''}${brief(requests)} requests for ${brief(keys)} keys`;
}

/** All streams: how near each policy comes to the best. */
function meansChart(streams, { file, best, what }, versions) {
  const [replayed, known] = [replayedIn(streams), knownIn(streams)];
  const [{ isTrace }] = streams;
  const kind = isTrace ? 'traces' : 'streams';
  const bars = [...replayed, ...known]
    .map((name) => ({ name, value: overallShare(streams, name) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => b.value - a.value)
    .map(({ name, value }) => ({ name, value, color: ORACLE.test(name) ? BEST_COLOR : barColor(name) }));
  const svg = barChart({
    title: `${what}: the mean of ${streams.length} ${isTrace ? 'traces' : 'streams made by code'}`,
    about: `Share of the hits of ${best}, which knows the future: mean of the sizes, and then of the streams.`,
    note: noteOf(versions, known.length > 0),
    xTitle: `Share of ${best}`,
    legend: [
      { name: SUBJECT, color: SUBJECT_COLOR },
      { name: 'other policies', color: PEER_COLOR },
      ...(bars.some(({ name }) => ORACLE.test(name)) ? [{ name: 'knows the future', color: BEST_COLOR }] : []),
    ],
    groups: [{ name: '', bars }],
    show: (value) => value.toFixed(3),
  });
  return { file: `${file}-mean-of-${kind}.svg`, svg };
}

function noteOf({ keylatch, 'lru-cache': lru }, hasKnown) {
  const first = `keylatch ${keylatch} and lru-cache ${lru}, replayed`;
  return hasKnown ? `${first}. Other policies: known ratios, not replayed.` : `${first}.`;
}

const slug = (name) => name.replace(/\W+/g, '-');
