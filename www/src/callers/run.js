// A run: callers who come one after the other and want the same value, and what each of them was doing when.

import { sleep } from '../dom.js';

/** How long a computation takes, and within what time the callers come, in milliseconds. */
export const COST = 800;
const ARRIVALS = 1000;

/** A caller. It waits, computes, has the value, or has failed. */
class Caller {
  /** What it was doing, each from a time on; the last one goes on. */
  phases = [];

  become(state, at) {
    this.phases.push({ state, at });
  }

  get state() {
    return this.phases.at(-1)?.state;
  }

  /** How long it took until the caller had the value; 0 if it has none. */
  get wait() {
    return this.state === 'served' ? this.phases.at(-1).at - this.phases[0].at : 0;
  }
}

export class Run {
  /** How often the value was computed, failures included. */
  computations = 0;
  callers = [];
  /** Whether each caller has the value or an error. */
  isOver = false;
  #ask;
  #fails;
  #begun = 0;

  /**
   * @param ask How a caller comes by the value. It is given the function that computes it.
   * @param options How many callers there are, and whether the first computation fails.
   */
  constructor(ask, { count, fails }) {
    this.#ask = ask;
    this.#fails = fails;
    this.callers = Array.from({ length: count }, () => new Caller());
  }

  /** Sends the callers. Resolves when each of them has the value or an error. */
  async send() {
    this.#begun = performance.now();
    const arrival = (index) => (index * ARRIVALS) / this.callers.length;
    await Promise.all(this.callers.map((caller, index) => this.#call(caller, arrival(index))));
    this.isOver = true;
  }

  /** The milliseconds since it began. */
  get now() {
    return performance.now() - this.#begun;
  }

  /** How many callers are in a state. */
  count(state) {
    return this.callers.filter((caller) => caller.state === state).length;
  }

  /** How long the caller waited who waited longest. */
  get longestWait() {
    return Math.max(0, ...this.callers.map(({ wait }) => wait));
  }

  async #call(caller, arrival) {
    await sleep(arrival);
    caller.become('waits', this.now);
    try {
      await this.#ask(() => this.#compute(caller));
      caller.become('served', this.now);
    } catch (error) {
      caller.become('fails', this.now);
      if (error !== FAILURE) throw error;
    }
  }

  async #compute(caller) {
    this.computations += 1;
    const isToFail = this.#fails && this.computations === 1;
    caller.become('computes', this.now);
    await sleep(COST);
    if (isToFail) throw FAILURE;
    return 'the report';
  }
}

/** What a computation fails with. Any other error is none of the show, and is passed on. */
const FAILURE = new Error('the computation failed');
