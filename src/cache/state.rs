//! Everything that a cache borrows at once: its table, its locks and its loads. It asks the flights and the latch, and
//! carries out what they tell. It runs none of the caller's code.

use super::deeds::Deed;
use super::place::{Place, Places};
use super::space::{self, SpaceRef};
use super::table::{Record, Table};
use super::ticket::{Outcome, Ticket, Waiter};
use crate::arena::{Id, OutOfMemory};
use crate::engine;
use crate::flight::{Answer, Call, Flight, Flights, Look, Refresh};
use crate::latch::{self, Event, Gate, Role, SettleError};
use std::any::Any;
use std::rc::Rc;

/// See the module.
pub(super) struct State<K, V> {
    pub table: Table<K, V>,
    pub flights: Flights,
    pub places: Places<K>,
    /// The loads whose loaders are being polled at the moment, each within the one before.
    pub running: Vec<latch::Ticket>,
    tickets: Vec<Option<Rc<Ticket<K, V>>>>,
    waiters: Vec<Option<Rc<Waiter<K, V>>>>,
    /// By gate, as long as it has one.
    results: Vec<Option<Rc<Record<K, V>>>>,
    /// By gate: the error of its last load, if that has failed.
    failures: Vec<Option<Rc<dyn Any>>>,
}

/// What becomes of a caller who wants a value.
pub(super) enum Asked<K, V> {
    Joins(Rc<Waiter<K, V>>),
    Leads(Rc<Waiter<K, V>>, Rc<Ticket<K, V>>),
    /// The last load has failed a short time ago.
    TakesStale,
    IsRefused(Rc<dyn Any>),
    /// It would wait for itself.
    IsReentrant,
}

/// What becomes of a caller for whom a stale value may do.
pub(super) enum Refreshed<K, V> {
    TooOld,
    Serve,
    Leads(Rc<Ticket<K, V>>),
}

/// What a waiter does that has looked.
pub(super) enum Seen<K, V> {
    Waits,
    Ends(Outcome<K, V>),
    TakesOver(Rc<Ticket<K, V>>),
}

impl<K, V> State<K, V> {
    pub fn new(config: engine::Config) -> Self {
        Self {
            table: Table::new(config),
            flights: Flights::new(),
            places: Places::new(),
            running: Vec::new(),
            tickets: Vec::new(),
            waiters: Vec::new(),
            results: Vec::new(),
            failures: Vec::new(),
        }
    }

