//! What the engine has counted.

use super::slots::Reason;

/// Counts since the cache was made. Hits and misses are the reader's to count: the engine doesn't hear of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Entries stored under a key that had none.
    pub inserts: u64,
    /// Values stored over another.
    pub updates: u64,
    /// Entries that left, by [`Reason`].
    pub removals: [u64; 5],
}

impl Stats {
    /// Nothing yet.
    pub const NONE: Self = Self { inserts: 0, updates: 0, removals: [0; 5] };

    /// Counts entries that left.
    pub fn removed(&mut self, reason: Reason, entries: u32) {
        if let Some(count) = self.removals.get_mut(reason as usize) {
            *count += u64::from(entries);
        }
    }

    /// How many entries left for this reason.
    pub fn removals(&self, reason: Reason) -> u64 {
        self.removals.get(reason as usize).copied().unwrap_or(0)
    }
}
