//! Keys that are locked or loaded at the moment: one place for each, however many want it.

use super::deeds::{Deed, Deeds};
use super::index::Index;
use super::space::SpaceRef;
use crate::arena::Id;
use crate::latch::Gate;
use std::cell::Cell;
use std::rc::Rc;

/// One key, from the first who wants it to the last.
pub(super) struct Place<K> {
    /// Of the key and its namespace.
    pub hash: u64,
    pub space: SpaceRef,
    pub key: K,
    /// The gate that the key leads to.
    pub gate: Cell<Option<Gate>>,
    /// Tickets, waiters and gates that refer to it. Without any, it is forgotten.
    users: Cell<u32>,
    /// Where it is filed, until it is forgotten.
    number: u32,
    /// The next place whose key has the same hash.
    next: Cell<Option<u32>>,
}

/// All of them.
pub(super) struct Places<K> {
    filed: Vec<Option<Rc<Place<K>>>>,
    /// The numbers that are free.
    free: Vec<u32>,
    /// The first place of each hash.
    index: Index,
    by_gate: Vec<Option<Rc<Place<K>>>>,
}

impl<K> Places<K> {
    pub fn new() -> Self {
        Self { filed: Vec::new(), free: Vec::new(), index: Index::default(), by_gate: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Those whose key has this hash. The caller compares the keys.
    pub fn candidates(&self, hash: u64) -> Vec<Rc<Place<K>>> {
        self.of_hash(hash).cloned().collect()
    }

    /// Whether a place is one of these still, so that all who want its key meet there.
    pub fn has(&self, place: &Rc<Place<K>>) -> bool {
        self.filed(place.number).is_some_and(|filed| Rc::ptr_eq(filed, place))
    }

    /// Takes in a place for a key that has none, for its first user.
    pub fn open(&mut self, hash: u64, space: SpaceRef, key: K) -> Rc<Place<K>> {
        let number = self.free.pop().unwrap_or(self.filed.len() as u32);
        let next = Cell::new(self.index.insert(hash, number));
        let place = Rc::new(Place { hash, space, key, gate: Cell::new(None), users: Cell::new(0), number, next });
        let filed = Some(Rc::clone(&place));
        match self.filed.get_mut(number as usize) {
            Some(free) => *free = filed,
            None => self.filed.push(filed),
        }
        place
    }

    fn filed(&self, number: u32) -> Option<&Rc<Place<K>>> {
        self.filed.get(number as usize)?.as_ref()
    }

    fn of_hash(&self, hash: u64) -> impl Iterator<Item = &Rc<Place<K>>> {
        let first = self.index.get(hash).and_then(|first| self.filed(first));
        std::iter::successors(first, |place| self.filed(place.next.get()?))
    }

    /// Takes a place out.
    fn unfile(&mut self, place: &Rc<Place<K>>) -> Option<Rc<Place<K>>> {
        if !self.has(place) {
            return None;
        }
        let before = self.of_hash(place.hash).find(|before| before.next.get() == Some(place.number));
        match (before, place.next.get()) {
            (Some(before), next) => before.next.set(next),
            (None, Some(next)) => drop(self.index.insert(place.hash, next)),
            (None, None) => self.index.remove(place.hash),
        }
        self.free.push(place.number);
        self.filed.get_mut(place.number as usize)?.take()
    }

    /// Notes one more user.
    pub fn enter(&self, place: &Place<K>) {
        place.users.set(place.users.get() + 1);
    }

    /// Notes that a user has gone. After the last one, the place is forgotten.
    pub fn leave<V>(&mut self, place: &Rc<Place<K>>, deeds: &mut Deeds<K, V>) {
        place.users.set(place.users.get().saturating_sub(1));
        if place.users.get() > 0 {
            return;
        }
        if let Some(place) = self.unfile(place) {
            deeds.push(Deed::Place(place));
        }
    }

    /// Has a place lead to a gate.
    pub fn lead<V>(&mut self, place: &Rc<Place<K>>, gate: Gate, deeds: &mut Deeds<K, V>) {
        place.gate.set(Some(gate));
        let index = gate.index() as usize;
        if self.by_gate.len() <= index {
            self.by_gate.resize_with(index + 1, || None);
        }
        let Some(filed) = self.by_gate.get_mut(index) else { return };
        if filed.as_ref().is_none_or(|filed| !Rc::ptr_eq(filed, place)) {
            let before = filed.replace(Rc::clone(place));
            self.enter(place);
            if let Some(before) = before {
                self.leave(&before, deeds);
                deeds.push(Deed::Place(before));
            }
        }
    }

    /// The place of a gate.
    pub fn of(&self, gate: Gate) -> Option<&Rc<Place<K>>> {
        self.by_gate.get(gate.index() as usize)?.as_ref()
    }

    /// Forgets a gate.
    pub fn close<V>(&mut self, gate: Gate, deeds: &mut Deeds<K, V>) {
        let place = self.by_gate.get_mut(gate.index() as usize).and_then(Option::take);
        if let Some(place) = place {
            if place.gate.get() == Some(gate) {
                place.gate.set(None);
            }
            self.leave(&place, deeds);
            deeds.push(Deed::Place(place));
        }
    }

    /// All places that lead to a gate.
    pub fn led(&self) -> Vec<Rc<Place<K>>> {
        self.filed.iter().flatten().filter(|place| place.gate.get().is_some()).cloned().collect()
    }
}
