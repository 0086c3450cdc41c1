//! What the package does with an engine, as far as a get and a set need it: pkg-template/src/store/table.ts in Rust.

use crate::key::{Key, Secrets};
use keylatch::arena::Id;
use keylatch::engine::{Bounds, Config, Engine, Entry, InsertError, LOG, MAX_ENTRIES, NEVER, PolicyKind, Slot};
use std::collections::HashMap;

/// Sizes are from 1 to this, by the key: the twin of `LARGEST` in ../run.mjs.
const LARGEST: u32 = 7;
/// Keys that get their hash with each new entry: the twin of `ADOPTED` in pkg-template/src/store/hash.ts.
const ADOPTED: u32 = 8;

/// An engine with the index and the keys that its caller keeps. Keys are numbers here.
pub struct Caller {
    engine: Engine,
    /// What is made of a key's number.
    make: fn(u32) -> Key,
    /// What the cache draws when the engine asks for hashes.
    secrets: Secrets,
    /// Whether it has.
    is_seeded: bool,
    /// So many slots may have keys without a hash: the first ones.
    unhashed: u32,
    /// Whether hits go into a log.
    logs: bool,
    /// Whether entries have sizes.
    weighs: bool,
    slots: HashMap<u32, Slot>,
    keys: HashMap<Slot, u32>,
    /// Hits that are in the log.
    logged: u32,
}

impl Caller {
    /// An empty cache for so many entries; with a policy that goes by sizes, for so many of the largest.
    pub fn new(policy: PolicyKind, entries: u32, secrets: Secrets, make: fn(u32) -> Key) -> Self {
        let weighs = matches!(policy, PolicyKind::Sampled | PolicyKind::SampledBytes);
        let unbounded = Bounds { entries: MAX_ENTRIES, weight: f64::INFINITY, entry_weight: f64::INFINITY };
        let bounds = if weighs {
            Bounds { weight: f64::from(LARGEST) * f64::from(entries), ..unbounded }
        } else {
            Bounds { entries, ..unbounded }
        };
        let config = Config { bounds, weighs, jitter: 0.0, stale: 0.0, policy, seed: None };
        let logs = policy == PolicyKind::Lru;
        let (engine, slots, keys) = (Engine::new(config), HashMap::new(), HashMap::new());
        let (is_seeded, unhashed, logged) = (false, 0, 0);
        Self { engine, make, secrets, is_seeded, unhashed, logs, weighs, slots, keys, logged }
    }

    /// Looks for a key. True if it is there.
    pub fn get(&mut self, key: u32) -> bool {
        let Some(&slot) = self.slots.get(&key) else { return false };
        if self.logs {
            self.engine.log(self.logged, slot);
            self.logged += 1;
            if self.logged == LOG {
                self.flush();
            }
        } else {
            self.engine.touch(slot);
        }
        true
    }

    /// Stores a key that is absent.
    pub fn insert(&mut self, key: u32) -> Result<(), InsertError> {
        self.flush();
        let weight = if self.weighs { f64::from(1 + key % LARGEST) } else { 0.0 };
        let hash = self.next_hash(key);
        let inserted = self.engine.insert(Entry { hash, weight, ttl: NEVER }, 0.0);
        if inserted == Err(InsertError::Unseeded) && !self.is_seeded {
            self.is_seeded = true;
            self.unhashed = self.engine.page().capacity;
            self.engine.seed(self.secrets.start);
            return self.insert(key);
        }
        let slot = inserted?;
        self.slots.insert(key, slot);
        self.keys.insert(slot, key);
        while let Some(removal) = self.engine.next_removal() {
            if let Some(gone) = self.keys.remove(&removal.slot) {
                self.slots.remove(&gone);
            }
        }
        Ok(())
    }

    fn next_hash(&mut self, key: u32) -> u32 {
        if !self.is_seeded {
            return 0;
        }
        for _ in 0..ADOPTED.min(self.unhashed) {
            self.unhashed -= 1;
            let slot = Slot::from_index(self.unhashed);
            if let Some(&key) = self.keys.get(&slot) {
                self.engine.adopt(slot, self.hash(key));
            }
        }
        self.hash(key)
    }

    /// The secrets of a key space follow from the cache's, and the cache's own space has no name.
    fn hash(&self, key: u32) -> u32 {
        let start = Key::text("").hash(self.secrets);
        (self.make)(key).hash(Secrets { start, ..self.secrets })
    }

    fn flush(&mut self) {
        self.engine.replay(self.logged);
        self.logged = 0;
    }
}
