//! What stands in for JavaScript: an index that costs next to nothing, so that the engine is what is measured.

use keylatch::arena::Id;
use keylatch::engine::{Bounds, Config, Engine, Entry, LOG, MAX_ENTRIES, NEVER, PolicyKind, Slot};

/// Values are of sizes from 1 to this, each as frequent as any other.
const HEAVIEST: u32 = 63;

/// An engine with its caller. Keys are numbers, and their own hashes.
pub struct Caller {
    engine: Engine,
    policy: PolicyKind,
    /// The slot of each key that is there.
    slots: Vec<Option<Slot>>,
    /// The key in each slot.
    keys: Vec<u32>,
    /// Hits since the log was handed in.
    logged: u32,
}

impl Caller {
    /// A cache that holds so many entries; about so many with the policy that goes by sizes. Its keys are from 0 up to
    /// `keys`. With 0, no key comes twice, and nothing is filed.
    pub fn new(policy: PolicyKind, entries: u32, keys: u32) -> Self {
        let weighs = policy == PolicyKind::Sampled;
        let bounds = if weighs {
            let mean = f64::from(HEAVIEST + 1) / 2.0;
            Bounds { entries: MAX_ENTRIES, weight: mean * f64::from(entries), entry_weight: f64::INFINITY }
        } else {
            Bounds { entries, weight: f64::INFINITY, entry_weight: f64::INFINITY }
        };
        let config = Config { bounds, weighs, jitter: 0.0, stale: 0.0, policy, seed: Some(42) };
        let slots = vec![None; keys as usize];
        Self { engine: Engine::new(config), policy, slots, keys: Vec::new(), logged: 0 }
    }

    /// Where a key is.
    pub fn find(&self, key: u32) -> Option<Slot> {
        self.slots[key as usize]
    }

    /// Stores a key that is absent, and forgets those that had to make room.
    pub fn insert(&mut self, key: u32, ttl: f64, now: f64) {
        self.flush();
        let slot = self.engine.insert(Entry { ttl, ..self.entry(key) }, now).expect("there is memory");
        if !self.slots.is_empty() {
            self.file(key, slot);
        }
        while let Some(removal) = self.engine.next_removal() {
            if !self.slots.is_empty() {
                self.slots[self.keys[removal.slot.index() as usize] as usize] = None;
            }
        }
    }

    /// Stores another value over the one in a slot.
    pub fn update(&mut self, slot: Slot, key: u32) {
        self.engine.update(slot, self.entry(key), 0.0).expect("there is memory");
    }

    /// Hits an entry, in the way in which its policy hears of it.
    pub fn hit(&mut self, slot: Slot) {
        if self.policy != PolicyKind::Lru {
            return self.engine.touch(slot);
        }
        self.engine.log(self.logged, slot);
        self.logged += 1;
        if self.logged == LOG {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.engine.replay(self.logged);
        self.logged = 0;
    }

    /// A key's entry, which is always of the same size.
    fn entry(&self, key: u32) -> Entry {
        let weighs = self.policy == PolicyKind::Sampled;
        let weight = if weighs { 1 + key.wrapping_mul(0x9E37_79B9) % HEAVIEST } else { 0 };
        Entry { hash: key, weight: f64::from(weight), ttl: NEVER }
    }

    fn file(&mut self, key: u32, slot: Slot) {
        let place = slot.index() as usize;
        if place >= self.keys.len() {
            self.keys.resize(place + 1, 0);
        }
        self.keys[place] = key;
        self.slots[key as usize] = Some(slot);
    }
}
