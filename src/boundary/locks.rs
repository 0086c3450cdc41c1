//! The locks of each cache, as JavaScript sees them. A cache, its gates and its tickets are numbers; -1 stands for none.
//! Leases are in milliseconds, and so is `now`: a time that never runs backwards, whatever becomes of the wall clock.

use super::state;
use super::{NONE, id, number};
use crate::arena::Id;
use crate::engine::NEVER;
use crate::latch::{Event, Gate, Latch, Look, Outcome, Refused, Role, Ticket};
use wasm_bindgen::prelude::*;

fn with<R>(cache: u32, absent: R, work: impl FnOnce(&mut Latch) -> R) -> R {
    state::with(cache, absent, |state| work(&mut state.latch))
}

/// Takes a ticket at a gate, or at a new one; -1 if there is no memory.
#[wasm_bindgen(js_name = latchAcquire)]
pub fn acquire(cache: u32, gate: i32, lease: f64, now: f64) -> i32 {
    with(cache, NONE, |latch| number(latch.acquire(id(gate), lease, now).ok()))
}

/// Takes a ticket for a load, and enters; -1 if there is no memory.
#[wasm_bindgen(js_name = latchBegin)]
pub fn begin(cache: u32, gate: i32, lease: f64, now: f64) -> i32 {
    with(cache, NONE, |latch| number(latch.begin(id(gate), lease, now).ok()))
}

/// Asks for the gate, and returns the ticket's role then. `current` is the gate of the ticket's key.
#[wasm_bindgen(js_name = latchEnter)]
pub fn enter(cache: u32, ticket: u32, current: i32, now: f64) -> u32 {
    with(cache, Role::Free, |latch| latch.enter(Ticket::from_index(ticket), id(current), now)) as u32
}

/// Accepts the holder's result. 0: it may be stored. 1: it may not, since its key has changed. 2: there is one already.
/// 3: the lease is over. 4: the ticket doesn't hold its gate.
#[wasm_bindgen(js_name = latchSettle)]
pub fn settle(cache: u32, ticket: u32) -> u32 {
    match with(cache, Err(Refused::NotHolding), |latch| latch.settle(Ticket::from_index(ticket))) {
        Ok(Outcome::Store) => 0,
        Ok(Outcome::Fenced) => 1,
        Err(Refused::Settled) => 2,
        Err(Refused::Lost) => 3,
        Err(Refused::NotHolding) => 4,
    }
}

/// Gives a ticket back.
#[wasm_bindgen(js_name = latchRelease)]
pub fn release(cache: u32, ticket: u32, current: i32, now: f64) {
    with(cache, (), |latch| latch.release(Ticket::from_index(ticket), id(current), now));
}

/// Leaves the gate to others, as if the lease were over, without giving the ticket back.
#[wasm_bindgen(js_name = latchAbandon)]
pub fn abandon(cache: u32, ticket: u32, current: i32, now: f64) {
    with(cache, (), |latch| latch.abandon(Ticket::from_index(ticket), id(current), now));
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

/// Notes that the key of a gate is being changed, or that the change is done. True if the key leads nowhere now.
#[wasm_bindgen(js_name = latchFence)]
pub fn fence(cache: u32, gate: u32, done: bool) -> bool {
    with(cache, false, |latch| latch.fence(Gate::from_index(gate), done))
}

/// Notes what a ticket does: 0 it computes, 1 it looks for a value, 2 it does so for the last time. True if its key was
/// changed while it looked.
#[wasm_bindgen(js_name = latchLook)]
pub fn look(cache: u32, ticket: u32, next: u32) -> bool {
    let next = match next {
        0 => Look::Over,
        1 => Look::On,
        _ => Look::Last,
    };
    with(cache, false, |latch| latch.look(Ticket::from_index(ticket), next))
}

/// What there is to know of a ticket: 0 its role (0 free, 1 resting, 2 waiting, 3 holding, 4 settled, 5 lost), 1 its
/// gate, 2 the number of its turn, or 0 if it had none, 3 the moment at which the lease is over on which it waits.
#[wasm_bindgen(js_name = latchTicket)]
pub fn ticket(cache: u32, ticket: u32, what: u32) -> f64 {
    let ticket = Ticket::from_index(ticket);
    with(cache, 0.0, |latch| match what {
        0 => f64::from(latch.role(ticket) as u8),
        1 => f64::from(number(latch.gate_of(ticket))),
        2 => latch.token(ticket) as f64,
        _ => latch.gate_of(ticket).map_or(NEVER, |gate| latch.deadline(gate)),
    })
}

/// The ticket that holds a gate, or -1.
#[wasm_bindgen(js_name = latchHolder)]
pub fn holder(cache: u32, gate: u32) -> i32 {
    number(with(cache, None, |latch| latch.holder(Gate::from_index(gate))))
}

/// The next event: the ticket or gate times 8, plus its kind: 0 promoted, 1 settled, 2 lost, 3 reopened, 4 closed; -1 if
/// there is none.
#[wasm_bindgen(js_name = latchNextEvent)]
pub fn next_event(cache: u32) -> i32 {
    let (index, kind) = match with(cache, None, Latch::next_event) {
        Some(Event::Promoted(ticket)) => (ticket.index(), 0),
        Some(Event::Settled(ticket)) => (ticket.index(), 1),
        Some(Event::Lost(ticket)) => (ticket.index(), 2),
        Some(Event::Reopened(gate)) => (gate.index(), 3),
        Some(Event::Closed(gate)) => (gate.index(), 4),
        None => return NONE,
    };
    ((index << 3) | kind) as i32
}
