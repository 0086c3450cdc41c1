// Looks into the store: those of one turn of the event loop are one question.

import type { Answer, StoredRecord } from '../store.js';
import type { Link } from './link.js';

/** What was found under an id. */
export interface Look {
  /** The answer that it was part of. */
  readonly answer: Answer;
  /** When the store was asked, by this node's clock. */
  readonly asked: number;
  readonly record: StoredRecord | undefined;
}

interface Batch {
  readonly ids: string[];
  readonly looks: Promise<(Look | undefined)[]>;
}

/** The most records in one question. */
const MOST = 1000;
/** How many microtasks a look takes to reach the loader, at most. */
const MICROTASKS = 12;

export class Reads {
  readonly #link: Link;
  readonly #limit: number;
  readonly #now: () => number;
  #open: Batch | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(link: Link, limit: number, now: () => number) {
    this.#link = link;
    this.#limit = limit;
    this.#now = now;
  }

  /** Looks for a record. Never rejects: without an answer that can be used, there is no look. */
  async look(id: string): Promise<Look | undefined> {
    const batch = (this.#open ??= this.#begin());
    const index = batch.ids.push(id) - 1;
    if (batch.ids.length === MOST) this.#open = undefined;
    return (await batch.looks)[index];
  }

  /** Resolves once all that have looked in this turn know what there is. */
  async gathered(): Promise<void> {
    await undefined;
    await this.#last;
    for (let passed = 0; passed < MICROTASKS; passed += 1) await undefined;
  }

  #begin(): Batch {
    const ids: string[] = [];
    const batch = { ids, looks: this.#read(ids) };
    this.#last = Promise.all([this.#last, batch.looks]).then(() => {});
    return batch;
  }

  async #read(ids: readonly string[]): Promise<(Look | undefined)[]> {
    await undefined;
    this.#open = undefined;
    const asked = this.#now();
    try {
      const answer = await this.#link.ask(this.#limit, (store, signal) => store.read(ids, signal));
      if (answer === undefined) return [];
      return ids.map((_, index) => ({ answer, asked, record: answer.records[index] }));
    } catch {
      // The link has told.
      return [];
    }
  }
}
