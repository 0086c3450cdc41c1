// Results on their way to a store, which may finish calls in another order.

import type { Key } from '../base/key.js';
import { LONGEST_TIMER } from '../base/shared-timer.js';

/** What is being written under each key: a result, and whatever has come since, each after the one before. */
export class Writes {
  readonly #running = new Map<Key, Promise<void>>();
  /** Writes for which somebody stopped waiting before they ended. */
  readonly #overtaken = new WeakSet<Promise<void>>();
  readonly #patience: number;

  /** @param patience For how many milliseconds anything waits for the one before. */
  constructor(patience: number) {
    this.#patience = Math.min(patience, LONGEST_TIMER);
  }

  /** The keys under which something is being written. */
  get keys(): Key[] {
    return [...this.#running.keys()];
  }

  /** Makes a change: after what is being written under its keys, or at once if nothing is. */
  async change(keys: readonly Key[], make: () => Promise<void>): Promise<void> {
    const before = keys.filter((key) => this.#running.has(key));
    if (before.length === 0) return make();
    const made = this.#follow(before, make);
    return made.finally(() => this.#leave(before, made));
  }

  /**
   * Writes a result, after what is being written under its key.
   *
   * @param remove Removes it again. Called if somebody changed the key without waiting for this write to end: then
   * nobody knows which of the two values the store has.
   */
  async result(key: Key, write: () => Promise<void>, remove: () => Promise<void>): Promise<void> {
    const written = this.#follow([key], write);
    try {
      await written;
    } finally {
      this.#leave([key], written);
      if (this.#overtaken.has(written)) await remove();
    }
  }

  /** Takes the place of what is being written under some keys, so that whatever comes from now on comes after it. */
  #follow(keys: readonly Key[], make: () => Promise<void>): Promise<void> {
    const waits = keys.flatMap((key) => this.#outlast(key) ?? []);
    const made = waits.length === 0 ? make() : Promise.all(waits).then(make);
    for (const key of keys) this.#running.set(key, made);
    return made;
  }

  /** Forgets what has been written, unless something else has taken its place. */
  #leave(keys: readonly Key[], made: Promise<void>): void {
    for (const key of keys) if (this.#running.get(key) === made) this.#running.delete(key);
  }

  /** Waits for what is being written under a key, or for as long as anything waits. */
  #outlast(key: Key): Promise<void> | undefined {
    const written = this.#running.get(key);
    if (written === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const overtake = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#overtaken.add(written);
        resolve();
      }, this.#patience);
    });
    return Promise.race([written, overtake])
      .catch(() => {})
      .finally(() => clearTimeout(timer));
  }
}
