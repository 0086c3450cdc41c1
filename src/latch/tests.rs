//! The latch as its caller uses it: each promise alone, then random schedules.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod late;
mod leases;
mod looks;
mod model;
mod schedules;

use super::*;
use std::collections::HashMap;

const LEASE: f64 = 100.0;

/// What a caller keeps: the gate of each key, and what each ticket was told.
#[derive(Default)]
struct Caller {
    latch: Latch,
    gates: HashMap<u32, Gate>,
    key_of: HashMap<Gate, u32>,
    keys: HashMap<Ticket, u32>,
    now: f64,
    told: Vec<Event>,
}

impl Caller {
    fn current(&self, ticket: Ticket) -> Option<Gate> {
        self.keys.get(&ticket).and_then(|key| self.gates.get(key)).copied()
    }

    fn acquire(&mut self, key: u32) -> Ticket {
        let ticket = self.latch.acquire(self.gates.get(&key).copied(), LEASE, self.now).unwrap();
        self.file(key, ticket)
    }

    fn begin(&mut self, key: u32) -> Ticket {
        let ticket = self.latch.begin(self.gates.get(&key).copied(), LEASE, self.now).unwrap();
        self.file(key, ticket)
    }

    fn file(&mut self, key: u32, ticket: Ticket) -> Ticket {
        self.drain();
        self.gates.insert(key, self.gate_of(ticket));
        self.key_of.insert(self.gate_of(ticket), key);
        assert_eq!(self.keys.insert(ticket, key), None, "a ticket that is in use is not issued again");
        ticket
    }

    fn enter(&mut self, ticket: Ticket) -> Role {
        let role = self.latch.enter(ticket, self.current(ticket), self.now);
        self.drain();
        role
    }

    fn check(&mut self, ticket: Ticket) -> Role {
        let role = self.latch.check(ticket, self.current(ticket), self.now);
        self.drain();
        role
    }

    fn settle(&mut self, ticket: Ticket) -> Result<Outcome, SettleError> {
        let outcome = self.latch.settle(ticket);
        self.drain();
        outcome
    }

    fn release(&mut self, ticket: Ticket) {
        self.latch.release(ticket, self.current(ticket), self.now);
        self.drain();
        self.keys.remove(&ticket);
    }

    fn abandon(&mut self, ticket: Ticket) {
        self.latch.abandon(ticket, self.current(ticket), self.now);
        self.drain();
    }

    fn fence(&mut self, key: u32) {
        self.change(key, false);
    }

    fn change(&mut self, key: u32, done: bool) {
        if let Some(&gate) = self.gates.get(&key)
            && self.latch.fence(gate, done)
        {
            self.gates.remove(&key);
        }
        self.drain();
    }

    fn deadline(&self, ticket: Ticket) -> f64 {
        self.latch.deadline(self.gate_of(ticket))
    }

    fn gate_of(&self, ticket: Ticket) -> Gate {
        self.latch.gate_of(ticket).expect("a ticket that is in use has a gate")
    }

    fn revoke(&mut self, key: u32) {
        if let Some(&gate) = self.gates.get(&key) {
            self.latch.revoke(gate, self.now);
        }
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(event) = self.latch.next_event() {
            match event {
                Event::Closed(gate) => self.gates.retain(|_, &mut open| open != gate),
                Event::Reopened(gate) => assert_eq!(self.gates.insert(self.key_of[&gate], gate), None),
                Event::Promoted(_)
                | Event::Settled(_)
                | Event::Lost(_)
                | Event::Idle(_)
                | Event::Replaced(_)
                | Event::Ended(_) => {}
            }
            self.told.push(event);
        }
        self.latch.validate();
    }

    fn told(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.told)
    }

    fn role(&self, ticket: Ticket) -> Role {
        self.latch.role(ticket)
    }
}

/// A holder and three that wait for it, in the order in which they came.
fn queue(caller: &mut Caller) -> [Ticket; 4] {
    let tickets = [0; 4].map(|_| caller.acquire(7));
    assert_eq!(
        tickets.map(|ticket| caller.enter(ticket)),
        [Role::Holding, Role::Waiting, Role::Waiting, Role::Waiting]
    );
    caller.told();
    tickets
}

#[test]
fn a_result_goes_to_all_in_the_order_they_came() {
    let mut caller = Caller::default();
    let [holder, a, b, c] = queue(&mut caller);
    assert_eq!(caller.settle(holder), Ok(Outcome::Store));
    assert_eq!(caller.told(), [a, b, c].map(Event::Settled));
    assert_eq!(caller.settle(holder), Err(SettleError::Settled));
    assert_eq!(caller.settle(b), Err(SettleError::Settled));
}

