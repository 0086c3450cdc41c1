//! Stale values: served while they are loaded anew, or when that fails or takes too long.

use super::*;

/// A call with a value that has been expired for 10 ms.
const STALE: Call = Call { stale_for: 10.0, grace: 50.0, ..CALL };

#[test]
fn a_stale_value_is_served_within_swr_while_one_loader_runs_behind() {
    let mut caller = Caller::default();
    assert_eq!(caller.refresh(KEY, 50.0, 50.0), Refresh::TooOld);
    let Refresh::Lead(flight) = caller.refresh(KEY, 49.0, 50.0) else { panic!("nobody loads behind") };
    assert_eq!(caller.refresh(KEY, 49.0, 50.0), Refresh::Serve);
    let waiter = caller.join(&Call { hard_timeout: 5.0, ..CALL });
    caller.now = 5.0;
    assert_eq!(caller.look(waiter), Look::TimeOut);
    assert_eq!(caller.stopped(), [], "it goes on behind");
    assert_eq!(caller.value(flight), Ok(Outcome::Store));
}

#[test]
fn a_value_that_has_not_expired_is_loaded_ahead() {
    let mut caller = Caller::default();
    assert!(matches!(caller.refresh(KEY, -1.0, 0.0), Refresh::Lead(_)));
    assert_eq!(caller.refresh(KEY, -1.0, 0.0), Refresh::Serve);
}

#[test]
fn a_load_behind_that_never_ends_gives_way_to_another() {
    let mut caller = Caller::default();
    let Refresh::Lead(dead) = caller.refresh(KEY, 0.0, 50.0) else { panic!("nobody loads behind") };
    caller.now = LEASE;
    let Refresh::Lead(alive) = caller.refresh(KEY, 0.0, 50.0) else { panic!("nobody loads behind") };
    assert_eq!(caller.stopped(), [(dead, Stop::Replaced)]);
    assert_eq!(caller.value(alive), Ok(Outcome::Store));
}

#[test]
fn a_load_that_fails_serves_the_stale_value_to_who_has_it_within_grace() {
    let mut caller = Caller::default();
    let (flight, _) = caller.lead(&STALE);
    caller.join(&Call { grace: 10.0, ..STALE });
    caller.join(&CALL);
    caller.finish(flight, true);
    assert_eq!(caller.ends(), [Some(End::Stale), Some(End::Error), Some(End::Error)]);
    let (flight, _) = caller.lead(&STALE);
    caller.value(flight).unwrap();
    assert_eq!(caller.ends()[3], Some(End::Value), "a value comes first");
}

#[test]
fn a_load_that_takes_too_long_goes_on_behind() {
    let mut caller = Caller::default();
    let (flight, waiter) = caller.lead(&Call { timeout: 20.0, hard_timeout: 50.0, ..STALE });
    assert_eq!(caller.patience(waiter), 20.0);
    caller.now = 20.0;
    assert_eq!(caller.look(waiter), Look::ServeStale);
    assert_eq!(caller.stopped(), []);
    assert_eq!(caller.value(flight), Ok(Outcome::Store));
}

#[test]
fn a_timeout_without_a_stale_value_is_none() {
    let mut caller = Caller::default();
    let (_, waiter) = caller.lead(&Call { timeout: 20.0, ..CALL });
    assert_eq!(caller.patience(waiter), LEASE);
    caller.now = 50.0;
    assert_eq!(caller.look(waiter), Look::Wait);
}

#[test]
fn who_gives_up_takes_the_stale_value_within_grace() {
    let mut caller = Caller::default();
    let (flight, hasty) = caller.lead(&Call { hard_timeout: 20.0, ..STALE });
    let patient = caller.join(&STALE);
    caller.now = 20.0;
    assert_eq!(caller.look(hasty), Look::ServeStale);
    caller.now = LEASE;
    let Look::TakeOver(..) = caller.look(patient) else { panic!("nobody takes over") };
    assert_eq!(caller.stopped(), [(flight, Stop::Replaced)]);
    caller.now += 2.0 * LEASE;
    assert_eq!(caller.look(patient), Look::ServeStale);
}

#[test]
fn a_flight_that_is_kept_and_dead_ends_with_its_last_waiter() {
    let mut caller = Caller::default();
    let (flight, first) = caller.lead(&Call { timeout: 20.0, ..STALE });
    let last = caller.join(&CALL);
    caller.now = 20.0;
    caller.look(first);
    caller.now = LEASE;
    caller.leave(last);
    assert_eq!(caller.stopped(), [(flight, Stop::Idle)]);
    assert!(caller.flights.is_over(flight));
}
