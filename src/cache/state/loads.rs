//! Loads: who waits for which, and how a wait ends.

use super::{State, file, take};
use crate::arena::{Id, OutOfMemory};
use crate::cache::deeds::Deed;
use crate::cache::place::Place;
use crate::cache::table::Record;
use crate::cache::ticket::{Outcome, Ticket, Waiter};
use crate::flight::{Answer, Call, Flight, Look, Refresh};
use std::any::Any;
use std::rc::Rc;

/// What becomes of a caller who wants a value.
pub(in crate::cache) enum Asked<K, V> {
    /// Another's load: its ticket, too.
    Joins(Rc<Waiter<K, V>>, Option<Rc<Ticket<K, V>>>),
    Leads(Rc<Waiter<K, V>>, Rc<Ticket<K, V>>),
    /// The last load has failed a short time ago.
    TakesStale,
    IsRefused(Rc<dyn Any>),
    /// It would wait for itself.
    IsReentrant,
}

/// What becomes of a caller for whom a stale value may do.
pub(in crate::cache) enum Refreshed<K, V> {
    TooOld,
    Serve,
    Leads(Rc<Ticket<K, V>>),
}

/// What a waiter does that has looked.
pub(in crate::cache) enum Seen<K, V> {
    Waits,
    Ends(Outcome<K, V>),
    TakesOver(Rc<Ticket<K, V>>),
}

impl<K, V> State<K, V> {
    pub fn ask(
        &mut self,
        place: &Rc<Place<K>>,
        fresh: bool,
        call: &Call,
        stale: Option<Rc<Record<K, V>>>,
        now: f64,
    ) -> Result<Asked<K, V>, OutOfMemory> {
        if fresh {
            self.fence(place, false);
        } else if let Some(before) = place.gate.get().and_then(|gate| self.flights.latch.newest_load(gate))
            && self.running.contains(&before)
            && !self.flights.is_over(Flight::from_raw(before.raw()))
        {
            return Ok(Asked::IsReentrant);
        }
        let answer = self.flights.ask(place.gate.get(), fresh, call, now)?;
        let (flight, number) = match answer {
            Answer::Join(flight, number) | Answer::Lead(flight, number) => (flight, number),
            Answer::ServeStale => return Ok(Asked::TakesStale),
            Answer::Refuse => {
                let gate = place.gate.get().and_then(|gate| self.failures.get(gate.index() as usize));
                let error = gate.cloned().flatten().unwrap_or_else(|| Rc::new(()));
                return Ok(Asked::IsRefused(error));
            }
        };
        let waiter = Rc::new(Waiter::new(number, stale));
        file(&mut self.waiters, number, Rc::clone(&waiter));
        Ok(match answer {
            Answer::Join(..) => {
                self.table.counts.joins += 1;
                self.drain(now);
                Asked::Joins(waiter, self.ticket(flight.ticket()))
            }
            _ => Asked::Leads(waiter, self.admit_flight(flight, place, now)),
        })
    }

    pub fn refresh(
        &mut self,
        place: &Rc<Place<K>>,
        lease: f64,
        stale_for: f64,
        swr: f64,
        backoff: f64,
        now: f64,
    ) -> Result<Refreshed<K, V>, OutOfMemory> {
        Ok(match self.flights.refresh(place.gate.get(), lease, stale_for, swr, backoff, now)? {
            Refresh::TooOld => Refreshed::TooOld,
            Refresh::Serve => Refreshed::Serve,
            Refresh::Lead(flight) => Refreshed::Leads(self.admit_flight(flight, place, now)),
        })
    }

