//! What the package does with an engine, as far as a get and a set need it: pkg-template/src/store/table.ts in Rust.

use crate::driver::{Driver, Index};
use crate::key::{Key, Secrets};
use keylatch::arena::Id;
use keylatch::engine::{ADOPTED, Bounds, Config, Entry, InsertError, NEVER, PolicyKind, Slot};
use std::collections::HashMap;
use std::ops::Range;

/// Sizes are from 1 to this, by the key: the twin of `LARGEST` in ../run.mjs.
const LARGEST: u32 = 7;

/// An engine with its driver, and the secrets that its caller keeps.
pub struct Caller {
    driver: Driver<HashMap<u32, Slot>>,
    /// What is made of a key's number.
    make: fn(u32) -> Key,
    /// What the cache draws when the engine asks for hashes.
    secrets: Secrets,
    /// Whether it has.
    is_seeded: bool,
    /// Slots that may have keys without a hash.
    unhashed: Range<u32>,
    /// Whether entries have sizes.
    weighs: bool,
}

impl Caller {
    /// An empty cache for so many entries; with a policy that goes by sizes, for so many of the largest.
    pub fn new(policy: PolicyKind, entries: u32, secrets: Secrets, make: fn(u32) -> Key) -> Self {
        let weighs = matches!(policy, PolicyKind::Sampled | PolicyKind::SampledBytes);
        let bounds =
            if weighs { Bounds::weight(f64::from(LARGEST) * f64::from(entries)) } else { Bounds::entries(entries) };
        let driver = Driver::new(Config { policy, ..Config::new(bounds) }, HashMap::new());
        Self { driver, make, secrets, is_seeded: false, unhashed: 0..0, weighs }
    }

    /// Looks for a key. True if it is there.
    pub fn get(&mut self, key: u32) -> bool {
        let slot = self.driver.slots.find(key);
        if let Some(slot) = slot {
            self.driver.hit(slot);
        }
        slot.is_some()
    }

    /// Stores a key that is absent.
    pub fn insert(&mut self, key: u32) -> Result<(), InsertError> {
        if self.driver.arrive(key) {
            return Ok(());
        }
        let weight = if self.weighs { f64::from(1 + key % LARGEST) } else { 0.0 };
        let hash = self.next_hash(key);
        let inserted = self.driver.insert(key, Entry { hash, weight, ttl: NEVER }, 0.0);
        if inserted == Err(InsertError::Unseeded) && !self.is_seeded {
            self.is_seeded = true;
            self.unhashed = 0..self.driver.engine.page().capacity;
            self.driver.engine.seed(self.secrets.start);
            return self.insert(key);
        }
        inserted?;
        self.driver.drain(|_, _| {});
        Ok(())
    }

    fn next_hash(&mut self, key: u32) -> u32 {
        if !self.is_seeded {
            return 0;
        }
        for _ in 0..ADOPTED {
            let Some(slot) = self.unhashed.next().map(Slot::from_index) else { break };
            if let Some(key) = self.driver.key(slot) {
                self.driver.engine.adopt(slot, self.hash(key));
            }
        }
        self.hash(key)
    }

    /// The secrets of a key space follow from the cache's, and the cache's own space has no name.
    fn hash(&self, key: u32) -> u32 {
        let start = Key::text("").hash(self.secrets);
        (self.make)(key).hash(Secrets { start, ..self.secrets })
    }
}
