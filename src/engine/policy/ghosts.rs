//! Estimates what a wider window would catch: follows a few keys after their insert, and counts those that come again
//! soon.
//!
//! If a key's next use is further off than the window reaches, the key leaves no trace in the densities of hits: it is
//! rejected before it can be hit. Only the miss at its return shows that it was wanted again.

use super::super::slots::HASHES;
use crate::arena::{Column, OutOfMemory};

/// The most keys that are followed at a time.
const GHOSTS: u32 = 64;
/// In a cache of this many entries, every key may be followed; in one of twice as many, every other key, and so on.
const ENTRIES: u32 = 32;
/// The bits of a hash.
const HASH_BITS: u32 = 30;
/// The age up to which a return counts: the capacity in inserts, divided by this. Entries get that old in a window of so
/// many.
pub const REACH: u32 = 2;

/// Keys that came lately, whether they are still here or not.
#[derive(Debug)]
pub struct Ghosts {
    /// In each place a key's hash, and above it the time when the key came. Without memory, no key is followed.
    places: Column<u32, u64>,
    /// Inserts so far. A blank place is free when this is out of reach of 0, which it is before the cache is full.
    clock: u32,
    /// One key in so many may be followed.
    one_in: u32,
    /// The keys with a hash below this may be followed.
    below: u32,
}

impl Ghosts {
    /// No places yet.
    pub const fn new() -> Self {
        Self { places: Column::new(), clock: 0, one_in: 0, below: 0 }
    }

    /// Plans for a cache of `capacity` entries.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn plan(&mut self, capacity: u32) -> Result<(), OutOfMemory> {
        self.one_in = (capacity / ENTRIES).max(1);
        self.below = (1 << HASH_BITS) / self.one_in;
        self.places.grow(GHOSTS)
    }

    /// Notes that the key with this hash came and wasn't there. Returns how many returns within reach that stands for:
    /// none, for most keys, and for those without a hash.
    #[inline(always)]
    pub fn meet(&mut self, hash: u32, capacity: u32) -> u32 {
        self.clock = self.clock.wrapping_add(1);
        if !(HASHES..self.below).contains(&hash) {
            return 0;
        }
        let Some(ghost) = self.places.get_mut(hash % GHOSTS) else { return 0 };
        // A followed key stays until it returns or is out of reach, so that other keys in its place don't hide returns.
        let is_near = self.clock.wrapping_sub((*ghost >> 32) as u32) <= capacity / REACH;
        if is_near && *ghost as u32 == hash {
            *ghost = 0;
            return self.one_in;
        }
        if !is_near {
            *ghost = (u64::from(self.clock) << 32) | u64::from(hash);
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::super::spread;
    use super::*;

    /// What is counted in a cache for `capacity` entries when each of `keys` returns so many inserts after it came.
    fn counted(capacity: u32, keys: u32, after: u32) -> u32 {
        let mut ghosts = Ghosts::new();
        ghosts.plan(capacity).expect("memory");
        let meet = |key: u32| ghosts.meet(spread(key) >> 2, capacity);
        let twice = |key: u32| [key, key.wrapping_sub(after / 2)];
        (1 << 20..(1 << 20) + keys).flat_map(twice).map(meet).sum()
    }

    #[test]
    fn counts_about_as_many_returns_as_there_are() {
        for capacity in [20, 64, 1000, 100_000] {
            let keys = capacity * 40;
            let (near, far) = (counted(capacity, keys, capacity / 3), counted(capacity, keys, capacity * 2 / 3));
            assert!(near > keys / 2 && near < keys * 5 / 4, "{near} of {keys} with {capacity} entries");
            assert_eq!(far, 0, "out of reach");
        }
    }

    #[test]
    fn without_memory_it_follows_nobody() {
        let mut ghosts = Ghosts::new();
        assert_eq!([ghosts.meet(0, 1000), ghosts.meet(0, 1000)], [0, 0]);
    }
}
