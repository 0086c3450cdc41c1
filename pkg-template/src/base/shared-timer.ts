// Timers for waits: one for all waits that begin in the same turn of the event loop.
//
// Each wait needs a timer that its own request has set, since on workerd another request's timer may never fire. But
// all waits that begin in one turn belong to one request, and thousands of timers would cost more than the waits;
// workerd allows ten thousand.

import { elapsed, reach } from './elapsed.js';

/** The longest time that a timer can be set to. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Something that wants to check its state after a while. */
export interface Watcher {
  /** After how many milliseconds. */
  readonly patience: number;
  /** Called then; it may watch again. */
  look(): void;
}

let current: Watch | undefined;

/** The watchers of one turn of the event loop. */
class Watch {
  readonly #watchers = new Set<Watcher>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires. */
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
    // All watchers look, even those that are not due yet; those that go on waiting join the watch of this turn.
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher.look();
  }
}

/**
 * Calls a watcher's `look` once its patience is over, or earlier.
 *
 * @returns The set from which to delete the watcher.
 */
export function watch(watcher: Watcher): Pick<Set<Watcher>, 'delete'> {
  if (current === undefined) {
    current = new Watch();
    void Promise.resolve().then(() => (current = undefined));
  }
  current.add(watcher);
  return current;
}
