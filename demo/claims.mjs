// What has to be true, whatever the numbers are.

/** Something that keylatch promises doesn't hold. */
export class BrokenClaim extends Error {}

/** The claims that were checked and hold. */
export class Claims {
  /** @type {string[]} */
  held = [];

  /**
   * Checks that a number is what it has to be.
   *
   * @param {string} what What is counted, as the beginning of a sentence.
   * @throws {BrokenClaim}
   */
  equal(what, actual, expected) {
    if (actual !== expected) throw new BrokenClaim(`${what}: has to be ${expected}, but is ${actual}.`);
    this.held.push(`${what}: ${expected}`);
  }

  /**
   * Checks that a number is below a bound.
   *
   * @throws {BrokenClaim}
   */
  below(what, actual, bound) {
    if (!(actual < bound)) throw new BrokenClaim(`${what}: has to be below ${bound}, but is ${actual}.`);
    this.held.push(`${what}: below ${bound}`);
  }
}
