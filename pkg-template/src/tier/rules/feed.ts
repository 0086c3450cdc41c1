// Whether a node has heard of every change. The rule stands in src/tier/feed.rs.

/** Where a node is in the feed of one epoch. */
export class Feed {
  /** Up to which number the node has heard of every change; `undefined` if it has no place in the feed. */
  at: number | undefined;

  /** Begins at an answer of the store, if memory is empty. */
  begin(at: number): void {
    this.at = at;
  }

  /** Forgets where it was: the store can't be trusted. */
  forget(): void {
    this.at = undefined;
  }

  /**
   * Takes in an answer with every change above `from`, up to `head`; `from` is `undefined` if it can't tell all. Answers
   * may come in any order. After `'trimmed'`, memory is to be emptied.
   */
  advance(from: number | undefined, head: number): 'whole' | 'trimmed' {
    const { at } = this;
    this.at = Math.max(at ?? 0, head);
    return at !== undefined && from !== undefined && from <= at ? 'whole' : 'trimmed';
  }
}
