//! Changes of keys: what is being computed for them is out of date.

use super::State;
use crate::cache::deeds::Deed;
use crate::cache::place::Place;
use crate::cache::space::{self, SpaceRef};
use crate::latch::Role;
use std::rc::Rc;

impl<K, V> State<K, V> {
    /// Notes that a key was changed: what is being computed for it is out of date.
    pub fn fence(&mut self, place: &Place<K>) {
        if let Some(gate) = place.gate.get()
            && self.flights.latch.fence(gate, false)
        {
            place.gate.set(None);
        }
    }

    /// Notes that every key of a namespace was changed.
    pub fn fence_within(&mut self, within: &SpaceRef, now: f64) {
        for place in self.places.led() {
            if space::is_within(&place.space, within) {
                self.fence(&place);
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
