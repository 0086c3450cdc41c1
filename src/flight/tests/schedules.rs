//! Random schedules against the model.

use super::caller::Place;
use super::model::Model;
use super::*;
use crate::latch::Ticket;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Ask {
        key: u32,
        fresh: bool,
        grace: bool,
        timeout: f64,
        hard_timeout: f64,
        backoff: f64,
    },
    Refresh {
        key: u32,
        backoff: f64,
    },
    Look(usize),
    Leave(usize),
    Value(usize),
    Nothing(usize),
    /// Whether the failure is remembered.
    Fail(usize, bool),
    Lock(u32),
    Enter(usize),
    Settle(usize),
    Release(usize),
    Change(u32),
    Revoke(u32),
    Clock(u8),
}

fn limit() -> impl Strategy<Value = f64> {
    prop_oneof![3 => Just(f64::INFINITY), 1 => (0u8..250).prop_map(f64::from)]
}

fn backoff() -> impl Strategy<Value = f64> {
    prop_oneof![3 => Just(0.0), 2 => (0u8..250).prop_map(f64::from), 1 => Just(f64::INFINITY)]
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0u32..3;
    let any = 0usize..64;
    prop_oneof![
        8 => (key.clone(), prop::bool::weighted(0.1), prop::bool::ANY, limit(), limit(), backoff()).prop_map(
            |(key, fresh, grace, timeout, hard_timeout, backoff)| {
                Step::Ask { key, fresh, grace, timeout, hard_timeout, backoff }
            }
        ),
        2 => (key.clone(), backoff()).prop_map(|(key, backoff)| Step::Refresh { key, backoff }),
        8 => any.clone().prop_map(Step::Look),
        2 => any.clone().prop_map(Step::Leave),
        3 => any.clone().prop_map(Step::Value),
        1 => any.clone().prop_map(Step::Nothing),
        2 => (any.clone(), prop::bool::ANY).prop_map(|(load, is_noted)| Step::Fail(load, is_noted)),
        2 => key.clone().prop_map(Step::Lock),
        2 => any.clone().prop_map(Step::Enter),
        1 => any.clone().prop_map(Step::Settle),
        2 => any.prop_map(Step::Release),
        1 => key.clone().prop_map(Step::Change),
        1 => key.prop_map(Step::Revoke),
        6 => (0u8..150).prop_map(Step::Clock),
    ]
}

/// A caller, and the model of what it does.
#[derive(Default)]
struct Pair {
    caller: Caller,
    model: Model,
    locks: Vec<Ticket>,
}

