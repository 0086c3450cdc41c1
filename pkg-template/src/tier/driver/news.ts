// What other nodes have changed: carried out in memory, where memory doesn't know of it already.

import type { Change, Position } from '../store.js';
import type { Memory } from './memory.js';

/** How many ids are remembered, should there be no news for long. Of the others, memory forgets more than it has to. */
const MOST = 10_000;

export class News {
  readonly #memory: Memory;
  /** The numbers of this node's own changes that have not come by. */
  readonly #own = new Set<number>();
  /** The numbers that values in memory know of: those ahead of the feed, by their records' ids. */
  readonly #known = new Map<string, number>();
  /** The numbers that loads under way know of. */
  readonly #loading = new Map<string, Position>();
  /** Where the node is in the feed; as long as it isn't there, there is nothing to know. */
  #at = Infinity;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Whether an answer knows of all that memory has been told of. */
  isNewest({ sequence }: Position): boolean {
    return this.#at === Infinity || sequence >= this.#at;
  }

  /** Notes a change of this node's own, which is in memory already. */
  noteOwn({ sequence }: Position): void {
    if (sequence > this.#at) this.#own.add(sequence);
  }

  /** Notes that a load has begun. Returns what ends that. */
  begin(id: string, since: Position | undefined): Position | undefined {
    if (since !== undefined) this.#loading.set(id, since);
    return since;
  }

  /** Notes that it has ended. */
  end(id: string, begun: Position | undefined): void {
    if (this.#loading.get(id) === begun) this.#loading.delete(id);
  }

  /** Notes that the value that memory gets under an id knows of all changes up to a number. */
  noteKnown(id: string, { sequence }: Position): void {
    if (sequence <= this.#at) return;
    this.#known.delete(id);
    this.#known.set(id, sequence);
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
  }

  /** Carries out what has changed, up to a position. */
  apply(changes: readonly Change[], { sequence }: Position): void {
    for (const { sequence: number, marks, soft } of changes) {
      if (!this.#own.has(number)) for (const mark of marks) this.#change(mark, number, soft);
    }
    this.reset(sequence);
  }

  /** Forgets what the feed has come past. */
  reset(sequence: number): void {
    this.#at = sequence;
    for (const number of this.#own) if (number <= sequence) this.#own.delete(number);
    // In the order of their numbers, nearly: the few behind a greater one stay for longer.
    for (const [id, number] of this.#known) {
      if (number > sequence) break;
      this.#known.delete(id);
    }
  }

  #change(mark: string, number: number, isSoft: boolean): void {
    if ((this.#known.get(mark) ?? -1) >= number) return;
    this.#memory.apply(mark, isSoft, (this.#loading.get(mark)?.sequence ?? -1) >= number);
  }
}
