// A chart of bars, in groups: what something costs, or how good it is. Each bar has its name and its number.

import { linear, ticks } from './scale.mjs';
import { element, FAINT, LETTERS, picture, rule, text, widthOf } from './svg.mjs';

const WIDTH = 820;
const TOP = 104;
const BAR = { height: 13, step: 17 };
/** Between two groups, with the name of the second. */
const GAP = 34;
const MOST_TICKS = 8;

/**
 * Draws the chart.
 *
 * @param groups `{ name, bars }`, where a bar is `{ name, value, color }`. A group without a name has no heading.
 * @param legend What the colours mean: `{ name, color }`.
 * @param show How a number is written.
 */
export function barChart({ title, about, note, xTitle, legend, groups, show }) {
  const bars = groups.flatMap(({ bars }) => bars);
  const left = 36 + Math.max(...bars.map(({ name }) => widthOf(name, LETTERS.small)));
  const right = WIDTH - 66;
  const rounds = ticks(0, Math.max(...bars.map(({ value }) => value)), MOST_TICKS);
  const x = linear([0, rounds.at(-1)], [left, right]);
  const { parts, bottom } = stack(groups, x, show);
  return picture({ width: WIDTH, height: bottom + 78, title, about, note }, [
    ...legendRow(legend),
    ...rounds.map((value) => rule(x(value), TOP - 14, x(value), bottom)),
    ...rounds.map((value) =>
      text(x(value), bottom + 18, Number(value.toFixed(6)).toLocaleString('en'), { anchor: 'middle' }),
    ),
    text((left + right) / 2, bottom + 40, xTitle, { anchor: 'middle', fill: FAINT }),
    ...parts,
  ]);
}

/** The groups, one below the other. */
function stack(groups, x, show) {
  const parts = [];
  let y = TOP - 10;
  groups.forEach(({ name, bars }, index) => {
    if (name !== '') {
      y += index === 0 ? 16 : GAP;
      parts.push(text(20, y - 8, name, { bold: true, halo: true }));
    }
    for (const { name, value, color } of bars) {
      parts.push(
        text(x(0) - 8, y + BAR.height - 3, name, { size: LETTERS.small, anchor: 'end' }),
        element('rect', { x: x(0), y, width: Math.max(x(value) - x(0), 1), height: BAR.height, fill: color }),
        text(x(value) + 6, y + BAR.height - 3, show(value), { size: LETTERS.small, halo: true }),
      );
      y += BAR.step;
    }
  });
  return { parts, bottom: y + 4 };
}

function legendRow(legend) {
  const parts = [];
  let x = 20;
  for (const { name, color } of legend) {
    parts.push(element('rect', { x, y: 64, width: 12, height: 12, fill: color }), text(x + 18, 74, name));
    x += 18 + widthOf(name) + 16;
  }
  return parts;
}
