//! The policies to choose from.

use super::super::slot::Slot;
use super::super::slots::Slots;
use super::{Lru, Policy, Sampled, TinyLfu};
use crate::engine::random::Random;
use std::collections::TryReserveError;

/// A policy's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// W-TinyLFU with lazy hits and a steered window.
    TinyLfu,
    /// Strict LRU.
    Lru,
    /// Sampled frequency by size by age.
    Sampled,
    /// The same, but to save bytes and not requests.
    SampledBytes,
}

/// One of the policies. An enum and not a trait object: each call is a jump that the processor foresees.
#[derive(Debug)]
pub enum Choice {
    /// See [`TinyLfu`].
    TinyLfu(TinyLfu),
    /// See [`Lru`].
    Lru(Lru),
    /// See [`Sampled`].
    Sampled(Sampled),
}

impl Choice {
    /// The policy with this name, without a capacity yet.
    pub const fn new(kind: Kind) -> Self {
        match kind {
            Kind::TinyLfu => Self::TinyLfu(TinyLfu::new()),
            Kind::Lru => Self::Lru(Lru::new()),
            Kind::Sampled => Self::Sampled(Sampled::new(false)),
            Kind::SampledBytes => Self::Sampled(Sampled::new(true)),
        }
    }
}

/// Calls the policy that was chosen.
macro_rules! chosen {
    ($choice:expr, $policy:ident => $call:expr) => {
        match $choice {
            Choice::TinyLfu($policy) => $call,
            Choice::Lru($policy) => $call,
            Choice::Sampled($policy) => $call,
        }
    };
}

impl Policy for Choice {
    fn plan(&mut self, capacity: u32, room: u32, hashed: u32) -> Result<(), TryReserveError> {
        chosen!(self, policy => policy.plan(capacity, room, hashed))
    }

    #[inline]
    fn admit(&mut self, slots: &Slots, random: &mut Random, slot: Slot) -> Option<Slot> {
        chosen!(self, policy => policy.admit(slots, random, slot))
    }

    fn victim(&mut self, slots: &Slots, keep: Option<Slot>) -> Option<Slot> {
        chosen!(self, policy => policy.victim(slots, keep))
    }

    fn touch(&mut self, slots: &Slots, slot: Slot) {
        chosen!(self, policy => policy.touch(slots, slot));
    }

    fn count(&mut self, slots: &Slots, slot: Slot) {
        chosen!(self, policy => policy.count(slots, slot));
    }

    fn reweigh(&mut self, slots: &Slots, slot: Slot, by: f64) {
        chosen!(self, policy => policy.reweigh(slots, slot, by));
    }

    fn remove(&mut self, slots: &Slots, slot: Slot) {
        chosen!(self, policy => policy.remove(slots, slot));
    }

    fn next_ranked(&self, slots: &Slots, slot: Option<Slot>) -> Option<Slot> {
        chosen!(self, policy => policy.next_ranked(slots, slot))
    }

    fn uses(&mut self, slots: &Slots, slot: Slot) -> f64 {
        chosen!(self, policy => policy.uses(slots, slot))
    }

    fn worth(&self, slots: &Slots, slot: Slot) -> f64 {
        chosen!(self, policy => policy.worth(slots, slot))
    }

    fn restore(&mut self, slots: &Slots, slot: Slot, uses: f64) {
        chosen!(self, policy => policy.restore(slots, slot, uses));
    }

    #[cfg(test)]
    fn validate(&self, slots: &Slots) {
        chosen!(self, policy => policy.validate(slots));
    }
}
