//! Flights: the loads that are under way. Decides who calls a loader, who waits for its value, who takes over when a
//! load takes too long, and when a stale value is served instead.
//!
//! The first caller who wants a key's value *leads* a flight: its loader is called. Those who come while the flight is
//! under way *join* it. A flight holds a ticket of the [latch](crate::latch) at its key's gate, and goes by the number of
//! that ticket. Nothing here knows a key, a value, a promise or a timer: the caller calls loaders and hands out values,
//! and carries out what the latch tells it.
//!
//! - However many callers want a value, one loader runs, and all have its value or its error.
//! - Nobody joins a flight whose lease is over. The next caller that comes, or the first waiter that looks, leads the
//!   next flight, with its own loader; the other waiters follow it there. Nobody follows twice: a caller waits for two
//!   leases at most, and for those of the locks ahead.
//! - When a caller leaves, the others don't notice. When nobody is left, the flight is aborted, unless it is *kept*.
//! - After a failed load, callers can *back off*: for a while, they take the stale value, or are refused, and nobody loads.
//! - A flight that is *over* may still bring the key's value, as the latch allows: it is late, but nobody has changed the
//!   key.
//!
//! Times are in milliseconds, on a clock that never runs backwards. Where a call takes a gate, that is the gate that
//! the caller's key has at the moment, if any.

mod ahead;
mod call;
mod retry;
mod table;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use ahead::is_due_ahead;
pub use call::{Answer, Call, Look, Refresh};
pub use retry::pause_before;

use crate::arena::{Id, OutOfMemory, id};
use crate::latch::{Event, Gate, Latch, Role, Ticket};
use table::{FlightState, Phase, Table, WaiterState};

id! {
    /// The number of a load: that of its ticket.
    pub struct Flight;
}

impl Flight {
    /// The ticket with which it waits for its turn, and holds it.
    pub fn ticket(self) -> Ticket {
        Ticket::from_raw(self.raw())
    }
}

id! {
    /// The number of a caller that waits for a value, from its question until it has an answer.
    pub struct Waiter;
}

/// All flights of a cache, and all who wait for them.
///
/// ```
/// use keylatch::flight::{Answer, Call, Flights};
/// use keylatch::latch::Outcome;
///
/// let mut flights = Flights::new();
/// let call = Call {
///     lease: 30_000.0,
///     stale_for: f64::INFINITY,
///     grace: 0.0,
///     timeout: f64::INFINITY,
///     hard_timeout: f64::INFINITY,
///     grace_backoff: 0.0,
///     negative_backoff: 0.0,
/// };
/// // The first caller leads, and calls its loader. The second one joins.
/// let Answer::Lead(flight, first) = flights.ask(None, false, &call, 0.0)? else { panic!() };
/// let gate = flights.latch.gate_of(flight.ticket());
/// let Answer::Join(joined, second) = flights.ask(gate, false, &call, 5.0)? else { panic!() };
/// assert_eq!(joined, flight);
///
/// // The value may be stored, and goes to both.
/// assert_eq!(flights.latch.settle(flight.ticket()), Ok(Outcome::Store));
/// assert_eq!(flights.next(flight, false), Some((first, false)));
/// assert_eq!(flights.next(flight, false), Some((second, false)));
/// flights.end(flight, gate, 10.0);
/// # Ok::<(), keylatch::arena::OutOfMemory>(())
/// ```
#[derive(Debug)]
pub struct Flights {
    /// Whose turn it is, among locks and flights.
    pub latch: Latch,
    table: Table,
}

impl Flights {
    /// No flights.
    pub const fn new() -> Self {
        Self { latch: Latch::new(), table: Table::new() }
    }

