//! The naive model of flights: loads and people are vectors, and every question is answered by looking through all of
//! them. Of the turns it knows nothing: the latch, which has a model of its own, is asked for them.

use super::caller::Place;
use super::{CALL, Call, End};
use crate::flight::{Flight, Look, Waiter};
use crate::latch::{Latch, Role};
use std::collections::HashMap;

#[derive(Clone, Copy)]
pub struct Load {
    pub flight: Flight,
    /// Where it began.
    place: Place,
    is_kept: bool,
    /// It has lost its turn to others, or left it.
    pub is_over: bool,
    pub has_ended: bool,
    pub is_stopped: bool,
    /// Whose loader it calls.
    leader: Option<usize>,
}

#[derive(Clone, Copy)]
pub struct Person {
    pub waiter: Waiter,
    pub load: Option<usize>,
    has_followed: bool,
    call: Call,
    began: f64,
    pub end: Option<End>,
}

#[derive(Default)]
pub struct Model {
    pub now: f64,
    pub loads: Vec<Load>,
    pub people: Vec<Person>,
    /// When the last load of each key has failed, if nothing has happened to the key since.
    pub failures: HashMap<u32, f64>,
}

impl Model {
    /// The load that others join at a gate.
    pub fn alive(&self, latch: &Latch, place: Option<Place>) -> Option<usize> {
        self.current(latch, place).filter(|&load| !self.is_overdue(latch, load))
    }

    /// Whether a caller leaves a key alone, because its last load has failed, and nobody holds it.
    pub fn backs_off(&self, latch: &Latch, key: u32, place: Option<Place>, backoff: f64) -> bool {
        let is_held = place.is_some_and(|(gate, _)| latch.holder(gate).is_some());
        !is_held && self.failures.get(&key).is_some_and(|failed| self.now < failed + backoff)
    }

    /// A new load at a gate. The one that was there gives way, if the gate is the one that its key has had.
    pub fn begin(&mut self, latch: &Latch, new: (Flight, Place), before: Option<usize>, is_kept: bool) -> usize {
        let (flight, place) = new;
        self.loads.push(Load {
            flight,
            place,
            is_kept,
            is_over: false,
            has_ended: false,
            is_stopped: false,
            leader: None,
        });
        let load = self.loads.len() - 1;
        if let Some(before) = before.filter(|&before| self.loads[before].place == place) {
            self.give_way(latch, before, load);
        }
        load
    }

    /// The load that began last at a gate.
    pub fn current(&self, latch: &Latch, place: Option<Place>) -> Option<usize> {
        let last = self.loads.iter().rposition(|load| Some(load.place) == place)?;
        let Load { flight, has_ended, .. } = self.loads[last];
        (!has_ended && latch.gate_of(flight.ticket()) == place.map(|(gate, _)| gate)).then_some(last)
    }

    pub fn wait(&mut self, waiter: Waiter, load: usize, call: &Call, leads: bool) {
        self.people.push(Person {
            waiter,
            load: Some(load),
            has_followed: false,
            call: *call,
            began: self.now,
            end: None,
        });
        if leads {
            self.loads[load].leader = Some(self.people.len() - 1);
        }
    }

    /// What a person does that looks: `None` if it leads the next load.
    pub fn look(&mut self, latch: &Latch, person: usize, place: Option<Place>) -> Option<Look> {
        let Person { load, call, began, .. } = self.people[person];
        let load = load.unwrap();
        let waited = self.now - began;
        // A load that waits for a lock whose lease is over has its turn now, if the person follows no other load.
        let ticket = self.loads[load].flight.ticket();
        let is_here = latch.gate_of(ticket) == place.map(|(gate, _)| gate);
        let waits = is_here && latch.role(ticket) == Role::Waiting;
        let is_overdue = self.is_overdue(latch, load) && !(waits && self.stays(latch, person));
        if waited >= call.hard_timeout || (is_overdue && self.stays(latch, person)) {
            return Some(self.quit(latch, person));
        }
        if has_grace(&call) && waited >= call.timeout {
            self.loads[load].is_kept = true;
            return Some(self.quit(latch, person));
        }
        if !is_overdue {
            return Some(Look::Wait);
        }
        let alive = self.alive(latch, place)?;
        self.give_way(latch, load, alive);
        Some(Look::Wait)
    }