impl Pair {
    fn run(&mut self, step: &Step) {
        match *step {
            Step::Ask { key, fresh, grace, timeout, hard_timeout, backoff } => {
                let stale_for = if grace { 10.0 } else { f64::INFINITY };
                // The other one doesn't count.
                let (grace_backoff, negative_backoff) =
                    if grace { (backoff, f64::INFINITY) } else { (f64::INFINITY, backoff) };
                let call =
                    Call { stale_for, grace: 50.0, timeout, hard_timeout, grace_backoff, negative_backoff, ..CALL };
                self.ask(key, fresh, &call);
            }
            Step::Refresh { key, backoff } => {
                let (alive, before) = self.at(key);
                let backs_off = self.backs_off(key, backoff);
                self.caller.grace_backoff = backoff;
                match self.caller.refresh(key, 0.0, 1.0) {
                    Refresh::TooOld => panic!("it isn't"),
                    Refresh::Serve => assert!(alive.is_some() || backs_off, "nobody loads"),
                    Refresh::Lead(flight) => {
                        assert!(alive.is_none() && !backs_off, "somebody loads, or nobody should");
                        self.begin(flight, before, true);
                    }
                }
            }
            Step::Look(index) => {
                if let Some(person) = pick(&self.waiting(), index) {
                    self.look(person);
                }
            }
            Step::Leave(index) => {
                if let Some(person) = pick(&self.waiting(), index) {
                    self.model.leave(&self.caller.flights.latch, person, End::Left);
                    self.caller.leave(self.model.people[person].waiter);
                }
            }
            Step::Value(index) => {
                if let Some(load) = pick(&self.begun(), index) {
                    let flight = self.model.loads[load].flight;
                    let key = self.key_of(flight.ticket());
                    if self.caller.value(flight).is_ok() {
                        self.forget_failure(key);
                    }
                    self.model.finish(load, false);
                }
            }
            Step::Nothing(index) | Step::Fail(index, false) => {
                let failed = matches!(step, Step::Fail(..));
                if let Some(load) = pick(&self.begun(), index) {
                    self.model.finish(load, failed);
                    self.caller.finish(self.model.loads[load].flight, failed);
                }
            }
            Step::Fail(index, true) => {
                if let Some(load) = pick(&self.begun(), index) {
                    let flight = self.model.loads[load].flight;
                    let key = self.key_of(flight.ticket());
                    if self.caller.role(flight.ticket()) == Role::Holding {
                        self.model.failures.extend(key.map(|key| (key, self.caller.now)));
                    }
                    self.model.finish(load, true);
                    self.caller.fail(flight);
                }
            }
            Step::Lock(key) => {
                let lock = self.caller.lock(key);
                self.locks.push(lock);
            }
            Step::Enter(index) => drop(pick(&self.locks, index).map(|lock| self.caller.enter(lock))),
            Step::Settle(index) => {
                if let Some(lock) = pick(&self.locks, index) {
                    let key = self.key_of(lock);
                    if self.caller.role(lock) == Role::Holding {
                        self.forget_failure(key);
                    }
                    self.caller.settle_lock(lock);
                }
            }
            Step::Release(index) => {
                if let Some(lock) = pick(&self.locks, index) {
                    self.locks.retain(|&other| other != lock);
                    self.caller.release_lock(lock);
                }
            }
            Step::Change(key) => self.change(key),
            Step::Revoke(key) => self.caller.revoke(key),
            Step::Clock(by) => {
                self.caller.now += f64::from(by);
                self.model.now = self.caller.now;
            }
        }
        self.note_results();
        self.compare();
    }

    fn ask(&mut self, key: u32, fresh: bool, call: &Call) {
        let (mut alive, mut before) = self.at(key);
        let backs_off = !fresh && self.backs_off(key, call.negative_backoff.min(call.grace_backoff));
        if fresh {
            self.change(key);
            self.note_results();
            (alive, before) = (None, self.at(key).1);
        }
        let has_grace = call.stale_for < call.grace;
        match self.caller.ask_for(key, fresh, call) {
            Answer::Join(flight, waiter) => {
                let load = alive.expect("nobody loads");
                assert_eq!(flight, self.model.loads[load].flight);
                self.model.wait(waiter, load, call, false);
            }
            Answer::Lead(flight, waiter) => {
                assert!(alive.is_none() && !backs_off, "somebody loads, or nobody should");
                let load = self.begin(flight, before, false);
                self.model.wait(waiter, load, call, true);
            }
            Answer::ServeStale => assert!(backs_off && has_grace),
            Answer::Refuse => assert!(backs_off && !has_grace),
        }
    }

    fn change(&mut self, key: u32) {
        self.caller.change(key);
        self.forget_failure(Some(key));
    }

    fn forget_failure(&mut self, key: Option<u32>) {
        self.model.failures.retain(|&failed, _| Some(failed) != key);
    }

    fn backs_off(&self, key: u32, backoff: f64) -> bool {
        self.model.backs_off(&self.caller.flights.latch, key, self.place(key), backoff)
    }

    /// The key of a ticket, if the key still leads to the ticket's gate.
    fn key_of(&self, ticket: Ticket) -> Option<u32> {
        let key = self.caller.keys[&ticket];
        (self.caller.gate(key) == self.caller.flights.latch.gate_of(ticket)).then_some(key)
    }

    fn look(&mut self, person: usize) {
        let waiter = self.model.people[person].waiter;
        let key = self.caller.key_of_person[person];
        let before = self.at(key).1;
        let place = self.place(key);
        let expected = self.model.look(&self.caller.flights.latch, person, place);
        match self.caller.look(waiter) {
            Look::TakeOver(flight, _) => {
                assert_eq!(expected, None);
                let load = self.begin(flight, before, false);
                self.model.take_over(&self.caller.flights.latch, person, load);
            }
            other => assert_eq!(Some(other), expected),
        }
    }

