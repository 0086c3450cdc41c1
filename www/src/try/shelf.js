// The shelf: a cell for each entry that the cache has room for.
//
// It shows what the cache holds whenever it is asked to, and keeps no entries of its own. The events only tell it what to
// point out.

import { Cell } from './cell.js';

/** How many cells there are at the most: empty ones, and all. */
const MOST_EMPTY = 12;
const MOST = 48;

export class Shelf {
  #list;
  #more;
  #cells = [];

  /**
   * @param list The element that the cells go into.
   * @param more The element that says how many entries are not shown.
   * @param onAction Called with `get` or `delete` and a key when a visitor asks for that at a cell.
   */
  constructor(list, more, onAction) {
    this.#list = list;
    this.#more = more;
    list.addEventListener('click', ({ target }) => {
      const button = target.closest('button');
      const cell = this.#cells.find(({ element }) => element.contains(button));
      if (cell?.key !== undefined) onAction(button.name, cell.key);
    });
  }

  /** Points out what has happened to an entry, at its cell. */
  point({ type, key }) {
    const cell = this.#cellOf(key);
    // What came and went within one call was never shown.
    if (cell === undefined) return;
    if (type === 'hit') cell.note('hit');
    if (type === 'set') cell.renew();
    if (type === 'evict' || type === 'expire') {
      this.#keepFocus(cell);
      cell.mourn(type === 'evict' ? 'evicted' : 'expired');
    }
  }

  /** Shows the entries of a cache. */
  show(cache) {
    const entries = new Map();
    for (const [key, value] of cache) {
      entries.set(key, value);
      if (entries.size === MOST) break;
    }
    for (const cell of this.#cells) {
      if (cell.key !== undefined && !entries.has(cell.key)) {
        this.#keepFocus(cell);
        cell.vacate();
      }
    }
    for (const [key, value] of entries) {
      const cell = this.#cellOf(key) ?? this.#freeCell();
      cell.hold(key, value, cache.getRemainingTTL(key));
    }
    this.#fit(Math.min(cache.stats().max, MOST_EMPTY));
    const hidden = cache.size - entries.size;
    this.#more.hidden = hidden <= 0;
    this.#more.textContent = `and ${hidden.toLocaleString('en')} more`;
  }

  /** Empties all cells, for another cache. */
  reset() {
    this.#cells = [];
    this.#list.replaceChildren();
  }

  #cellOf(key) {
    return this.#cells.find((cell) => cell.key === key);
  }

  /** A cell for a newcomer: an empty one, or that of an entry that has just left. */
  #freeCell() {
    const free = this.#cells.filter(({ key }) => key === undefined);
    const cell = free.find(({ reason }) => reason === undefined) ?? free[0] ?? new Cell();
    if (free.length === 0) {
      this.#cells.push(cell);
      this.#list.append(cell.element);
    }
    return cell;
  }

  /** Before a cell is emptied: whoever is at one of its buttons stays at the shelf, not at the top of the page. */
  #keepFocus(cell) {
    if (cell.element.contains(document.activeElement)) this.#list.focus({ preventScroll: true });
  }

  /** Sees to it that there are as many cells as the cache has room for, and removes empty ones that are too many. */
  #fit(wanted) {
    while (this.#cells.length < wanted) {
      const cell = new Cell();
      this.#cells.push(cell);
      this.#list.append(cell.element);
    }
    for (const cell of [...this.#cells].reverse()) {
      if (this.#cells.length <= wanted) break;
      if (cell.key !== undefined || cell.reason !== undefined) continue;
      this.#cells.splice(this.#cells.indexOf(cell), 1);
      cell.element.remove();
    }
  }
}
