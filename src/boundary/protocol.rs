//! The protocol: every number that has a meaning on both sides of the boundary. `cargo xtask build` generates
//! `pkg-template/src/wasm/protocol.ts` from this file, so each number is defined once.

pub use crate::numbered::Listing;

use crate::engine::{self, PolicyKind, Reason};
use crate::latch::{Look, Role};
use crate::numbered::numbered;

numbered! {
    /// What `cacheCount` answers for.
    pub enum Count {
        /// Entries stored under a key that had none.
        Inserts,
        /// Values stored over others, as far as the engine was told.
        Updates,
        /// Entries that were evicted.
        Evictions,
        /// Entries that had expired.
        Expirations,
        /// Entries that were deleted, replaced or taken.
        Deletions,
        /// Entries that are there.
        Entries,
        /// What they weigh together.
        Size,
        /// The most entries.
        Max,
        /// The most that they may weigh.
        MaxSize,
        /// The first slot that an entry may take without a call.
        RoomStart,
        /// Behind the last of these slots.
        RoomEnd,
    }
}

numbered! {
    /// What `cachePage` answers for: how many slots the page has, and where its columns are, or 0 as long as there is none.
    pub enum PagePart {
        /// How many slots. When this has changed, the page has moved.
        Capacity,
        /// A byte a slot, the reference bit: 1 after a hit.
        References,
        /// A 64-bit float a slot: when the entry expires.
        Expires,
        /// A 64-bit float a slot: how long the entry was given.
        Ttls,
        /// `LOG` slots as 32-bit numbers, in the order in which they were hit.
        Log,
    }
}

numbered! {
    /// What `latchTicket` answers for.
    pub enum Fact {
        /// The ticket's `Role`.
        Role,
        /// Its gate, or `NONE`.
        Gate,
        /// The number of its turn; 0 if it never had one.
        Turn,
        /// When the lease that it waits for ends.
        Deadline,
        /// Of a flight's: how many wait for the flight.
        Waiting,
    }
}

numbered! {
    /// What `latchSettle` says of a result.
    pub enum Verdict {
        /// It may be stored.
        Store,
        /// It goes to those who wait, and nowhere else: its key has changed.
        Fenced,
        /// It is refused: there is one already.
        SettledAlready,
        /// It is refused: the lease is over.
        Lost,
        /// It is refused: the ticket doesn't hold its gate.
        NotHolding,
    }
}

numbered! {
    /// What `latchNextEvent` tells, of a ticket or of a gate.
    pub enum LatchEvent {
        /// The ticket has waited, and holds its gate now.
        Promoted,
        /// The result is there for the ticket.
        Settled,
        /// The ticket has lost its gate.
        Lost,
        /// The gate is its key's again.
        Reopened,
        /// Nobody needs the gate any more.
        Closed,
        /// The ticket's flight has to stop: nobody waits for it any more. It may have been told before.
        Idle,
        /// The same, but another flight has replaced it.
        Replaced,
        /// The flight has ended: its ticket is to be given back.
        Ended,
    }
}

/// Makes constants, and lists them.
macro_rules! constants {
    ($($(#[doc = $meaning:literal])* $name:ident: $type:ty = $value:expr;)*) => {
        $($(#[doc = $meaning])* pub const $name: $type = $value;)*

        /// The constants: name, meaning, value.
        pub const CONSTANTS: &[(&str, &str, i64)] =
            &[$((stringify!($name), concat!($($meaning, "\n"),*), $name as i64)),*];
    };
}

constants! {
    /// In place of the number of a cache, a slot, a tag, a ticket, a gate or an event: there is none. In place of one that is
    /// to be made: there is no memory for it.
    NONE: i32 = -1;
    /// In place of a slot: the entry is larger than the cache lets an entry be.
    TOO_LARGE: i32 = -2;
    /// In place of a slot: keys need hashes from now on.
    UNSEEDED: i32 = -3;
    /// In place of a slot: the entry could only take the place of pinned ones.
    PINNED: i32 = -4;
    /// A write returns the slot plus so many times the first removal and `FIRST_REMOVAL`, if it made entries leave.
    AHEAD: u32 = 1 << 24;
    /// What is added to the first removal, so that it is never 0.
    FIRST_REMOVAL: u32 = 1 << SLOT_SHIFT;
    /// A removal is its slot, shifted so far, with `MORE` if there are more of them and the number of its `Reason`.
    SLOT_SHIFT: u32 = 4;
    /// In a removal: others wait.
    MORE: u32 = 8;
    /// In a removal: the bits of the reason.
    REASON_BITS: u32 = MORE - 1;
    /// An event of the latch is its ticket or gate, shifted so far, with the number of its `LatchEvent`.
    EVENT_SHIFT: u32 = 3;
    /// In an event: the bits of what it tells.
    EVENT_BITS: u32 = (1 << EVENT_SHIFT) - 1;
    /// `flightAsk` returns a flight plus so many times the waiter's number, shifted by 1, with 1 if the waiter leads.
    FLIGHTS: u32 = 1 << 26;
    /// In place of a flight to lead: the value has been expired for too long to be served.
    TOO_OLD: i32 = -2;
    /// In place of a flight to lead: there is no memory.
    NO_MEMORY: i32 = -3;
    /// In place of a time to wait: the caller gives up.
    GIVES_UP: i32 = -1;
    /// In place of a time to wait: the caller takes the stale value.
    TAKES_STALE: i32 = -2;
    /// In place of a time to wait, minus a flight, shifted by 1: the caller leads that flight from now on. 1 less if it has
    /// the turn of one that had left it.
    TAKES_OVER: i32 = -3;
    /// Hits that the log has room for.
    LOG: u32 = engine::LOG;
    /// Slots that each write looks at for expired entries. Of so many overwrites in place, one has to be a write.
    SWEEP: u32 = engine::SWEEP;
    /// Keys without a hash that get one with each new entry, once the engine has its seed.
    ADOPTED: u32 = engine::ADOPTED;
    /// Entries that come in without a call, until `cacheArrive` tells the engine of them.
    ARRIVALS: u32 = engine::ARRIVALS;
}

/// The names of an enum's variants in TypeScript.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The type of a name.
    pub word: &'static str,
    /// The list of all names.
    pub list: &'static str,
    /// The variants without a name there. They are the last ones, since a name stands at its variant's number.
    pub unnamed: &'static [&'static str],
}

/// The enums, with the names of their variants if TypeScript needs them.
pub const ENUMS: &[(Listing, Option<Words>)] = &[
    (Count::LISTING, None),
    (PagePart::LISTING, None),
    (PolicyKind::LISTING, Some(Words { word: "Policy", list: "POLICIES", unnamed: &["SampledBytes"] })),
    (Reason::LISTING, Some(Words { word: "RemovalReason", list: "REMOVAL_REASONS", unnamed: &[] })),
    (Role::LISTING, None),
    (Look::LISTING, None),
    (Fact::LISTING, None),
    (Verdict::LISTING, None),
    (LatchEvent::LISTING, None),
];
