//! Keys that are locked or loaded at the moment: one place for each, however many want it.

use super::deeds::{Deed, Deeds};
use super::space::SpaceRef;
use super::table::ByHash;
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
}

/// All of them.
pub(super) struct Places<K> {
    by_hash: ByHash<Vec<Rc<Place<K>>>>,
    by_gate: Vec<Option<Rc<Place<K>>>>,
}

impl<K> Places<K> {
    pub fn new() -> Self {
        Self { by_hash: ByHash::default(), by_gate: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }

    /// Those whose key has this hash. The caller compares the keys.
    pub fn candidates(&self, hash: u64) -> Vec<Rc<Place<K>>> {
        self.by_hash.get(&hash).cloned().unwrap_or_default()
    }

    /// Whether a place is one of these still, so that all who want its key meet there.
    pub fn has(&self, place: &Rc<Place<K>>) -> bool {
        self.by_hash.get(&place.hash).is_some_and(|places| places.iter().any(|other| Rc::ptr_eq(other, place)))
    }

    /// Takes in a place for a key that has none, for its first user.
    pub fn open(&mut self, hash: u64, space: SpaceRef, key: K) -> Rc<Place<K>> {
        let place = Rc::new(Place { hash, space, key, gate: Cell::new(None), users: Cell::new(0) });
        self.by_hash.entry(hash).or_default().push(Rc::clone(&place));
        place
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
        let Some(places) = self.by_hash.get_mut(&place.hash) else { return };
        if let Some(index) = places.iter().position(|other| Rc::ptr_eq(other, place)) {
            deeds.push(Deed::Place(places.swap_remove(index)));
        }
        if places.is_empty() {
            self.by_hash.remove(&place.hash);
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
        self.by_hash.values().flatten().filter(|place| place.gate.get().is_some()).cloned().collect()
    }
}
