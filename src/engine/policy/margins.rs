//! What a few more entries would bring: follows some keys after they have gone, and counts those that come back so soon
//! that a slightly larger window, or a slightly larger main region, would still have had them.
//!
//! The hits that a region has tell its average worth. Where the border should be depends on what its next entries would
//! add, which only the misses show.

use super::super::slots::HASHES;
use crate::arena::{Column, OutOfMemory};

/// The most keys that are followed at a time, and the places for each of them: with fewer places, they push each other out.
const FOLLOWED: u32 = 256;
const PLACES_PER_KEY: u32 = 4;
/// The bits of a hash.
const HASH_BITS: u32 = 30;
/// The bit above the hash: the key has gone out of the main region.
const FROM_MAIN: u32 = 1 << HASH_BITS;
/// The entries by which a region would be larger: this share of the capacity, and no fewer than the least.
const SHARE: f64 = 0.05;
const LEAST: f64 = 4.0;

/// The entries by which a region of a cache for `capacity` would be larger.
pub fn margin(capacity: f64) -> f64 {
    (SHARE * capacity).max(LEAST)
}

/// Keys that have gone lately.
#[derive(Debug)]
pub struct Margins {
    /// In each place a key's hash and its region, and above them the time when it went, by the region's clock. 0 is free.
    /// Without memory, no key is followed.
    places: Column<u32, u64>,
    /// How many entries have gone out of the window, and out of the main region.
    clocks: [u32; 2],
    mask: u32,
    /// One key in so many is followed: those with a hash below a bound.
    one_in: u32,
    below: u32,
    margin: u32,
}

/// A key has come back that would still be here if its region were larger.
pub struct Missed {
    pub from_main: bool,
    /// How many keys it stands for.
    pub count: u32,
}

impl Margins {
    /// No places yet.
    pub const fn new() -> Self {
        Self { places: Column::new(), clocks: [0; 2], mask: 0, one_in: 1, below: 0, margin: 0 }
    }

    /// Plans for a cache of `capacity` entries.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn plan(&mut self, capacity: u32) -> Result<(), OutOfMemory> {
        self.one_in = (capacity / FOLLOWED).max(1);
        self.below = (1 << HASH_BITS) / self.one_in;
        self.margin = margin(f64::from(capacity)) as u32;
        let places = (capacity.clamp(1, FOLLOWED) * PLACES_PER_KEY).next_power_of_two();
        self.mask = places - 1;
        self.places.grow(places)
    }

    /// Notes that the key with this hash has gone.
    pub fn leave(&mut self, hash: u32, from_main: bool) {
        let Some(clock) = self.clocks.get_mut(usize::from(from_main)) else { return };
        *clock = clock.wrapping_add(1);
        if (HASHES..self.below).contains(&hash)
            && let Some(place) = self.places.get_mut(hash & self.mask)
        {
            *place = (u64::from(*clock) << 32) | u64::from(hash | if from_main { FROM_MAIN } else { 0 });
        }
    }

    /// Notes that the key with this hash has come, and wasn't there.
    pub fn meet(&mut self, hash: u32) -> Option<Missed> {
        if !(HASHES..self.below).contains(&hash) {
            return None;
        }
        let place = self.places.get_mut(hash & self.mask)?;
        let from_main = *place as u32 & FROM_MAIN != 0;
        if *place as u32 & !FROM_MAIN != hash {
            return None;
        }
        let age = self.clocks.get(usize::from(from_main))?.wrapping_sub((*place >> 32) as u32);
        *place = 0;
        (age <= self.margin).then_some(Missed { from_main, count: self.one_in })
    }
}

#[cfg(test)]
mod tests {
    use super::super::spread;
    use super::*;

    /// The keys that count as missed at the margin, if each of `keys` leaves and comes again after so many others have left
    /// the same region.
    fn missed(capacity: u32, keys: u32, after: u32, from_main: bool) -> u32 {
        let mut margins = Margins::new();
        margins.plan(capacity).expect("memory");
        let hash = |key: u32| spread(key) >> 2;
        let mut count = 0;
        for key in 1 << 20..(1 << 20) + keys {
            margins.leave(hash(key), from_main);
            // The other region's clock tells nothing of this one.
            margins.leave(hash(key + (1 << 25)), !from_main);
            if let Some(missed) = margins.meet(hash(key - after)) {
                assert_eq!(missed.from_main, from_main);
                count += missed.count;
            }
        }
        count
    }

    #[test]
    fn counts_about_as_many_as_there_are() {
        for (capacity, from_main) in [(20, false), (20, true), (1000, false), (100_000, true)] {
            let near = margin(f64::from(capacity)) as u32 / 2;
            let keys = capacity * 40;
            let (counted, far) = (missed(capacity, keys, near, from_main), missed(capacity, keys, near * 3, from_main));
            assert!(counted > keys / 2 && counted < keys * 5 / 4, "{counted} of {keys} with {capacity} entries");
            assert_eq!(far, 0, "a margin of that size would not have kept them");
        }
    }

    #[test]
    fn a_key_counts_once() {
        let mut margins = Margins::new();
        margins.plan(100).expect("memory");
        let hash = HASHES + 5;
        margins.leave(hash, true);
        assert!(margins.meet(hash).is_some_and(|missed| missed.from_main && missed.count == 1));
        assert!(margins.meet(hash).is_none());
        margins.leave(0, false);
        assert!(margins.meet(0).is_none(), "what has no hash is not followed");
    }

    #[test]
    fn without_memory_it_follows_nobody() {
        let mut margins = Margins::new();
        margins.leave(HASHES, false);
        assert!(margins.meet(HASHES).is_none());
    }
}
