//! The replacement policies: a file and a variant for each.

mod eviction;
mod ghosts;
mod lru;
mod sampled;
mod sketch;
mod tiny_lfu;
mod window;

pub use eviction::Policy;
pub use lru::Lru;
pub use sampled::Sampled;
pub use sketch::spread;
pub use tiny_lfu::TinyLfu;

use super::random::Random;
use super::slot::Slot;
use super::slots::Slots;
use crate::arena::OutOfMemory;
use crate::numbered::numbered;

numbered! {
    /// Decides which entry is evicted.
    pub enum PolicyKind {
        /// W-TinyLFU with an adaptive window, where a hit only sets a reference bit.
        TinyLfu,
        /// Strict LRU.
        Lru,
        /// Sampled frequency by size by age.
        Sampled,
        /// The same, but to save bytes and not requests.
        SampledBytes,
    }
}

/// One of the policies. An enum and not a trait object: each call is a jump that the processor foresees.
#[derive(Debug)]
pub enum AnyPolicy {
    /// See [`TinyLfu`].
    TinyLfu(TinyLfu),
    /// See [`Lru`].
    Lru(Lru),
    /// See [`Sampled`].
    Sampled(Sampled),
}

impl AnyPolicy {
    /// The policy with this name, without a capacity yet.
    pub const fn new(kind: PolicyKind) -> Self {
        match kind {
            PolicyKind::TinyLfu => const { Self::TinyLfu(TinyLfu::new()) },
            PolicyKind::Lru => const { Self::Lru(Lru::new()) },
            PolicyKind::Sampled => const { Self::Sampled(Sampled::new(false)) },
            PolicyKind::SampledBytes => const { Self::Sampled(Sampled::new(true)) },
        }
    }
}

/// Calls the policy that it is.
macro_rules! dispatch {
    ($any:expr, $policy:ident => $call:expr) => {
        match $any {
            AnyPolicy::TinyLfu($policy) => $call,
            AnyPolicy::Lru($policy) => $call,
            AnyPolicy::Sampled($policy) => $call,
        }
    };
}

impl Policy for AnyPolicy {
    fn plan(&mut self, capacity: u32, room: u32, hashed: u32) -> Result<(), OutOfMemory> {
        dispatch!(self, policy => policy.plan(capacity, room, hashed))
    }

    #[inline]
    fn admit(&mut self, slots: &Slots, random: &mut Random, slot: Slot) -> Option<Slot> {
        dispatch!(self, policy => policy.admit(slots, random, slot))
    }

    fn victim(&mut self, slots: &Slots, keep: Option<Slot>) -> Option<Slot> {
        dispatch!(self, policy => policy.victim(slots, keep))
    }

    fn touch(&mut self, slots: &Slots, slot: Slot) {
        dispatch!(self, policy => policy.touch(slots, slot));
    }

    fn count(&mut self, slots: &Slots, slot: Slot) {
        dispatch!(self, policy => policy.count(slots, slot));
    }

    fn reweigh(&mut self, slots: &Slots, slot: Slot, by: f64) {
        dispatch!(self, policy => policy.reweigh(slots, slot, by));
    }

    fn remove(&mut self, slots: &Slots, slot: Slot) {
        dispatch!(self, policy => policy.remove(slots, slot));
    }

    fn next_ranked(&self, slots: &Slots, slot: Option<Slot>) -> Option<Slot> {
        dispatch!(self, policy => policy.next_ranked(slots, slot))
    }

    fn uses(&mut self, slots: &Slots, slot: Slot) -> f64 {
        dispatch!(self, policy => policy.uses(slots, slot))
    }

    fn worth(&self, slots: &Slots, slot: Slot) -> f64 {
        dispatch!(self, policy => policy.worth(slots, slot))
    }

    fn restore(&mut self, slots: &Slots, slot: Slot, uses: f64) {
        dispatch!(self, policy => policy.restore(slots, slot, uses));
    }

    #[cfg(test)]
    fn validate(&self, slots: &Slots) {
        dispatch!(self, policy => policy.validate(slots));
    }
}
