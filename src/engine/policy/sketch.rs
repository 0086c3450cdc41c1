//! How often a key was asked for lately, absent keys included: a count-min sketch of 4-bit counters that ages.
//!
//! The layout is Caffeine's: a key's four counters lie in one block of 64 bytes, one in each pair of its eight words, so
//! that an estimate touches one cache line. A key is estimated by the least of its counters, and only those that show it
//! are counted up: the others are too high already, for other keys' sake. Aging halves every counter once in a period;
//! here it goes block by block, in step with the increments, so that no call pays for the whole table.

use super::super::slot::Slot;
use super::super::slots::{HASHES, Slots};
use crate::arena::{Column, OutOfMemory};
use std::cell::Cell;

/// Words of 16 counters in a block.
const BLOCK: u32 = 8;
type Block = [Cell<u64>; BLOCK as usize];
/// The lower three bits of each counter of a word: what a halving leaves.
const HALF: u64 = 0x7777_7777_7777_7777;
/// The highest count.
const MAX: u64 = 15;
/// Increments for each entry of the capacity in which every counter is halved once.
const PERIOD: u32 = 15;

/// Estimates how often a key was counted in the last period, up to 15.
#[derive(Debug)]
pub struct Sketch {
    words: Column<u32, u64>,
    /// Blocks minus one; their number is a power of two.
    mask: u32,
    /// Increments from the halving of one block to that of the next.
    pace: u32,
    /// Increments since a block was halved.
    since: u32,
    /// The next block to halve.
    hand: u32,
}

impl Sketch {
    /// A sketch without counters; every estimate is 0.
    pub const fn new() -> Self {
        Self { words: Column::new(), mask: 0, pace: 1, since: 0, hand: 0 }
    }

    /// Makes room for the keys of a cache of `capacity` entries: one word each, 16 counters. Keeps the counts. None for no
    /// entries.
    ///
    /// # Errors
    /// When the memory can't be had; the sketch then goes on as it is, with more collisions.
    pub fn grow(&mut self, capacity: u32) -> Result<(), OutOfMemory> {
        if capacity == 0 {
            return Ok(());
        }
        let words = capacity.clamp(BLOCK, 1 << 30).next_power_of_two();
        let before = self.words.len();
        if words > before {
            self.words.grow(words)?;
            // A key's block number gains high bits: what it had in the smaller table is now in every copy of it.
            if before > 0 {
                for word in before..words {
                    self.words.set(word, self.words.get(word & (before - 1)));
                }
            }
        }
        let blocks = self.words.len() / BLOCK;
        self.mask = blocks.saturating_sub(1);
        self.pace = (capacity.saturating_mul(PERIOD) / blocks.max(1)).max(1);
        Ok(())
    }

    /// Counts the key with this hash once more. Returns how often it was counted before.
    pub fn increment(&mut self, hash: u32) -> u64 {
        let Some((block, picks)) = self.find(hash) else { return 0 };
        let before = least(block, picks);
        if before < MAX {
            (0..4).for_each(|row| raise(block, picks, row, before));
            self.age();
        }
        before
    }

    /// How often the key with this hash was counted lately, from 0 to 15.
    pub fn estimate(&self, hash: u32) -> u64 {
        self.find(hash).map_or(0, |(block, picks)| least(block, picks))
    }

    /// Counts the key in `slot` once more: as long as it has no hash, in the place of it.
    #[inline(never)]
    pub fn note(&mut self, slots: &Slots, slot: Slot) -> u64 {
        let hash = slots.hash(slot);
        if hash < HASHES {
            slots.set_hash(slot, (hash + 1).min(HASHES - 1) << 2);
            return u64::from(hash);
        }
        self.increment(hash)
    }

    /// How often the key in `slot` was counted lately.
    #[inline(never)]
    pub fn recall(&self, slots: &Slots, slot: Slot) -> u64 {
        let hash = slots.hash(slot);
        if hash < HASHES { u64::from(hash) } else { self.estimate(hash) }
    }

    /// The block of a hash, and what picks its four counters there.
    #[inline]
    fn find(&self, hash: u32) -> Option<(&Block, u32)> {
        // The block takes the hash's lower bits, and the upper half of such a product hangs on the upper ones most.
        let picks = (u64::from(hash) * 0x9E37_79B9) >> 32;
        Some((self.words.chunk((hash & self.mask) * BLOCK)?, picks as u32))
    }