    pub fn look(&mut self, waiter: &Rc<Waiter<K, V>>, place: &Rc<Place<K>>, now: f64) -> Seen<K, V> {
        if !self.waits(waiter) {
            return Seen::Waits;
        }
        let seen = match self.flights.look(waiter.number, place.gate.get(), now) {
            Look::Wait => Seen::Waits,
            Look::TimeOut => Seen::Ends(Outcome::TimedOut),
            Look::ServeStale => Seen::Ends(self.stale_of(waiter)),
            Look::TakeOver(flight, has_left) => {
                self.table.counts.takeovers += u64::from(has_left);
                Seen::TakesOver(self.admit_flight(flight, place, now))
            }
        };
        if let Seen::Ends(_) = seen {
            self.forget_waiter(waiter);
        }
        self.drain(now);
        seen
    }

    /// A caller waits no longer.
    pub fn leave(&mut self, waiter: &Rc<Waiter<K, V>>, place: &Place<K>, now: f64) {
        if self.waits(waiter) {
            self.forget_waiter(waiter);
            self.flights.leave(waiter.number, place.gate.get(), now);
            self.drain(now);
        }
    }

    /// Notes that a load has failed, for callers that back off.
    pub fn note_failure(&mut self, ticket: &Ticket<K, V>, error: &Rc<dyn Any>, now: f64) {
        if ticket.is_released.get() {
            return;
        }
        let is_noted = self.flights.fail(Flight::from_raw(ticket.number.raw()), now);
        if is_noted && let Some(gate) = self.flights.latch.gate_of(ticket.number) {
            if let Some(before) = take(&mut self.failures, gate) {
                self.table.deeds.push(Deed::Error(before));
            }
            file(&mut self.failures, gate, Rc::clone(error));
        }
    }

    /// Ends a load, and tells those who wait for it.
    pub fn finish(&mut self, ticket: &Rc<Ticket<K, V>>, outcome: &Outcome<K, V>, now: f64) {
        if !ticket.is_released.get() {
            self.end_flight(ticket, outcome, now);
            self.drain(now);
        }
    }

    /// Whether a waiter's number is its own still.
    pub fn waits(&self, waiter: &Rc<Waiter<K, V>>) -> bool {
        let filed = self.waiters.get(waiter.number.index() as usize).and_then(Option::as_ref);
        filed.is_some_and(|filed| Rc::ptr_eq(filed, waiter))
    }

    /// For how long a waiter waits before it looks.
    pub fn waiter_patience(&self, waiter: &Rc<Waiter<K, V>>, now: f64) -> f64 {
        if self.waits(waiter) { self.flights.patience(waiter.number, now) } else { 0.0 }
    }

    pub(super) fn admit_flight(&mut self, flight: Flight, place: &Rc<Place<K>>, now: f64) -> Rc<Ticket<K, V>> {
        self.admit(flight.ticket(), place, true, now)
    }

    pub(super) fn end_flight(&mut self, ticket: &Rc<Ticket<K, V>>, outcome: &Outcome<K, V>, now: f64) {
        let flight = Flight::from_raw(ticket.number.raw());
        let has_failed = matches!(outcome, Outcome::Failed(_) | Outcome::TimedOut);
        while let Some((number, takes_stale)) = self.flights.next(flight, has_failed) {
            let Some(waiter) = take(&mut self.waiters, number) else { continue };
            let end = if takes_stale { self.stale_of(&waiter) } else { outcome.clone() };
            waiter.end(end, &mut self.table.deeds);
            self.table.deeds.push(Deed::Waiter(waiter));
        }
        self.give_back(ticket);
        self.flights.end(flight, ticket.place.gate.get(), now);
    }

    pub(super) fn stale_of(&mut self, waiter: &Waiter<K, V>) -> Outcome<K, V> {
        match &waiter.stale {
            Some(record) => {
                self.table.counts.stale += 1;
                Outcome::Stale(Rc::clone(record))
            }
            None => Outcome::TimedOut,
        }
    }

    pub(super) fn forget_waiter(&mut self, waiter: &Rc<Waiter<K, V>>) {
        if let Some(filed) = take(&mut self.waiters, waiter.number) {
            self.table.deeds.push(Deed::Waiter(filed));
        }
    }
}
