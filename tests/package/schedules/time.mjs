// Virtual time: `Date`, `performance.now`, `setTimeout` and `clearTimeout` for as long as the schedules run. Nothing waits
// in real time, and no timer fires but when a schedule says so.

import { replaceNow } from '../suite/monotonic.mjs';

export class Time {
  now = 1_700_000_000_000;
  #timers = new Map();
  #last = 0;
  #real = undefined;
  #restoreNow = () => {};

  /** Puts itself in place of the runtime's clocks and timers, or of some of them. */
  install(parts = ['Date', 'performance', 'timers']) {
    const time = this;
    const { Date: RealDate, setTimeout, clearTimeout } = globalThis;
    this.#real = { Date: RealDate, setTimeout, clearTimeout };
    if (parts.includes('performance')) {
      this.#restoreNow = replaceNow(() => time.now);
    }
    if (parts.includes('Date')) {
      globalThis.Date = class extends RealDate {
        static now() {
          return time.now;
        }
      };
    }
    if (!parts.includes('timers')) return;
    globalThis.setTimeout = (callback, delay = 0) => {
      time.#last += 1;
      time.#timers.set(time.#last, { callback, at: time.now + Math.max(1, Math.trunc(delay)) });
      return time.#last;
    };
    globalThis.clearTimeout = (timer) => void time.#timers.delete(timer);
  }

  restore() {
    Object.assign(globalThis, this.#real);
    this.#restoreNow();
  }

  /** How many timers have neither fired nor been cleared. */
  get pending() {
    return this.#timers.size;
  }

  /** When the next timer is due; Infinity if there is none. */
  get nextDue() {
    return Math.min(Infinity, ...[...this.#timers.values()].map(({ at }) => at));
  }

  /** Fires the first timer that is due. Timers that are due at the same time fire in the order in which they were set. */
  fire() {
    const due = [...this.#timers].filter(([, { at }]) => at <= this.now);
    if (due.length === 0) return false;
    const [timer, { callback }] = due.reduce((first, each) => (each[1].at < first[1].at ? each : first));
    this.#timers.delete(timer);
    callback();
    return true;
  }

  /** Moves on and fires what is due, all in one turn of the event loop. */
  advance(by) {
    const end = this.now + by;
    while (this.nextDue <= end) {
      this.now = Math.max(this.now, this.nextDue);
      this.fire();
    }
    this.now = end;
  }

  /** Forgets all timers, of a schedule that has failed. */
  reset() {
    this.#timers.clear();
  }
}
