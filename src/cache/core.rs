//! The core of a cache, which all its handles share. Here the caller's code runs: comparisons, weighers, clocks, wakers,
//! and whatever is dropped. None of it runs while the state is borrowed.

use super::deeds::Deed;
use super::load::LoadDefaults;
use super::options::{EntryOptions, Fate, life};
use super::place::Place;
use super::runtime::{Runtime, Work};
use super::space::{self, SpaceRef};
use super::state::State;
use super::table::{Candidate, Record, Table};
use crate::arena::Id;
use crate::engine::{self, InsertError, NEVER, Reason, Slot};
use crate::flight;
use std::borrow::Borrow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How many times a write looks again for a key's entry whose cache changes while the keys are compared.
const TRIES: u32 = 8;

/// The longest time that a timer can be set to in JavaScript, in milliseconds: 24 days. Who waits for longer looks then.
const LONGEST_TIMER: f64 = 2_147_483_647.0;

pub(super) type Weigher<K, V> = Box<dyn Fn(&K, &V) -> u64>;
pub(super) type Listener<K, V> = Box<dyn Fn(&K, &V, Reason)>;

/// What a cache was built with.
pub(super) struct Settings<K, V> {
    pub ttl: f64,
    /// Its lease is that of locks, too.
    pub loads: LoadDefaults,
    pub lock_timeout: f64,
    pub weigher: Option<Weigher<K, V>>,
    pub on_removal: Option<Listener<K, V>>,
    pub clock: Option<Box<dyn Fn() -> f64>>,
    pub runtime: Rc<dyn Runtime>,
}

/// See the module.
pub(super) struct Core<K, V> {
    pub settings: Settings<K, V>,
    state: RefCell<State<K, V>>,
    weighs: bool,
    /// The latest reading of the clock of waits: it never runs backwards.
    elapsed: Cell<f64>,
}

impl<K, V> Core<K, V> {
    pub fn new(config: engine::Config, settings: Settings<K, V>) -> Self {
        let state = RefCell::new(State::new(config));
        Self { weighs: config.weighs, settings, state, elapsed: Cell::new(0.0) }
    }

    /// Looks at the state.
    #[inline]
    pub fn read<R>(&self, read: impl FnOnce(&State<K, V>) -> R) -> R {
        read(&self.state.borrow())
    }

    /// Changes the state, and does what is left to do then.
    #[inline]
    pub fn edit<R>(&self, edit: impl FnOnce(&mut State<K, V>) -> R) -> R {
        let mut state = self.state.borrow_mut();
        let result = edit(&mut state);
        let is_due = state.table.deeds.are_due();
        drop(state);
        if is_due {
            self.settle();
        }
        result
    }

