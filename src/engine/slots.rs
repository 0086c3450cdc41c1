//! The table of slots: which are free, which hold an entry, and which have just lost one.

use super::pins::Pins;
use super::slot::Slot;
use super::weights::Weights;
use crate::arena::{Blank, Chain, Column, Id, Links, OutOfMemory};
use crate::numbered::numbered;

numbered! {
    /// Why an entry left the cache.
    pub enum Reason {
        /// It was evicted.
        Evict,
        /// It had expired.
        Expire,
        /// It was deleted: by key, by tag, or with everything else.
        Delete,
        /// A new value for its key took its place.
        Set,
        /// Its caller took it out to keep it.
        Take,
    }
}

/// An entry that left. Its slot is free again once this has been handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// Where it was.
    pub slot: Slot,
    /// Why it left.
    pub reason: Reason,
}

/// Which list of its policy a slot is on: from 1 to 3 as the policy likes, and 0 as long as the slot has no entry.
pub type Segment = u8;

/// The segment of a slot without an entry.
pub const FREE: Segment = 0;
/// The highest segment.
const SEGMENTS: u32 = 3;

/// Hashes begin here. A smaller number in the place of a hash means that there is none yet, and says how often the key
/// was counted.
pub const HASHES: u32 = 16;

/// What is kept of a slot beside its links, in one word: 30 bits of its key's hash, and two for its segment.
#[derive(Debug, Clone, Copy)]
struct SlotMeta(u32);

impl Blank for SlotMeta {
    const BLANK: Self = Self(FREE as u32);
}

/// What every policy needs of an entry, by slot.
#[derive(Debug)]
pub struct Slots {
    /// The lists that slots are on.
    pub links: Links<Slot>,
    /// The sizes of entries.
    pub weights: Weights,
    /// The entries that are never evicted. They are on no list of a policy.
    pub pins: Pins,
    meta: Column<Slot, SlotMeta>,
    references: Column<Slot, u8>,
    /// Slots whose entries have left, the oldest first: free ones, and behind them those from `leaving` on.
    out: Chain<Slot>,
    /// The first of them whose removal has not been handed out.
    leaving: Option<Slot>,
    /// How many slots were ever used; they are the first ones.
    used: u32,
    live: u32,
}

impl Slots {
    /// No slots yet.
    pub const fn new() -> Self {
        Self {
            links: Links::new(),
            weights: Weights::new(),
            pins: Pins::NONE,
            meta: Column::new(),
            references: Column::new(),
            out: Chain::new(),
            leaving: None,
            used: 0,
            live: 0,
        }
    }

    /// How many slots there are, free ones included.
    pub fn capacity(&self) -> u32 {
        self.meta.len()
    }

    /// How many slots have ever held an entry: the others come behind them.
    pub const fn used(&self) -> u32 {
        self.used
    }

    /// How many slots hold an entry.
    pub const fn live(&self) -> u32 {
        self.live
    }

    /// Whether a free slot is left.
    pub fn has_free(&self) -> bool {
        self.out.head() != self.leaving || self.used < self.capacity()
    }

