//! What a caller of flights keeps and does.

use crate::flight::{Answer, Call, Flight, Flights, Look, Refresh, Waiter};
use crate::latch::{self, Gate, Outcome, Role, Ticket};
use std::collections::HashMap;

pub const LEASE: f64 = 100.0;

/// The key that is meant where none is named.
pub const KEY: u32 = 7;

/// A call without a stale value, and without limits.
pub const CALL: Call = Call {
    lease: LEASE,
    stale_for: f64::INFINITY,
    grace: 0.0,
    timeout: f64::INFINITY,
    hard_timeout: f64::INFINITY,
    grace_backoff: 0.0,
    negative_backoff: 0.0,
};

/// What a flight is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    Idle,
    Replaced,
    Ended,
}

/// How a wait has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Value,
    Error,
    Stale,
    TimedOut,
    Left,
}

/// A gate, from its opening until it is closed.
pub type Place = (Gate, u32);

/// The gate of each key, the key of each ticket, and how each wait has ended.
#[derive(Default)]
pub struct Caller {
    pub flights: Flights,
    pub gates: HashMap<u32, Gate>,
    key_of: HashMap<Gate, u32>,
    pub keys: HashMap<Ticket, u32>,
    /// Where each ticket was taken.
    pub began_at: HashMap<Ticket, Place>,
    /// How many times each gate was closed.
    closed: HashMap<Gate, u32>,
    pub now: f64,
    /// Flights that have begun and not ended, in that order.
    pub loads: Vec<Flight>,
    /// Whose wait it is that a waiter's number stands for: numbers are used again.
    pub people: HashMap<Waiter, usize>,
    pub ends: Vec<Option<End>>,
    pub key_of_person: Vec<u32>,
    pub stopped: Vec<(Flight, Stop)>,
    /// Turns that were taken from others, or taken over.
    pub takeovers: u32,
    /// Of refreshes.
    pub grace_backoff: f64,
}

impl Caller {
    pub fn gate(&self, key: u32) -> Option<Gate> {
        self.gates.get(&key).copied()
    }

    pub fn place(&self, gate: Gate) -> Place {
        (gate, self.closed.get(&gate).copied().unwrap_or(0))
    }

    pub fn role(&self, ticket: Ticket) -> Role {
        self.flights.latch.role(ticket)
    }

    pub fn ask(&mut self, call: &Call) -> Answer {
        self.ask_for(KEY, false, call)
    }

    pub fn ask_for(&mut self, key: u32, fresh: bool, call: &Call) -> Answer {
        if fresh {
            self.change(key);
        }
        let answer = self.flights.ask(self.gate(key), fresh, call, self.now).unwrap();
        let (Answer::Join(flight, waiter) | Answer::Lead(flight, waiter)) = answer else { return answer };
        assert_eq!(self.people.insert(waiter, self.ends.len()), None, "a number that is in use is not given out again");
        self.ends.push(None);
        self.key_of_person.push(key);
        if let Answer::Lead(..) = answer {
            self.lead_flight(key, flight);
        }
        answer
    }

    pub fn lead(&mut self, call: &Call) -> (Flight, Waiter) {
        let Answer::Lead(flight, waiter) = self.ask(call) else { panic!("it joins") };
        (flight, waiter)
    }

    pub fn join(&mut self, call: &Call) -> Waiter {
        let Answer::Join(_, waiter) = self.ask(call) else { panic!("it leads") };
        waiter
    }

    pub fn refresh(&mut self, key: u32, stale_for: f64, swr: f64) -> Refresh {
        let answer = self.flights.refresh(self.gate(key), LEASE, stale_for, swr, self.grace_backoff, self.now).unwrap();
        if let Refresh::Lead(flight) = answer {
            self.lead_flight(key, flight);
        }
        answer
    }

    pub fn look(&mut self, waiter: Waiter) -> Look {
        let key = self.key_of_person[self.people[&waiter]];
        let look = self.flights.look(waiter, self.gate(key), self.now);
        match look {
            Look::Wait => {}
            Look::TimeOut => self.tell(waiter, End::TimedOut),
            Look::ServeStale => self.tell(waiter, End::Stale),
            Look::TakeOver(flight, has_left) => {
                self.takeovers += u32::from(has_left);
                self.lead_flight(key, flight);
            }
        }
        self.drain();
        look
    }

    pub fn leave(&mut self, waiter: Waiter) {
        let gate = self.gate(self.key_of_person[self.people[&waiter]]);
        self.flights.leave(waiter, gate, self.now);
        self.tell(waiter, End::Left);
        self.drain();
    }

    /// The loader has brought a value.
    pub fn value(&mut self, flight: Flight) -> Result<Outcome, latch::SettleError> {
        let outcome = self.flights.latch.settle(flight.ticket());
        self.drain();
        self.finish(flight, false);
        outcome
    }

    /// The loader has failed, and that is remembered.
    pub fn fail(&mut self, flight: Flight) {
        self.flights.fail(flight, self.now);
        self.finish(flight, true);
    }

