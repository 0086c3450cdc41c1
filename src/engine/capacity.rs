//! The capacity: how the table grows, and how entries leave when it can't.

use super::config::MAX_ENTRIES;
use super::policy::{Policy, PolicyKind};
use super::slot::Slot;
use super::slots::Reason;
use super::{Engine, LOG};
use crate::arena::OutOfMemory;

/// Slots that the table has at first.
const FIRST_CAPACITY: u32 = 16;
/// Slots that each write looks at for expired entries.
pub const SWEEP: u32 = 4;
/// Keys without a hash that should get one with each new entry, once the engine has its seed, in the order of their slots:
/// that is about the order in which they would have to go.
pub const ADOPTED: u32 = 4;
/// Slots beyond the bound: an entry comes in before another one leaves, and what a sweep found leaves with it.
const SPARE: u32 = 1 + SWEEP;

impl Engine {
    /// Makes the table larger: four times, or at once what the bound lets be of use. What a table leaves behind when it
    /// moves is too small for the next one, so it should not move often; but without a bound it only doubles.
    pub(super) fn grow(&mut self) -> Result<(), OutOfMemory> {
        let entries = self.config.bounds.entries;
        let limit = entries.saturating_add(SPARE).max(FIRST_CAPACITY);
        let factor = if entries < MAX_ENTRIES { 4 } else { 2 };
        let grown = self.slots.capacity().saturating_mul(factor).max(FIRST_CAPACITY);
        let capacity = if grown > limit / 2 { limit } else { grown };
        if self.config.policy == PolicyKind::Lru {
            self.log.grow(LOG)?;
        }
        self.expiry.grow(capacity, false)?;
        self.tags.grow(capacity)?;
        self.slots.grow(capacity)?;
        self.plan()
    }

    /// Tells the policy what to plan for. Where weights bound the cache, the table's size stands in for its capacity.
    pub(super) fn plan(&mut self) -> Result<(), OutOfMemory> {
        let room = self.slots.capacity();
        let entries = self.config.bounds.entries;
        let capacity = if entries < MAX_ENTRIES { entries } else { room.min(MAX_ENTRIES) };
        let hashed = if self.config.seed.is_some() { room } else { 0 };
        self.policy.plan(capacity, room, hashed)
    }

    /// Whether there is no room for an entry of this weight: time for hashes, so that the policy can tell keys apart that
    /// were evicted. Strict LRU does without.
    pub(super) fn is_full(&self, weight: f64) -> bool {
        let bounds = self.config.bounds;
        self.config.policy != PolicyKind::Lru
            && (self.slots.live() >= bounds.entries || self.slots.weights.total() + weight > bounds.weight)
    }

    /// Looks for expired entries in the next few slots, but leaves the one that is being written.
    pub(super) fn sweep(&mut self, now: f64, written: Option<Slot>) {
        if self.expiry.is_active() {
            let (used, before) = (self.slots.used(), now - self.config.stale);
            for _ in 0..SWEEP {
                if let Some(slot) = self.expiry.sweep(used, before).filter(|&slot| Some(slot) != written) {
                    self.remove(slot, Reason::Expire);
                }
            }
        }
    }

    /// Evicts entries until the weights fit, but not the one that is being written.
    #[inline(never)]
    pub(super) fn evict_until_it_fits(&mut self, keep: Option<Slot>) {
        while self.is_overweight() {
            let Some(victim) = self.policy.victim(&self.slots, keep) else { break };
            self.retire(victim, Reason::Evict);
        }
    }

    pub(super) fn is_overweight(&self) -> bool {
        self.slots.weights.total() > self.config.bounds.weight
    }

    /// Notes that the entry of `slot`, which is off the policy's lists, has left.
    pub(super) fn retire(&mut self, slot: Slot, reason: Reason) {
        if self.expiry.is_active() {
            self.expiry.cancel(slot);
        }
        self.slots.weights.set(slot, 0.0);
        if self.tags.are_used() {
            self.tags.detach_all(slot);
        }
        self.slots.retire(slot, reason);
        self.stats.removed(reason, 1);
    }
}
