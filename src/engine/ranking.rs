//! The order of worth, and how another engine takes it over.

use super::policy::Policy;
use super::{Engine, Slot};

impl Engine {
    /// The entry that is worth most, for `None`, or the next after the one in `slot`; `None` behind the last one.
    pub fn next_ranked(&self, slot: Option<Slot>) -> Option<Slot> {
        self.policy.next_ranked(&self.slots, slot)
    }

    /// What the policy remembers of the uses of `slot`; see [`Policy::uses`].
    pub fn uses(&mut self, slot: Slot) -> f64 {
        self.policy.uses(&self.slots, slot)
    }

    /// What the entry of `slot` is worth, where the order of [`Engine::next_ranked`] doesn't tell: the same for all where
    /// it does.
    pub fn worth(&self, slot: Slot) -> f64 {
        self.policy.worth(&self.slots, slot)
    }

    /// Has the policy remember uses of `slot`, as [`Engine::uses`] tells them. After the last insert: ages count from then.
    pub fn restore(&mut self, slot: Slot, uses: f64) {
        if self.slots.is_live(slot) {
            self.policy.restore(&self.slots, slot, uses);
        }
    }
}