    pub fn ask(
        &mut self,
        place: &Rc<Place<K>>,
        fresh: bool,
        call: &Call,
        stale: Option<Rc<Record<K, V>>>,
        now: f64,
    ) -> Result<Asked<K, V>, OutOfMemory> {
        if fresh {
            self.fence(place);
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
                Asked::Joins(waiter)
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

    /// Takes a ticket for a lock.
    pub fn acquire(&mut self, place: &Rc<Place<K>>, lease: f64, now: f64) -> Result<Rc<Ticket<K, V>>, OutOfMemory> {
        let number = self.flights.latch.acquire(place.gate.get(), lease, now)?;
        Ok(self.admit(number, place, false, now))
    }

    pub fn enter(&mut self, ticket: &Ticket<K, V>, now: f64) -> Role {
        if ticket.is_released.get() {
            return Role::Free;
        }
        let role = self.flights.latch.enter(ticket.number, ticket.place.gate.get(), now);
        self.drain(now);
        if ticket.is_released.get() { Role::Free } else { role }
    }

    pub fn role(&self, ticket: &Ticket<K, V>) -> Role {
        if ticket.is_released.get() { Role::Free } else { self.flights.latch.role(ticket.number) }
    }

    pub fn token(&self, ticket: &Ticket<K, V>) -> u64 {
        if ticket.is_released.get() { ticket.token.get() } else { self.flights.latch.token(ticket.number) }
    }

    /// Makes a record the result of a ticket, for all who wait at its key. True: it may be stored.
    pub fn settle(
        &mut self,
        ticket: &Ticket<K, V>,
        record: &Rc<Record<K, V>>,
        tags: &[Rc<str>],
        now: f64,
    ) -> Result<bool, SettleError> {
        if ticket.is_released.get() {
            return Err(SettleError::NotHolding);
        }
        let verdict = self.flights.latch.settle(ticket.number);
        if verdict == Err(SettleError::Lost) {
            self.table.counts.fenced += 1;
        }
        let outcome = verdict?;
        if let Some(gate) = self.flights.latch.gate_of(ticket.number) {
            file(&mut self.results, gate, Rc::clone(record));
        }
        *ticket.result.borrow_mut() = Some(Rc::clone(record));
        ticket.bells.ring(&mut self.table.deeds);
        self.drain(now);
        let is_invalid = tags.iter().any(|tag| ticket.invalid.borrow().contains(tag));
        let is_outdated = outcome == latch::Outcome::Fenced || is_invalid;
        self.table.counts.fenced += u64::from(is_outdated);
        Ok(!is_outdated)
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

    /// Gives a lock's ticket back.
    pub fn release(&mut self, ticket: &Rc<Ticket<K, V>>, now: f64) {
        if !ticket.is_released.get() {
            self.give_back(ticket);
            self.flights.latch.release(ticket.number, ticket.place.gate.get(), now);
            self.drain(now);
        }
    }

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

    /// Carries out what the latch and the flights tell.
    pub fn drain(&mut self, now: f64) {
        while let Some(event) = self.flights.latch.next_event() {
            match event {
                Event::Promoted(number) => self.ring(number),
                Event::Settled(number) => self.receive(number, now),
                Event::Lost(number) => self.lose(number),
                Event::Idle(_) => {}
                Event::Replaced(number) => self.ring(number),
                Event::Ended(number) => {
                    if let Some(ticket) = self.ticket(number) {
                        self.end_flight(&ticket, &Outcome::TimedOut, now);
                        self.table.deeds.push(Deed::Ticket(ticket));
                    }
                }
                Event::Reopened(gate) => {
                    if let Some(place) = self.places.of(gate) {
                        place.gate.set(Some(gate));
                    }
                }
                Event::Closed(gate) => {
                    if let Some(result) = take(&mut self.results, gate) {
                        self.table.deeds.push(Deed::Record(result));
                    }
                    if let Some(error) = take(&mut self.failures, gate) {
                        self.table.deeds.push(Deed::Error(error));
                    }
                    self.places.close(gate, &mut self.table.deeds);
                }
            }
        }
    }

    fn admit_flight(&mut self, flight: Flight, place: &Rc<Place<K>>, now: f64) -> Rc<Ticket<K, V>> {
        self.admit(flight.ticket(), place, true, now)
    }

    /// Takes in a new ticket, whose gate may be a new one. It gets the gate's result, if there is one.
    fn admit(&mut self, number: latch::Ticket, place: &Rc<Place<K>>, is_load: bool, now: f64) -> Rc<Ticket<K, V>> {
        let ticket = Rc::new(Ticket::new(number, Rc::clone(place), is_load));
        self.places.enter(place);
        file(&mut self.tickets, number, Rc::clone(&ticket));
        // What has closed before must not close what has opened since.
        self.drain(now);
        if ticket.is_released.get() {
            return ticket;
        }
        if let Some(gate) = self.flights.latch.gate_of(number) {
            self.places.lead(place, gate, &mut self.table.deeds);
        }
        if self.flights.latch.role(number) == Role::Settled {
            self.receive(number, now);
            self.drain(now);
        }
        ticket
    }

    fn ring(&mut self, number: latch::Ticket) {
        if let Some(Some(ticket)) = self.tickets.get(number.index() as usize) {
            ticket.bells.ring(&mut self.table.deeds);
        }
    }

    /// The result of its gate is there for a ticket.
    fn receive(&mut self, number: latch::Ticket, now: f64) {
        let Some(ticket) = self.ticket(number) else { return };
        let gate = self.flights.latch.gate_of(number);
        let result = gate.and_then(|gate| self.results.get(gate.index() as usize).cloned().flatten());
        ticket.result.borrow_mut().clone_from(&result);
        ticket.bells.ring(&mut self.table.deeds);
        if ticket.is_load {
            let outcome = result.map_or(Outcome::TimedOut, Outcome::Value);
            self.end_flight(&ticket, &outcome, now);
            // May be the last that holds it.
            if let Outcome::Value(record) = outcome {
                self.table.deeds.push(Deed::Record(record));
            }
        }
        self.table.deeds.push(Deed::Ticket(ticket));
    }

    /// Another ticket has the turn. One that had not entered has lost nothing.
    fn lose(&mut self, number: latch::Ticket) {
        self.table.counts.takeovers += 1;
        if let Some(Some(ticket)) = self.tickets.get(number.index() as usize) {
            if self.flights.latch.role(number) == Role::Lost {
                ticket.is_lost.set(true);
            } else {
                ticket.invalid.borrow_mut().clear();
            }
            ticket.bells.ring(&mut self.table.deeds);
        }
    }

    fn end_flight(&mut self, ticket: &Rc<Ticket<K, V>>, outcome: &Outcome<K, V>, now: f64) {
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

    /// Forgets a ticket that is about to be given back to the latch.
    fn give_back(&mut self, ticket: &Rc<Ticket<K, V>>) {
        ticket.token.set(self.flights.latch.token(ticket.number));
        ticket.is_released.set(true);
        ticket.bells.ring(&mut self.table.deeds);
        if let Some(filed) = take(&mut self.tickets, ticket.number) {
            self.table.deeds.push(Deed::Ticket(filed));
        }
        self.places.leave(&ticket.place, &mut self.table.deeds);
    }

    fn stale_of(&mut self, waiter: &Waiter<K, V>) -> Outcome<K, V> {
        match &waiter.stale {
            Some(record) => {
                self.table.counts.stale += 1;
                Outcome::Stale(Rc::clone(record))
            }
            None => Outcome::TimedOut,
        }
    }

    fn ticket(&self, number: latch::Ticket) -> Option<Rc<Ticket<K, V>>> {
        self.tickets.get(number.index() as usize)?.clone()
    }

    /// Whether a waiter's number is its own still.
    pub fn waits(&self, waiter: &Rc<Waiter<K, V>>) -> bool {
        let filed = self.waiters.get(waiter.number.index() as usize).and_then(Option::as_ref);
        filed.is_some_and(|filed| Rc::ptr_eq(filed, waiter))
    }

    fn forget_waiter(&mut self, waiter: &Rc<Waiter<K, V>>) {
        if let Some(filed) = take(&mut self.waiters, waiter.number) {
            self.table.deeds.push(Deed::Waiter(filed));
        }
    }

    /// For how long a ticket waits before it looks.
    pub fn patience(&self, ticket: &Ticket<K, V>, now: f64) -> f64 {
        let latch = &self.flights.latch;
        let deadline = latch.gate_of(ticket.number).map_or(0.0, |gate: Gate| latch.deadline(gate));
        (deadline - now).max(0.0).min(latch.lease(ticket.number))
    }

    /// For how long a waiter waits before it looks.
    pub fn waiter_patience(&self, waiter: &Rc<Waiter<K, V>>, now: f64) -> f64 {
        if self.waits(waiter) { self.flights.patience(waiter.number, now) } else { 0.0 }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
impl<K, V> State<K, V> {
    /// Whether nobody loads, locks or waits.
    pub fn assert_nothing_is_left(&self) {
        assert!(self.places.is_empty(), "places");
        assert_eq!((self.flights.latch.gates(), self.flights.latch.tickets()), (0, 0));
        assert!(self.tickets.iter().flatten().next().is_none(), "tickets");
        assert!(self.waiters.iter().flatten().next().is_none(), "waiters");
        assert!(self.results.iter().flatten().next().is_none(), "results");
        assert!(self.running.is_empty());
    }

    pub fn validate(&self) {
        self.table.validate();
        self.flights.validate();
    }
}

fn file<I: Id, T>(column: &mut Vec<Option<T>>, id: I, thing: T) {
    let index = id.index() as usize;
    if column.len() <= index {
        column.resize_with(index + 1, || None);
    }
    if let Some(place) = column.get_mut(index) {
        *place = Some(thing);
    }
}

fn take<I: Id, T>(column: &mut [Option<T>], id: I) -> Option<T> {
    column.get_mut(id.index() as usize)?.take()
}
