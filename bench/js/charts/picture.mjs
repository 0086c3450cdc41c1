// Pictures: how the charts look. Vega-Lite draws them.

import { parse, textMetrics, View } from 'vega';
import { compile } from 'vega-lite';
import { FLOOR, SUBJECT } from '../contenders.mjs';

const FAINT = '#59636e';
/** The colours of bars, by what they stand for. */
const COLORS = { subject: '#0969da', peer: '#8c959f', floor: '#d0d7de', best: FAINT };
/** Colour and dashes of lines: ours, the best that is possible, LRU, and others. All can be told apart by all eyes. */
const LINES = [
  ['#0969da', []],
  [FAINT, [2, 4]],
  ['#1f2328', []],
  ['#d55e00', []],
  ['#009e73', [7, 3]],
  ['#cc79a7', [3, 3]],
  ['#b58900', [9, 3, 2, 3]],
  ['#56b4e9', []],
  ['#7f3fbf', [5, 2]],
];

const AXIS = { labelFontSize: 12, labelFlush: false, titleFontSize: 12, titleFontWeight: 'normal', titlePadding: 10 };
/** The picture has a background of its own: a page that shows it may be light or dark. */
const CONFIG = {
  background: '#ffffff',
  padding: 20,
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: { ...AXIS, titleColor: FAINT, gridColor: '#d8dee4' },
  legend: { labelFontSize: 12, labelLimit: 0, symbolSize: 150, rowPadding: 6, title: null },
  title: { anchor: 'start', fontSize: 12 },
};
const BARE = { domain: false, ticks: false, labelPadding: 8 };

// About how wide a text is: there are no fonts to measure it with.
textMetrics.width = ({ fontSize = 11 }, text) => 0.55 * String(text).length * fontSize;

/** Draws what Vega-Lite understands. Returns the SVG. */
async function draw(spec, { title, about, note }) {
  const size = { fontSize: 16, subtitleFontSize: 12, subtitleColor: FAINT, subtitlePadding: 6, offset: 14 };
  const whole = { ...spec, config: CONFIG, title: { text: title, subtitle: [about, note], frame: 'bounds', ...size } };
  const svg = await new View(parse(compile(whole).spec)).toSVG();
  // What a picture has no use for: half of the file.
  const bare = svg.replace(/ (class|role|aria-[\w-]+|pointer-events|cursor)="[^"]*"/g, '');
  return `${bare.replace('<svg', `<svg role="img" aria-label="${title}"`)}\n`;
}

/** A chart of lines, each `{ name, look, points }`; a look is a place in `LINES`. The first ones are above the others. */
export function lineChart({ series, xTitle, yTitle, xLabel, ...texts }) {
  const values = series.toReversed().flatMap(({ name, points }) => points.map(([x, y]) => ({ name, x, y })));
  const xs = series[0].points.map(([x]) => x);
  const labels = JSON.stringify(Object.fromEntries(xs.map((x) => [x, xLabel(x)])));
  // In the order of the lines' right ends.
  const sorted = series.toSorted((a, b) => b.points.at(-1)[1] - a.points.at(-1)[1]);
  const range = (at) => ({ domain: sorted.map(({ name }) => name), range: sorted.map(({ look }) => LINES[look][at]) });
  const xAxis = { values: xs, grid: false, labelExpr: `${labels}[datum.value]`, labelOverlap: 'greedy' };
  const width = { condition: { test: `datum.name === '${SUBJECT}'`, value: 3 }, value: 1.7 };
  const layer = [
    { mark: 'line', encoding: { strokeDash: { field: 'name', scale: range(1) }, strokeWidth: width } },
    { mark: { type: 'point', filled: true, opacity: 1, size: 24 } },
  ];
  const encoding = {
    x: {
      field: 'x',
      type: 'quantitative',
      scale: { type: 'log', nice: false, padding: 14 },
      axis: xAxis,
      title: xTitle,
    },
    y: { field: 'y', type: 'quantitative', scale: { zero: false }, axis: BARE, title: yTitle },
    color: { field: 'name', scale: range(0), legend: { symbolType: 'stroke', symbolSize: 700, symbolStrokeWidth: 2 } },
  };
  return draw({ width: 524, height: 288, data: { values }, encoding, layer }, texts);
}

/** A chart of bars, each `{ group, name, value, kind }`. `kinds` says what the colours mean. */
export function barChart({ bars, kinds, xTitle, print, ...texts }) {
  const scale = { domain: Object.values(kinds), range: Object.keys(kinds).map((kind) => COLORS[kind]) };
  const color = { field: 'kind', scale, legend: { orient: 'top' } };
  const label = { mark: { type: 'text', align: 'left', dx: 5 }, encoding: { text: { field: 'label' } } };
  const groups = [...new Set(bars.map(({ group }) => group))];
  const vconcat = groups.map((name) => {
    const values = bars
      .filter(({ group }) => group === name)
      .map((bar) => ({ ...bar, kind: kinds[bar.kind], label: print(bar.value) }));
    const isLast = name === groups.at(-1);
    const encoding = {
      y: { field: 'name', sort: null, axis: BARE, title: null },
      x: {
        field: 'value',
        type: 'quantitative',
        axis: { ...BARE, labels: isLast, tickCount: 8 },
        title: isLast ? xTitle : null,
      },
    };
    const layer = [{ mark: { type: 'bar', height: 13 }, encoding: { color } }, label];
    return { title: name, width: 560, height: { step: 17 }, data: { values }, encoding, layer };
  });
  return draw({ vconcat, spacing: 8, resolve: { scale: { x: 'shared', color: 'shared' } } }, texts);
}

/** Which kind of bar a contender has. */
export const kindOf = (name) => (name === SUBJECT ? 'subject' : name === FLOOR ? 'floor' : 'peer');
