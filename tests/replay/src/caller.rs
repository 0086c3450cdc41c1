//! What the package does with an engine, as far as a get and a set need it: pkg-template/src/cache/table.ts in Rust.

use keylatch::engine::{Bounds, Config, Engine, Entry, Kind, LOG, MAX_ENTRIES, NEVER, Refusal, Slot};
use std::collections::HashMap;

/// Sizes are from 1 to this, by the key: the twin of `LARGEST` in ../run.mjs.
const LARGEST: u32 = 7;

/// An engine with the index and the keys that its caller keeps. Keys are numbers here; their hashes are the caller's.
pub struct Caller {
    engine: Engine,
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
    pub fn new(policy: Kind, entries: u32, seed: u32) -> Self {
        let weighs = matches!(policy, Kind::Sampled | Kind::SampledBytes);
        let unbounded = Bounds { entries: MAX_ENTRIES, weight: f64::INFINITY, entry_weight: f64::INFINITY };
        let bounds = if weighs {
            Bounds { weight: f64::from(LARGEST) * f64::from(entries), ..unbounded }
        } else {
            Bounds { entries, ..unbounded }
        };
        let config = Config { bounds, weighs, jitter: 0.0, stale: 0.0, policy, seed };
        let logs = policy == Kind::Lru;
        Self { engine: Engine::new(config), logs, weighs, slots: HashMap::new(), keys: HashMap::new(), logged: 0 }
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
    pub fn insert(&mut self, key: u32, hash: u32) -> Result<(), Refusal> {
        self.flush();
        let weight = if self.weighs { f64::from(1 + key % LARGEST) } else { 0.0 };
        let slot = self.engine.insert(Entry { hash, weight, ttl: NEVER }, 0.0)?;
        self.slots.insert(key, slot);
        self.keys.insert(slot, key);
        while let Some(removal) = self.engine.next_removal() {
            if let Some(gone) = self.keys.remove(&removal.slot) {
                self.slots.remove(&gone);
            }
        }
        Ok(())
    }

    fn flush(&mut self) {
        self.engine.replay(self.logged);
        self.logged = 0;
    }
}
