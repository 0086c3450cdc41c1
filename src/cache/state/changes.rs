//! Changes of keys: what is being computed for them is out of date.

use super::State;
use crate::cache::deeds::Deed;
use crate::cache::place::Place;
use crate::cache::space::{self, SpaceRef};
use crate::latch::Role;
use std::rc::Rc;

impl<K, V> State<K, V> {
    /// Notes that a key is being changed: what is being computed for it is out of date. `is_done`: that the change is
    /// complete.
    pub fn fence(&mut self, place: &Place<K>, is_done: bool) {
        if let Some(gate) = place.gate.get()
            && self.flights.latch.fence(gate, is_done)
        {
            place.gate.set(None);
        }
    }

    /// Notes that every key of a namespace was changed.
    pub fn fence_within(&mut self, within: &SpaceRef, is_done: bool, now: f64) {
        for place in self.places.led() {
            if space::is_within(&place.space, within) {
                self.fence(&place, is_done);
            }
            self.table.deeds.push(Deed::Place(place));
        }
        self.drain(now);
    }

    /// Notes that the entries with a tag were removed: results that are being computed may be out of date. Those that are
    /// known to carry the tag are, so whoever comes later begins afresh.
    pub fn invalidate(&mut self, tag: &Rc<str>, within: &SpaceRef, now: f64) {
        let mut carriers = Vec::new();
        for ticket in self.tickets.iter().flatten() {
            let begun = !matches!(self.role(ticket), Role::Free | Role::Resting | Role::Waiting);
            if !begun || !space::is_within(&ticket.place.space, within) {
                continue;
            }
            if ticket.known_tags.borrow().as_ref().is_some_and(|tags| tags.contains(tag)) {
                carriers.push(Rc::clone(&ticket.place));
            } else {
                ticket.invalid.borrow_mut().push(Rc::clone(tag));
            }
        }
        for place in carriers {
            self.fence(&place, false);
            self.table.deeds.push(Deed::Place(place));
        }
        self.drain(now);
    }
}
