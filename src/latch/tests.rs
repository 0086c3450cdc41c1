//! The latch as its caller uses it: each promise alone, then random schedules.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

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
                Event::Promoted(_) | Event::Settled(_) | Event::Lost(_) | Event::Told(..) => {}
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
fn a_result_that_is_never_stored_blocks_nobody_beyond_the_lease() {
    let mut caller = Caller::default();
    let holder = caller.acquire(7);
    caller.settle(holder).unwrap();
    caller.now = LEASE;
    let fresh = caller.acquire(7);
    assert_eq!(caller.role(fresh), Role::Holding);
    caller.release(holder);
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
fn a_dead_holder_loses_the_gate_to_a_live_waiter() {
    let mut caller = Caller::default();
    let [holder, a, b, _] = queue(&mut caller);
    caller.now = LEASE - 1.0;
    assert_eq!(caller.check(b), Role::Waiting);
    caller.now = LEASE;
    assert_eq!(caller.check(b), Role::Holding);
    assert_eq!(caller.told(), [Event::Lost(holder)]);
    assert_eq!(caller.settle(holder), Err(SettleError::Lost));
    caller.settle(b).unwrap();
    assert_eq!(caller.role(a), Role::Settled);
}

#[test]
fn a_newcomer_finds_out_that_the_lease_is_over() {
    let mut caller = Caller::default();
    let dead = caller.acquire(7);
    caller.enter(dead);
    caller.now = 2.0 * LEASE;
    let fresh = caller.acquire(7);
    assert_eq!(caller.enter(fresh), Role::Holding);
    assert_eq!(caller.role(dead), Role::Lost);
    caller.release(dead);
    assert_eq!(caller.role(fresh), Role::Holding, "the old holder frees nobody's gate");
}

#[test]
fn a_ticket_that_never_enters_takes_nobodys_turn() {
    let mut caller = Caller::default();
    let holder = caller.acquire(7);
    caller.enter(holder);
    caller.now = 2.0 * LEASE;
    let idle = caller.acquire(7);
    assert_eq!((caller.role(holder), caller.role(idle)), (Role::Holding, Role::Resting));
    assert_eq!(caller.settle(holder), Ok(Outcome::Store), "late, but nobody has waited for the turn");
    assert_eq!(caller.role(idle), Role::Settled);
}

#[test]
fn a_turn_that_is_lost_before_it_began_is_no_loss() {
    let mut caller = Caller::default();
    let absent = caller.acquire(7);
    caller.now = LEASE;
    let taker = caller.acquire(7);
    assert_eq!(caller.enter(taker), Role::Holding);
    assert_eq!(caller.told(), [Event::Lost(absent)]);
    assert_eq!((caller.role(absent), caller.latch.token(absent)), (Role::Resting, 0));
    assert_eq!(caller.enter(absent), Role::Waiting, "it waits for a turn like any other");
    caller.release(taker);
    assert_eq!(caller.role(absent), Role::Holding);
    assert!(caller.latch.token(absent) > 0);
    caller.now += 2.0 * LEASE;
    let next = caller.acquire(7);
    assert_eq!(caller.enter(next), Role::Holding);
    assert_eq!(caller.role(absent), Role::Lost, "this time it had begun");
}

#[test]
fn a_longer_lease_keeps_the_gate() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.now = 90.0;
    assert!(caller.latch.extend(holder, LEASE, caller.now));
    caller.now = 189.0;
    assert_eq!(caller.check(a), Role::Waiting);
    assert!(!caller.latch.extend(a, LEASE, caller.now));
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
fn each_turn_that_is_lost_doubles_the_next_lease() {
    let mut caller = Caller::default();
    let first = caller.acquire(7);
    caller.enter(first);
    for factor in [2.0, 4.0, 8.0, 16.0, 32.0, 32.0] {
        caller.now = caller.latch.deadline(caller.gates[&7]);
        let next = caller.acquire(7);
        assert_eq!(caller.enter(next), Role::Holding);
        assert_eq!(caller.deadline(next) - caller.now, factor * LEASE);
    }
    let last = caller.latch.holder(caller.gates[&7]).unwrap();
    assert_eq!(caller.settle(last), Ok(Outcome::Store));
    caller.release(last);
    let fresh = caller.acquire(7);
    assert_eq!(caller.deadline(fresh) - caller.now, LEASE, "there was a result");
}

/// A load whose lease is over, and the one in its place.
fn replaced(caller: &mut Caller) -> [Ticket; 2] {
    let late = caller.begin(7);
    caller.now += LEASE;
    let successor = caller.begin(7);
    assert_eq!([late, successor].map(|ticket| caller.role(ticket)), [Role::Lost, Role::Holding]);
    [late, successor]
}

#[test]
fn a_late_load_is_as_good_as_the_one_in_its_place() {
    let mut caller = Caller::default();
    let [late, successor] = replaced(&mut caller);
    let waiter = caller.acquire(7);
    caller.told();
    assert_eq!(caller.settle(late), Ok(Outcome::Store));
    assert_eq!(caller.told(), [successor, waiter].map(Event::Settled));
    assert_eq!(caller.settle(successor), Err(SettleError::Settled));
    caller.release(successor);
    assert_eq!(caller.acquire(7), successor, "its number is free, and the gate is the late one's");
    caller.release(late);
    assert_eq!(caller.settle(waiter), Err(SettleError::Settled));
}

#[test]
fn a_late_load_is_refused_once_there_is_a_value_a_change_or_a_lock() {
    for what in 0..3 {
        let mut caller = Caller::default();
        let [late, successor] = replaced(&mut caller);
        match what {
            0 => drop(caller.settle(successor)),
            1 => caller.fence(7),
            _ => {
                let lock = caller.acquire(7);
                caller.enter(lock);
                caller.release(successor);
                assert_eq!(caller.role(lock), Role::Holding);
            }
        }
        assert_eq!(caller.settle(late), Err(SettleError::Lost));
    }
}

#[test]
fn a_load_that_nobody_has_replaced_keeps_its_key_in_sight() {
    let mut caller = Caller::default();
    let late = caller.begin(7);
    caller.abandon(late);
    let other = caller.begin(7);
    assert_eq!((caller.role(other), caller.deadline(other)), (Role::Holding, 2.0 * LEASE));
    caller.release(other);
    assert_eq!(caller.settle(late), Ok(Outcome::Store));
    caller.release(late);
    assert_eq!((caller.latch.gates(), caller.gates.len()), (0, 0));
    let outdated = caller.begin(7);
    caller.abandon(outdated);
    caller.fence(7);
    assert_eq!(caller.latch.gates(), 0, "nobody holds it, waits for it, or may bring a value");
    assert_eq!(caller.settle(outdated), Err(SettleError::Lost));
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
        let tickets: Vec<_> = (0..1000).map(|key| caller.acquire(key + round)).collect();
        assert_eq!(caller.latch.gates(), 1000);
        tickets.into_iter().for_each(|ticket| caller.release(ticket));
        assert_eq!((caller.latch.gates(), caller.latch.tickets(), caller.gates.len()), (0, 0, 0));
    }
}

#[test]
fn what_a_ticket_is_told_comes_behind_what_was_told_before() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.latch.settle(holder).unwrap();
    caller.latch.tell(a, 3);
    caller.drain();
    let told = caller.told();
    assert_eq!((told.first(), told.last()), (Some(&Event::Settled(a)), Some(&Event::Told(a, 3))));
}
