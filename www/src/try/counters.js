// The counters of a cache.

import { make } from '../dom.js';

const NAMES = ['entries', 'hits', 'misses', 'inserts', 'updates', 'evictions', 'expirations', 'deletions'];

export class Counters {
  #numbers = {};

  /** @param list The element that the counters go into. */
  constructor(list) {
    for (const name of NAMES) {
      this.#numbers[name] = make('dd', '');
      list.append(make('div', '', make('dt', '', name), this.#numbers[name]));
    }
  }

  /** Shows what a cache has counted. */
  show(stats) {
    for (const name of NAMES) {
      const text = stats[name].toLocaleString('en');
      if (this.#numbers[name].textContent !== text) this.#numbers[name].textContent = text;
    }
  }
}
