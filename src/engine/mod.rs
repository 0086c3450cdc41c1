//! The engine: which entries a cache holds, and for how long.
//!
//! It knows nothing of keys and values. It hands out *slots*, numbers from 0 up, and its caller files a key and a value
//! under each. Time is an argument, in milliseconds of a [`Timeline`]; randomness comes from a seed; memory is a few
//! columns with one value per slot, and nothing is allocated for a single entry.
//!
//! A hit isn't a call. The reader looks at the shared page, which is part of the engine's memory: it compares the
//! moment of expiry ([`Engine::page`]) and sets the slot's reference bit. The [`policy`] collects these bits when it has to
//! choose.
//!
//! Every call that makes entries leave puts them on a queue, which the caller has to empty with
//! [`Engine::next_removal`]: the slot of an entry is not given to another one before.

mod capacity;
pub mod config;
pub mod expiry;
mod inspect;
pub mod pins;
pub mod policy;
pub mod random;
mod ranking;
mod slot;
pub mod slots;
pub mod stats;
mod tagging;
pub mod tags;
pub mod timeline;
pub mod weights;

#[cfg(test)]
mod validate;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use capacity::{ADOPTED, ARRIVALS, SWEEP};
pub use config::{Bounds, Config, Entry, InsertError, MAX_ENTRIES, Page};
pub use expiry::NEVER;
pub use policy::PolicyKind;
pub use slot::Slot;
pub use slots::{Reason, Removal};
pub use stats::Stats;
pub use tags::Tag;
pub use timeline::Timeline;

use crate::arena::{Column, Id, OutOfMemory};
use expiry::Expiry;
use policy::{AnyPolicy, Policy, spread};
use random::Random;
use slots::{HASHES, Slots};
use std::mem;
use tags::Tags;

/// Hits that the shared page has room for, for a policy that wants each of them in its order.
pub const LOG: u32 = 256;

/// Decides what a cache holds. See the module's introduction.
///
/// ```
/// use keylatch::engine::{Bounds, Config, Engine, Entry, Reason};
/// use std::collections::HashMap;
///
/// let mut engine = Engine::new(Config { seed: Some(7), ..Config::new(Bounds::entries(100)) });
/// let mut values = HashMap::new();
///
/// // An entry whose key has the hash 42 is stored at the time 0, and lives for a second.
/// let slot = engine.insert(Entry { hash: 42, weight: 0.0, ttl: 1000.0 }, 0.0)?;
/// values.insert(slot, "a value");
/// engine.touch(slot);
/// assert_eq!(engine.remaining(slot, 400.0), 600.0);
///
/// // Whatever leaves is handed out once.
/// engine.purge(1000.0);
/// while let Some(removal) = engine.next_removal() {
///     assert_eq!(removal.reason, Reason::Expire);
///     values.remove(&removal.slot);
/// }
/// assert!(values.is_empty());
/// # Ok::<(), keylatch::engine::InsertError>(())
/// ```
pub struct Engine {
    config: Config,
    slots: Slots,
    policy: AnyPolicy,
    expiry: Expiry,
    tags: Tags,
    stats: Stats,
    random: Random,
    log: Column<u32, u32>,
}

impl Engine {
    /// An empty engine with the default policy.
    pub fn new(config: Config) -> Self {
        let mut engine = Self::EMPTY;
        engine.set_up(config);
        engine
    }

    /// An engine that holds nothing and can hold nothing: a constant, which is smaller than the code that makes one.
    pub const EMPTY: Self = {
        let bounds = Bounds { entries: 0, weight: 0.0, entry_weight: 0.0 };
        Self {
            config: Config { bounds, weighs: false, jitter: 0.0, stale: 0.0, policy: PolicyKind::TinyLfu, seed: None },
            slots: Slots::new(),
            policy: AnyPolicy::new(PolicyKind::TinyLfu),
            expiry: Expiry::new(),
            tags: Tags::new(),
            stats: Stats::NONE,
            random: Random::new(0),
            log: Column::new(),
        }
    };

    /// Gives an empty engine its configuration.
    pub fn set_up(&mut self, config: Config) {
        self.config = config;
        self.policy = AnyPolicy::new(config.policy);
        self.slots.weights.keep(config.weighs);
        self.random = Random::new(config.seed.unwrap_or(0));
    }

