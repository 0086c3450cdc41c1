//! Strict LRU: evicts the least recently used entry. For callers that need its order.
//!
//! It needs every hit, not only whether there was one since the last look. So reference bits aren't enough: a reader
//! hands in a log of its hits before anything else happens.

use super::super::slot::Slot;
use super::super::slots::{Segment, Slots};
use super::Policy;
use crate::arena::{List, OutOfMemory};
use crate::engine::random::Random;

const LISTED: Segment = 1;

/// Entries in the order of their last use.
#[derive(Debug)]
pub struct Lru {
    capacity: u32,
    list: List<Slot>,
}

impl Lru {
    /// A policy that has no capacity until it is given one by [`Policy::plan`].
    pub const fn new() -> Self {
        Self { capacity: 0, list: List::new() }
    }
}

impl Default for Lru {
    fn default() -> Self {
        Self::new()
    }
}

impl Policy for Lru {
    fn plan(&mut self, capacity: u32, _room: u32, _hashed: u32) -> Result<(), OutOfMemory> {
        self.capacity = capacity;
        Ok(())
    }

    fn admit(&mut self, slots: &Slots, _random: &mut Random, slot: Slot) -> Option<Slot> {
        slots.set_segment(slot, LISTED);
        self.list.push_head(&slots.links, slot);
        if slots.live() > self.capacity { self.victim(slots, Some(slot)) } else { None }
    }

    fn victim(&mut self, slots: &Slots, keep: Option<Slot>) -> Option<Slot> {
        let tail = self.list.tail();
        let victim = if tail == keep { slots.links.prev(tail?) } else { tail }?;
        self.remove(slots, victim);
        Some(victim)
    }

    fn touch(&mut self, slots: &Slots, slot: Slot) {
        self.remove(slots, slot);
        self.restore(slots, slot, 0.0);
    }

    fn remove(&mut self, slots: &Slots, slot: Slot) {
        self.list.unlink(&slots.links, slot);
    }

    fn next_ranked(&self, slots: &Slots, slot: Option<Slot>) -> Option<Slot> {
        slot.map_or(self.list.head(), |slot| slots.links.next(slot))
    }

    fn restore(&mut self, slots: &Slots, slot: Slot, _uses: f64) {
        // What is marked already is taken for no new hit. A pinned entry may have been marked.
        slots.clear_reference(slot);
        self.list.push_head(&slots.links, slot);
    }

    #[cfg(test)]
    fn validate(&self, slots: &Slots) {
        let members: Vec<_> = self.list.iter(&slots.links).collect();
        assert_eq!(members.len(), self.list.len() as usize);
        assert!(members.iter().all(|&slot| slots.segment(slot) == LISTED));
        assert_eq!(self.list.len(), slots.evictable());
    }
}
