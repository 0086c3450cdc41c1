// Results on their way to a store, which need not keep the order of what it is told.

import type { Key } from '../cache/key.js';
import { LONGEST_TIMER } from '../locks/watch.js';

/** The results that are being written: whatever changes one of their keys waits until the store has them. */
export class Writes {
  readonly #running = new Map<Key, Promise<void>>();
  readonly #patience: number;

  /** @param patience For how many milliseconds a change waits for one result. */
  constructor(patience: number) {
    this.#patience = Math.min(patience, LONGEST_TIMER);
  }

  /** Whether nothing is being written. */
  get areIdle(): boolean {
    return this.#running.size === 0;
  }

  /** Waits for the results that are being written under some keys; under any key if none are given. */
  async settle(keys: readonly Key[] = [...this.#running.keys()]): Promise<void> {
    const running = this.#running;
    for (const key of keys) {
      for (let written; (written = running.get(key)) !== undefined;) {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const overtake = new Promise<void>((resolve) => (timer = setTimeout(resolve, this.#patience)));
        await Promise.race([written, overtake]).catch(() => {});
        clearTimeout(timer);
        // Still there: nobody waits for it any more.
        if (running.get(key) === written) running.delete(key);
      }
    }
  }

  /**
   * Writes a result, after those that are being written under its key.
   *
   * @param remove Removes it again. Called if others have changed the key without waiting for the end: nobody can know
   * then which of the two the store has.
   */
  async run(key: Key, write: () => Promise<void>, remove: () => Promise<void>): Promise<void> {
    if (!this.areIdle) await this.settle([key]);
    const written = write();
    this.#running.set(key, written);
    try {
      await written;
    } finally {
      if (this.#running.get(key) === written) this.#running.delete(key);
      else await remove();
    }
  }
}