    /// Halves the next block when its time has come.
    fn age(&mut self) {
        self.since += 1;
        if self.since < self.pace {
            return;
        }
        self.since = 0;
        let first = self.hand * BLOCK;
        for word in first..first + BLOCK {
            self.words.update(word, |counters| (counters >> 1) & HALF);
        }
        self.hand = (self.hand + 1) & self.mask;
    }
}

impl Default for Sketch {
    fn default() -> Self {
        Self::new()
    }
}

/// Spreads every bit of a hash over all bits (the finalizer of MurmurHash3): what the sketch takes for a hash.
pub const fn spread(hash: u32) -> u32 {
    let hash = (hash ^ (hash >> 16)).wrapping_mul(0x85EB_CA6B);
    let hash = (hash ^ (hash >> 13)).wrapping_mul(0xC2B2_AE35);
    hash ^ (hash >> 16)
}

/// One of the four counters of a key: the word that it is in, and how far up. Inlined four times over, since a loop isn't
/// unrolled where code has to be small.
#[inline(always)]
fn place(block: &Block, picks: u32, row: u32) -> Option<(&Cell<u64>, u32)> {
    let byte = picks >> (row * 8);
    // Never out of the block, as the compiler sees.
    Some((block.get((row * 2 + (byte & 1)) as usize)?, ((byte >> 1) & 15) * 4))
}

/// What one counter says.
#[inline(always)]
fn count(block: &Block, picks: u32, row: u32) -> u64 {
    place(block, picks, row).map_or(0, |(word, shift)| (word.get() >> shift) & MAX)
}

/// What the least of a key's counters says.
#[inline(always)]
fn least(block: &Block, picks: u32) -> u64 {
    let pair = |row| count(block, picks, row).min(count(block, picks, row + 1));
    pair(0).min(pair(2))
}

/// Counts up in one counter if it shows the estimate. Without a branch: which ones do is hard to foresee.
#[inline(always)]
fn raise(block: &Block, picks: u32, row: u32, estimate: u64) {
    if let Some((word, shift)) = place(block, picks, row) {
        let counters = word.get();
        let shows = (counters >> shift) & MAX == estimate;
        word.set(counters + (u64::from(shows) << shift));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(capacity: u32) -> Sketch {
        let mut sketch = Sketch::new();
        sketch.grow(capacity).expect("memory");
        sketch
    }

    #[test]
    fn counts_a_key_up_to_fifteen() {
        let mut sketch = sketch(1000);
        for count in 0..15 {
            assert_eq!(sketch.estimate(spread(7)), count);
            assert_eq!(sketch.increment(spread(7)), count);
        }
        assert_eq!(sketch.increment(spread(7)), 15);
        assert_eq!(sketch.estimate(spread(7)), 15);
    }

    #[test]
    fn tells_keys_apart() {
        let mut sketch = sketch(1000);
        for _ in 0..10 {
            sketch.increment(spread(1));
        }
        let mistaken = (2..1002).filter(|&hash| sketch.estimate(spread(hash)) > 0).count();
        assert!(mistaken < 20, "{mistaken} of 1000 keys share all four counters with one");
    }

    #[test]
    fn rare_keys_are_seldom_overrated_when_there_are_many() {
        // As many counts as there are in a period, and one for each key.
        let mut sketch = sketch(1000);
        let keys = 1000 * (PERIOD / 2);
        let overrated = (0..keys).filter(|&hash| sketch.increment(spread(hash)) > 0).count();
        assert!(overrated < keys as usize / 5, "{overrated} of {keys} keys seemed to have come before");
    }

    #[test]
    fn keeps_its_counts_while_it_grows() {
        let mut sketch = sketch(16);
        for _ in 0..9 {
            sketch.increment(spread(42));
        }
        for capacity in [32, 100, 5000] {
            sketch.grow(capacity).expect("memory");
            assert_eq!(sketch.estimate(spread(42)), 9);
        }
    }

    #[test]
    fn halves_every_counter_once_in_a_period() {
        let mut sketch = sketch(64);
        for _ in 0..12 {
            sketch.increment(spread(5));
        }
        let mut other = 1_000_000;
        // Fresh keys, each counted once, bring a period to its end.
        for _ in 0..64 * PERIOD {
            other += 1;
            sketch.increment(spread(other));
        }
        let left = sketch.estimate(spread(5));
        assert!((6..=14).contains(&left), "12 became {left}: half of it, and what other keys added");
    }

    #[test]
    fn without_memory_it_estimates_nothing() {
        let mut sketch = Sketch::new();
        sketch.increment(3);
        assert_eq!(sketch.estimate(3), 0);
    }
}