    /// Makes room for `capacity` slots in all.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn grow(&mut self, capacity: u32) -> Result<(), OutOfMemory> {
        self.links.grow(capacity)?;
        self.weights.grow(capacity)?;
        self.references.grow(capacity)?;
        // The last one: it is what `capacity` counts.
        self.meta.grow(capacity)
    }

    /// Takes a free slot for an entry whose key has this hash. The policy gives it a segment.
    #[inline(always)]
    pub fn occupy(&mut self, hash: u32) -> Option<Slot> {
        let slot = if self.out.head() != self.leaving {
            self.out.pop(&self.links)?
        } else if self.used < self.capacity() {
            self.used += 1;
            Slot::from_index(self.used - 1)
        } else {
            return None;
        };
        self.meta.set(slot, SlotMeta(hash & !SEGMENTS));
        self.references.set(slot, 0);
        self.live += 1;
        Some(slot)
    }

    /// Takes the next slot that was never used for an entry whose key has no hash. Its reference bit stays.
    pub fn occupy_unused(&mut self) -> Option<Slot> {
        if self.used == self.capacity() {
            return None;
        }
        let slot = Slot::from_index(self.used);
        self.used += 1;
        self.live += 1;
        Some(slot)
    }

    /// Notes that the entry of `slot`, which is on no list, has left.
    #[inline(always)]
    pub fn retire(&mut self, slot: Slot, reason: Reason) {
        self.set_segment(slot, FREE);
        self.out.push_tail(&self.links, slot, reason as u32);
        self.leaving = self.leaving.or(Some(slot));
        self.live -= 1;
    }

    /// Whether there are removals that were not handed out.
    pub const fn has_removals(&self) -> bool {
        self.leaving.is_some()
    }

    /// Hands out the oldest removal and frees its slot.
    pub fn next_removal(&mut self) -> Option<Removal> {
        let slot = self.leaving?;
        self.leaving = self.links.next(slot);
        let reason = Reason::from_number(self.out.note(&self.links, slot))?;
        Some(Removal { slot, reason })
    }

    /// Whether `slot` holds an entry.
    #[inline]
    pub fn is_live(&self, slot: Slot) -> bool {
        self.segment(slot) != FREE
    }

    /// Where the policy has put `slot`.
    #[inline]
    pub fn segment(&self, slot: Slot) -> Segment {
        (self.meta.get(slot).0 & SEGMENTS) as Segment
    }

    /// Notes where the policy has put `slot`.
    #[inline]
    pub fn set_segment(&self, slot: Slot, segment: Segment) {
        self.meta.update(slot, |SlotMeta(word)| SlotMeta(word & !SEGMENTS | u32::from(segment)));
    }

    /// The hash of the key in `slot`: the upper 30 bits of what it came with; or a count, see [`HASHES`].
    #[inline]
    pub fn hash(&self, slot: Slot) -> u32 {
        self.meta.get(slot).0 >> 2
    }

    /// Gives the key in `slot` a hash, of which the upper 30 bits are kept.
    #[inline(never)]
    pub fn set_hash(&self, slot: Slot, hash: u32) {
        self.meta.update(slot, |SlotMeta(word)| SlotMeta(hash & !SEGMENTS | word & SEGMENTS));
    }

    /// Sets the reference bit of `slot`: it was hit.
    #[inline]
    pub fn set_reference(&self, slot: Slot) {
        self.references.set(slot, 1);
    }

    /// Whether `slot` was hit since its reference bit was collected.
    #[inline]
    pub fn is_referenced(&self, slot: Slot) -> bool {
        self.references.get(slot) != 0
    }

    /// Clears the reference bit of `slot`.
    #[inline]
    pub fn clear_reference(&self, slot: Slot) {
        self.references.set(slot, 0);
    }

    /// Where the reference bits lie in memory: one byte a slot, which a reader sets to 1 at every hit.
    pub fn references_ptr(&self) -> *const u8 {
        self.references.as_ptr()
    }

    /// Every slot that holds an entry, by number.
    pub fn iter_live(&self) -> impl Iterator<Item = Slot> + '_ {
        Slot::first(self.used).filter(|&slot| self.is_live(slot))
    }
}

impl Default for Slots {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
impl Slots {
    /// Checks that every slot is live or out, and counted once.
    pub fn validate(&self) {
        let out: Vec<_> = self.out.iter(&self.links).collect();
        assert!(out.iter().all(|&slot| self.segment(slot) == FREE));
        assert!(self.leaving.is_none_or(|slot| out.contains(&slot)));
        assert_eq!(self.iter_live().count(), self.live as usize);
        assert_eq!(out.len() + self.live as usize, self.used as usize);
        let unused = Slot::first(self.capacity()).skip(self.used as usize);
        unused.for_each(|slot| assert_eq!(self.segment(slot), FREE));
    }
}
