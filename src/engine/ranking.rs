//! The order of worth, and how another engine takes it over.

use super::policy::Policy;
use super::{Engine, Slot};
use crate::arena::Id;

impl Engine {
    /// The entry that is worth most, for `None`, or the next after the one in `slot`; `None` behind the last one.
    /// Behind those that can be evicted come the pinned ones, whose worth is infinite.
    pub fn next_ranked(&self, slot: Option<Slot>) -> Option<Slot> {
        let next = match slot {
            Some(slot) if self.slots.is_pinned(slot) => slot.index() + 1,
            _ => match self.policy.next_ranked(&self.slots, slot) {
                None => 0,
                ranked => return ranked,
            },
        };
        self.slots.next_pinned(next)
    }

    /// What the policy remembers of the uses of `slot`; see [`Policy::uses`].
    pub fn uses(&mut self, slot: Slot) -> f64 {
        self.policy.uses(&self.slots, slot)
    }

    /// What the entry of `slot` is worth, where the order of [`Engine::next_ranked`] doesn't tell: the same for all where
    /// it does. Infinity for a pinned entry.
    pub fn worth(&self, slot: Slot) -> f64 {
        if self.slots.is_pinned(slot) { f64::INFINITY } else { self.policy.worth(&self.slots, slot) }
    }

    /// Has the policy remember uses of `slot`, as [`Engine::uses`] tells them. After the last insert: ages count from then.
    pub fn restore(&mut self, slot: Slot, uses: f64) {
        if self.slots.is_live(slot) && !self.slots.is_pinned(slot) {
            self.unlist(slot);
            self.policy.restore(&self.slots, slot, uses);
        }
    }
}
