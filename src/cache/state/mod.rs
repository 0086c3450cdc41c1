//! Everything that a cache borrows at once: its table, its locks and its loads. It asks the flights and the latch, and
//! carries out what they tell. It runs none of the caller's code.

mod changes;
mod loads;
mod tickets;

pub(super) use loads::{Asked, Refreshed, Seen};

use super::deeds::Deed;
use super::place::Places;
use super::table::{Record, Table};
use super::ticket::{Outcome, Ticket, Waiter};
use crate::arena::Id;
use crate::engine::{self, random::Random};
use crate::flight::Flights;
use crate::latch::{self, Event};
use std::any::Any;
use std::rc::Rc;

/// See the module.
pub(super) struct State<K, V> {
    pub table: Table<K, V>,
    pub flights: Flights,
    pub places: Places<K>,
    /// The loads whose loaders are being polled at the moment, each within the one before.
    pub running: Vec<latch::Ticket>,
    /// For the waits of those who try again.
    pub random: Random,
    tickets: Vec<Option<Rc<Ticket<K, V>>>>,
    waiters: Vec<Option<Rc<Waiter<K, V>>>>,
    /// By gate, as long as it has one.
    results: Vec<Option<Rc<Record<K, V>>>>,
    /// By gate: the error of its last load, if that has failed.
    failures: Vec<Option<Rc<dyn Any>>>,
}

impl<K, V> State<K, V> {
    pub fn new(config: engine::Config) -> Self {
        Self {
            table: Table::new(config),
            flights: Flights::new(),
            places: Places::new(),
            running: Vec::new(),
            random: Random::new(config.seed.unwrap_or(0)),
            tickets: Vec::new(),
            waiters: Vec::new(),
            results: Vec::new(),
            failures: Vec::new(),
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
