//! Tickets: those of locks and of loads, from the first step to the last.

use super::{State, file, take};
use crate::arena::{Id, OutOfMemory};
use crate::cache::deeds::Deed;
use crate::cache::place::Place;
use crate::cache::table::Record;
use crate::cache::ticket::{Outcome, Ticket};
use crate::latch::{self, Gate, Role, SettleError};
use std::any::Any;
use std::rc::Rc;

impl<K, V> State<K, V> {
    /// All tickets that were not given back.
    pub fn tickets(&self) -> impl Iterator<Item = &Rc<Ticket<K, V>>> {
        self.tickets.iter().flatten()
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

    /// Gives a lock's ticket back.
    pub fn release(&mut self, ticket: &Rc<Ticket<K, V>>, now: f64) {
        if !ticket.is_released.get() {
            self.give_back(ticket);
            self.flights.latch.release(ticket.number, ticket.place.gate.get(), now);
            self.drain(now);
        }
    }

    /// Ends those who wait for a lock's result, with an error. Does nothing if it isn't the lock's turn.
    pub fn fail(&mut self, holder: &Rc<Ticket<K, V>>, error: &Rc<dyn Any>, now: f64) {
        let gate = self.flights.latch.gate_of(holder.number);
        if self.role(holder) != Role::Holding {
            return;
        }
        let latch = &self.flights.latch;
        let waits = |ticket: &&Rc<Ticket<K, V>>| {
            let role = latch.role(ticket.number);
            matches!(role, Role::Resting | Role::Waiting) && latch.gate_of(ticket.number) == gate
        };
        let waiting: Vec<_> = self.tickets.iter().flatten().filter(waits).cloned().collect();
        for ticket in waiting {
            if ticket.is_load {
                self.end_flight(&ticket, &Outcome::Failed(Rc::clone(error)), now);
            } else {
                *ticket.failure.borrow_mut() = Some(Rc::clone(error));
                self.give_back(&ticket);
                self.flights.latch.release(ticket.number, ticket.place.gate.get(), now);
            }
            self.table.deeds.push(Deed::Ticket(ticket));
        }
        self.drain(now);
    }

    /// For how long a ticket waits before it looks.
    pub fn patience(&self, ticket: &Ticket<K, V>, now: f64) -> f64 {
        let latch = &self.flights.latch;
        let deadline = latch.gate_of(ticket.number).map_or(0.0, |gate: Gate| latch.deadline(gate));
        (deadline - now).max(0.0).min(latch.lease(ticket.number))
    }

    /// Takes in a new ticket, whose gate may be a new one. It gets the gate's result, if there is one.
    pub(super) fn admit(
        &mut self,
        number: latch::Ticket,
        place: &Rc<Place<K>>,
        is_load: bool,
        now: f64,
    ) -> Rc<Ticket<K, V>> {
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

    pub(super) fn ring(&mut self, number: latch::Ticket) {
        if let Some(Some(ticket)) = self.tickets.get(number.index() as usize) {
            ticket.bells.ring(&mut self.table.deeds);
        }
    }

    /// The result of its gate is there for a ticket.
    pub(super) fn receive(&mut self, number: latch::Ticket, now: f64) {
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
    pub(super) fn lose(&mut self, number: latch::Ticket) {
        self.table.counts.takeovers += 1;
        if let Some(Some(ticket)) = self.tickets.get(number.index() as usize) {
            if self.flights.latch.role(number) == Role::Lost {
                ticket.is_lost.set(true);
                let told = ticket.on_loss.borrow_mut().take();
                told.into_iter().for_each(|wake| self.table.deeds.push(Deed::Wake(wake)));
            } else {
                ticket.invalid.borrow_mut().clear();
            }
            ticket.bells.ring(&mut self.table.deeds);
        }
    }

    /// Forgets a ticket that is about to be given back to the latch.
    pub(super) fn give_back(&mut self, ticket: &Rc<Ticket<K, V>>) {
        ticket.token.set(self.flights.latch.token(ticket.number));
        ticket.is_released.set(true);
        ticket.bells.ring(&mut self.table.deeds);
        if let Some(filed) = take(&mut self.tickets, ticket.number) {
            self.table.deeds.push(Deed::Ticket(filed));
        }
        self.places.leave(&ticket.place, &mut self.table.deeds);
    }

    pub(super) fn ticket(&self, number: latch::Ticket) -> Option<Rc<Ticket<K, V>>> {
        self.tickets.get(number.index() as usize)?.clone()
    }
}
