//! Tests of the engine as a whole; those of its parts are in the parts' files.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod adversarial;
mod behaviour;
mod driver;
mod model;
mod pins;
mod ranking;
mod ratios;

use super::*;
use driver::Driver;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut, Range};

/// A configuration with these bounds and nothing special.
fn config(entries: u32, weight: f64) -> Config {
    let bounds = Bounds { entries, weight, ..Bounds::NONE };
    Config { policy: PolicyKind::TinyLfu, seed: Some(42), ..Config::new(bounds) }
}

/// An engine with its driver, and a hash for each key: the key itself by default.
struct Indexed {
    driver: Driver<HashMap<u32, Slot>>,
    hash: fn(u32) -> u32,
}

impl Deref for Indexed {
    type Target = Driver<HashMap<u32, Slot>>;

    fn deref(&self) -> &Self::Target {
        &self.driver
    }
}

impl DerefMut for Indexed {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.driver
    }
}

impl Indexed {
    fn new(config: Config) -> Self {
        Self { driver: Driver::new(config, HashMap::new()), hash: |key| key }
    }

    /// Stores `key` as a caller would, and returns the keys that left because of it, with the reasons.
    fn set(&mut self, key: u32, entry: Entry, now: f64) -> Result<Vec<(u32, Reason)>, InsertError> {
        match self.slots.get(&key).copied() {
            Some(slot) => self.driver.update(slot, entry, now)?,
            None => drop(self.driver.insert(key, Entry { hash: (self.hash)(key), ..entry }, now)?),
        }
        Ok(self.drain())
    }

    fn remove(&mut self, key: u32, reason: Reason) -> Vec<(u32, Reason)> {
        if let Some(&slot) = self.slots.get(&key) {
            self.driver.remove(slot, reason);
        }
        self.drain()
    }

    /// Forgets the keys of the entries that have left, and returns them.
    fn drain(&mut self) -> Vec<(u32, Reason)> {
        let mut gone = Vec::new();
        self.driver.drain(|key, reason| gone.push((key, reason)));
        gone
    }

    /// Forgets all keys, as the engine has.
    fn clear(&mut self) {
        self.flush();
        self.engine.clear();
        (self.slots, self.keys) = (HashMap::new(), Vec::new());
        self.find_room();
    }

    fn slot(&self, key: u32) -> Slot {
        self.slots[&key]
    }
}

/// An entry without weight, that lives for `ttl` milliseconds.
fn entry(ttl: f64) -> Entry {
    Entry { hash: 0, weight: 0.0, ttl }
}
