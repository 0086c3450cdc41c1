//! The table: the records of a cache, filed under the slots that the engine hands out, and found by the hashes of their
//! keys. It runs none of the caller's code: it compares no keys, and what it lets go waits in `deeds`.

use super::deeds::{Deed, Deeds};
use super::index::Index;
use super::options::Fate;
use super::space::{self, SpaceRef};
use super::tags::TagNames;
use crate::arena::{Id, OutOfMemory};
use crate::engine::{self, Engine, InsertError, NEVER, PolicyKind, Reason, Slot, Timeline};
use std::rc::Rc;

/// An entry, or a value that a load or a lock has brought. Never changed: another value makes another record.
pub(super) struct Record<K, V> {
    /// Of its key and its namespace.
    pub hash: u64,
    pub space: SpaceRef,
    pub key: K,
    pub value: V,
    pub etag: Option<Rc<str>>,
}

/// What a slot holds.
struct Filed<K, V> {
    record: Option<Rc<Record<K, V>>>,
    /// The next slot whose key has the same hash.
    next: Option<Slot>,
}

/// Where a search for a key goes on.
pub(super) struct Candidate<K, V> {
    pub slot: Slot,
    pub record: Rc<Record<K, V>>,
    /// The next one to compare.
    pub next: Option<Slot>,
    /// Whether somebody has to read the clock, to know whether the entry has expired.
    pub expires: bool,
}

/// What the reader of a cache counts; the engine counts the rest.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub hits: u64,
    pub misses: u64,
    pub refusals: u64,
    pub loads: u64,
    pub joins: u64,
    pub stale: u64,
    pub takeovers: u64,
    pub fenced: u64,
}

/// All entries of a cache.
pub(super) struct Table<K, V> {
    pub engine: Engine,
    pub timeline: Timeline,
    pub counts: Counts,
    pub deeds: Deeds<K, V>,
    pub tags: TagNames,
    filed: Vec<Filed<K, V>>,
    /// The first slot of each hash.
    index: Index,
    /// Whether each hit counts, in its order.
    is_lru: bool,
    /// How long expired entries stay for loads.
    stale: f64,
    /// Whether there ever was an entry in a namespace.
    pub has_spaces: bool,
    /// Grows with each entry that comes, goes or changes.
    version: u64,
}

impl<K, V> Table<K, V> {
    pub fn new(config: engine::Config) -> Self {
        Self {
            is_lru: config.policy == PolicyKind::Lru,
            stale: config.stale,
            engine: Engine::new(config),
            timeline: Timeline::new(),
            counts: Counts::default(),
            deeds: Deeds::new(),
            tags: TagNames::new(),
            filed: Vec::new(),
            index: Index::default(),
            has_spaces: false,
            version: 0,
        }
    }

    /// Another number after each change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The first entry whose key has this hash, or the one in the slot `from`.
    #[inline]
    pub fn candidate(&self, hash: u64, from: Option<Slot>) -> Option<Candidate<K, V>> {
        let slot = match from {
            Some(slot) => slot,
            None => self.first(hash)?,
        };
        let filed = self.filed.get(slot.index() as usize)?;
        let record = Rc::clone(filed.record.as_ref().filter(|record| record.hash == hash)?);
        Some(Candidate { slot, record, next: filed.next, expires: self.engine.ttl(slot) < NEVER })
    }

    #[inline]
    fn first(&self, hash: u64) -> Option<Slot> {
        self.index.get(hash).map(Slot::from_index)
    }

    /// Whether a record is still in its slot.
    #[inline]
    pub fn is_filed(&self, slot: Slot, record: &Rc<Record<K, V>>) -> bool {
        self.record(slot).is_some_and(|filed| Rc::ptr_eq(filed, record))
    }

    pub fn record(&self, slot: Slot) -> Option<&Rc<Record<K, V>>> {
        self.filed.get(slot.index() as usize)?.record.as_ref()
    }

    /// Every entry with its slot.
    pub fn records(&self) -> impl Iterator<Item = (Slot, &Rc<Record<K, V>>)> {
        (0..).map(Slot::from_index).zip(&self.filed).filter_map(|(slot, filed)| Some((slot, filed.record.as_ref()?)))
    }

    /// Counts a use of an entry.
    #[inline]
    pub fn touch(&mut self, slot: Slot) {
        if self.is_lru {
            self.engine.log(0, slot);
            self.engine.replay(1);
        } else {
            self.engine.touch(slot);
        }
    }

    /// For how long an entry has been expired, if a load may still want it.
    pub fn stale_for(&self, slot: Slot, now: f64) -> Option<f64> {
        let late = now - self.expires(slot);
        (0.0..self.stale).contains(&late).then_some(late)
    }

    pub fn expires(&self, slot: Slot) -> f64 {
        self.engine.expires(slot)
    }

    /// How long ago an entry that expires was stored.
    pub fn age(&self, slot: Slot, now: f64) -> Option<f64> {
        let ttl = self.engine.ttl(slot);
        (ttl < NEVER).then(|| (ttl - (self.expires(slot) - now)).max(0.0))
    }

    /// The names of an entry's tags.
    pub fn tags_of(&self, slot: Slot) -> Vec<Rc<str>> {
        self.tags.of(&self.engine, slot)
    }

    /// Makes room for one more entry.
    pub fn reserve(&mut self) -> Result<(), OutOfMemory> {
        self.filed.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.index.reserve()
    }

