// A plot: a line for each caller, along the time.

const SVG = 'http://www.w3.org/2000/svg';

/** The states, from the one drawn first to the one drawn over all others. */
const STATES = ['waits', 'served', 'fails', 'computes'];

/** The height, in units of the drawing; CSS makes it as many pixels. */
const HEIGHT = 240;
/** A line is never higher than this, and up to so many lines that matter most never lower than that. */
const MOST = 20;
const LEAST = 5;
const FEW = 8;
/** The share of a line's place that it leaves free, unless the lines are too thin for that. */
const GAP = 0.25;
const THIN = 4;

export class Plot {
  element = document.createElementNS(SVG, 'svg');
  #paths = {};

  constructor() {
    this.element.setAttribute('class', 'plot');
    this.element.setAttribute('preserveAspectRatio', 'none');
    this.element.setAttribute('aria-hidden', 'true');
    for (const state of STATES) {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('class', state);
      this.#paths[state] = path;
      this.element.append(path);
    }
  }

  /**
   * Draws the callers.
   *
   * @param callers The callers, from the top to the bottom.
   * @param now Until when the lines go.
   * @param end Where the time axis ends.
   */
  draw(callers, now, end) {
    this.element.setAttribute('viewBox', `0 0 ${end} ${HEIGHT}`);
    const parts = Object.fromEntries(STATES.map((state) => [state, []]));
    let top = 0;
    const heights = share(callers);
    callers.forEach(({ phases }, row) => {
      const gap = heights[row] < THIN ? 0 : (heights[row] * GAP) / 2;
      const [from, to] = [top + gap, top + heights[row] - gap];
      phases.forEach(({ state, at }, index) => {
        const until = phases[index + 1]?.at ?? now;
        if (until > at) parts[state].push(bar(at, until, from, to));
      });
      top += heights[row];
    });
    for (const state of STATES) this.#paths[state].setAttribute('d', parts[state].join(''));
  }
}

/** A bar, as part of a path. */
function bar(left, right, top, bottom) {
  const [l, r] = [left.toFixed(0), right.toFixed(0)];
  return `M${l} ${top.toFixed(2)}H${r}V${bottom.toFixed(2)}H${l}Z`;
}

/**
 * How high the place of each caller is. Among many who wait, the few who compute would be too thin to be seen, so they
 * get more, and the others share the rest.
 */
function share(callers) {
  const even = Math.min(MOST, HEIGHT / Math.max(1, callers.length));
  const isComputing = callers.map(({ phases }) => phases.some(({ state }) => state === 'computes'));
  const few = isComputing.filter(Boolean).length;
  if (even >= LEAST || few > FEW) return callers.map(() => even);
  const rest = (HEIGHT - few * LEAST) / (callers.length - few);
  return isComputing.map((computes) => (computes ? LEAST : rest));
}
