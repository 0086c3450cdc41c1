//! Flights as their caller uses them: each promise alone, then random schedules.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod caller;
mod failed;
mod late;
mod model;
mod schedules;
mod stale;

use super::*;
use crate::latch::{Outcome, SettleError};
use caller::{CALL, Caller, End, KEY, LEASE, Stop};

#[test]
fn one_loader_for_all_who_come_while_it_runs() {
    let mut caller = Caller::default();
    let (flight, _) = caller.lead(&CALL);
    for _ in 0..3 {
        caller.join(&CALL);
    }
    assert_eq!(caller.flights.waiting(flight), 4);
    assert_eq!(caller.value(flight), Ok(Outcome::Store));
    assert_eq!(caller.ends(), [Some(End::Value); 4]);
    assert_eq!(caller.stopped(), []);
    caller.assert_nothing_is_left();
}

#[test]
fn an_error_goes_to_all_and_the_next_caller_leads_again() {
    let mut caller = Caller::default();
    let (flight, _) = caller.lead(&CALL);
    caller.join(&CALL);
    caller.finish(flight, true);
    assert_eq!(caller.ends(), [Some(End::Error); 2]);
    caller.lead(&CALL);
}

#[test]
fn who_leaves_is_missed_by_nobody_until_the_last() {
    let mut caller = Caller::default();
    let (flight, leader) = caller.lead(&CALL);
    let other = caller.join(&CALL);
    caller.leave(leader);
    assert_eq!(caller.stopped(), []);
    caller.leave(other);
    assert_eq!(caller.stopped(), [(flight, Stop::Idle), (flight, Stop::Ended)]);
    caller.assert_nothing_is_left();
}

#[test]
fn nobody_joins_a_flight_whose_lease_is_over() {
    let mut caller = Caller::default();
    let (first, leader) = caller.lead(&CALL);
    let follower = caller.join(&CALL);
    caller.now = LEASE - 1.0;
    caller.join(&CALL);
    caller.now = LEASE;
    let (second, _) = caller.lead(&CALL);
    assert_eq!(caller.stopped(), [(first, Stop::Replaced)]);
    assert_eq!(caller.flight_of(leader), Some(first), "its own loader is what takes so long");
    assert_eq!(caller.flight_of(follower), Some(second));
    assert_eq!(caller.look(leader), Look::TimeOut);
    assert_eq!(caller.value(second), Ok(Outcome::Store));
    assert_eq!(caller.ends(), [Some(End::TimedOut), Some(End::Value), Some(End::Value), Some(End::Value)]);
    assert_eq!(caller.takeovers, 1);
}

#[test]
fn the_first_that_looks_takes_over_and_the_others_follow() {
    let mut caller = Caller::default();
    let (first, leader) = caller.lead(&CALL);
    let [a, b] = [0; 2].map(|_| caller.join(&CALL));
    caller.now = LEASE;
    assert_eq!(caller.look(leader), Look::TimeOut, "its turn is left to the others");
    assert_eq!(caller.stopped(), [], "somebody waits for it still");
    let Look::TakeOver(second, _) = caller.look(b) else { panic!("nobody takes over") };
    assert_eq!(caller.stopped(), [(first, Stop::Replaced)]);
    assert_eq!(caller.takeovers, 1, "nobody else has taken the turn");
    assert_eq!([a, b].map(|waiter| caller.flight_of(waiter)), [Some(second); 2]);
    assert_eq!(caller.look(a), Look::Wait);
    assert_eq!(caller.patience(a), LEASE, "it looks after each lease that was asked for");
    caller.now += 2.0 * LEASE - 1.0;
    assert_eq!(caller.look(a), Look::Wait, "the second lease is twice as long");
    caller.now += 1.0;
    assert_eq!([a, b].map(|waiter| caller.look(waiter)), [Look::TimeOut; 2], "two leases at the most");
    assert_eq!(caller.stopped(), [(second, Stop::Idle)]);
}

#[test]
fn a_caller_that_has_followed_stays_behind() {
    let mut caller = Caller::default();
    caller.lead(&CALL);
    let waiter = caller.join(&CALL);
    caller.now = LEASE;
    let (second, _) = caller.lead(&CALL);
    caller.now += 2.0 * LEASE;
    let (third, _) = caller.lead(&CALL);
    assert_eq!(caller.flight_of(waiter), Some(second));
    caller.value(third).unwrap();
    assert_eq!(caller.look(waiter), Look::TimeOut);
}

#[test]
fn a_hard_timeout_ends_one_wait_and_no_flight() {
    let mut caller = Caller::default();
    let (flight, leader) = caller.lead(&Call { hard_timeout: 20.0, ..CALL });
    caller.join(&CALL);
    assert_eq!(caller.patience(leader), 20.0);
    caller.now = 19.0;
    assert_eq!(caller.look(leader), Look::Wait);
    caller.now = 20.0;
    assert_eq!(caller.look(leader), Look::TimeOut);
    assert_eq!(caller.stopped(), []);
    assert_eq!(caller.value(flight), Ok(Outcome::Store));
    assert_eq!(caller.ends(), [Some(End::TimedOut), Some(End::Value)]);
}

#[test]
fn a_change_begins_afresh_and_the_older_value_goes_to_who_came_before() {
    let mut caller = Caller::default();
    let (before, _) = caller.lead(&CALL);
    caller.change(KEY);
    let (after, _) = caller.lead(&CALL);
    assert_eq!(caller.stopped(), []);
    assert_eq!(caller.value(before), Ok(Outcome::Fenced));
    assert_eq!(caller.value(after), Ok(Outcome::Store));
}