#[test]
fn those_who_come_before_the_result_is_stored_get_it_too() {
    let mut caller = Caller::default();
    let [holder, ..] = queue(&mut caller);
    caller.settle(holder).unwrap();
    let late = caller.acquire(7);
    assert_eq!(caller.role(late), Role::Settled);
    caller.release(holder);
    let fresh = caller.acquire(7);
    assert_eq!(caller.role(fresh), Role::Holding);
}

#[test]
fn a_holder_without_a_result_hands_over_to_one() {
    let mut caller = Caller::default();
    let [holder, a, b, c] = queue(&mut caller);
    let before = caller.latch.token(holder);
    caller.release(holder);
    assert!(caller.latch.token(a) > before, "the number of a turn grows with each holder");
    assert_eq!(caller.told(), [Event::Promoted(a)]);
    assert_eq!([a, b, c].map(|ticket| caller.role(ticket)), [Role::Holding, Role::Waiting, Role::Waiting]);
    assert!(caller.latch.token(a) > caller.latch.token(b));
}

#[test]
fn a_waiter_that_leaves_harms_nobody() {
    let mut caller = Caller::default();
    let [holder, a, b, c] = queue(&mut caller);
    caller.release(b);
    assert_eq!(caller.told(), []);
    caller.settle(holder).unwrap();
    assert_eq!(caller.told(), [a, c].map(Event::Settled));
}

#[test]
fn a_fenced_result_goes_to_its_waiters_only() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.fence(7);
    let fresh = caller.acquire(7);
    assert_eq!(caller.role(fresh), Role::Holding, "who comes after the change starts afresh");
    assert_eq!(caller.settle(holder), Ok(Outcome::Fenced));
    assert_eq!(caller.role(a), Role::Settled);
    assert_eq!(caller.settle(fresh), Ok(Outcome::Store));
}

#[test]
fn the_waiters_of_a_fenced_holder_that_fails_wait_for_the_new_one() {
    let mut caller = Caller::default();
    let [holder, a, b, c] = queue(&mut caller);
    caller.fence(7);
    let fresh = caller.acquire(7);
    caller.told();
    caller.release(holder);
    assert_eq!([a, b, c].map(|ticket| caller.role(ticket)), [Role::Waiting; 3]);
    caller.settle(fresh).unwrap();
    assert_eq!(caller.told()[1..], [a, b, c].map(Event::Settled));
}

#[test]
fn a_fenced_gate_is_reopened_for_its_waiters() {
    let mut caller = Caller::default();
    let [holder, a, b, _] = queue(&mut caller);
    caller.fence(7);
    caller.release(holder);
    assert_eq!(caller.role(a), Role::Holding);
    let late = caller.acquire(7);
    assert_eq!(caller.role(late), Role::Resting, "the key leads to the gate again");
    assert_eq!(caller.settle(a), Ok(Outcome::Store));
    assert_eq!((caller.role(b), caller.role(late)), (Role::Settled, Role::Settled));
}

#[test]
fn a_ticket_that_has_not_entered_does_not_get_the_turn() {
    let mut caller = Caller::default();
    let holder = caller.acquire(7);
    let (rests, waits) = (caller.acquire(7), caller.acquire(7));
    caller.enter(waits);
    caller.release(holder);
    assert_eq!((caller.role(rests), caller.role(waits)), (Role::Resting, Role::Holding));
    assert_eq!(caller.settle(rests), Err(SettleError::NotHolding));
    caller.release(waits);
    assert_eq!(caller.enter(rests), Role::Holding);
}

#[test]
fn given_back_twice_is_given_back_once() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.release(holder);
    caller.latch.release(holder, None, 0.0);
    assert_eq!(caller.role(a), Role::Holding);
    assert_eq!(caller.settle(holder), Err(SettleError::NotHolding));
}

#[test]
fn a_key_that_nobody_locks_costs_nothing() {
    let mut caller = Caller::default();
    for round in 0..3 {
        let tickets: Vec<_> = (0..200).map(|key| caller.acquire(key + round)).collect();
        assert_eq!(caller.latch.gates(), 200);
        tickets.into_iter().for_each(|ticket| caller.release(ticket));
        assert_eq!((caller.latch.gates(), caller.latch.tickets(), caller.gates.len()), (0, 0, 0));
    }
}

#[test]
fn what_a_ticket_is_told_comes_behind_what_was_told_before() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.latch.settle(holder).unwrap();
    caller.latch.tell(Event::Idle(a));
    caller.drain();
    let told = caller.told();
    assert_eq!((told.first(), told.last()), (Some(&Event::Settled(a)), Some(&Event::Idle(a))));
}
