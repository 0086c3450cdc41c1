//! The capacity: how the table grows, and how entries leave when it can't.

use super::config::MAX_ENTRIES;
use super::policy::{Policy, PolicyKind};
use super::slot::Slot;
use super::slots::Reason;
use super::{Engine, LOG};
use crate::arena::OutOfMemory;
use std::ops::Range;

/// Slots that the table has at first.
const FIRST_CAPACITY: u32 = 16;
/// Slots that each write looks at for expired entries.
pub const SWEEP: u32 = 4;
/// Keys without a hash that should get one with each new entry, once the engine has its seed, in the order of their slots:
/// that is about the order in which they would have to go.
pub const ADOPTED: u32 = 4;
/// Entries that come in without a call, until the engine has to hear of them: so few that no call takes long.
pub const ARRIVALS: u32 = 64;
/// Slots beyond the bound: an entry comes in before another one leaves, and what a sweep found leaves with it.
const SPARE: u32 = 1 + SWEEP;

impl Engine {
    /// The slots that entries may take before the engine hears of them by [`Engine::arrive`], in this order: entries without
    /// weights and times to live, in an engine where nothing expires. As long as a cache isn't full, no policy has to
    /// choose. Every call that stores something may change what this says; removals leave it as it is.
    pub fn room(&self) -> Range<u32> {
        let (used, bounds) = (self.slots.used(), self.config.bounds);
        let is_plain = self.config.policy != PolicyKind::Lru
            && self.config.seed.is_none()
            && !self.config.weighs
            && !self.expiry.is_active();
        let left = bounds.entries.saturating_sub(self.slots.live());
        used..if is_plain { self.slots.capacity().min(used.saturating_add(left)) } else { used }
    }

    /// Notes that the first `count` slots of the [`Engine::room`] have entries. What was hit since then has its reference bit.
    pub fn arrive(&mut self, count: u32) {
        for _ in 0..count {
            let Some(slot) = self.slots.occupy_unused() else { return };
            if let Some(victim) = self.policy.admit(&self.slots, &mut self.random, slot) {
                self.retire(victim, Reason::Evict);
            }
            self.stats.inserts += 1;
        }
    }

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
