// A cell of the shelf: an entry with the time that it has left, or room for one.

import { make } from '../dom.js';
import { duration, quote } from '../format.js';

/** How long a cell points something out. */
const NOTICE = 1600;

export class Cell {
  element = make('li', 'cell free');
  /** The key of the entry that is here; `undefined` if there is none. */
  key = undefined;
  /** Why the entry left that the cell still shows; `undefined` if it shows none. */
  reason = undefined;
  #parts = {};
  /** The time that the entry had left when it was first seen with this much: what the bar is measured by. */
  #life = 0;
  #left = 0;
  #timer;

  constructor() {
    this.element.ariaHidden = 'true';
  }

  /** Shows an entry. */
  hold(key, value, left) {
    if (this.key !== key) this.#settle(key);
    const { value: text, bar, time } = this.#parts;
    if (text.textContent !== quote(value)) text.textContent = text.title = quote(value);
    // More time than before: it was set anew.
    if (left > this.#left) this.#life = left;
    this.#left = left;
    const share = left === Infinity ? 1 : left / this.#life;
    bar.style.setProperty('--share', share.toFixed(4));
    time.textContent = duration(left);
  }

  /** Says for a while what has happened here. */
  note(word) {
    const { note } = this.#parts;
    note.textContent = word;
    this.element.dataset.note = word;
    // Begins the animation again, should it still run.
    for (const animation of this.element.getAnimations()) animation.currentTime = 0;
    this.#later(() => {
      note.textContent = '';
      delete this.element.dataset.note;
    });
  }

  /** Notes that the entry was set anew: its life begins again, be it longer or shorter than before. */
  renew() {
    this.#left = 0;
    this.note('set');
  }

  /** Says why the entry has left. The cell is free, and shows it until another entry comes, or for a while. */
  mourn(reason) {
    const gone = make('s', 'gone', quote(this.key));
    this.vacate();
    this.reason = reason;
    this.element.classList.add(reason);
    this.element.replaceChildren(gone, make('span', 'why', reason));
    this.#later(() => this.vacate());
  }

  /** Makes the cell empty. */
  vacate() {
    clearTimeout(this.#timer);
    this.element.className = 'cell free';
    this.element.ariaHidden = 'true';
    this.element.replaceChildren();
    delete this.element.dataset.note;
    this.key = undefined;
    this.reason = undefined;
    this.#left = 0;
  }

  #settle(key) {
    const predecessor = this.element.querySelector('.gone');
    const reason = this.reason;
    this.vacate();
    const name = quote(key);
    const text = make('span', 'key', name);
    text.title = name;
    const bar = make('span', 'bar');
    this.#parts = { value: make('span', 'value'), bar, time: make('span', 'time'), note: make('span', 'note') };
    const { value, time, note } = this.#parts;
    const actions = make('span', 'does', button('get', `Get ${name}`), button('delete', `Delete ${name}`));
    this.element.replaceChildren(text, note, value, bar, time, actions);
    this.element.className = 'cell';
    this.element.ariaHidden = null;
    this.key = key;
    this.note('new');
    if (predecessor) note.replaceChildren(predecessor, ` ${reason}`);
  }

  #later(action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, NOTICE);
  }
}

function button(name, label) {
  const made = make('button', '', name);
  made.type = 'button';
  made.name = name;
  made.ariaLabel = label;
  return made;
}
