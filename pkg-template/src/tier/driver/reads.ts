// Looks into the store: those of one turn of the event loop are one question.

import type { Answer, StoredRecord } from '../store.js';
import type { Asked } from './asked.js';
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
export class Reads {
  readonly #link: Link;
  readonly #asked: Asked;
  readonly #limit: number;
  readonly #now: () => number;
  #open: Batch | undefined;

  constructor(link: Link, asked: Asked, limit: number, now: () => number) {
    this.#link = link;
    this.#asked = asked;
    this.#limit = limit;
    this.#now = now;
  }

  /** Looks for a record, for a key of a call. Never rejects: without an answer that can be used, there is no look. */
  async look(id: string, call: object): Promise<Look | undefined> {
    const batch = (this.#open ??= this.#begin());
    const index = batch.ids.push(id) - 1;
    if (batch.ids.length === MOST) this.#open = undefined;
    this.#asked.note(call, batch.looks);
    return (await batch.looks)[index];
  }

  #begin(): Batch {
    const ids: string[] = [];
    return { ids, looks: this.#read(ids) };
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
