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

    /// Notes that the entries with a tag were removed: results that are being computed may be out of date.
    pub fn invalidate(&self, tag: &Rc<str>, within: &SpaceRef) {
        for ticket in self.tickets.iter().flatten() {
            let begun = !matches!(self.role(ticket), Role::Free | Role::Resting | Role::Waiting);
            if begun && space::is_within(&ticket.place.space, within) {
                ticket.invalid.borrow_mut().push(Rc::clone(tag));
            }
        }
    }
}
