//! The table of flights and waiters: who waits for whom. It knows the lists, and none of the rules.

use super::{Call, Flight, Waiter};
use crate::arena::{Column, IdPool, Links, List, OutOfMemory, Row, Rows};

/// How many flights may be late at once: loads that never end must not fill the memory.
pub(super) const MOST_LATE: u32 = 256;

/// How far a flight has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It has ended, or there was none.
    Ended,
    /// Others may join.
    UnderWay,
    /// Nobody joins any more, but its value may still come.
    Late,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct FlightState {
    pub phase: Phase,
    /// It goes on when nobody waits for it.
    pub kept: bool,
    /// Its number among those that were late.
    pub turn: u32,
    /// In the order in which they came.
    pub waiters: List<Waiter>,
}

impl Row for FlightState {
    const BLANK: &'static Self = &Self { phase: Phase::Ended, kept: false, turn: 0, waiters: List::new() };
}

#[derive(Debug, Clone, Copy)]
pub(super) struct WaiterState {
    pub flight: Option<Flight>,
    /// The flight calls its caller's loader, and has from the beginning.
    pub leads: bool,
    /// It may follow another flight still.
    pub follows: bool,
    /// Its caller takes the stale value if it has to.
    pub has_grace: bool,
    pub lease: f64,
    /// When its caller takes the stale value.
    pub soft: f64,
    /// When its caller gives up.
    pub hard: f64,
}

impl Row for WaiterState {
    const BLANK: &'static Self =
        &Self { flight: None, leads: false, follows: false, has_grace: false, lease: 0.0, soft: 0.0, hard: 0.0 };
}

/// All flights and waiters.
#[derive(Debug)]
pub(super) struct Table {
    flights: Rows<Flight, FlightState>,
    waiters: Rows<Waiter, WaiterState>,
    pool: IdPool<Waiter>,
    /// Between the waiters of a flight.
    links: Links<Waiter>,
    /// The flights that were late last, each at its turn modulo [`MOST_LATE`].
    late: Column<u32, Option<Flight>>,
    /// How many flights were late.
    turns: u32,
}

impl Table {
    pub const fn new() -> Self {
        Self {
            flights: Rows::new(),
            waiters: Rows::new(),
            pool: IdPool::new(),
            links: Links::new(),
            late: Column::new(),
            turns: 0,
        }
    }

    /// Makes room for one more waiter.
    pub fn reserve(&mut self) -> Result<(), OutOfMemory> {
        let waiters = self.pool.reserve()?;
        self.links.grow(waiters)?;
        self.waiters.grow(waiters)
    }

    /// Makes room for the flights of so many tickets.
    pub fn reserve_flights(&mut self, room: u32) -> Result<(), OutOfMemory> {
        self.late.grow(MOST_LATE)?;
        self.flights.grow(room)
    }

    /// Takes in a new flight. Needs [`Table::reserve_flights`].
    pub fn admit(&mut self, flight: Flight, kept: bool) {
        self.edit(flight, |state| (state.phase, state.kept) = (Phase::UnderWay, kept));
    }

    /// Forgets a flight, with those who wait for it.
    pub fn close(&mut self, flight: Flight) {
        while let Some(waiter) = self.flight(flight).waiters.head() {
            self.dismiss(waiter);
        }
        self.flights.clear(flight);
    }

    /// Notes that a flight is late. Answers with the one whose place it takes, if that is late still.
    pub fn retire(&mut self, flight: Flight) -> Option<Flight> {
        let turn = self.turns;
        self.turns = turn.wrapping_add(1);
        self.edit(flight, |state| (state.phase, state.turn) = (Phase::Late, turn));
        let before = self.late.get(turn % MOST_LATE);
        self.late.set(turn % MOST_LATE, Some(flight));
        before.filter(|&before| {
            let &FlightState { phase, turn: last, .. } = self.flight(before);
            phase == Phase::Late && turn.wrapping_sub(last) == MOST_LATE
        })
    }

    pub fn flight(&self, flight: Flight) -> &FlightState {
        self.flights.get(flight)
    }

    pub fn edit(&mut self, flight: Flight, edit: impl FnOnce(&mut FlightState)) {
        if let Some(state) = self.flights.get_mut(flight) {
            edit(state);
        }
    }

    /// Adds a waiter to a flight. Needs [`Table::reserve`].
    pub fn wait(&mut self, flight: Flight, leads: bool, call: &Call, now: f64) -> Waiter {
        let waiter = self.pool.take();
        let has_grace = call.has_grace();
        let state = WaiterState {
            flight: Some(flight),
            leads,
            follows: true,
            has_grace,
            lease: call.lease,
            soft: if has_grace { now + call.timeout } else { f64::INFINITY },
            hard: now + call.hard_timeout,
        };
        if let Some(place) = self.waiters.get_mut(waiter) {
            *place = state;
        }
        self.link(waiter, flight);
        waiter
    }

    pub fn waiter(&self, waiter: Waiter) -> &WaiterState {
        self.waiters.get(waiter)
    }

    /// The one behind another, of those that wait for a flight.
    pub fn next(&self, waiter: Waiter) -> Option<Waiter> {
        self.links.next(waiter)
    }

    /// Has a waiter follow another flight.
    pub fn transfer(&mut self, waiter: Waiter, to: Flight) {
        self.unlink(waiter);
        if let Some(state) = self.waiters.get_mut(waiter) {
            (state.flight, state.leads, state.follows) = (Some(to), false, false);
        }
        self.link(waiter, to);
    }

    /// Forgets a waiter. Answers what it has waited for.
    pub fn dismiss(&mut self, waiter: Waiter) -> Option<Flight> {
        let flight = self.unlink(waiter)?;
        self.waiters.clear(waiter);
        self.pool.give_back(waiter);
        Some(flight)
    }

    fn link(&mut self, waiter: Waiter, flight: Flight) {
        if let Some(state) = self.flights.get_mut(flight) {
            state.waiters.push_tail(&self.links, waiter);
        }
    }

    fn unlink(&mut self, waiter: Waiter) -> Option<Flight> {
        let flight = self.waiter(waiter).flight?;
        self.flights.get_mut(flight)?.waiters.unlink(&self.links, waiter);
        Some(flight)
    }
}

#[cfg(test)]
use crate::arena::Id;

#[cfg(test)]
impl Table {
    /// Every flight that has not ended.
    pub fn live(&self) -> impl Iterator<Item = Flight> {
        Flight::first(self.flights.len()).filter(|&flight| self.flight(flight).phase != Phase::Ended)
    }

    /// Checks the lists against what each flight and each waiter says of itself.
    pub fn validate(&self) {
        let mut listed = 0;
        for flight in Flight::first(self.flights.len()) {
            let &FlightState { phase, waiters, turn, .. } = self.flight(flight);
            let all: Vec<_> = waiters.iter(&self.links).collect();
            assert_eq!(all.len(), waiters.len() as usize);
            assert!(all.iter().all(|&waiter| self.waiter(waiter).flight == Some(flight)), "the list of {flight:?}");
            assert!(all.iter().filter(|&&waiter| self.waiter(waiter).leads).count() <= 1, "{flight:?} has two leaders");
            listed += all.len();
            let is_known = self.late.get(turn % MOST_LATE) == Some(flight);
            assert!(phase != Phase::Late || is_known, "{flight:?} is forgotten");
        }
        let waiting = Waiter::first(self.waiters.len()).filter(|&waiter| self.waiter(waiter).flight.is_some()).count();
        assert_eq!((waiting, waiting), (listed, self.pool.taken() as usize));
    }
}