#[test]
fn who_wants_a_fresh_value_joins_nobody() {
    let mut caller = Caller::default();
    let (before, _) = caller.lead(&CALL);
    let Answer::Lead(after, _) = caller.ask_for(KEY, true, &CALL) else { panic!("it joins") };
    caller.join(&CALL);
    assert_eq!(caller.value(before), Ok(Outcome::Fenced));
    assert_eq!(caller.value(after), Ok(Outcome::Store));
    assert_eq!(caller.ends(), [Some(End::Value); 3]);
}

#[test]
fn a_flight_waits_for_the_lock_of_its_key() {
    let mut caller = Caller::default();
    let lock = caller.lock(KEY);
    let Answer::Lead(flight, _) = caller.ask(&CALL) else { panic!("it joins") };
    caller.join(&CALL);
    assert_eq!(caller.role(flight.ticket()), Role::Waiting);
    caller.settle_lock(lock);
    assert_eq!(caller.ends(), [Some(End::Value); 2], "the result of the lock is the value");
    caller.release_lock(lock);
    caller.assert_nothing_is_left();
    let lock = caller.lock(KEY);
    let Answer::Lead(flight, _) = caller.ask(&CALL) else { panic!("it joins") };
    caller.release_lock(lock);
    assert_eq!(caller.role(flight.ticket()), Role::Holding, "without a result, it is the flight's turn");
}

#[test]
fn a_lock_whose_lease_is_over_gives_way_to_a_flight() {
    let mut caller = Caller::default();
    let lock = caller.lock(KEY);
    let Answer::Lead(flight, leader) = caller.ask(&CALL) else { panic!("it joins") };
    caller.now = LEASE;
    let Look::TakeOver(next, _) = caller.look(leader) else {
        panic!("its loader was not called, so it may lead again")
    };
    assert_eq!(caller.role(lock), Role::Lost);
    assert_eq!(caller.role(next.ticket()), Role::Holding);
    assert_eq!(caller.loads, [next], "the flight that had done nothing has ended");
    assert_eq!(caller.flight_of(leader), Some(next));
    assert_eq!(caller.stopped(), [(flight, Stop::Replaced), (flight, Stop::Ended)]);
}

#[test]
fn a_lock_that_takes_the_turn_leaves_its_callers_to_the_next_flight() {
    let mut caller = Caller::default();
    let (_, leader) = caller.lead(&CALL);
    let other = caller.join(&CALL);
    let lock = caller.lock(KEY);
    caller.now = LEASE;
    assert_eq!(caller.enter(lock), Role::Holding);
    assert_eq!(caller.look(leader), Look::TimeOut);
    let Look::TakeOver(next, _) = caller.look(other) else { panic!("nobody takes over") };
    assert_eq!(caller.role(next.ticket()), Role::Waiting);
    caller.settle_lock(lock);
    assert_eq!(caller.ends(), [Some(End::TimedOut), Some(End::Value)]);
}

#[test]
fn a_flight_whose_turn_was_taken_goes_on_and_stores_nothing() {
    let mut caller = Caller::default();
    let (flight, _) = caller.lead(&CALL);
    caller.join(&CALL);
    caller.revoke(KEY);
    assert_eq!((caller.stopped(), caller.takeovers), (vec![], 1));
    assert_eq!(caller.value(flight), Err(SettleError::Lost));
    assert_eq!(caller.ends(), [Some(End::Value); 2]);
}

#[test]
fn who_stays_with_a_flight_that_ends_gives_up() {
    let mut caller = Caller::default();
    let lock = caller.lock(KEY);
    caller.flights.latch.look(lock, crate::latch::Look::On);
    let (first, waiter) = caller.lead(&CALL);
    // The lock has computed nothing, so its gate stays the key's.
    let Answer::Lead(second, _) = caller.ask_for(KEY, true, &CALL) else { panic!("it joins") };
    assert_eq!(caller.flight_of(waiter), Some(second));
    let Answer::Lead(third, _) = caller.ask_for(KEY, true, &CALL) else { panic!("it joins") };
    assert_eq!(
        caller.stopped(),
        [(first, Stop::Replaced), (first, Stop::Ended), (second, Stop::Replaced), (second, Stop::Ended)]
    );
    assert_eq!(caller.ends(), [Some(End::TimedOut), None, None]);
    assert_eq!(caller.flights.waiting(third), 2);
    caller.release_lock(lock);
    assert_eq!(caller.role(third.ticket()), Role::Holding);
}

#[test]
fn keys_keep_out_of_each_others_way() {
    let mut caller = Caller::default();
    let flights: Vec<_> = (0..500)
        .map(|key| match caller.ask_for(key, false, &CALL) {
            Answer::Lead(flight, _) => flight,
            other => panic!("{other:?}: it joins the flight of another key"),
        })
        .collect();
    (0..500).for_each(|key| assert!(matches!(caller.ask_for(key, false, &CALL), Answer::Join(..))));
    flights.into_iter().for_each(|flight| assert_eq!(caller.value(flight), Ok(Outcome::Store)));
    assert!(caller.ends().iter().all(|&end| end == Some(End::Value)));
    caller.assert_nothing_is_left();
}
