//! What stands in for JavaScript: an index that costs next to nothing, so that the engine is what is measured.

use crate::driver::{Driver, Index};
use keylatch::engine::{Bounds, Config, Entry, NEVER, PolicyKind, Slot};

/// Values are of sizes from 1 to this, each as frequent as any other.
const HEAVIEST: u32 = 63;

/// An engine with its caller. Keys are numbers, and their own hashes.
pub struct Caller {
    driver: Driver<Vec<Option<Slot>>>,
    weighs: bool,
}

impl Caller {
    /// A cache that holds so many entries; about so many with the policy that goes by sizes. Its keys are from 0 up to
    /// `keys`. With 0, no key comes twice, and none is filed.
    pub fn new(policy: PolicyKind, entries: u32, keys: u32) -> Self {
        let weighs = policy == PolicyKind::Sampled;
        let bounds = if weighs {
            let mean = f64::from(HEAVIEST + 1) / 2.0;
            Bounds::weight(mean * f64::from(entries))
        } else {
            Bounds::entries(entries)
        };
        let config = Config { policy, seed: Some(42), ..Config::new(bounds) };
        Self { driver: Driver::new(config, vec![None; keys as usize]), weighs }
    }

    /// Where a key is.
    pub fn find(&self, key: u32) -> Option<Slot> {
        self.driver.slots.find(key)
    }

    /// Stores a key that is absent, and forgets those that had to make room.
    pub fn insert(&mut self, key: u32, ttl: f64, now: f64) {
        self.driver.insert(key, Entry { ttl, ..self.entry(key) }, now).expect("there is memory");
        self.driver.drain(|_, _| {});
    }

    /// Stores another value over the one in a slot.
    pub fn update(&mut self, slot: Slot, key: u32) {
        self.driver.update(slot, self.entry(key), 0.0).expect("there is memory");
    }

    /// Hits an entry, in the way in which its policy hears of it.
    pub fn hit(&mut self, slot: Slot) {
        self.driver.hit(slot);
    }

    /// A key's entry, which is always of the same size.
    fn entry(&self, key: u32) -> Entry {
        let weight = if self.weighs { 1 + key.wrapping_mul(0x9E37_79B9) % HEAVIEST } else { 0 };
        Entry { hash: key, weight: f64::from(weight), ttl: NEVER }
    }
}
