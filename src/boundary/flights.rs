//! The flights of each cache, as JavaScript sees them. A cache, its flights and its waiters are numbers, and so is every
//! word of the [protocol](super::protocol). A flight's number is its ticket's, so what there is to know of a ticket, and what
//! the latch tells, is about flights too. Durations are in milliseconds, and so is `now`, as for locks.

use super::id;
use super::protocol::{FLIGHTS, GIVES_UP, NO_MEMORY, NONE, TAKES_OVER, TAKES_STALE, TOO_OLD};
use super::state;
use crate::arena::{Id, OutOfMemory};
use crate::flight::{Answer, Call, Flight, Flights, Look, Refresh, Waiter, is_due_ahead, pause_before};
use wasm_bindgen::prelude::*;

fn with<R>(cache: u32, absent: R, work: impl FnOnce(&mut Flights) -> R) -> R {
    state::with(cache, absent, |state| work(&mut state.flights))
}

/// A caller wants a value: `fresh` for one that joins nobody. `FLIGHTS` says how the answer is written. Or it neither waits nor
/// leads: `TAKES_STALE`, `GIVES_UP` since the last load has failed, or `NO_MEMORY`. `stale_for`, and what the caller doesn't
/// limit, may be infinite.
#[wasm_bindgen(js_name = flightAsk)]
#[expect(clippy::too_many_arguments, reason = "one call in place of several")]
pub fn ask(
    cache: u32,
    gate: i32,
    fresh: bool,
    lease: f64,
    stale_for: f64,
    grace: f64,
    timeout: f64,
    hard_timeout: f64,
    grace_backoff: f64,
    negative_backoff: f64,
    now: f64,
) -> f64 {
    let call = Call { lease, stale_for, grace, timeout, hard_timeout, grace_backoff, negative_backoff };
    let (flight, waiter, leads) =
        match with(cache, Err(OutOfMemory), |flights| flights.ask(id(gate), fresh, &call, now)) {
            Ok(Answer::Join(flight, waiter)) => (flight, waiter, 0),
            Ok(Answer::Lead(flight, waiter)) => (flight, waiter, 1),
            Ok(Answer::ServeStale) => return f64::from(TAKES_STALE),
            Ok(Answer::Refuse) => return f64::from(GIVES_UP),
            Err(OutOfMemory) => return f64::from(NO_MEMORY),
        };
    f64::from(flight.index()) + f64::from(FLIGHTS) * f64::from(waiter.index() << 1 | leads)
}

/// A caller takes a value that has been expired for `stale_for`, if that is less than `swr`. Returns the flight that it
/// leads. Or `NONE` if nobody is to load the value now, `TOO_OLD` or `NO_MEMORY`.
#[wasm_bindgen(js_name = flightRefresh)]
pub fn refresh(cache: u32, gate: i32, lease: f64, stale_for: f64, swr: f64, grace_backoff: f64, now: f64) -> i32 {
    let work = |flights: &mut Flights| flights.refresh(id(gate), lease, stale_for, swr, grace_backoff, now);
    with(cache, NO_MEMORY, |flights| match work(flights) {
        Ok(Refresh::Lead(flight)) => flight.index() as i32,
        Ok(Refresh::Serve) => NONE,
        Ok(Refresh::TooOld) => TOO_OLD,
        Err(OutOfMemory) => NO_MEMORY,
    })
}

/// A waiter looks, unless it is the `first` time. Returns for how long it may wait. Or its wait is over: `GIVES_UP` or
/// `TAKES_STALE`. Or it leads: `TAKES_OVER` says how that is written.
#[wasm_bindgen(js_name = flightWatch)]
pub fn watch(cache: u32, waiter: u32, gate: i32, first: bool, now: f64) -> f64 {
    let waiter = Waiter::from_index(waiter);
    with(cache, f64::from(GIVES_UP), |flights| {
        let look = if first { Look::Wait } else { flights.look(waiter, id(gate), now) };
        f64::from(match look {
            Look::Wait => return flights.patience(waiter, now),
            Look::TimeOut => GIVES_UP,
            Look::ServeStale => TAKES_STALE,
            Look::TakeOver(flight, left) => TAKES_OVER - (flight.index() << 1 | u32::from(left)) as i32,
        })
    })
}

/// A flight's loader has failed. False if that is not to be remembered.
#[wasm_bindgen(js_name = flightFail)]
pub fn fail(cache: u32, flight: u32, now: f64) -> bool {
    with(cache, false, |flights| flights.fail(Flight::from_index(flight), now))
}

/// A caller waits no longer.
#[wasm_bindgen(js_name = flightLeave)]
pub fn leave(cache: u32, waiter: u32, gate: i32, now: f64) {
    with(cache, (), |flights| flights.leave(Waiter::from_index(waiter), id(gate), now));
}

/// Ends the wait of the first of those who wait for a flight. Returns its number times 2, plus 1 if it takes the stale
/// value, since the load has failed; `NONE` if nobody waits.
#[wasm_bindgen(js_name = flightNext)]
pub fn next(cache: u32, flight: u32, failed: bool) -> i32 {
    let next = with(cache, None, |flights| flights.next(Flight::from_index(flight), failed));
    next.map_or(NONE, |(waiter, stale)| (waiter.index() << 1 | u32::from(stale)) as i32)
}

/// Whether a value that is asked for, and that has `remaining` of its `ttl`, is loaded again behind.
#[wasm_bindgen(js_name = flightIsDueAhead)]
pub fn due_ahead(slot: u32, ttl: f64, remaining: f64, share: f64) -> bool {
    is_due_ahead(slot, ttl, remaining, share)
}

/// How long a loader that has failed waits before another try.
#[wasm_bindgen(js_name = flightPauseBefore)]
pub fn pause(tries: u32, delay: f64, longest: f64, chance: f64) -> f64 {
    pause_before(tries, delay, longest, chance)
}
