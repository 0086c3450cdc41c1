// Whether a store is still the one that a node knew. The rule stands in src/tier/horizon.rs, with its reasons.

import type { Position } from '../store.js';

/** What a node knew of the store when it asked. */
export interface Asked {
  readonly epoch: string | undefined;
  readonly greatest: number;
}

/**
 * What an answer says of the store:
 * - `'same'`: it is as it was;
 * - `'anew'`: it has begun anew, or is heard for the first time: memory is to be emptied, the answer can be used;
 * - `'regress'`: it has lost something: memory is to be emptied, and the store is to be renewed;
 * - `'outdated'`: the answer has been overtaken, and can't be used.
 */
export type Heard = 'same' | 'anew' | 'regress' | 'outdated';

/** What a node knows of the store. */
export class Horizon {
  /** In the order in which they were first heard. */
  readonly #epochs: string[] = [];
  #epoch: string | undefined;
  /** The greatest number in this epoch. */
  #current = 0;
  /** The greatest number ever. */
  greatest = 0;
  #isDistrusted = false;

  /** What the node knows of the store's invalidations now. */
  since(): Position | undefined {
    const epoch = this.#epoch;
    return epoch === undefined || this.#isDistrusted ? undefined : { epoch, sequence: this.#current };
  }

  /** What to keep with a question, until its answer comes. */
  ask(): Asked {
    return { epoch: this.#epoch, greatest: this.greatest };
  }

  /** Takes in where the store was when it answered. Answers may come in any order. */
  hear(asked: Asked, epoch: string, sequence: number): Heard {
    const epochs = this.#epochs;
    const known = this.#epoch;
    const isSame = epoch === known;
    if (!epochs.includes(epoch)) epochs.push(epoch);
    if (known !== undefined) {
      if (isSame && this.#isDistrusted) return 'regress';
      if (!isSame && asked.epoch !== known) return 'outdated';
      if (sequence < asked.greatest || epochs.indexOf(epoch) < epochs.indexOf(known)) {
        this.#epoch = epoch;
        this.#isDistrusted = true;
        return 'regress';
      }
    }
    this.#epoch = epoch;
    this.#current = Math.max(isSame ? this.#current : 0, sequence);
    this.greatest = Math.max(this.greatest, sequence);
    this.#isDistrusted = false;
    return isSame ? 'same' : 'anew';
  }
}