    /// The loader has failed, or has given nothing.
    pub fn finish(&mut self, flight: Flight, failed: bool) {
        self.spread(flight, failed, if failed { End::Error } else { End::Value });
        self.end(flight);
    }

    pub fn lock(&mut self, key: u32) -> Ticket {
        let ticket = self.flights.latch.acquire(self.gate(key), LEASE, self.now).unwrap();
        self.file(key, ticket);
        self.enter(ticket);
        ticket
    }

    pub fn enter(&mut self, ticket: Ticket) -> Role {
        let role = self.flights.latch.enter(ticket, self.gate(self.keys[&ticket]), self.now);
        self.drain();
        role
    }

    pub fn settle_lock(&mut self, ticket: Ticket) {
        let _ = self.flights.latch.settle(ticket);
        self.drain();
    }

    /// As for a flight's ticket: there is one way for all.
    pub fn release_lock(&mut self, ticket: Ticket) {
        let key = self.keys.remove(&ticket).unwrap();
        self.flights.latch.release(ticket, self.gate(key), self.now);
        self.drain();
    }

    pub fn change(&mut self, key: u32) {
        if let Some(gate) = self.gate(key)
            && self.flights.latch.fence(gate, false)
        {
            self.gates.remove(&key);
        }
        self.drain();
    }

    pub fn revoke(&mut self, key: u32) {
        if let Some(gate) = self.gate(key) {
            self.flights.latch.revoke(gate, self.now);
        }
        self.drain();
    }

    pub fn flight_of(&self, waiter: Waiter) -> Option<Flight> {
        self.flights.table.waiter(waiter).flight
    }

    pub fn patience(&self, waiter: Waiter) -> f64 {
        self.flights.patience(waiter, self.now)
    }

    pub fn stopped(&mut self) -> Vec<(Flight, Stop)> {
        std::mem::take(&mut self.stopped)
    }

    /// How the waits have ended, in the order in which they began.
    pub fn ends(&self) -> &[Option<End>] {
        &self.ends
    }

    pub fn assert_nothing_is_left(&self) {
        let latch = &self.flights.latch;
        assert_eq!((latch.gates(), latch.tickets(), self.gates.len()), (0, 0, 0));
        assert_eq!((self.loads.len(), self.people.len()), (0, 0));
    }

    /// Takes in a flight that begins. If its key has a result already, that is its value.
    fn lead_flight(&mut self, key: u32, flight: Flight) {
        self.loads.push(flight);
        self.file(key, flight.ticket());
        if self.role(flight.ticket()) == Role::Settled {
            self.finish(flight, false);
        }
    }

    fn end(&mut self, flight: Flight) {
        self.spread(flight, true, End::TimedOut);
        let key = self.keys.remove(&flight.ticket()).unwrap();
        self.loads.retain(|&other| other != flight);
        self.flights.end(flight, self.gate(key), self.now);
        self.drain();
    }

    fn spread(&mut self, flight: Flight, failed: bool, end: End) {
        while let Some((waiter, is_stale)) = self.flights.next(flight, failed) {
            self.tell(waiter, if is_stale { End::Stale } else { end });
        }
    }

    fn tell(&mut self, waiter: Waiter, end: End) {
        let person = self.people.remove(&waiter).unwrap();
        assert_eq!(self.ends[person].replace(end), None, "told twice");
    }

    fn file(&mut self, key: u32, ticket: Ticket) {
        self.keys.insert(ticket, key);
        // What has closed before must not close what has opened since.
        self.drain();
        let gate = self.flights.latch.gate_of(ticket).unwrap();
        self.gates.insert(key, gate);
        self.key_of.insert(gate, key);
        self.began_at.insert(ticket, self.place(gate));
    }

    fn drain(&mut self) {
        use crate::arena::Id;
        while let Some(event) = self.flights.latch.next_event() {
            let load = |ticket: Ticket| {
                let flight = Flight::from_raw(ticket.raw());
                self.loads.contains(&flight).then_some(flight)
            };
            match event {
                latch::Event::Closed(gate) => {
                    *self.closed.entry(gate).or_default() += 1;
                    self.gates.retain(|_, &mut open| open != gate);
                }
                latch::Event::Reopened(gate) => drop(self.gates.insert(self.key_of[&gate], gate)),
                latch::Event::Settled(ticket) => drop(load(ticket).map(|flight| self.finish(flight, false))),
                latch::Event::Lost(_) => self.takeovers += 1,
                latch::Event::Idle(ticket) => self.stopped.push((load(ticket).unwrap(), Stop::Idle)),
                latch::Event::Replaced(ticket) => self.stopped.push((load(ticket).unwrap(), Stop::Replaced)),
                latch::Event::Ended(ticket) => {
                    let flight = load(ticket).unwrap();
                    self.stopped.push((flight, Stop::Ended));
                    self.end(flight);
                }
                latch::Event::Promoted(_) => {}
            }
        }
        self.flights.validate();
    }
}
