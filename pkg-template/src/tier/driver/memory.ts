// A cache's memory, as others' changes reach it.

import { report } from '../../base/report.js';
import type { TieredCache } from '../../index.js';
import { ALL, subjectOf } from './marks.js';

export class Memory {
  /** The mark that is carried out at the moment. It doesn't go back into the store. */
  applied: string | undefined;
  /** How often something was changed, by whomever. */
  changes = 0;
  /** Whether the cache has ended. */
  isClosed = false;
  readonly #cache: TieredCache;

  constructor(cache: TieredCache) {
    this.#cache = cache;
  }

  /** Removes what a mark is about, or has it expire. `sparesLoads`: what is loaded at the moment knows of it. */
  apply(mark: string, isSoft: boolean, sparesLoads = false): void {
    const subject = subjectOf(mark);
    if (subject === undefined || this.isClosed) return;
    const { names, key, tag } = subject;
    const space = names.reduce((outer, name) => outer.namespace(name), this.#cache.root);
    this.applied = mark;
    try {
      this.#cache.apply(() => {
        if (key !== undefined) void (isSoft ? space.expire(key) : space.delete(key));
        else if (tag !== undefined) void (isSoft ? space.expireByTag(tag) : space.deleteByTag(tag));
        else void (isSoft ? space.expire() : space.clear());
      }, sparesLoads);
    } catch (error) {
      // A callback of the program's has thrown. The change is done all the same.
      report(error);
    }
    this.applied = undefined;
  }

  /** Removes everything. */
  clear(): void {
    this.apply(ALL, false);
  }

  /** Has everything expire. */
  expire(): void {
    this.apply(ALL, true);
  }
}
