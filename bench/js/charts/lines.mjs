// A chart of lines: how something changes with the size of the cache.

import { linear, logarithmic, ticks } from './scale.mjs';
import { element, FAINT, LETTERS, picture, rule, text, widthOf } from './svg.mjs';

const SIZE = { width: 820, height: 440 };
/** Where the lines are; the legend is on their right. */
const AREA = { left: 66, right: 590, top: 70, bottom: 358 };
const LEGEND = { left: 612, top: 84, step: 22, sample: 26 };
const MOST_TICKS = 8;

/**
 * Draws the chart.
 *
 * @param series `{ name, color, dash, width, points }` for each line; a point is an x and a y. The first ones are drawn
 * last, above the others.
 * @param labels What stands at the axes, how an x is written, and the texts of the picture.
 */
export function lineChart({ title, about, note, xTitle, yTitle, xLabel, series }) {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y));
  const rounds = ticks(Math.min(...ys), Math.max(...ys), MOST_TICKS);
  const x = logarithmic([xs[0], xs.at(-1)], [AREA.left + 14, AREA.right - 14]);
  const y = linear([rounds[0], rounds.at(-1)], [AREA.bottom, AREA.top]);
  const parts = [
    ...rounds.map((value) => rule(AREA.left, y(value), AREA.right, y(value))),
    ...rounds.map((value) =>
      text(AREA.left - 8, y(value) + 4, Number(value.toFixed(6)).toLocaleString('en'), { anchor: 'end' }),
    ),
    ...xs.map((value) => rule(x(value), AREA.bottom, x(value), AREA.bottom + 5, FAINT)),
    rule(AREA.left, AREA.bottom, AREA.right, AREA.bottom, FAINT),
    ...apart(xs, x, xLabel).map((value) => text(x(value), AREA.bottom + 20, xLabel(value), { anchor: 'middle' })),
    text((AREA.left + AREA.right) / 2, AREA.bottom + 42, xTitle, { anchor: 'middle', fill: FAINT }),
    text(20, (AREA.top + AREA.bottom) / 2, yTitle, { anchor: 'middle', fill: FAINT, turned: true }),
    ...series.toReversed().flatMap((each) => line(each, x, y)),
    ...legend(series),
  ];
  return picture({ ...SIZE, title, about, note }, parts);
}

/** A line, and a dot for each of its points. */
function line({ points, color, dash, width }, x, y) {
  const places = points.map(([left, right]) => [x(left).toFixed(1), y(right).toFixed(1)]);
  const path = {
    points: places.map((place) => place.join(',')).join(' '),
    fill: 'none',
    stroke: color,
    'stroke-width': width,
    'stroke-dasharray': dash,
    'stroke-linejoin': 'round',
  };
  const dots = places.map(([cx, cy]) => element('circle', { cx, cy, r: width + 0.8, fill: color }));
  return [element('polyline', path), ...dots];
}

/** The names, in the order of the lines' right ends. */
function legend(series) {
  const { left, top, step, sample } = LEGEND;
  const sorted = series.toSorted((a, b) => b.points.at(-1)[1] - a.points.at(-1)[1]);
  return sorted.flatMap(({ name, color, dash, width }, index) => {
    const y = top + index * step;
    const stroke = { stroke: color, 'stroke-width': width, 'stroke-dasharray': dash };
    return [
      element('line', { x1: left, y1: y, x2: left + sample, y2: y, ...stroke }),
      text(left + sample + 8, y + 4, name, { bold: width > 2 }),
    ];
  });
}

/** Those values whose labels have room beside each other. The last one has to be there. */
function apart(values, x, label) {
  const kept = [];
  for (const value of values.toReversed()) {
    const half = (each) => widthOf(label(each), LETTERS.label) / 2;
    const last = kept.at(-1);
    if (last === undefined || x(last) - half(last) - 8 > x(value) + half(value)) kept.push(value);
  }
  return kept;
}
