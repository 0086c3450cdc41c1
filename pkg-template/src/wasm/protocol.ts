// The numbers that go between Rust and TypeScript. Made by `cargo xtask build` from src/boundary/protocol.rs: change that, and not this.

/** What `cacheCount` answers for. */
export const enum Count {
  /** Entries stored under a key that had none. */
  Inserts,
  /** Values stored over others, as far as the engine was told. */
  Updates,
  /** Entries that were evicted. */
  Evictions,
  /** Entries that had expired. */
  Expirations,
  /** Entries that were deleted, replaced or taken. */
  Deletions,
  /** Entries that are there. */
  Entries,
  /** What they weigh together. */
  Size,
  /** The most entries. */
  Max,
  /** The most that they may weigh. */
  MaxSize,
  /** The first slot that an entry may take without a call. */
  RoomStart,
  /** Behind the last of these slots. */
  RoomEnd,
}

/** What `cachePage` answers for: how many slots the page has, and where its columns are, or 0 as long as there is none. */
export const enum PagePart {
  /** How many slots. When this has changed, the page has moved. */
  Capacity,
  /** A byte a slot, the reference bit: 1 after a hit. */
  References,
  /** A 64-bit float a slot: when the entry expires. */
  Expires,
  /** A 64-bit float a slot: how long the entry was given. */
  Ttls,
  /** `LOG` slots as 32-bit numbers, in the order in which they were hit. */
  Log,
}

/** Decides which entry is evicted. */
export const enum PolicyKind {
  /** W-TinyLFU with an adaptive window, where a hit only sets a reference bit. */
  TinyLfu,
  /** Strict LRU. */
  Lru,
  /** Sampled frequency by size by age. */
  Sampled,
  /** The same, but to save bytes and not requests. */
  SampledBytes,
}

/** Decides which entry is evicted. */
export type Policy = 'tinylfu' | 'lru' | 'sampled';

/** The names of each `PolicyKind`, by its number. */
export const POLICIES: readonly Policy[] = ['tinylfu', 'lru', 'sampled'];

/** Why an entry left the cache. */
export const enum Reason {
  /** It was evicted. */
  Evict,
  /** It had expired. */
  Expire,
  /** It was deleted: by key, by tag, or with everything else. */
  Delete,
  /** A new value for its key took its place. */
  Set,
  /** Its caller took it out to keep it. */
  Take,
}

/** Why an entry left the cache. */
export type RemovalReason = 'evict' | 'expire' | 'delete' | 'set' | 'take';

/** The names of each `Reason`, by its number. */
export const REMOVAL_REASONS: readonly RemovalReason[] = ['evict', 'expire', 'delete', 'set', 'take'];

/** What a ticket is. */
export const enum Role {
  /** No ticket: never issued, or given back. */
  Free,
  /** Acquired, not entered, and without the turn: another one has it. */
  Resting,
  /** Entered, and waiting for its turn or for a result. */
  Waiting,
  /** Its turn: it computes. */
  Holding,
  /** It has its result, its own or the holder's. */
  Settled,
  /** It had entered, and held the gate until its lease was over. */
  Lost,
}

/** Whether a gate's holder looks for a value that is there already. */
export const enum Look {
  /** It computes. */
  Over,
  /** It looks, and has computed nothing. */
  On,
  /** It looks for the last time, and takes what it finds. */
  Last,
}

/** What `latchTicket` answers for. */
export const enum Fact {
  /** The ticket's `Role`. */
  Role,
  /** Its gate, or `NONE`. */
  Gate,
  /** The number of its turn; 0 if it never had one. */
  Turn,
  /** When the lease that it waits for ends. */
  Deadline,
  /** Of a flight's: how many wait for the flight. */
  Waiting,
}

/** What `latchSettle` says of a result. */
export const enum Verdict {
  /** It may be stored. */
  Store,
  /** It goes to those who wait, and nowhere else: its key has changed. */
  Fenced,
  /** It is refused: there is one already. */
  SettledAlready,
  /** It is refused: the lease is over. */
  Lost,
  /** It is refused: the ticket doesn't hold its gate. */
  NotHolding,
}

/** What `latchNextEvent` tells, of a ticket or of a gate. */
export const enum LatchEvent {
  /** The ticket has waited, and holds its gate now. */
  Promoted,
  /** The result is there for the ticket. */
  Settled,
  /** The ticket has lost its gate. */
  Lost,
  /** The gate is its key's again. */
  Reopened,
  /** Nobody needs the gate any more. */
  Closed,
  /** The ticket's flight has to stop: nobody waits for it any more. It may have been told before. */
  Idle,
  /** The same, but another flight has replaced it. */
  Replaced,
  /** The flight has ended: its ticket is to be given back. */
  Ended,
}

/**
 * In place of the number of a cache, a slot, a tag, a ticket, a gate or an event: there is none. In place of one that is
 * to be made: there is no memory for it.
 */
export const NONE = -1;

/** In place of a slot: the entry is larger than the cache lets an entry be. */
export const TOO_LARGE = -2;

/** In place of a slot: keys need hashes from now on. */
export const UNSEEDED = -3;

/** In place of a slot: the entry could only take the place of pinned ones. */
export const PINNED = -4;

/** A write returns the slot plus so many times the first removal and `FIRST_REMOVAL`, if it made entries leave. */
export const AHEAD = 16777216;

/** What is added to the first removal, so that it is never 0. */
export const FIRST_REMOVAL = 16;

/** A removal is its slot, shifted so far, with `MORE` if there are more of them and the number of its `Reason`. */
export const SLOT_SHIFT = 4;

/** In a removal: others wait. */
export const MORE = 8;

/** In a removal: the bits of the reason. */
export const REASON_BITS = 7;

/** An event of the latch is its ticket or gate, shifted so far, with the number of its `LatchEvent`. */
export const EVENT_SHIFT = 3;

/** In an event: the bits of what it tells. */
export const EVENT_BITS = 7;

/** `flightAsk` returns a flight plus so many times the waiter's number, shifted by 1, with 1 if the waiter leads. */
export const FLIGHTS = 67108864;

/** In place of a flight to lead: the value has been expired for too long to be served. */
export const TOO_OLD = -2;

/** In place of a flight to lead: there is no memory. */
export const NO_MEMORY = -3;

/** In place of a time to wait: the caller gives up. */
export const GIVES_UP = -1;

/** In place of a time to wait: the caller takes the stale value. */
export const TAKES_STALE = -2;

/**
 * In place of a time to wait, minus a flight, shifted by 1: the caller leads that flight from now on. 1 less if it has
 * the turn of one that had left it.
 */
export const TAKES_OVER = -3;

/** Hits that the log has room for. */
export const LOG = 256;

/** Slots that each write looks at for expired entries. Of so many overwrites in place, one has to be a write. */
export const SWEEP = 4;

/** Keys without a hash that get one with each new entry, once the engine has its seed. */
export const ADOPTED = 4;

/** Entries that come in without a call, until `cacheArrive` tells the engine of them. */
export const ARRIVALS = 64;
