//! What goes into the engine and comes out of it.

use super::policy::PolicyKind;
use crate::arena::OutOfMemory;
use std::error::Error;
use std::fmt;

/// The most entries that a cache can hold, bounded or not. A driver files them in a hash table, which may take no more than
/// 2^24 and count deleted keys until it is rebuilt: at half of that, deleting and adding in turn never fills it.
pub const MAX_ENTRIES: u32 = 1 << 23;

/// What a cache may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The most entries; at most [`MAX_ENTRIES`].
    pub entries: u32,
    /// The most that all entries may weigh together, or infinity.
    pub weight: f64,
    /// The most that one entry may weigh, or infinity.
    pub entry_weight: f64,
}

impl Bounds {
    /// As many entries as a cache can hold, of any weight.
    pub const NONE: Self = Self { entries: MAX_ENTRIES, weight: f64::INFINITY, entry_weight: f64::INFINITY };

    /// As many entries of any weight.
    pub const fn entries(entries: u32) -> Self {
        Self { entries, ..Self::NONE }
    }

    /// As many entries as weigh no more than this together.
    pub const fn weight(weight: f64) -> Self {
        Self { weight, ..Self::NONE }
    }
}

/// How an engine is set up.
///
/// ```
/// use keylatch::engine::{Bounds, Config, PolicyKind};
///
/// let by_entries = Config::new(Bounds::entries(1000));
/// assert_eq!(by_entries.policy, PolicyKind::TinyLfu);
/// let by_bytes = Config::new(Bounds::weight(1e6));
/// assert_eq!(by_bytes.policy, PolicyKind::Sampled);
/// let exact = Config { policy: PolicyKind::Lru, ..by_entries };
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// What it may hold.
    pub bounds: Bounds,
    /// Whether entries have weights.
    pub weighs: bool,
    /// The share of its time to live, from 0 to 1, by which chance shortens the life of each entry.
    pub jitter: f64,
    /// For how many milliseconds writes leave expired entries in place, for readers that want stale values.
    pub stale: f64,
    /// Decides which entry is evicted.
    pub policy: PolicyKind,
    /// Where the engine's own random numbers start. `None` for an engine whose caller hashes no key before it has to; see
    /// [`Engine::seed`](super::Engine::seed).
    pub seed: Option<u32>,
}

impl Config {
    /// The usual configuration with these bounds: the default policy for entries or for weights, and no seed.
    pub const fn new(bounds: Bounds) -> Self {
        let weighs = bounds.weight < f64::INFINITY || bounds.entry_weight < f64::INFINITY;
        let policy = if bounds.weight < f64::INFINITY { PolicyKind::Sampled } else { PolicyKind::TinyLfu };
        Self { bounds, weighs, jitter: 0.0, stale: 0.0, policy, seed: None }
    }
}

/// An entry to be stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// The keyed hash of its key; 0 in an engine without a seed.
    pub hash: u32,
    /// What it weighs; 0 where nothing is weighed.
    pub weight: f64,
    /// How long it lives, in milliseconds, or [`NEVER`](super::NEVER).
    pub ttl: f64,
}

/// Why an entry could not be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsertError {
    /// It weighs more than an entry may.
    TooHeavy,
    /// The memory can't be had.
    OutOfMemory,
    /// It could only take the place of pinned entries.
    Pinned,
    /// There is no room, so keys need hashes from now on: call [`Engine::seed`](super::Engine::seed).
    Unseeded,
}

impl fmt::Display for InsertError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooHeavy => "the entry weighs more than an entry may",
            Self::OutOfMemory => "the memory for the entry can't be had",
            Self::Pinned => "only pinned entries could make room for the entry",
            Self::Unseeded => "the cache is full, and has no seed yet",
        })
    }
}

impl Error for InsertError {}

impl From<OutOfMemory> for InsertError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// The shared page: where a reader finds what it needs of a slot, and how many slots there are.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Slots in each column.
    pub capacity: u32,
    /// The reference bits, one byte a slot: the reader stores 1 at a hit.
    pub references: *const u8,
    /// One float a slot: when the entry expires. `None` as long as none does.
    pub expires: Option<*const f64>,
    /// One float a slot: the entry's time to live. `None` as long as none expires.
    pub ttl: Option<*const f64>,
    /// [`LOG`](super::LOG) numbers: the reader writes the slots that were hit, in their order. `None` where reference bits
    /// will do.
    pub log: Option<*const u32>,
}
