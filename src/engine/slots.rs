//! The table of slots: which are free, which hold an entry, and which have just lost one.

use super::weights::Weights;
use crate::arena::{Chain, Column, Links, Slot};
use std::collections::TryReserveError;

/// Why an entry left the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// It had to make room.
    Evict = 0,
    /// Its time to live was over.
    Expire = 1,
    /// It was deleted: by key, by tag, or with everything else.
    Delete = 2,
    /// A new value for its key took its place.
    Set = 3,
    /// Its caller took it out to keep it.
    Take = 4,
}

impl Reason {
    /// The reason with this number; [`Reason::Delete`] if there is none.
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Evict,
            1 => Self::Expire,
            3 => Self::Set,
            4 => Self::Take,
            _ => Self::Delete,
        }
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

/// Where a slot is. Everything but the two ends of its life belongs to the policy.
pub type Segment = u8;

/// The segment of a slot without an entry.
pub const FREE: Segment = 0;
/// The segment of a slot whose entry has left, and whose [`Removal`] has not been handed out yet; the reason is added.
const LEAVING: Segment = 0x80;

/// What every policy needs of an entry, by slot.
#[derive(Debug)]
pub struct Slots {
    /// The lists that slots are on.
    pub links: Links,
    /// The sizes of entries.
    pub weights: Weights,
    segments: Column<Segment>,
    marks: Column<u8>,
    hashes: Column<u32>,
    free: Chain,
    /// From here on, no slot was ever used.
    fresh: Slot,
    leaving: Chain,
    live: u32,
}

impl Slots {
    /// No slots yet.
    pub const fn new() -> Self {
        Self {
            links: Links::new(),
            weights: Weights::new(),
            segments: Column::new(),
            marks: Column::new(),
            hashes: Column::new(),
            free: Chain::new(),
            fresh: 0,
            leaving: Chain::new(),
            live: 0,
        }
    }

    /// How many slots there are, free ones included.
    pub fn capacity(&self) -> u32 {
        self.segments.len()
    }

    /// How many slots hold an entry.
    pub const fn live(&self) -> u32 {
        self.live
    }

    /// Whether a free slot is left.
    pub fn has_free(&self) -> bool {
        !self.free.is_empty() || self.fresh < self.capacity()
    }

    /// Makes room for `capacity` slots in all.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn grow(&mut self, capacity: u32) -> Result<(), TryReserveError> {
        self.links.grow(capacity)?;
        self.weights.grow(capacity)?;
        self.marks.grow(capacity)?;
        self.hashes.grow(capacity)?;
        // The last one: it is what `capacity` counts.
        self.segments.grow(capacity)
    }

    /// Takes a free slot for an entry whose key has this hash. The policy gives it a segment.
    pub fn occupy(&mut self, hash: u32) -> Option<Slot> {
        let slot = match self.free.pop(&self.links) {
            Some(slot) => slot,
            None if self.fresh < self.capacity() => {
                self.fresh += 1;
                self.fresh - 1
            }
            None => return None,
        };
        self.hashes.set(slot, hash);
        self.marks.set(slot, 0);
        self.live += 1;
        Some(slot)
    }

    /// Notes that the entry of `slot`, which is on no list, has left.
    pub fn retire(&mut self, slot: Slot, reason: Reason) {
        self.segments.set(slot, LEAVING | reason as u8);
        self.leaving.push_tail(&self.links, slot);
        self.live -= 1;
    }

    /// Whether there are removals that were not handed out.
    pub const fn has_removals(&self) -> bool {
        !self.leaving.is_empty()
    }

    /// Hands out the oldest removal and frees its slot.
    pub fn next_removal(&mut self) -> Option<Removal> {
        let slot = self.leaving.pop(&self.links)?;
        let reason = Reason::from_number(self.segments.take(slot) & !LEAVING);
        self.free.push_head(&self.links, slot);
        Some(Removal { slot, reason })
    }

    /// Whether `slot` holds an entry.
    #[inline]
    pub fn is_live(&self, slot: Slot) -> bool {
        let segment = self.segment(slot);
        segment != FREE && segment & LEAVING == 0
    }

    /// Where the policy has put `slot`.
    #[inline]
    pub fn segment(&self, slot: Slot) -> Segment {
        self.segments.get(slot)
    }

    /// Notes where the policy has put `slot`.
    #[inline]
    pub fn set_segment(&self, slot: Slot, segment: Segment) {
        self.segments.set(slot, segment);
    }

    /// The hash of the key in `slot`.
    #[inline]
    pub fn hash(&self, slot: Slot) -> u32 {
        self.hashes.get(slot)
    }

    /// Marks `slot` as hit since it was last looked at.
    #[inline]
    pub fn mark(&self, slot: Slot) {
        self.marks.set(slot, 1);
    }

    /// Whether `slot` was hit since it was last looked at.
    #[inline]
    pub fn is_marked(&self, slot: Slot) -> bool {
        self.marks.get(slot) != 0
    }

    /// Whether `slot` was hit since this was last asked.
    #[inline]
    pub fn take_mark(&self, slot: Slot) -> bool {
        self.marks.take(slot) != 0
    }

    /// Where the marks lie in memory: one byte a slot, which a reader sets to 1 at every hit.
    pub fn marks_ptr(&self) -> *const u8 {
        self.marks.as_ptr()
    }

    /// Forgets every slot and gives the memory back.
    pub fn release(&mut self) {
        self.links.release();
        self.weights.release();
        self.segments.release();
        self.marks.release();
        self.hashes.release();
        self.free = Chain::new();
        self.fresh = 0;
        self.leaving = Chain::new();
        self.live = 0;
    }

    /// Every slot that holds an entry, by number.
    pub fn iter_live(&self) -> impl Iterator<Item = Slot> + '_ {
        (0..self.capacity()).filter(|&slot| self.is_live(slot))
    }
}

impl Default for Slots {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(any(test, fuzzing))]
impl Slots {
    /// Checks that every slot is live, free or leaving, and counted once.
    pub fn validate(&self) {
        let free: Vec<_> = self.free.iter(&self.links).collect();
        let leaving: Vec<_> = self.leaving.iter(&self.links).collect();
        assert!(free.iter().all(|&slot| self.segment(slot) == FREE));
        assert!(leaving.iter().all(|&slot| self.segment(slot) & LEAVING != 0));
        assert_eq!(self.iter_live().count(), self.live as usize);
        assert_eq!(free.len() + leaving.len() + self.live as usize, self.fresh as usize);
        assert!((self.fresh..self.capacity()).all(|slot| self.segment(slot) == FREE));
    }
}
