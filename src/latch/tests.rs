//! The latch as its caller uses it: each promise alone, then random schedules.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
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
    fn current(&self, ticket: Ticket) -> Gate {
        self.keys.get(&ticket).and_then(|key| self.gates.get(key)).copied().unwrap_or(NIL)
    }

    fn acquire(&mut self, key: u32) -> Ticket {
        let gate = self.gates.get(&key).copied().unwrap_or(NIL);
        let ticket = self.latch.acquire(gate, LEASE, self.now).unwrap();
        self.drain();
        self.gates.insert(key, self.latch.gate_of(ticket));
        self.key_of.insert(self.latch.gate_of(ticket), key);
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

    fn settle(&mut self, ticket: Ticket) -> Result<Outcome, Refused> {
        let outcome = self.latch.settle(ticket);
        self.drain();
        outcome
    }

    fn release(&mut self, ticket: Ticket) {
        self.latch.release(ticket, self.current(ticket), self.now);
        self.drain();
        self.keys.remove(&ticket);
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
    }

    fn revoke(&mut self, key: u32) {
        self.latch.revoke(self.gates.get(&key).copied().unwrap_or(NIL), self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(event) = self.latch.next_event() {
            match event {
                Event::Closed(gate) => self.gates.retain(|_, &mut open| open != gate),
                Event::Reopened(gate) => assert_eq!(self.gates.insert(self.key_of[&gate], gate), None),
                Event::Promoted(_) | Event::Settled(_) | Event::Lost(_) => {}
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
    assert_eq!(caller.settle(holder), Err(Refused::Settled));
    assert_eq!(caller.settle(b), Err(Refused::Settled));
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
    assert_eq!(caller.settle(holder), Err(Refused::Lost));
    caller.settle(b).unwrap();
    assert_eq!(caller.role(a), Role::Settled);
}

#[test]
fn a_newcomer_finds_out_that_the_lease_is_over() {
    let mut caller = Caller::default();
    let dead = caller.acquire(7);
    caller.now = 2.0 * LEASE;
    let fresh = caller.acquire(7);
    assert_eq!((caller.role(fresh), caller.role(dead)), (Role::Holding, Role::Lost));
    caller.release(dead);
    assert_eq!(caller.role(fresh), Role::Holding, "the old holder frees nobody's gate");
}

#[test]
fn a_gate_can_be_taken_from_its_holder() {
    let mut caller = Caller::default();
    let [holder, a, b, _] = queue(&mut caller);
    caller.revoke(7);
    assert_eq!(caller.told(), [Event::Lost(holder), Event::Promoted(a)]);
    assert_eq!(caller.settle(holder), Err(Refused::Lost));
    caller.release(holder);
    assert_eq!((caller.role(a), caller.role(b)), (Role::Holding, Role::Waiting));
    caller.settle(a).unwrap();
    caller.told();
    caller.revoke(7);
    caller.revoke(8);
    assert_eq!(caller.told(), [], "a result that is there stays, and a key that nobody holds");
    let alone = caller.acquire(9);
    caller.revoke(9);
    let fresh = caller.acquire(9);
    assert_eq!((caller.role(alone), caller.role(fresh)), (Role::Lost, Role::Holding));
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
fn a_change_while_the_holder_looks_fences_nothing() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    assert!(!caller.latch.look(holder, Look::On));
    caller.change(7, false);
    caller.change(7, true);
    let late = caller.acquire(7);
    assert_eq!(caller.role(late), Role::Resting, "who comes then waits for what is about to be computed");
    assert!(caller.latch.look(holder, Look::Over), "a value that was found may be the one from before");
    assert!(!caller.latch.look(holder, Look::On));
    assert!(!caller.latch.look(holder, Look::Over));
    assert_eq!(caller.settle(holder), Ok(Outcome::Store));
    assert_eq!(caller.role(a), Role::Settled);
}

#[test]
fn every_change_fences_the_last_look() {
    for done in [false, true] {
        let mut caller = Caller::default();
        let [holder, a, ..] = queue(&mut caller);
        caller.latch.look(holder, Look::On);
        caller.change(7, false);
        assert!(caller.latch.look(holder, Look::Last));
        caller.change(7, done);
        let late = caller.acquire(7);
        assert_eq!(caller.role(late), Role::Holding, "who comes after the change looks for itself");
        caller.latch.look(holder, Look::Over);
        assert_eq!(caller.settle(holder), Ok(Outcome::Fenced));
        assert_eq!(caller.role(a), Role::Settled, "who came before it has what was found");
    }
}

#[test]
fn only_the_holder_looks() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.latch.look(a, Look::On);
    caller.fence(7);
    assert_eq!(caller.settle(holder), Ok(Outcome::Fenced));
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.latch.look(holder, Look::On);
    caller.now = LEASE;
    assert_eq!(caller.check(a), Role::Holding);
    caller.fence(7);
    assert_eq!(caller.settle(a), Ok(Outcome::Fenced), "its turn begins without a look");
}

#[test]
fn a_change_that_ends_leaves_alone_what_began_after_it() {
    let mut caller = Caller::default();
    let before = caller.acquire(7);
    caller.change(7, false);
    let after = caller.acquire(7);
    caller.change(7, true);
    assert_eq!(caller.settle(before), Ok(Outcome::Fenced));
    assert_eq!(caller.settle(after), Ok(Outcome::Store));
    caller.change(7, true);
    let last = caller.acquire(7);
    assert_eq!(caller.role(last), Role::Holding, "what was there already may be the value from before");
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
    assert_eq!(caller.settle(rests), Err(Refused::NotHolding));
    caller.release(waits);
    assert_eq!(caller.enter(rests), Role::Holding);
}

#[test]
fn given_back_twice_is_given_back_once() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.release(holder);
    caller.latch.release(holder, NIL, 0.0);
    assert_eq!(caller.role(a), Role::Holding);
    assert_eq!(caller.settle(holder), Err(Refused::NotHolding));
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

#[derive(Debug, Clone)]
enum Step {
    Acquire(u32),
    Enter(usize),
    Check(usize),
    Settle(usize),
    Release(usize),
    Extend(usize),
    Fence(u32, bool),
    Look(usize, Look),
    Revoke(u32),
    Clock(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let any = 0usize..64;
    prop_oneof![
        5 => (0u32..3).prop_map(Step::Acquire),
        5 => any.clone().prop_map(Step::Enter),
        2 => any.clone().prop_map(Step::Check),
        2 => any.clone().prop_map(Step::Settle),
        4 => any.clone().prop_map(Step::Release),
        1 => any.clone().prop_map(Step::Extend),
        2 => ((0u32..3), prop::bool::ANY).prop_map(|(key, done)| Step::Fence(key, done)),
        1 => (any, prop::sample::select(vec![Look::Over, Look::On, Look::Last]))
            .prop_map(|(index, next)| Step::Look(index, next)),
        1 => (0u32..3).prop_map(Step::Revoke),
        2 => (0u8..120).prop_map(Step::Clock),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: one holder for each key at the most that may store its result, tokens that
    /// only grow, and once time has passed and everyone has asked, nobody is left waiting.
    #[test]
    fn no_schedule_poisons_a_key(steps in prop::collection::vec(step(), 1..120)) {
        let mut caller = Caller::default();
        let mut tickets: Vec<Ticket> = Vec::new();
        let mut last_token = 0;
        for step in steps {
            let pick = |index: usize| tickets.get(index % tickets.len().max(1)).copied();
            match step {
                Step::Acquire(key) => {
                    let ticket = caller.acquire(key);
                    tickets.push(ticket);
                }
                Step::Enter(index) => drop(pick(index).map(|ticket| caller.enter(ticket))),
                Step::Check(index) => drop(pick(index).map(|ticket| caller.check(ticket))),
                Step::Settle(index) => drop(pick(index).map(|ticket| {
                    let (held, current) = (caller.role(ticket), caller.current(ticket));
                    let outcome = caller.settle(ticket);
                    assert_eq!(outcome.is_ok(), held == Role::Holding);
                    if outcome == Ok(Outcome::Store) {
                        assert_eq!(current, caller.latch.gate_of(ticket), "only the key's own gate may store");
                    }
                })),
                Step::Release(index) => if let Some(ticket) = pick(index) {
                    caller.release(ticket);
                    tickets.retain(|&other| other != ticket);
                },
                Step::Extend(index) => drop(pick(index).map(|ticket| caller.latch.extend(ticket, LEASE, caller.now))),
                Step::Fence(key, done) => caller.change(key, done),
                Step::Look(index, next) => drop(pick(index).map(|ticket| caller.latch.look(ticket, next))),
                Step::Revoke(key) => caller.revoke(key),
                Step::Clock(by) => caller.now += f64::from(by),
            }
            caller.latch.validate();
            let newest = tickets.iter().map(|&ticket| caller.latch.token(ticket)).max().unwrap_or(0);
            prop_assert!(newest == 0 || newest >= last_token || tickets.iter().all(|&t| caller.latch.token(t) <= last_token));
            last_token = last_token.max(newest);
        }
        // The end: leases run out one after the other, and each ticket asks again and again.
        for _ in 0..=tickets.len() {
            caller.now += LEASE;
            for &ticket in &tickets {
                caller.enter(ticket);
            }
        }
        for &ticket in &tickets {
            let role = caller.role(ticket);
            prop_assert!(matches!(role, Role::Holding | Role::Settled | Role::Lost), "{ticket} is left {role:?}");
        }
        for ticket in tickets {
            caller.release(ticket);
        }
        prop_assert_eq!((caller.latch.gates(), caller.latch.tickets(), caller.gates.len()), (0, 0, 0));
    }
}
