// The numbers that go between Rust and TypeScript.

/** What `core.cacheCount` answers for. */
export const enum Count {
  Inserts,
  Updates,
  Evictions,
  Expirations,
  Deletions,
  Entries,
  Size,
  Max,
  MaxSize,
}

/** What `core.cachePage` answers for. */
export const enum PagePart {
  Capacity,
  Marks,
  Expires,
  Ttls,
  Log,
}

/** Hits that the log has room for. */
export const LOG = 256;

/** What the engine multiplies the entry with that a write has made leave, to put it before the slot. */
export const AHEAD = 2 ** 24;

/** In place of a slot: the engine wants hashes from now on. */
export const UNSEEDED = -3;

/** The engine hears of one in so many overwrites that change nothing but a value and its moment. */
export const HEARD = 4;

/** What a ticket can be. */
export const enum Role {
  Free,
  Resting,
  Waiting,
  Holding,
  Settled,
  Lost,
}

/** What the latch knows of a ticket. */
export const enum Fact {
  Role,
  Gate,
  Turn,
  Deadline,
}

/** What the latch says to a result. */
export const enum Verdict {
  Store,
  Fenced,
  SettledAlready,
  Lost,
}

/** What the latch tells. */
export const enum LatchEvent {
  Promoted,
  Settled,
  Lost,
  Reopened,
  Closed,
}