    /// A person goes to the load that it leads in the place of its own.
    pub fn take_over(&mut self, latch: &Latch, person: usize, load: usize) {
        let old = self.people[person].load.unwrap();
        if old != load {
            self.give_way(latch, old, load);
        }
    }

    fn quit(&mut self, latch: &Latch, person: usize) -> Look {
        let (look, end) = match has_grace(&self.people[person].call) {
            true => (Look::ServeStale, End::Stale),
            false => (Look::TimeOut, End::TimedOut),
        };
        self.leave(latch, person, end);
        look
    }

    pub fn leave(&mut self, latch: &Latch, person: usize, end: End) {
        let load = self.people[person].load;
        self.tell(person, end);
        let Some(load) = load else { return };
        let is_kept = self.loads[load].is_kept;
        let is_late = self.has_begun(latch, load) && self.is_overdue(latch, load);
        let is_wanted = self.waiting(load) > 0 || (is_kept && !is_late);
        self.loads[load].is_stopped |= !is_wanted;
        if is_late {
            self.retire(load);
        } else if !is_wanted {
            self.end(load);
        }
    }

    /// A load brings a value, or fails.
    pub fn finish(&mut self, load: usize, failed: bool) {
        for person in self.people_of(load) {
            let end = match failed {
                true if has_grace(&self.people[person].call) => End::Stale,
                true => End::Error,
                false => End::Value,
            };
            self.tell(person, end);
        }
        self.end(load);
    }

    /// A load ends. Who stayed with it, and waits still, gives up.
    pub fn end(&mut self, load: usize) {
        self.loads[load].has_ended = true;
        for person in self.people_of(load) {
            let end = if has_grace(&self.people[person].call) { End::Stale } else { End::TimedOut };
            self.tell(person, end);
        }
    }

    /// Whether a load has had its turn.
    pub fn has_begun(&self, latch: &Latch, load: usize) -> bool {
        latch.token(self.loads[load].flight.ticket()) > 0
    }

    pub fn waiting(&self, load: usize) -> usize {
        self.people_of(load).len()
    }

    /// For how long a person waits before it looks.
    pub fn patience(&self, latch: &Latch, person: usize) -> f64 {
        let Person { load, call, began, .. } = self.people[person];
        let load = load.unwrap();
        let timeout = if has_grace(&call) { call.timeout } else { f64::INFINITY };
        let left = began + timeout.min(call.hard_timeout) - self.now;
        let lease = if self.is_overdue(latch, load) { 0.0 } else { self.deadline(latch, load) - self.now };
        lease.min(CALL.lease).min(left).max(0.0)
    }

    fn people_of(&self, load: usize) -> Vec<usize> {
        (0..self.people.len()).filter(|&person| self.people[person].load == Some(load)).collect()
    }

    fn stays(&self, latch: &Latch, person: usize) -> bool {
        let Person { load, has_followed, .. } = self.people[person];
        let leads = |load: usize| self.has_begun(latch, load) && self.loads[load].leader == Some(person);
        has_followed || load.is_some_and(leads)
    }

    fn is_overdue(&self, latch: &Latch, load: usize) -> bool {
        let Load { flight, is_over, has_ended, .. } = self.loads[load];
        is_over || has_ended || latch.role(flight.ticket()) == Role::Lost || self.now >= self.deadline(latch, load)
    }

    fn deadline(&self, latch: &Latch, load: usize) -> f64 {
        latch.gate_of(self.loads[load].flight.ticket()).map_or(0.0, |gate| latch.deadline(gate))
    }

    fn give_way(&mut self, latch: &Latch, load: usize, successor: usize) {
        for person in self.people_of(load) {
            if !self.stays(latch, person) {
                self.people[person].load = Some(successor);
                self.people[person].has_followed = true;
                if self.loads[load].leader == Some(person) {
                    self.loads[load].leader = None;
                }
            }
        }
        self.loads[load].is_stopped = true;
        if self.has_begun(latch, load) { self.retire(load) } else { self.end(load) }
    }

    fn retire(&mut self, load: usize) {
        self.loads[load].is_over = true;
    }

    fn tell(&mut self, person: usize, end: End) {
        self.people[person].load = None;
        self.people[person].end = Some(end);
    }
}

fn has_grace(call: &Call) -> bool {
    call.stale_for < call.grace
}
