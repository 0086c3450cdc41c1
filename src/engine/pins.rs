//! Pinned entries: those that are never evicted.
//!
//! A pinned entry is on none of its policy's lists, so no policy can choose it, and none has to look for it. It counts
//! against the bounds like any other, expires like any other, and leaves when it is removed.

use super::Engine;
use super::config::{Bounds, Entry, InsertError};
use super::policy::Policy;
use super::slot::Slot;
use super::slots::Slots;
use crate::arena::Id;

/// How many entries are pinned, and what they weigh. Which ones, their links tell: such a slot is linked to itself, and
/// needs no memory for that.
#[derive(Debug)]
pub struct Pins {
    count: u32,
    weight: f64,
}

impl Pins {
    /// None.
    pub const NONE: Self = Self { count: 0, weight: 0.0 };

    /// How many there are.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// What they weigh together.
    pub const fn weight(&self) -> f64 {
        self.weight
    }

    /// Notes that one of them weighs more than before, by so much.
    pub fn reweigh(&mut self, by: f64) {
        self.weight += by;
    }
}

impl Slots {
    /// Whether `slot` has a pinned entry.
    #[inline]
    pub fn is_pinned(&self, slot: Slot) -> bool {
        self.links.is_alone(slot)
    }

    /// Pins the entry of `slot`, which is on no list.
    pub fn pin(&mut self, slot: Slot) {
        self.links.set_alone(slot);
        self.pins.count += 1;
        self.pins.weight += self.weights.get(slot);
    }

    /// Unpins the entry of `slot`, if it is pinned: it is on no list then. Returns whether it was.
    pub fn unpin(&mut self, slot: Slot) -> bool {
        let was = self.is_pinned(slot);
        if was {
            self.pins.count -= 1;
            self.pins.weight -= self.weights.get(slot);
        }
        was
    }

    /// How many entries can be evicted.
    pub const fn evictable(&self) -> u32 {
        self.live() - self.pins.count
    }

    /// The first pinned entry in the slots from this number on.
    pub fn next_pinned(&self, from: u32) -> Option<Slot> {
        (from..self.used()).map(Slot::from_index).find(|&slot| self.is_pinned(slot))
    }
}

impl Engine {
    /// Pins the entry of `slot`, so that it is never evicted, until it leaves for another reason; or unpins it.
    pub fn pin(&mut self, slot: Slot, is_pinned: bool) {
        if self.slots.is_live(slot) && is_pinned != self.slots.is_pinned(slot) {
            self.unlist(slot);
            if is_pinned {
                self.slots.pin(slot);
            } else {
                self.policy.restore(&self.slots, slot, f64::NAN);
            }
        }
    }

    /// Takes a live slot off the list that it is on.
    #[inline(never)]
    pub(super) fn unlist(&mut self, slot: Slot) {
        if !self.slots.unpin(slot) {
            self.policy.remove(&self.slots, slot);
        }
    }

    /// Whether the bounds have room for an entry, in place of the one in `slot` if there is one.
    pub(super) fn admissible(&mut self, entry: &Entry, slot: Option<Slot>, now: f64) -> Result<(), InsertError> {
        let Bounds { weight, entry_weight, .. } = self.config.bounds;
        if !(entry.weight <= weight && entry.weight <= entry_weight) {
            return Err(InsertError::TooHeavy);
        }
        if self.slots.pins.count() > 0 && self.is_blocked(entry.weight, slot) {
            // The last resort, before a write is refused. Entries that aren't pinned would be evicted in any case.
            self.purge_others(now - self.config.stale, slot);
            if self.is_blocked(entry.weight, slot) {
                return Err(InsertError::Pinned);
            }
        }
        Ok(())
    }

    /// Whether pinned entries have taken the room that an entry of this weight needs, in place of the one in `slot` if
    /// there is one.
    #[inline(never)]
    fn is_blocked(&self, weight: f64, slot: Option<Slot>) -> bool {
        let Slots { pins, weights, .. } = &self.slots;
        let own = slot.filter(|&slot| self.slots.is_pinned(slot)).map_or(0.0, |slot| weights.get(slot));
        let Bounds { entries, weight: most, .. } = self.config.bounds;
        (slot.is_none() && pins.count() >= entries) || pins.weight() - own + weight > most
    }
}

#[cfg(test)]
impl Pins {
    /// Checks that the count and the weight are right.
    pub fn validate(&self, slots: &Slots) {
        let pinned: Vec<_> = slots.iter_live().filter(|&slot| slots.is_pinned(slot)).collect();
        assert_eq!(pinned.len(), self.count as usize);
        assert_eq!(self.weight, pinned.iter().map(|&slot| slots.weights.get(slot)).sum::<f64>());
    }
}