    /// Starts the random numbers; from now on, keys are remembered by their hashes. For an engine that was made without
    /// a seed: before the first eviction, nothing needs a random number, and some runtimes have none yet. Older keys get
    /// their hashes by [`Engine::adopt`].
    pub fn seed(&mut self, seed: u32) {
        self.random = Random::new(seed);
        self.config.seed = Some(seed);
        // Without memory for it, the policy remembers less.
        let _ = self.plan();
    }

    /// Gives the key in `slot` its hash, if it has none yet. How often it was counted isn't lost.
    pub fn adopt(&mut self, slot: Slot, hash: u32) {
        let count = self.slots.hash(slot);
        if self.slots.is_live(slot) && count < HASHES {
            self.slots.set_hash(slot, spread(hash));
            (0..count).for_each(|_| self.policy.count(&self.slots, slot));
        }
    }

    /// Stores an entry for a key that has none, and makes room for it: removes expired entries first, then the one that
    /// the policy values least. The bounds hold when this returns, and the new entry is in its slot.
    ///
    /// # Errors
    /// An [`InsertError`]; nothing has changed then.
    pub fn insert(&mut self, entry: Entry, now: f64) -> Result<Slot, InsertError> {
        let expires = entry.ttl < NEVER;
        // Mostly, no check can fail, and nothing has to grow.
        let is_checked = self.config.seed.is_none() || entry.weight != 0.0 || self.slots.pins.count() > 0;
        if is_checked || !self.slots.has_free() || (expires && !self.expiry.is_kept()) {
            self.prepare(&entry, now)?;
        }
        if expires || self.expiry.is_active() {
            self.sweep(now, None);
        }
        let slot = self.slots.occupy(spread(entry.hash)).ok_or(InsertError::OutOfMemory)?;
        self.slots.weights.set(slot, entry.weight);
        if expires {
            self.schedule(slot, entry.ttl, now);
        }
        if let Some(victim) = self.policy.admit(&self.slots, &mut self.random, slot) {
            self.retire(victim, Reason::Evict);
        }
        if self.is_overweight() {
            self.evict_until_it_fits(Some(slot));
        }
        self.stats.inserts += 1;
        Ok(slot)
    }

    /// Makes sure that an entry for a key that has none can be stored, and that there is a slot for it.
    #[inline(never)]
    fn prepare(&mut self, entry: &Entry, now: f64) -> Result<(), InsertError> {
        self.admissible(entry, None, now)?;
        if self.config.seed.is_none() && self.is_full(entry.weight) {
            return Err(InsertError::Unseeded);
        }
        if !self.slots.has_free() {
            self.grow()?;
        }
        Ok(self.expiry.grow(self.slots.capacity(), entry.ttl < NEVER)?)
    }

    /// Stores another value for the key in `slot`: its hash stays, its tags go. Counts as a hit. The page stays where it
    /// is, unless this is the first entry that expires.
    ///
    /// # Errors
    /// An [`InsertError`]; nothing has changed then.
    pub fn update(&mut self, slot: Slot, entry: Entry, now: f64) -> Result<(), InsertError> {
        self.admissible(&entry, Some(slot), now)?;
        self.expiry.grow(self.slots.capacity(), entry.ttl < NEVER)?;
        self.sweep(now, Some(slot));
        self.tags.detach_all(slot);
        let before = self.slots.weights.get(slot);
        self.slots.weights.set(slot, entry.weight);
        self.schedule(slot, entry.ttl, now);
        self.slots.set_reference(slot);
        let by = self.slots.weights.get(slot) - before;
        let is_pinned = self.slots.is_pinned(slot);
        if is_pinned {
            self.slots.pins.reweigh(by);
        } else {
            self.policy.reweigh(&self.slots, slot, by);
            // The policy is told of this hit at once: if this entry has grown and another has to be evicted, it shouldn't
            // be this one.
            self.policy.touch(&self.slots, slot);
        }
        self.evict_until_it_fits(Some(slot).filter(|_| !is_pinned));
        self.stats.updates += 1;
        Ok(())
    }

    /// Removes the entry of `slot`.
    pub fn remove(&mut self, slot: Slot, reason: Reason) {
        if self.slots.is_live(slot) {
            self.unlist(slot);
            self.retire(slot, reason);
        }
    }

    /// Removes every expired entry. The time grows with the size of the table.
    pub fn purge(&mut self, now: f64) {
        self.purge_others(now, None);
    }

