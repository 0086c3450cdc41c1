// A run as a figure: its name, its plot with the time below, and what it comes to in numbers.

import { make } from '../dom.js';
import { Plot } from './plot.js';

/** How far the time axis goes at least, in milliseconds, and in how many steps. */
const AXIS = 2000;
const STEPS = 4;

/** What is counted, and how. */
const NUMBERS = {
  computations: (run) => run.computations.toLocaleString('en'),
  'have the value': (run) => run.count('served').toLocaleString('en'),
  'have an error': (run) => run.count('fails').toLocaleString('en'),
  'longest wait': (run) => (run.longestWait === 0 ? '–' : `${(run.longestWait / 1000).toFixed(2)} s`),
};

export class Figure {
  element = make('figure', 'run');
  #plot = new Plot();
  #ticks = Array.from({ length: STEPS + 1 }, () => make('span', ''));
  #numbers = Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, make('dd', '', '–')]));
  #end = AXIS;

  /** @param title What the callers do in this run. */
  constructor(title, id) {
    const axis = make('div', 'axis', ...this.#ticks);
    axis.ariaHidden = 'true';
    const numbers = make('dl', 'numbers');
    for (const [name, number] of Object.entries(this.#numbers)) {
      numbers.append(make('div', '', make('dt', '', name), number));
    }
    this.element.id = id;
    this.element.append(make('figcaption', '', title), this.#plot.element, axis, numbers);
    this.#label();
  }

  /** Shows a run as it is now. */
  show(run) {
    const { now } = run;
    // Timers may be late, in a tab in the background above all.
    while (this.#end < now) this.#end += AXIS / STEPS;
    this.#label();
    // What a caller has when it is over, it keeps.
    this.#plot.draw(run.callers, run.isOver ? this.#end : now, this.#end);
    for (const [name, number] of Object.entries(this.#numbers)) {
      const text = NUMBERS[name](run);
      if (number.textContent !== text) number.textContent = text;
    }
  }

  /** Empties the plot, for another run. */
  reset() {
    this.#end = AXIS;
  }

  #label() {
    this.#ticks.forEach((tick, step) => (tick.textContent = `${((step * this.#end) / STEPS / 1000).toFixed(1)} s`));
  }
}
