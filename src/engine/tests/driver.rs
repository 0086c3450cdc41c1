//! What stands beside an engine when it is used: an index, the key in each slot, the log of hits for strict LRU, and the
//! entries that came in without a call. Keys are numbers. The engine's tests, its benchmark and the replay of request streams share this file by its path.

#![allow(dead_code, reason = "nobody needs all of it")]

use keylatch::arena::Id;
use keylatch::engine::{ARRIVALS, Config, Engine, Entry, InsertError, LOG, PolicyKind, Reason, Removal, Slot};
use std::collections::HashMap;
use std::ops::Range;

/// Where each key is.
pub trait Index {
    /// The slot of a key that is there.
    fn find(&self, key: u32) -> Option<Slot>;

    /// Whether keys are filed at all.
    fn keeps(&self) -> bool {
        true
    }

    /// Notes where a key is now; returns where it was.
    fn file(&mut self, key: u32, slot: Option<Slot>) -> Option<Slot>;
}

impl Index for HashMap<u32, Slot> {
    fn find(&self, key: u32) -> Option<Slot> {
        self.get(&key).copied()
    }

    fn file(&mut self, key: u32, slot: Option<Slot>) -> Option<Slot> {
        match slot {
            Some(slot) => self.insert(key, slot),
            None => self.remove(&key),
        }
    }
}

/// For small numbers: next to no work; and for none, where no key comes twice.
impl Index for Vec<Option<Slot>> {
    fn find(&self, key: u32) -> Option<Slot> {
        self.get(key as usize).copied().flatten()
    }

    fn keeps(&self) -> bool {
        !self.is_empty()
    }

    fn file(&mut self, key: u32, slot: Option<Slot>) -> Option<Slot> {
        self.get_mut(key as usize).and_then(|place| std::mem::replace(place, slot))
    }
}

/// An engine and what its caller keeps.
pub struct Driver<X> {
    pub engine: Engine,
    pub slots: X,
    /// The key in each slot.
    pub keys: Vec<Option<u32>>,
    /// Whether hits go into the log, and not into reference bits.
    logs: bool,
    logged: u32,
    /// Slots for entries that need no call.
    room: Range<u32>,
    /// How many such entries the engine hasn't heard of.
    pub arrivals: u32,
}

impl<X: Index> Driver<X> {
    pub fn new(config: Config, slots: X) -> Self {
        let logs = config.policy == PolicyKind::Lru;
        Self { engine: Engine::new(config), slots, keys: Vec::new(), logs, logged: 0, room: 0..0, arrivals: 0 }
    }

    /// The key in a slot.
    pub fn key(&self, slot: Slot) -> Option<u32> {
        self.keys.get(slot.index() as usize).copied().flatten()
    }

    /// Stores a key that is absent. What leaves for it is on the engine's queue.
    pub fn insert(&mut self, key: u32, entry: Entry, now: f64) -> Result<Slot, InsertError> {
        self.flush();
        let slot = self.engine.insert(entry, now)?;
        self.find_room();
        self.file(key, slot);
        Ok(slot)
    }

    /// Stores a key that is absent without a call, if there is room for it.
    pub fn arrive(&mut self, key: u32) -> bool {
        let Some(slot) = self.room.next() else { return false };
        self.file(key, Slot::from_index(slot));
        self.arrivals += 1;
        if self.arrivals == ARRIVALS {
            self.flush();
        }
        true
    }

    /// Looks where entries may come in without a call.
    pub fn find_room(&mut self) {
        self.room = self.engine.room();
    }

    fn file(&mut self, key: u32, slot: Slot) {
        if !self.slots.keeps() {
            return;
        }
        let place = slot.index() as usize;
        if place >= self.keys.len() {
            self.keys.resize(place + 1, None);
        }
        if let Some(before) = self.keys.get_mut(place) {
            assert_eq!(*before, None, "the slot of an entry whose removal waits is not used again");
            *before = Some(key);
        }
        self.slots.file(key, Some(slot));
    }

    /// Stores another value over the one in a slot.
    pub fn update(&mut self, slot: Slot, entry: Entry, now: f64) -> Result<(), InsertError> {
        self.flush();
        self.engine.update(slot, entry, now)?;
        self.find_room();
        Ok(())
    }

    /// Makes an entry leave.
    pub fn remove(&mut self, slot: Slot, reason: Reason) {
        self.flush();
        self.engine.remove(slot, reason);
    }

    /// Hits an entry as a reader would: by its reference bit, or by the log for the policy that has one.
    pub fn hit(&mut self, slot: Slot) {
        if !self.logs {
            return self.engine.touch(slot);
        }
        self.engine.log(self.logged, slot);
        self.logged += 1;
        if self.logged == LOG {
            self.flush();
        }
    }

    /// Tells the engine what happened without a call.
    pub fn flush(&mut self) {
        self.engine.replay(self.logged);
        self.engine.arrive(self.arrivals);
        (self.logged, self.arrivals) = (0, 0);
    }

    /// Forgets the keys of the entries that have left, and tells which, and why.
    pub fn drain(&mut self, mut tell: impl FnMut(u32, Reason)) {
        while let Some(Removal { slot, reason }) = self.engine.next_removal() {
            let key = self.keys.get_mut(slot.index() as usize).and_then(Option::take);
            if let Some(key) = key {
                let was = self.slots.file(key, None);
                debug_assert!(was.is_none_or(|was| was == slot), "a key leaves from its own slot");
                tell(key, reason);
            }
        }
    }
}
