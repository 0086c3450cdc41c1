//! The locks of each cache, as JavaScript sees them. A cache, its gates and its tickets are numbers, and so is every
//! word of the [protocol](super::protocol). Leases and `now` are in milliseconds. `now` never runs backwards, even if
//! somebody sets the wall clock back.

use super::protocol::{EVENT_SHIFT, Fact, LatchEvent, NONE, Verdict};
use super::state::{self, State};
use super::{id, number};
use crate::arena::Id;
use crate::engine::NEVER;
use crate::flight::Flight;
use crate::latch::{Event, Gate, Latch, Look, Outcome, Role, SettleError, Ticket};
use wasm_bindgen::prelude::*;

fn with<R>(cache: u32, absent: R, work: impl FnOnce(&mut Latch) -> R) -> R {
    state::with(cache, absent, |state| work(&mut state.flights.latch))
}

/// Takes a ticket at a gate, or at a new one; `NONE` if there is no memory.
#[wasm_bindgen(js_name = latchAcquire)]
pub fn acquire(cache: u32, gate: i32, lease: f64, now: f64) -> i32 {
    with(cache, NONE, |latch| number(latch.acquire(id(gate), lease, now).ok()))
}

/// Asks for the gate, and returns the ticket's `Role` then. `current` is the gate of the ticket's key.
#[wasm_bindgen(js_name = latchEnter)]
pub fn enter(cache: u32, ticket: u32, current: i32, now: f64) -> u32 {
    with(cache, Role::Free, |latch| latch.enter(Ticket::from_index(ticket), id(current), now)) as u32
}

/// Accepts the holder's result, or refuses it; a `Verdict`.
#[wasm_bindgen(js_name = latchSettle)]
pub fn settle(cache: u32, ticket: u32) -> u32 {
    let verdict = match with(cache, Err(SettleError::NotHolding), |latch| latch.settle(Ticket::from_index(ticket))) {
        Ok(Outcome::Store) => Verdict::Store,
        Ok(Outcome::Fenced) => Verdict::Fenced,
        Err(SettleError::Settled) => Verdict::SettledAlready,
        Err(SettleError::Lost) => Verdict::Lost,
        Err(SettleError::NotHolding) => Verdict::NotHolding,
    };
    verdict as u32
}

/// Gives a ticket back. If it is a flight's, the flight has ended.
#[wasm_bindgen(js_name = latchRelease)]
pub fn release(cache: u32, ticket: u32, current: i32, now: f64) {
    let work = |State { flights, .. }: &mut State| flights.end(Flight::from_index(ticket), id(current), now);
    state::with(cache, (), work);
}

/// Takes a key's gate from its holder, for the first that waits.
#[wasm_bindgen(js_name = latchRevoke)]
pub fn revoke(cache: u32, gate: u32, now: f64) {
    with(cache, (), |latch| latch.revoke(Gate::from_index(gate), now));
}

/// Gives the holder a new lease from now on. False if the ticket doesn't hold its gate.
#[wasm_bindgen(js_name = latchExtend)]
pub fn extend(cache: u32, ticket: u32, lease: f64, now: f64) -> bool {
    with(cache, false, |latch| latch.extend(Ticket::from_index(ticket), lease, now))
}

/// Notes that the key of a gate is being changed, or that the change is done. True if the key has no gate now.
#[wasm_bindgen(js_name = latchFence)]
pub fn fence(cache: u32, gate: u32, done: bool) -> bool {
    with(cache, false, |latch| latch.fence(Gate::from_index(gate), done))
}

/// Notes what a ticket does next, a `Look`. True if its key was changed while it looked.
#[wasm_bindgen(js_name = latchLook)]
pub fn look(cache: u32, ticket: u32, next: u32) -> bool {
    let next = Look::from_number(next).unwrap_or(Look::Last);
    with(cache, false, |latch| latch.look(Ticket::from_index(ticket), next))
}

/// A fact about a ticket; `what` is a `Fact`.
#[wasm_bindgen(js_name = latchTicket)]
pub fn ticket(cache: u32, index: u32, what: u32) -> f64 {
    let (ticket, flight) = (Ticket::from_index(index), Flight::from_index(index));
    let Some(what) = Fact::from_number(what) else { return 0.0 };
    state::with(cache, 0.0, |State { flights, .. }| match what {
        Fact::Role => f64::from(flights.latch.role(ticket) as u8),
        Fact::Gate => f64::from(number(flights.latch.gate_of(ticket))),
        Fact::Turn => flights.latch.token(ticket) as f64,
        Fact::Deadline => flights.latch.gate_of(ticket).map_or(NEVER, |gate| flights.latch.deadline(gate)),
        Fact::Waiting => f64::from(flights.waiting(flight)),
    })
}

/// The ticket that holds a gate, or `NONE`.
#[wasm_bindgen(js_name = latchHolder)]
pub fn holder(cache: u32, gate: u32) -> i32 {
    number(with(cache, None, |latch| latch.holder(Gate::from_index(gate))))
}

/// The next event; see `EVENT_SHIFT` for the encoding. `NONE` if there is none.
#[wasm_bindgen(js_name = latchNextEvent)]
pub fn next_event(cache: u32) -> i32 {
    let (index, event) = match with(cache, None, Latch::next_event) {
        Some(Event::Promoted(ticket)) => (ticket.index(), LatchEvent::Promoted),
        Some(Event::Settled(ticket)) => (ticket.index(), LatchEvent::Settled),
        Some(Event::Lost(ticket)) => (ticket.index(), LatchEvent::Lost),
        Some(Event::Reopened(gate)) => (gate.index(), LatchEvent::Reopened),
        Some(Event::Closed(gate)) => (gate.index(), LatchEvent::Closed),
        Some(Event::Idle(ticket)) => (ticket.index(), LatchEvent::Idle),
        Some(Event::Replaced(ticket)) => (ticket.index(), LatchEvent::Replaced),
        Some(Event::Ended(ticket)) => (ticket.index(), LatchEvent::Ended),
        None => return NONE,
    };
    (index << EVENT_SHIFT | event as u32) as i32
}
