// A clock for stores in memory: time passes when a test says so.

/** A clock at 1,000,000 ms. */
export class VirtualClock {
  #now = 1_000_000;
  #timers = [];

  now() {
    return this.#now;
  }

  after(delay, callback) {
    const timer = { at: this.#now + delay, callback };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Has time pass, and whoever waits go on. */
  async pass(milliseconds) {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#now = Math.max(this.#now, due.at);
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.callback();
      await new Promise(setImmediate);
    }
    this.#now = end;
    await new Promise(setImmediate);
  }
}
