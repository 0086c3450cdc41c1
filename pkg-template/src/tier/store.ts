// What a store of the second tier does: all that an adapter writes.
//
// Many nodes (processes, tabs, isolates) share a store. The store counts: every invalidation takes the next number of one
// *sequence*, and leaves a *mark* with it. A load notes the number that is current before it begins, and its value carries
// that number. A value is valid if its number is at or above every mark that concerns it.
//
// Ids and marks are texts that the tier makes. A store compares them and understands nothing of them: every text is a
// possible one, the empty one and one of a megabyte, with any character and with half of a surrogate pair.

/** What a store can do. */
export interface Capabilities {
  /**
   * Whether `write` refuses values that are out of date. Without it, a load that is late can bring back what was
   * invalidated, and only expiry corrects that.
   */
  readonly fence: boolean;
  /** Whether the store has `changes`. Without it, other nodes' memory learns of an invalidation only by expiry. */
  readonly feed: boolean;
  /** Whether the store has `turn` and `endTurn`, so that one node loads for all. */
  readonly flight: boolean;
  /** The shortest life that the store can give a record, in milliseconds; by default, there is no such bound. */
  readonly minTtl?: number | undefined;
}

/** A moment in the history of a store. */
export interface Position {
  /**
   * The history that the number belongs to: a random text, made together with the counter. Another epoch means that the
   * store has lost what it had, or that a node has declared it invalid ({@link Store.renew}).
   *
   * It has to change with each failover that may lose what was acknowledged: the next answer has the new one. A counter
   * that has gone back is not enough, since it may have caught up before a node asks again. A store that can't tell its
   * failovers says so where it is documented: with it, what was invalidated shortly before a failover may come back.
   */
  readonly epoch: string;
  /** The last number that was taken, at that moment. A store without a fence may answer a time, which only goes up. */
  readonly sequence: number;
}

/** What every answer of a store says besides. All of an answer comes from the same moment in the store. */
export interface Answer extends Position {
  /** The store's time, in milliseconds. Only differences between two of its times mean something. */
  readonly now: number;
}

/** A record as it is written. */
export interface NewRecord {
  /** What is stored. The caller may change it afterwards, so a store in memory copies it. */
  readonly data: Uint8Array;
  /** The names of all marks that can invalidate the record: its own id, and names that it shares with other records. */
  readonly concerns: readonly string[];
  /** How long the store has to keep the record, in milliseconds; more than 0. `Infinity`: for ever. */
  readonly life: number;
}

/** A record as it is read. */
export interface StoredRecord {
  readonly data: Uint8Array;
  /** The number that was current before the value was loaded, or the number that the value took when it was set. */
  readonly since: number;
  /** The greatest number among the hard marks of the record's `concerns`. The record is valid if `since >= hard`. */
  readonly hard: number;
  /** The same for its soft marks: the record is stale if `since < soft`. 0 if there is none. */
  readonly soft: number;
  /** The store's time at which the mark `soft` was made; 0 if there is none. */
  readonly softAt: number;
}

/** What {@link Store.read} answers. */
export interface Snapshot extends Answer {
  /** A record for each id, in their order. `undefined`: there is none, or none that is valid. */
  readonly records: readonly (StoredRecord | undefined)[];
}

/** What {@link Store.write} and {@link Store.put} answer. */
export interface Written extends Answer {
  /** `'fenced'`: the value is out of date, and nothing has changed. */
  readonly result: 'stored' | 'fenced';
}

/** An invalidation. */
export interface Change {
  /** The number that it took. */
  readonly sequence: number;
  /** The marks that it made. */
  readonly marks: readonly string[];
  /** Whether they are soft: what they concern is stale, but still usable. */
  readonly soft: boolean;
}

/** What {@link Store.changes} answers. */
export interface News extends Answer {
  /** The changes between the position that was asked about and this answer's, in their order. */
  readonly changes: readonly Change[];
  /** Whether the store can't tell all of them: it has forgotten some, or its epoch is another one. */
  readonly isTrimmed: boolean;
}

/** What {@link Store.turn} answers: the turn, or how long somebody else may still have it. */
export type TurnAnswer = Answer &
  (
    | {
        /** The number of the turn, the greatest of the sequence so far. */
        readonly turn: number;
        readonly heldFor?: undefined;
      }
    | {
        readonly turn?: undefined;
        /** The rest of the holder's lease, in milliseconds. The holder may give the turn back earlier. */
        readonly heldFor: number;
      }
  );

/** What {@link Store.write} compares with. */
export interface WriteOptions {
  /** What {@link Store.read} answered before the load began, or any earlier answer. */
  readonly since: Position;
  /** The number of the turn in which the value was loaded, if it was loaded in one. */
  readonly turn?: number | undefined;
}

