// Charts of hit ratios: one for each stream, and the means of all.

import { PEER, SUBJECT } from '../contenders.mjs';
import { inUnit, knownIn, overallShare, replayedIn } from '../ratios/shares.mjs';
import { barChart, kindOf, lineChart } from './picture.mjs';

/** The policies that have a line, and what they are called there. More would hide each other. */
const LINES = (best) => [
  [SUBJECT, SUBJECT],
  [best, best],
  [PEER, `LRU (${PEER})`],
  ['W-TinyLFU-hc(caffeine3.1)', 'W-TinyLFU (Caffeine 3.1)'],
  ['S3-FIFO', 'S3-FIFO'],
  ['ARC', 'ARC'],
  ['LIRS', 'LIRS'],
  ['SIEVE', 'SIEVE'],
  ['GDSF', 'GDSF'],
];

/** The charts of a run's hit ratios, as files. */
export function ratioCharts({ ratios = [], sized = [], versions }) {
  return [
    ...charts(ratios, { file: 'hits', what: 'Hit ratio', unit: 'entries' }, versions),
    ...charts(sized, { file: 'hits-bytes', what: 'Hit ratio by bytes', unit: 'bytes' }, versions),
  ];
}

function charts(results, way, versions) {
  const streams = results.map((result) => inUnit(result, 'objects'));
  const means = [true, false].map((isTrace) => streams.filter((result) => result.isTrace === isTrace));
  return [
    ...streams.map((result) => streamChart(result, way, versions)),
    ...means.filter(({ length }) => length > 0).map((alike) => meansChart(alike, way, versions)),
  ];
}

/** A stream: a line for each policy over the size of the cache. */
function streamChart({ stream, cells, best, requests, keys, isTrace, isCut }, { file, what, unit }, versions) {
  const series = LINES(best)
    .map(([policy, name], look) => {
      const points = cells.map(({ size, ratios, known }) => [size, 100 * (ratios[policy] ?? known[policy])]);
      return { name, look, points };
    })
    .filter(({ points }) => points.every(([, y]) => Number.isFinite(y)));
  const kind = isTrace ? 'A trace' : 'A stream made by code';
  const svg = lineChart({
    title: `${what}: ${stream}`,
    about: `${kind}, ${isCut ? 'the first ' : ''}${brief(requests)} requests for ${brief(keys)} keys. ${best} knows the future.`,
    note: noteOf(versions, series.length > 3),
    xTitle: `Room in the cache, ${unit} (logarithmic)`,
    yTitle: 'Hits, percent of the requests',
    xLabel: (size) => (unit === 'bytes' ? `${brief(size)}B`.replace(/(\D+)$/, ' $1') : brief(size)),
    series,
  });
  return { file: `${file}-${stream.replace(/\W+/g, '-')}.svg`, svg };
}

/** All streams: how near each policy comes to the best. */
function meansChart(streams, { file, what }, versions) {
  const [{ isTrace, best }] = streams;
  const known = knownIn(streams);
  const bars = [...replayedIn(streams), ...known]
    .map((name) => ({ name, value: overallShare(streams, name), kind: /^Belady/.test(name) ? 'best' : kindOf(name) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => b.value - a.value);
  const knows = bars.some(({ kind }) => kind === 'best') && { best: 'knows the future' };
  const svg = barChart({
    title: `${what}: the mean of ${streams.length} ${isTrace ? 'traces' : 'streams made by code'}`,
    about: `Share of the hits of ${best}, which knows the future: mean of the sizes, and then of the streams.`,
    note: noteOf(versions, known.length > 0),
    xTitle: `Share of ${best}`,
    bars: bars.map((bar) => ({ ...bar, group: '' })),
    kinds: { subject: SUBJECT, peer: 'other policies', ...knows },
    print: (value) => value.toFixed(3),
  });
  return { file: `${file}-mean-of-${isTrace ? 'traces' : 'streams'}.svg`, svg };
}

function noteOf({ keylatch, [PEER]: lru }, hasKnown) {
  const first = `keylatch ${keylatch} and ${PEER} ${lru}, replayed`;
  return hasKnown ? `${first}. Other policies: known ratios, not replayed.` : `${first}.`;
}

/** A number in three digits or so: 1,500 is 1.5k. */
const brief = (value) =>
  value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 }).replace('K', 'k');
