// Timers for those who wait: one for all that begin to wait in the same turn of the event loop.
//
// Each waiter needs a timer of its own turn, since on workerd another request's may never fire. But what begins in one
// turn begins in one request, and thousands of timers would cost more than the waits; workerd allows ten thousand.

import { elapsed, reach } from './elapsed.js';

/** The longest time that a timer can be set to. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Someone who wants to look around after a while. */
export interface Watcher {
  /** After how many milliseconds. */
  readonly patience: number;
  /** Called then; it may watch again. */
  look(): void;
}

let current: Watch | undefined;

/** The watchers of one turn. */
class Watch {
  readonly #watchers = new Set<Watcher>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What the timer is set to. */
  #due = Infinity;

  add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    const delay = Math.min(Math.ceil(watcher.patience), LONGEST_TIMER);
    const due = elapsed() + delay;
    if (due < this.#due) {
      clearTimeout(this.#timer);
      this.#due = due;
      this.#timer = setTimeout(() => this.#ring(due), delay);
    }
  }

  delete(watcher: Watcher): boolean {
    const wasThere = this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) {
      clearTimeout(this.#timer);
      this.#due = Infinity;
    }
    return wasThere;
  }

  #ring(due: number): void {
    this.#due = Infinity;
    reach(due);
    // Everyone looks, the patient ones early: who still waits then goes over to the watch of this turn.
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher.look();
  }
}

/**
 * Has a watcher look around once its patience is over, or earlier.
 *
 * @returns Where to delete it from.
 */
export function watch(watcher: Watcher): Pick<Set<Watcher>, 'delete'> {
  if (current === undefined) {
    current = new Watch();
    void Promise.resolve().then(() => (current = undefined));
  }
  current.add(watcher);
  return current;
}
