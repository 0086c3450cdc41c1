//! What can be asked of an engine.

use super::{Engine, Page, Slot, Stats};

impl Engine {
    /// Whether the entry of `slot` has expired.
    pub fn is_expired(&self, slot: Slot, now: f64) -> bool {
        self.expiry.is_expired(slot, now)
    }

    /// How long the entry of `slot` has left: 0 once it has expired, infinity if it never does.
    pub fn remaining(&self, slot: Slot, now: f64) -> f64 {
        (self.expiry.expires(slot) - now).max(0.0)
    }

    /// When the entry of `slot` expires, or [`NEVER`](super::NEVER).
    #[inline]
    pub fn expires(&self, slot: Slot) -> f64 {
        self.expiry.expires(slot)
    }

    /// How long the entry of `slot` was given, or [`NEVER`](super::NEVER).
    #[inline]
    pub fn ttl(&self, slot: Slot) -> f64 {
        self.expiry.ttl(slot)
    }

    /// What the entry of `slot` weighs.
    pub fn weight(&self, slot: Slot) -> f64 {
        self.slots.weights.get(slot)
    }

    /// What all entries weigh together.
    pub fn total_weight(&self) -> f64 {
        self.slots.weights.total()
    }

    /// How many entries there are, expired ones included.
    pub fn len(&self) -> u32 {
        self.slots.live()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.slots.live() == 0
    }

    /// Whether an entry can expire, so that a write has to know the time.
    #[inline]
    pub fn is_expiring(&self) -> bool {
        self.expiry.is_active()
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Where the shared page is. It can move with every call that stores something, and with [`Engine::clear`].
    pub fn page(&self) -> Page {
        Page {
            capacity: self.slots.capacity(),
            references: self.slots.references_ptr(),
            expires: self.expiry.expires_ptr(),
            ttl: self.expiry.ttl_ptr(),
            log: (!self.log.is_empty()).then(|| self.log.as_ptr()),
        }
    }
}
