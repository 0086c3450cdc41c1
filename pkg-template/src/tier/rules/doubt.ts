// How long memory may be believed without news of the store. The rule stands in src/tier/doubt.rs.

/** What a node hears, and when it has heard nothing for too long. Times are in milliseconds, by a clock that only goes forward. */
export class Doubt {
  readonly #limit: number;
  /** When the last news were asked for. */
  #last: number;
  /** Whether there is doubt. */
  isOn = false;

  constructor(limit: number, now: number) {
    this.#limit = limit;
    this.#last = now;
  }

  /** When doubt begins unless there are news before. */
  get deadline(): number {
    return this.#last + this.#limit;
  }

  /** Takes in news that were asked for at a moment, and have come now. What has expired meanwhile stays so. */
  news(asked: number, now: number): void {
    if (asked <= this.#last) return;
    this.#last = asked;
    this.isOn &&= now >= this.deadline;
  }

  /** Looks at the clock. Returns whether doubt begins: then everything in memory expires. */
  begins(now: number): boolean {
    return !this.isOn && (this.isOn = now >= this.deadline);
  }

  /** For how long memory may believe a value that was asked for at a moment. Without doubt, there is no end. */
  life(asked: number, now: number): number {
    return this.isOn ? asked + this.#limit - now : Infinity;
  }
}