/** How {@link Store.put} stores a value. */
export interface PutOptions {
  /** How long its mark has to last, in milliseconds, as in {@link DropOptions.keep}. */
  readonly keep: number;
  /**
   * Only if nothing has invalidated the record since then: for a value that was set while the store couldn't be reached,
   * and is put into it later.
   */
  readonly ifSince?: Position | undefined;
}

/** How {@link Store.drop} invalidates. */
export interface DropOptions {
  /** Whether records stay usable, as stale ones. */
  readonly soft: boolean;
  /**
   * How long the marks have to last, in milliseconds: as long as an older record may live, and an older load may take.
   * `Infinity`: for ever. Nodes that share a store give the same number; the store goes by the greatest it has seen. A
   * number that is too small costs valid records, and never lets an invalid one pass.
   */
  readonly keep: number;
}

/** Who asks for a turn. */
export interface TurnOptions {
  /** How long the turn lasts if it isn't given back, in milliseconds. */
  readonly lease: number;
  /** The node that asks. If it has the turn already, it gets a new one: it can't have got the answer. */
  readonly node: string;
}

/**
 * A store that nodes share. Each operation is atomic in the store.
 *
 * A `signal` ends the caller's wait at once: the promise rejects with the signal's reason, whether or not the store has
 * done or will do what was asked. Every operation may be done twice, as a client does it that repeats a request without an
 * answer. Otherwise, an operation rejects if the store can't be reached, or can't do what was asked: with a `RangeError`, if
 * it is a record that is too large. Nothing of it is done then.
 */
export interface Store {
  /** What the store can do. */
  readonly capabilities: Capabilities;

  /**
   * Reads records. A store may leave out those that it knows to be invalid, and leaves out those of another epoch.
   *
   * @param ids The records' names.
   */
  read(ids: readonly string[], signal: AbortSignal): Promise<Snapshot>;

  /**
   * Stores a value that was loaded. It takes no number.
   *
   * The result is `'fenced'` if the value may be out of date:
   * - `since` is of another epoch, or above the store's number;
   * - a hard mark of `concerns` is above `since`, or may have been and is forgotten;
   * - there is a valid record with a greater `since`;
   * - `turn` is given, and somebody else has the id's turn now.
   *
   * A soft mark above `since` doesn't fence: the record is stale from its beginning.
   */
  write(id: string, record: NewRecord, options: WriteOptions, signal: AbortSignal): Promise<Written>;

  /**
   * Stores a value that a caller has set: takes the next number, makes a hard mark of the id with it, stores the record
   * with this number as its `since`, and tells the feed.
   *
   * With `ifSince`, the result is `'fenced'` under the first two conditions of {@link Store.write}.
   */
  put(id: string, record: NewRecord, options: PutOptions, signal: AbortSignal): Promise<Written>;

  /**
   * Invalidates: takes the next number, makes a mark of each name with it, and tells the feed. A hard mark may delete the
   * record of that name as well.
   *
   * @param marks At least one name.
   */
  drop(marks: readonly string[], options: DropOptions, signal: AbortSignal): Promise<Answer>;

  /**
   * Tells what has changed. Answers at once if there is something to tell, otherwise within `wait`, with no changes: that
   * is news as well. The answer has everything up to its own `sequence`, so its position is the next one to ask about.
   *
   * @param after An earlier answer's position.
   * @param wait How long to wait for a change, in milliseconds; 0 asks once.
   * @param signal Ends the wait. A store that has a connection for its feed closes it then, and soon after a call that no
   * other follows.
   */
  changes?(after: Position, wait: number, signal: AbortSignal): Promise<News>;

  /**
   * Makes a new epoch, if the store's is still this one, so that all records are invalid. Its counter goes on from its
   * number or from `atLeast`, whichever is greater, and takes the next one. A node calls this when it sees the counter
   * below what it has seen before: the store has gone back to an earlier state.
   *
   * @param epoch The epoch in which the node has seen that.
   * @param atLeast The greatest number that the node has seen, in whichever epoch.
   * @returns The position afterwards, whether or not this call has changed the epoch.
   */
  renew(epoch: string, atLeast: number, signal: AbortSignal): Promise<Answer>;

  /**
   * Asks for the turn to load a record. Has an answer at once. At most one node has a record's turn at a time, while the
   * lease lasts. A turn takes the next number; if it is refused, it takes none.
   */
  turn?(id: string, options: TurnOptions, signal: AbortSignal): Promise<TurnAnswer>;

  /** Gives a turn back. Changes nothing if it is over already. */
  endTurn?(id: string, turn: number, signal: AbortSignal): Promise<Answer>;
}