    /// Stores a record, over the entry of its key in `present`, if it has one.
    pub fn put(
        &mut self,
        record: Rc<Record<K, V>>,
        present: Option<Slot>,
        fate: &Fate,
        now: f64,
    ) -> Result<(), InsertError> {
        if fate.ttl <= 0.0 {
            present.into_iter().for_each(|slot| self.remove(slot, Reason::Delete));
            return Ok(());
        }
        let stored = self.store(&record, present, fate, now);
        if let (Err(InsertError::TooHeavy | InsertError::Pinned), Some(slot)) = (stored, present) {
            self.remove(slot, Reason::Set);
        }
        if stored.is_err() {
            self.counts.refusals += 1;
            self.deeds.push(Deed::Record(record));
        }
        stored
    }

    fn store(
        &mut self,
        record: &Rc<Record<K, V>>,
        present: Option<Slot>,
        fate: &Fate,
        now: f64,
    ) -> Result<(), InsertError> {
        self.reserve()?;
        self.deeds.reserve()?;
        self.version += 1;
        self.has_spaces |= record.space.is_some();
        let hash = (record.hash >> 32) as u32;
        let entry = engine::Entry { hash, weight: fate.weight, ttl: fate.ttl };
        let slot = match present {
            Some(slot) => {
                self.engine.update(slot, entry, now)?;
                if let Some(filed) = self.filed.get_mut(slot.index() as usize)
                    && let Some(before) = filed.record.replace(Rc::clone(record))
                {
                    self.deeds.push(Deed::Removed(before, Reason::Set));
                }
                slot
            }
            None => {
                let slot = self.engine.insert(entry, now)?;
                // Whatever has left for it leaves the index first: its slot is another one.
                self.drain();
                let place = slot.index() as usize;
                while self.filed.len() <= place {
                    self.filed.push(Filed { record: None, next: None });
                }
                let next = self.index.insert(record.hash, slot.index()).map(Slot::from_index);
                if let Some(filed) = self.filed.get_mut(place) {
                    *filed = Filed { record: Some(Rc::clone(record)), next };
                }
                slot
            }
        };
        self.drain();
        if self.is_filed(slot, record) {
            if let Some(is_pinned) = fate.is_pinned {
                self.engine.pin(slot, is_pinned);
            }
            let attached = self.tags.attach(&mut self.engine, slot, &fate.tags, &record.space);
            if attached.is_err() {
                self.remove(slot, Reason::Delete);
            }
            attached?;
        }
        self.tags.sweep(&mut self.engine);
        Ok(())
    }

    /// Lets an entry go.
    pub fn remove(&mut self, slot: Slot, reason: Reason) {
        self.engine.remove(slot, reason);
        self.drain();
    }

    /// Forgets the entries that the engine has let go.
    pub fn drain(&mut self) {
        while let Some(removal) = self.engine.next_removal() {
            if let Some(record) = self.unfile(removal.slot) {
                self.deeds.push(Deed::Removed(record, removal.reason));
            }
        }
        self.tags.sweep(&mut self.engine);
    }

    /// Lets every entry of a namespace go.
    pub fn clear(&mut self, within: &SpaceRef) {
        if within.is_some() {
            let inside = |record: &Rc<Record<K, V>>| space::is_within(&record.space, within);
            let slots: Vec<Slot> = self.records().filter(|(_, record)| inside(record)).map(|(slot, _)| slot).collect();
            slots.into_iter().for_each(|slot| self.engine.remove(slot, Reason::Delete));
            return self.drain();
        }
        self.drain();
        self.version += 1;
        self.engine.clear();
        self.index = Index::default();
        self.tags = TagNames::new();
        for filed in std::mem::take(&mut self.filed) {
            if let Some(record) = filed.record {
                self.deeds.push(Deed::Removed(record, Reason::Delete));
            }
        }
    }

    fn unfile(&mut self, slot: Slot) -> Option<Rc<Record<K, V>>> {
        let filed = self.filed.get_mut(slot.index() as usize)?;
        let (record, next) = (filed.record.take()?, filed.next.take());
        self.version += 1;
        let mut at = self.first(record.hash);
        if at == Some(slot) {
            match next {
                Some(next) => drop(self.index.insert(record.hash, next.index())),
                None => self.index.remove(record.hash),
            }
            return Some(record);
        }
        while let Some(filed) = at.and_then(|at| self.filed.get_mut(at.index() as usize)) {
            if filed.next == Some(slot) {
                filed.next = next;
                break;
            }
            at = filed.next;
        }
        Some(record)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::panic, reason = "it is a test")]
impl<K, V> Table<K, V> {
    /// Checks that the index, the records and the engine agree.
    pub fn validate(&self) {
        let filed = self.records().count();
        assert_eq!(filed, self.engine.len() as usize, "records and entries");
        let mut found = 0;
        let hashes: std::collections::HashSet<u64> = self.records().map(|(_, record)| record.hash).collect();
        for hash in hashes {
            let mut at = self.first(hash);
            while let Some(slot) = at {
                let Some(filed) = self.filed.get(slot.index() as usize) else { panic!("{slot:?} is not there") };
                assert_eq!(filed.record.as_ref().map(|record| record.hash), Some(hash));
                found += 1;
                at = filed.next;
            }
        }
        assert_eq!(found, filed, "every record is found by its hash");
    }
}