    #[cold]
    fn settle(&self) {
        /// If the caller's code panics, the rest is done by the next call.
        struct InHand<'a, K, V>(&'a Core<K, V>);
        impl<K, V> Drop for InHand<'_, K, V> {
            fn drop(&mut self) {
                self.0.state.borrow_mut().table.deeds.are_in_hand = false;
            }
        }
        self.state.borrow_mut().table.deeds.are_in_hand = true;
        let _in_hand = InHand(self);
        loop {
            let deed = self.state.borrow_mut().table.deeds.next();
            match deed {
                None => break,
                Some(Deed::Wake(wake)) => wake(),
                Some(Deed::Removed(record, reason)) => {
                    if let Some(on_removal) = &self.settings.on_removal {
                        on_removal(&record.key, &record.value, reason);
                    }
                }
                Some(Deed::Record(record)) => drop(record),
                Some(Deed::Place(place)) => drop(place),
                Some(Deed::Ticket(ticket)) => drop(ticket),
                Some(Deed::Waiter(waiter)) => drop(waiter),
                Some(Deed::Error(error)) => drop(error),
            }
        }
    }

    /// The wall clock.
    pub fn wall(&self) -> Option<f64> {
        let now = self.settings.clock.as_ref().map_or_else(|| self.settings.runtime.now(), |clock| clock());
        Some(now).filter(|now| now.is_finite())
    }

    /// The engine's time, read now.
    pub fn now(&self) -> f64 {
        let wall = self.wall();
        self.state.borrow_mut().table.timeline.read(wall)
    }

    /// The time of waits and leases.
    pub fn elapsed(&self) -> f64 {
        self.reach(self.settings.runtime.elapsed());
        self.elapsed.get()
    }

    /// Notes that a moment has come: a timer has fired that was set to it, even if the clock is frozen.
    pub fn reach(&self, moment: f64) {
        if moment > self.elapsed.get() && moment.is_finite() {
            self.elapsed.set(moment);
        }
    }

    /// A timer, and the moment at which it fires, by the clock of waits.
    pub fn timer(&self, now: f64, patience: f64) -> (f64, Work) {
        let patience = patience.min(LONGEST_TIMER);
        (now + patience, self.settings.runtime.sleep(patience))
    }

    /// The entry of a key, expired or not.
    #[inline]
    pub fn find<Q>(&self, hash: u64, space: &SpaceRef, key: &Q) -> Option<Candidate<K, V>>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let first = self.read(|state| state.table.candidate(hash, None))?;
        if Self::is_it(&first, space, key) { Some(first) } else { self.find_behind(hash, space, key, first.next?) }
    }

    /// The same among those with the same hash behind the first.
    #[cold]
    fn find_behind<Q>(&self, hash: u64, space: &SpaceRef, key: &Q, next: Slot) -> Option<Candidate<K, V>>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let mut next = Some(next);
        // As many as there can be; keys whose `Eq` changes the cache could lead in circles.
        for _ in 0..self.read(|state| state.table.engine.len()) {
            let candidate = self.read(|state| state.table.candidate(hash, Some(next?)))?;
            if Self::is_it(&candidate, space, key) {
                return Some(candidate);
            }
            next = candidate.next;
        }
        None
    }

    #[inline]
    fn is_it<Q>(candidate: &Candidate<K, V>, space: &SpaceRef, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        space::is_same(&candidate.record.space, space) && candidate.record.key.borrow() == key
    }

    /// The slot of a key's entry, for a write, and the version of the table in which it is that slot.
    pub fn slot<Q>(&self, hash: u64, space: &SpaceRef, key: &Q) -> (Option<Slot>, u64)
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let mut tries = 0;
        loop {
            let before = self.read(|state| state.table.version());
            let found = self.find(hash, space, key);
            let (is_filed, after) = self.read(|state| {
                let is_filed = found.as_ref().is_none_or(|found| state.table.is_filed(found.slot, &found.record));
                (is_filed, state.table.version())
            });
            tries += 1;
            if before == after || tries > TRIES {
                return (found.filter(|_| is_filed).map(|found| found.slot), after);
            }
        }
    }

    /// The record of a key that has a live value; counts as a hit or a miss.
    #[inline]
    pub fn hit<Q>(&self, hash: u64, space: &SpaceRef, key: &Q) -> Option<Rc<Record<K, V>>>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.hit_or(hash, space, key, |_, _| {}).map(|(record, _)| record)
    }

    /// The same, with its slot. `part` is told of an expired entry before it is removed, and runs none of the caller's code.
    #[inline]
    pub fn hit_or<Q>(
        &self,
        hash: u64,
        space: &SpaceRef,
        key: &Q,
        part: impl FnOnce(&Table<K, V>, Slot),
    ) -> Option<(Rc<Record<K, V>>, Slot)>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let Some(Candidate { slot, record, expires, .. }) = self.find(hash, space, key) else {
            self.state.borrow_mut().table.counts.misses += 1;
            return None;
        };
        let now = if expires { self.now() } else { 0.0 };
        let mut state = self.state.borrow_mut();
        let table = &mut state.table;
        if !table.is_filed(slot, &record) {
            // Somebody has changed it since: this is what it was when it was asked for.
            return Some((record, slot));
        }
        if !expires || now < table.expires(slot) {
            table.counts.hits += 1;
            table.touch(slot);
            return Some((record, slot));
        }
        table.counts.misses += 1;
        part(table, slot);
        drop(state);
        self.edit(|state| {
            if state.table.stale_for(slot, now).is_none() {
                state.table.remove(slot, Reason::Expire);
            }
        });
        None
    }

    /// Whether an entry that was found has lived for its share.
    pub fn is_due_ahead(&self, slot: Slot, share: f64) -> bool {
        let ttl = self.read(|state| state.table.engine.ttl(slot));
        if ttl == NEVER {
            return false;
        }
        let now = self.now();
        self.read(|state| flight::is_due_ahead(slot.index(), ttl, state.table.engine.remaining(slot, now), share))
    }

    /// The record of a key that has a live value. Counts for nothing.
    pub fn peek<Q>(&self, hash: u64, space: &SpaceRef, key: &Q) -> Option<Rc<Record<K, V>>>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let found = self.find(hash, space, key)?;
        let is_live = !found.expires || {
            let now = self.now();
            self.read(|state| !state.table.is_filed(found.slot, &found.record) || now < state.table.expires(found.slot))
        };
        is_live.then_some(found.record)
    }

    /// What the options of an entry come to. Runs the weigher.
    pub fn fate(&self, key: &K, value: &V, options: EntryOptions) -> Fate {
        let weigh = || self.settings.weigher.as_ref().map_or(1, |weigher| weigher(key, value));
        let weight = if self.weighs { options.weight.unwrap_or_else(weigh).max(1) as f64 } else { 0.0 };
        let tags = options.tags.unwrap_or_default();
        let ttl = options.ttl.map_or(self.settings.ttl, life);
        Fate { ttl, weight, tags, is_pinned: options.is_pinned, etag: options.etag }
    }

    /// Stores a value that a caller has brought, and fences: whatever is being computed for its key is out of date.
    pub fn insert(&self, record: Record<K, V>, fate: &Fate) -> Result<(), InsertError>
    where
        K: Eq,
    {
        self.store(Rc::new(record), fate)
    }

    /// The same.
    pub fn store(&self, record: Rc<Record<K, V>>, fate: &Fate) -> Result<(), InsertError>
    where
        K: Eq,
    {
        self.fence(record.hash, &record.space, &record.key);
        let now = self.now_for(fate);
        let (present, _) = self.slot(record.hash, &record.space, &record.key);
        self.edit(|state| state.table.put(record, present, fate, now))
    }

    /// The time of a write; any will do where nothing expires.
    pub fn now_for(&self, fate: &Fate) -> f64 {
        let is_needed = fate.ttl < NEVER || self.read(|state| state.table.engine.is_expiring());
        if is_needed { self.now() } else { 0.0 }
    }

    /// The place of a key that somebody locks or loads.
    pub fn place<Q>(&self, hash: u64, space: &SpaceRef, key: &Q) -> Option<Rc<Place<K>>>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        if self.read(|state| state.places.is_empty()) {
            return None;
        }
        let candidates = self.read(|state| state.places.candidates(hash));
        candidates.into_iter().find(|place| {
            let is_it = space::is_same(&place.space, space) && place.key.borrow() == key;
            is_it && self.read(|state| state.places.has(place))
        })
    }

    /// The place of a key, a new one if it has none, with one user more.
    pub fn enter<Q>(&self, hash: u64, space: &SpaceRef, key: &Q) -> Rc<Place<K>>
    where
        K: Borrow<Q>,
        Q: Eq + ToOwned<Owned = K> + ?Sized,
    {
        let place = self.place(hash, space, key);
        // The copy is made first: it may run the caller's code, which may have the same place made.
        let owned = if place.is_none() { Some(key.to_owned()) } else { None };
        let place = place.or_else(|| self.place(hash, space, key));
        let place = match (place, owned) {
            (Some(place), _) => place,
            (None, owned) => {
                let key = owned.unwrap_or_else(|| key.to_owned());
                self.edit(|state| state.places.open(hash, space.clone(), key))
            }
        };
        self.read(|state| state.places.enter(&place));
        place
    }

    /// Notes that a key was changed by somebody.
    pub fn fence<Q>(&self, hash: u64, space: &SpaceRef, key: &Q)
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.note_change(hash, space, key, false);
    }

    /// The same for a change that takes its time: once when it begins, and once when it is done.
    pub fn note_change<Q>(&self, hash: u64, space: &SpaceRef, key: &Q, is_done: bool)
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        if let Some(place) = self.place(hash, space, key) {
            let now = self.elapsed();
            self.edit(|state| {
                state.fence(&place, is_done);
                state.drain(now);
            });
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
impl<K, V> Drop for Core<K, V> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.state.borrow().validate();
        }
    }
}