    fn begin(&mut self, flight: Flight, before: Option<usize>, is_kept: bool) -> usize {
        let place = self.caller.began_at[&flight.ticket()];
        self.model.begin(&self.caller.flights.latch, (flight, place), before, is_kept)
    }

    fn place(&self, key: u32) -> Option<Place> {
        self.caller.gate(key).map(|gate| self.caller.place(gate))
    }

    /// The load that others join, and the one that was there last.
    fn at(&self, key: u32) -> (Option<usize>, Option<usize>) {
        let (place, latch) = (self.place(key), &self.caller.flights.latch);
        (self.model.alive(latch, place), self.model.current(latch, place))
    }

    fn waiting(&self) -> Vec<usize> {
        (0..self.model.people.len()).filter(|&person| self.model.people[person].end.is_none()).collect()
    }

    /// Loads whose loader was called and has not come back.
    fn begun(&self) -> Vec<usize> {
        let Self { model, caller, .. } = self;
        let is_live = |&load: &usize| !model.loads[load].has_ended && model.has_begun(&caller.flights.latch, load);
        (0..model.loads.len()).filter(is_live).collect()
    }

    /// What the latch has settled with the result of a lock, or of another load, has ended with a value.
    fn note_results(&mut self) {
        for load in 0..self.model.loads.len() {
            let state = self.model.loads[load];
            if !state.has_ended && !self.caller.loads.contains(&state.flight) {
                self.model.finish(load, false);
            }
        }
    }

    fn compare(&self) {
        let Self { caller, model, .. } = self;
        for (index, person) in model.people.iter().enumerate() {
            assert_eq!(caller.ends[index], person.end, "how person {index} has ended");
            if person.end.is_none() {
                let flight = person.load.map(|load| model.loads[load].flight);
                assert_eq!(caller.flight_of(person.waiter), flight, "what person {index} waits for");
                let patience = model.patience(&caller.flights.latch, index);
                assert_eq!(caller.patience(person.waiter), patience, "the patience of person {index}");
            }
        }
        for (index, load) in model.loads.iter().enumerate().filter(|(_, load)| !load.has_ended) {
            let waiting = caller.flights.waiting(load.flight) as usize;
            assert_eq!(caller.flights.is_over(load.flight), load.is_over, "whether load {index} is over");
            assert_eq!(waiting, model.waiting(index), "how many wait for load {index}");
            let told = caller.stopped.iter().any(|&(flight, _)| flight == load.flight);
            assert!(!load.is_stopped || told, "load {index} is not told to stop");
        }
        assert_eq!(caller.loads.len(), model.loads.iter().filter(|load| !load.has_ended).count());
    }
}

fn pick<T: Copy>(list: &[T], index: usize) -> Option<T> {
    list.get(index % list.len().max(1)).copied()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: what the model says. And when loaders and locks never come back, everyone who
    /// looks has an answer after two leases and that of a lock ahead, and nothing stays.
    #[test]
    fn no_schedule_leaves_anybody_waiting(steps in prop::collection::vec(step(), 1..120)) {
        let mut pair = Pair::default();
        for step in &steps {
            pair.run(step);
        }
        for _ in 0..4 {
            pair.run(&Step::Clock(0));
            pair.caller.now += 32.0 * LEASE;
            pair.model.now = pair.caller.now;
            for person in pair.waiting() {
                if pair.model.people[person].end.is_none() {
                    pair.look(person);
                    pair.note_results();
                    pair.compare();
                }
            }
        }
        prop_assert_eq!(pair.waiting(), Vec::<usize>::new());
        for lock in std::mem::take(&mut pair.locks) {
            pair.caller.release_lock(lock);
        }
        pair.note_results();
        while let Some(&flight) = pair.caller.loads.first() {
            pair.caller.finish(flight, true);
            pair.note_results();
        }
        // All that is left is what is remembered of failures.
        (0..3).for_each(|key| pair.caller.change(key));
        pair.caller.assert_nothing_is_left();
    }
}