    /// A caller wants the value of a key. It joins the flight that is under way, unless it wants a `fresh` one, or leads
    /// the next. If the last one has failed a short time ago, as the caller sees it, it does neither.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn ask(&mut self, gate: Option<Gate>, fresh: bool, call: &Call, now: f64) -> Result<Answer, OutOfMemory> {
        let backoff = if call.has_grace() { call.grace_backoff } else { call.negative_backoff };
        if !fresh && self.has_failed(gate, backoff, now) {
            return Ok(if call.has_grace() { Answer::ServeStale } else { Answer::Refuse });
        }
        self.table.reserve()?;
        let (flight, leads) = self.find(gate, fresh, call.lease, false, now)?;
        let waiter = self.table.wait(flight, leads, call, now);
        Ok(if leads { Answer::Lead(flight, waiter) } else { Answer::Join(flight, waiter) })
    }

    /// A caller takes a value that has been expired for less than `swr`, or hasn't expired. The value is loaded in the
    /// background, unless it is being loaded already, or the last load has failed a short time ago.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn refresh(
        &mut self,
        gate: Option<Gate>,
        lease: f64,
        stale_for: f64,
        swr: f64,
        grace_backoff: f64,
        now: f64,
    ) -> Result<Refresh, OutOfMemory> {
        if stale_for >= swr {
            return Ok(Refresh::TooOld);
        }
        if self.has_failed(gate, grace_backoff, now) {
            return Ok(Refresh::Serve);
        }
        let (flight, leads) = self.find(gate, false, lease, true, now)?;
        Ok(if leads { Refresh::Lead(flight) } else { Refresh::Serve })
    }

    /// For how long a waiter may wait before it looks: until its flight's lease is over, or its caller's patience is.
    pub fn patience(&self, waiter: Waiter, now: f64) -> f64 {
        let &WaiterState { flight, soft, hard, .. } = self.table.waiter(waiter);
        let Some(flight) = flight else { return 0.0 };
        let left = (soft.min(hard) - now).max(0.0);
        self.remaining(flight, now).min(self.latch.lease(flight.ticket())).min(left)
    }

    /// A waiter looks whether it has waited for long enough, and whether its flight is alive. When its wait is over, it is
    /// forgotten. It gives up, too, if it would lead the next flight and there is no memory.
    pub fn look(&mut self, waiter: Waiter, gate: Option<Gate>, now: f64) -> Look {
        let &WaiterState { flight, has_grace, lease, soft, hard, .. } = self.table.waiter(waiter);
        let Some(flight) = flight else { return Look::TimeOut };
        if self.stays(waiter, flight) {
            self.take_turn(flight, gate, now);
        }
        let (overdue, had_left) = (self.is_overdue(flight, now), self.is_over(flight));
        if now < hard && !(overdue && self.stays(waiter, flight)) {
            if now >= soft {
                self.table.edit(flight, |state| state.kept = true);
            } else if !overdue {
                return Look::Wait;
            } else if let Ok((next, leads)) = self.find(gate, false, lease, false, now) {
                self.follow(waiter, next, now);
                return if leads { Look::TakeOver(next, had_left) } else { Look::Wait };
            }
        }
        self.leave(waiter, gate, now);
        if has_grace { Look::ServeStale } else { Look::TimeOut }
    }

    /// A caller waits no longer. It is forgotten, and its flight ends if nobody else wants it.
    pub fn leave(&mut self, waiter: Waiter, gate: Option<Gate>, now: f64) {
        let Some(flight) = self.table.dismiss(waiter) else { return };
        let &FlightState { phase, kept, waiters, .. } = self.table.flight(flight);
        let late = self.has_begun(flight) && self.is_overdue(flight, now);
        let unwanted = phase != Phase::Ended && waiters.is_empty() && (late || !kept);
        // Those who are left may load in the place of a late one: the caller that was to wait for it has given up.
        if late {
            self.retire(flight, gate, now);
        }
        if unwanted {
            self.latch.tell(Event::Idle(flight.ticket()));
            if !late {
                self.drop(flight);
            }
        }
    }

    /// Forgets the first of those who wait for a flight, since there is a value for it, or since the load has `failed`.
    /// Answers who it is, and whether it takes the stale value instead.
    pub fn next(&mut self, flight: Flight, failed: bool) -> Option<(Waiter, bool)> {
        let waiter = self.table.flight(flight).waiters.head()?;
        let has_grace = self.table.waiter(waiter).has_grace;
        self.table.dismiss(waiter);
        Some((waiter, failed && has_grace))
    }

    /// Ends a flight, and gives its ticket back. Who still waits for it is forgotten: [`Flights::next`] tells who that is.
    pub fn end(&mut self, flight: Flight, gate: Option<Gate>, now: f64) {
        self.table.close(flight);
        self.latch.release(flight.ticket(), gate, now);
    }

    /// Notes that a flight has failed, before it ends: callers that back off leave its key alone for a while. False if that
    /// says nothing of the key, since the flight is late or the key was changed.
    pub fn fail(&mut self, flight: Flight, now: f64) -> bool {
        self.latch.note_failure(flight.ticket(), now)
    }

    /// How many wait for a flight.
    pub fn waiting(&self, flight: Flight) -> u32 {
        self.table.flight(flight).waiters.len()
    }

    /// Whether nobody joins the flight any more: it is late, or has ended.
    pub fn is_over(&self, flight: Flight) -> bool {
        self.table.flight(flight).phase != Phase::UnderWay
    }

    /// Whether the last load at a gate has failed so short a time ago, and nobody loads there now.
    fn has_failed(&self, gate: Option<Gate>, backoff: f64, now: f64) -> bool {
        gate.and_then(|gate| self.latch.failed_at(gate)).is_some_and(|failed| now < failed + backoff)
    }

    /// The flight that a caller joins, or the one that it leads from now on; and which of them it is.
    fn find(
        &mut self,
        gate: Option<Gate>,
        fresh: bool,
        lease: f64,
        kept: bool,
        now: f64,
    ) -> Result<(Flight, bool), OutOfMemory> {
        let before = gate.and_then(|gate| self.latch.newest_load(gate)).map(|ticket| Flight::from_raw(ticket.raw()));
        // It may have gone on to another gate. If it is late, those who wait for it still follow the next one.
        let has_ended = |before| self.table.flight(before).phase == Phase::Ended;
        let before = before.filter(|&before| !has_ended(before) && self.latch.gate_of(before.ticket()) == gate);
        if let Some(alive) = before
            && !fresh
            && !self.is_overdue(alive, now)
        {
            return Ok((alive, false));
        }
        self.table.reserve_flights(self.latch.reserve()?)?;
        let ticket = self.latch.begin(gate, lease, now)?;
        let flight = Flight::from_raw(ticket.raw());
        self.table.admit(flight, kept);
        if let Some(before) = before
            && self.latch.gate_of(ticket) == gate
        {
            self.give_way(before, flight, now);
        }
        Ok((flight, true))
    }

    /// Has a waiter whose flight is overdue follow another one, with all who wait for it.
    fn follow(&mut self, waiter: Waiter, next: Flight, now: f64) {
        // Else it has given way already.
        if let Some(flight) = self.table.waiter(waiter).flight.filter(|&flight| flight != next) {
            self.give_way(flight, next, now);
        }
    }

    /// How much is left of a flight's lease, or of that of the lock for which it waits.
    fn remaining(&self, flight: Flight, now: f64) -> f64 {
        let ticket = flight.ticket();
        if self.is_over(flight) || self.latch.role(ticket) == Role::Lost {
            return 0.0;
        }
        self.latch.gate_of(ticket).map_or(0.0, |gate| (self.latch.deadline(gate) - now).max(0.0))
    }

    fn is_overdue(&self, flight: Flight, now: f64) -> bool {
        self.remaining(flight, now) <= 0.0
    }

    /// Gives a flight its turn if it waits for a lock whose lease is over, unless its key has changed: a waiter that follows
    /// no other flight waits for the locks ahead of this one, too.
    fn take_turn(&mut self, flight: Flight, gate: Option<Gate>, now: f64) {
        let ticket = flight.ticket();
        let waits = self.latch.role(ticket) == Role::Waiting && self.latch.gate_of(ticket) == gate;
        if waits && self.latch.check(ticket, gate, now) == Role::Holding {
            self.latch.tell(Event::Promoted(ticket));
        }
    }

    /// Whether a waiter gives up when its flight's lease is over, instead of following another flight: its own loader
    /// takes so long, or it has followed already.
    fn stays(&self, waiter: Waiter, flight: Flight) -> bool {
        let &WaiterState { leads, follows, .. } = self.table.waiter(waiter);
        !follows || (leads && self.has_begun(flight))
    }

    /// Replaces a flight by another one, and moves its waiters there.
    fn give_way(&mut self, flight: Flight, successor: Flight, now: f64) {
        let mut next = self.table.flight(flight).waiters.head();
        while let Some(waiter) = next {
            next = self.table.next(waiter);
            if !self.stays(waiter, flight) {
                self.table.transfer(waiter, successor);
            }
        }
        self.latch.tell(Event::Replaced(flight.ticket()));
        if self.has_begun(flight) {
            self.retire(flight, self.latch.gate_of(successor.ticket()), now);
        } else {
            self.drop(flight);
        }
    }

    /// Whether a flight has had its turn. Its loader was called then.
    fn has_begun(&self, flight: Flight) -> bool {
        self.latch.token(flight.ticket()) > 0
    }

    /// Leaves a flight's turn to others. Its value may come all the same.
    fn retire(&mut self, flight: Flight, gate: Option<Gate>, now: f64) {
        if !self.is_over(flight) {
            self.latch.abandon(flight.ticket(), gate, now);
            if let Some(first) = self.table.retire(flight) {
                self.drop(first);
            }
        }
    }

    /// Ends a flight whose value nobody wants.
    fn drop(&mut self, flight: Flight) {
        self.table.edit(flight, |state| state.phase = Phase::Ended);
        self.latch.tell(Event::Ended(flight.ticket()));
    }
}

impl Default for Flights {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
impl Flights {
    /// Checks every invariant.
    pub fn validate(&self) {
        self.latch.validate();
        self.table.validate();
        for flight in self.table.live() {
            assert_ne!(self.latch.role(flight.ticket()), Role::Free, "{flight:?} has no ticket");
        }
    }
}
