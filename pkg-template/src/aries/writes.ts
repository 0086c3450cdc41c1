// Results on their way to a store, which need not keep the order of what it is told.

import type { Key } from '../cache/key.js';
import { LONGEST_TIMER } from '../locks/watch.js';

/** One result that is being written. */
interface Write {
  /** Settled when the store is done with it, whatever came of it. */
  done: Promise<void>;
  /** Whether somebody who wanted to change the key has stopped waiting for it. */
  isOvertaken: boolean;
}

/** The results that are being written: whatever changes one of their keys waits until the store has them. */
export class Writes {
  readonly #running = new Map<Key, Write>();
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
    for (const key of keys) {
      for (let write; (write = this.#running.get(key)) !== undefined;) await this.#outlast(key, write);
    }
  }

  /**
   * Writes a result, after those that are being written under its key.
   *
   * @param remove Removes it again. Called if others have changed the key without waiting for the end: nobody can know
   * then which of the two the store has.
   */
  async run(key: Key, write: () => Promise<void>, remove: () => unknown): Promise<void> {
    if (!this.areIdle) await this.settle([key]);
    const written = Promise.resolve(write());
    const end = (): void => this.#forget(key, running);
    const running: Write = { done: written.then(end, end), isOvertaken: false };
    this.#running.set(key, running);
    try {
      await written;
    } finally {
      if (running.isOvertaken) await remove();
    }
  }

  async #outlast(key: Key, write: Write): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const overtaken = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        write.isOvertaken = true;
        this.#forget(key, write);
        resolve();
      }, this.#patience);
    });
    await Promise.race([write.done, overtaken]);
    clearTimeout(timer);
  }

  #forget(key: Key, write: Write): void {
    if (this.#running.get(key) === write) this.#running.delete(key);
  }
}
