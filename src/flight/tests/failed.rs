//! What is remembered of a load that has failed.

use super::*;

const BACKS_OFF: Call = Call { grace_backoff: 50.0, negative_backoff: 100.0, ..CALL };
const STALE: Call = Call { stale_for: 10.0, grace: 500.0, ..BACKS_OFF };

fn failed() -> Caller {
    let mut caller = Caller::default();
    let (flight, _) = caller.lead(&BACKS_OFF);
    caller.now = 10.0;
    caller.fail(flight);
    caller
}

#[test]
fn callers_back_off_for_as_long_as_each_of_them_likes() {
    let mut caller = failed();
    caller.now = 59.0;
    assert_eq!(caller.ask(&STALE), Answer::ServeStale);
    assert_eq!(caller.ask(&BACKS_OFF), Answer::Refuse);
    caller.now = 60.0;
    let Answer::Lead(flight, _) = caller.ask(&STALE) else { panic!("its backoff is over") };
    // While somebody tries, the others wait for the value.
    caller.join(&BACKS_OFF);
    assert_eq!(caller.value(flight), Ok(Outcome::Store));
    caller.assert_nothing_is_left();
}

#[test]
fn a_caller_that_does_not_back_off_or_wants_a_fresh_value_tries() {
    for (fresh, call) in [(false, CALL), (true, BACKS_OFF)] {
        let mut caller = failed();
        assert!(matches!(caller.ask_for(KEY, fresh, &call), Answer::Lead(..)));
    }
}

#[test]
fn a_load_behind_backs_off_too() {
    let mut caller = failed();
    caller.grace_backoff = 50.0;
    assert_eq!(caller.refresh(KEY, 0.0, 50.0), Refresh::Serve);
    assert_eq!(caller.loads, []);
    caller.now = 60.0;
    assert!(matches!(caller.refresh(KEY, 0.0, 50.0), Refresh::Lead(_)));
}

#[test]
fn a_change_or_a_value_ends_it() {
    let mut caller = failed();
    caller.change(KEY);
    caller.assert_nothing_is_left();
    assert!(matches!(caller.ask(&BACKS_OFF), Answer::Lead(..)));

    let mut caller = failed();
    let lock = caller.lock(KEY);
    assert!(matches!(caller.ask(&BACKS_OFF), Answer::Lead(..)), "it waits for the lock");
    caller.settle_lock(lock);
    caller.release_lock(lock);
    caller.assert_nothing_is_left();
}

#[test]
fn who_comes_after_it_has_a_lease_like_any_other() {
    let mut caller = Caller::default();
    caller.lead(&BACKS_OFF);
    caller.now = LEASE;
    // The second turn has twice the lease. It fails, and with it ends what the first one was counted for.
    let (second, _) = caller.lead(&BACKS_OFF);
    caller.loads.clone().into_iter().filter(|&load| load != second).for_each(|first| caller.finish(first, true));
    caller.fail(second);
    caller.lock(KEY);
    let gate = caller.gate(KEY).unwrap();
    assert_eq!(caller.flights.latch.deadline(gate), 2.0 * LEASE);
}

#[test]
fn what_was_changed_meanwhile_has_not_failed() {
    let mut caller = Caller::default();
    let (flight, _) = caller.lead(&BACKS_OFF);
    caller.change(KEY);
    caller.fail(flight);
    caller.assert_nothing_is_left();
}

#[test]
fn a_source_that_fails_for_every_key_does_not_fill_the_memory() {
    let mut caller = Caller::default();
    for key in 0..1000 {
        let Answer::Lead(flight, _) = caller.ask_for(key, false, &BACKS_OFF) else { panic!("{key} backs off") };
        caller.fail(flight);
    }
    assert_eq!(caller.flights.latch.gates(), 256);
    assert_eq!(caller.ask_for(999, false, &BACKS_OFF), Answer::Refuse);
    assert_eq!(caller.ask_for(744, false, &BACKS_OFF), Answer::Refuse);
    assert!(matches!(caller.ask_for(743, false, &BACKS_OFF), Answer::Lead(..)), "the oldest are forgotten");
}

#[test]
fn a_key_that_fails_again_has_one_place() {
    let mut caller = Caller::default();
    for round in 0..1000 {
        caller.now = 200.0 * f64::from(round);
        let (flight, _) = caller.lead(&BACKS_OFF);
        caller.fail(flight);
        assert_eq!(caller.ask(&BACKS_OFF), Answer::Refuse);
        assert_eq!(caller.flights.latch.gates(), 1);
    }
}