    #[inline(never)]
    fn purge_others(&mut self, now: f64, keep: Option<Slot>) {
        for slot in Slot::first(self.slots.used()).filter(|&slot| Some(slot) != keep) {
            if self.expiry.is_active() && self.expiry.is_expired(slot, now) {
                self.remove(slot, Reason::Expire);
            }
        }
    }

    /// Removes the entry that is worth least, for the caller to take, and expired entries that it meets on the way.
    pub fn pop(&mut self, now: f64) {
        while let Some(victim) = self.policy.victim(&self.slots, None) {
            let is_expired = self.expiry.is_expired(victim, now);
            self.retire(victim, if is_expired { Reason::Expire } else { Reason::Take });
            if !is_expired {
                break;
            }
        }
    }

    /// Hands out the next removal. Call it until there is none.
    pub fn next_removal(&mut self) -> Option<Removal> {
        self.slots.next_removal()
    }

    /// Whether there are removals that were not handed out yet.
    pub fn has_removals(&self) -> bool {
        self.slots.has_removals()
    }

    /// Changes the bounds, and evicts entries until the new bounds hold.
    ///
    /// # Errors
    /// `Pinned` if they have no room for the pinned entries; nothing has changed then. `OutOfMemory` if the memory can't
    /// be had; the new bounds hold all the same.
    pub fn resize(&mut self, bounds: Bounds) -> Result<(), InsertError> {
        let pins = &self.slots.pins;
        if pins.count() > bounds.entries || pins.weight() > bounds.weight {
            return Err(InsertError::Pinned);
        }
        self.config.bounds = bounds;
        let planned = self.plan();
        while self.slots.live() > bounds.entries {
            let Some(victim) = self.policy.victim(&self.slots, None) else { break };
            self.retire(victim, Reason::Evict);
        }
        self.evict_until_it_fits(None);
        Ok(planned?)
    }

    /// The bounds that hold now.
    pub fn bounds(&self) -> Bounds {
        self.config.bounds
    }

    /// Forgets every entry and gives the memory back. The entries don't pass through [`Engine::next_removal`]; those
    /// that wait there are forgotten too, so empty it first.
    pub fn clear(&mut self) {
        let Self { config, mut stats, random, slots, .. } = mem::replace(self, Self::EMPTY);
        stats.removed(Reason::Delete, slots.live());
        self.set_up(config);
        (self.stats, self.random) = (stats, random);
    }

    /// Gives the entry of `slot` a time to live from `start` on, without jitter.
    ///
    /// # Errors
    /// When the memory can't be had; nothing has changed then.
    pub fn reschedule(&mut self, slot: Slot, ttl: f64, start: f64) -> Result<(), OutOfMemory> {
        self.expiry.grow(self.slots.capacity(), ttl < NEVER)?;
        self.expiry.schedule(slot, ttl, start);
        Ok(())
    }

    /// Has the entry of `slot` expire now, without removing it. Answers whether it had been alive.
    ///
    /// # Errors
    /// When the memory can't be had; nothing has changed then.
    pub fn expire(&mut self, slot: Slot, now: f64) -> Result<bool, OutOfMemory> {
        if !self.slots.is_live(slot) || self.expiry.is_expired(slot, now) {
            return Ok(false);
        }
        self.expiry.grow(self.slots.capacity(), true)?;
        self.expiry.end(slot, now);
        Ok(true)
    }

    /// Treats `slot` as hit just now.
    #[inline]
    pub fn touch(&mut self, slot: Slot) {
        self.slots.set_reference(slot);
    }

    /// Writes the slot of a hit to a place of the log, as a reader outside does by the log's address.
    pub fn log(&self, place: u32, slot: Slot) {
        self.log.set(place, slot.index());
    }

    /// Treats the first `count` slots of the log in the shared page as hit, one after the other.
    pub fn replay(&mut self, count: u32) {
        for index in 0..count.min(LOG) {
            let slot = Slot::from_index(self.log.get(index));
            if self.slots.is_live(slot) && !self.slots.is_pinned(slot) {
                self.policy.touch(&self.slots, slot);
            }
        }
    }

    fn schedule(&mut self, slot: Slot, ttl: f64, now: f64) {
        let jitter = if self.config.jitter > 0.0 { self.config.jitter * self.random.share() } else { 0.0 };
        self.expiry.schedule(slot, ttl * (1.0 - jitter), now);
    }
}
