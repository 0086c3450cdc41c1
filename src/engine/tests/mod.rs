//! Tests of the engine as a whole; those of its parts are in the parts' files.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod adversarial;
mod behaviour;
mod model;
mod ranking;
mod ratios;

use super::*;
use std::collections::HashMap;
use std::ops::Range;

/// A configuration with these bounds and nothing special.
fn config(entries: u32, weight: f64) -> Config {
    Config {
        bounds: Bounds { entries, weight, entry_weight: f64::INFINITY },
        weighs: weight.is_finite(),
        jitter: 0.0,
        stale: 0.0,
        policy: PolicyKind::TinyLfu,
        seed: Some(42),
    }
}

/// An engine with the index and the keys that a caller keeps: keys are numbers, and their own hashes by default.
struct Indexed {
    engine: Engine,
    hash: fn(u32) -> u32,
    slots: HashMap<u32, Slot>,
    keys: HashMap<Slot, u32>,
}

impl Indexed {
    fn new(config: Config) -> Self {
        Self { engine: Engine::new(config), hash: |key| key, slots: HashMap::new(), keys: HashMap::new() }
    }

    /// Stores `key` as a caller would, and returns the keys that left because of it, with the reasons.
    fn set(&mut self, key: u32, entry: Entry, now: f64) -> Result<Vec<(u32, Reason)>, InsertError> {
        match self.slots.get(&key) {
            Some(&slot) => self.engine.update(slot, entry, now)?,
            None => {
                let slot = self.engine.insert(Entry { hash: (self.hash)(key), ..entry }, now)?;
                let before = self.keys.insert(slot, key);
                assert_eq!(before, None, "the slot of an entry whose removal waits is not used again");
                self.slots.insert(key, slot);
            }
        }
        Ok(self.drain())
    }

    /// Hits an entry as a reader would: by its reference bit, or by the log for the policy that has one.
    fn hit(&mut self, slot: Slot) {
        if self.engine.config.policy == PolicyKind::Lru {
            self.engine.log(0, slot);
            self.engine.replay(1);
        } else {
            self.engine.touch(slot);
        }
    }

    fn remove(&mut self, key: u32, reason: Reason) -> Vec<(u32, Reason)> {
        if let Some(&slot) = self.slots.get(&key) {
            self.engine.remove(slot, reason);
        }
        self.drain()
    }

    /// Forgets the keys of the entries that have left, and returns them.
    fn drain(&mut self) -> Vec<(u32, Reason)> {
        let mut gone = Vec::new();
        while let Some(Removal { slot, reason }) = self.engine.next_removal() {
            let key = self.keys.remove(&slot).expect("an entry leaves once");
            assert_eq!(self.slots.remove(&key), Some(slot));
            gone.push((key, reason));
        }
        gone
    }

    fn slot(&self, key: u32) -> Slot {
        self.slots[&key]
    }
}

/// An entry without weight, that lives for `ttl` milliseconds.
fn entry(ttl: f64) -> Entry {
    Entry { hash: 0, weight: 0.0, ttl }
}
