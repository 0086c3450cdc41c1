//! Flights whose value comes after their lease.

use super::*;

/// A flight whose lease is over, and the one in its place. Its own caller has given up.
fn replaced(caller: &mut Caller) -> [Flight; 2] {
    let (late, leader) = caller.lead(&CALL);
    let waiter = caller.join(&CALL);
    caller.now += LEASE;
    caller.look(leader);
    let Look::TakeOver(successor, _) = caller.look(waiter) else { panic!("nobody takes over") };
    caller.stopped();
    [late, successor]
}

#[test]
fn its_value_goes_to_those_who_wait_for_its_successor() {
    let mut caller = Caller::default();
    let [late, successor] = replaced(&mut caller);
    caller.join(&CALL);
    assert!(caller.flights.is_over(late));
    assert_eq!(caller.value(late), Ok(Outcome::Store));
    assert_eq!(caller.ends(), [Some(End::TimedOut), Some(End::Value), Some(End::Value)]);
    assert!(!caller.loads.contains(&successor), "it has ended");
    caller.assert_nothing_is_left();
}

#[test]
fn its_own_caller_has_the_value_if_it_comes_before_the_caller_looks() {
    let mut caller = Caller::default();
    let (late, _) = caller.lead(&CALL);
    caller.now = LEASE;
    let (_, other) = caller.lead(&CALL);
    assert_eq!(caller.value(late), Ok(Outcome::Store));
    assert_eq!(caller.ends(), [Some(End::Value), Some(End::Value)]);
    assert!(!caller.people.contains_key(&other));
    caller.assert_nothing_is_left();
}

#[test]
fn a_successor_behind_a_lock_has_its_turn_when_the_lease_of_the_lock_is_over() {
    let mut caller = Caller::default();
    caller.lead(&CALL);
    let waiter = caller.join(&CALL);
    let lock = caller.lock(KEY);
    caller.now = LEASE;
    assert_eq!(caller.enter(lock), Role::Holding);
    let Look::TakeOver(successor, _) = caller.look(waiter) else { panic!("nobody takes over") };
    assert_eq!(caller.flights.latch.role(successor.ticket()), Role::Waiting);
    // The lock's lease is twice as long, since a turn was lost.
    caller.now += 2.0 * LEASE;
    assert_eq!(caller.look(waiter), Look::Wait);
    assert_eq!(caller.flights.latch.role(successor.ticket()), Role::Holding);
    assert_eq!(caller.value(successor), Ok(Outcome::Store));
}

#[test]
fn who_waits_for_it_follows_the_next_one_that_comes() {
    let mut caller = Caller::default();
    let (_, leader) = caller.lead(&CALL);
    caller.join(&CALL);
    caller.now = LEASE;
    // Those who are left have not looked yet.
    caller.leave(leader);
    let (next, _) = caller.lead(&CALL);
    assert_eq!(caller.flights.waiting(next), 2);
    assert_eq!(caller.value(next), Ok(Outcome::Store));
    assert_eq!(caller.ends(), [Some(End::Left), Some(End::Value), Some(End::Value)]);
}

#[test]
fn it_is_refused_once_there_is_a_value_or_a_change() {
    for changed in [false, true] {
        let mut caller = Caller::default();
        let [late, successor] = replaced(&mut caller);
        if changed {
            caller.change(KEY);
        } else {
            caller.value(successor).unwrap();
        }
        assert_eq!(caller.value(late), Err(SettleError::Lost));
    }
}

#[test]
fn it_fails_and_its_successor_goes_on() {
    let mut caller = Caller::default();
    let [late, successor] = replaced(&mut caller);
    caller.finish(late, true);
    assert_eq!(caller.ends(), [Some(End::TimedOut), None]);
    assert_eq!(caller.value(successor), Ok(Outcome::Store));
}

#[test]
fn its_signal_aborts_once_nobody_waits_for_it() {
    let mut caller = Caller::default();
    let (late, leader) = caller.lead(&CALL);
    let waiter = caller.join(&CALL);
    caller.now = LEASE;
    caller.look(leader);
    assert_eq!(caller.stopped(), []);
    caller.leave(waiter);
    assert_eq!(caller.stopped(), [(late, Stop::Idle)]);
    assert_eq!(caller.value(late), Ok(Outcome::Store), "but its value may come");
    caller.assert_nothing_is_left();
}

#[test]
fn of_loads_that_never_end_the_last_ones_are_remembered() {
    let mut caller = Caller::default();
    let lead = |caller: &mut Caller, key| {
        let Answer::Lead(flight, waiter) = caller.ask_for(key, false, &CALL) else { panic!("it joins") };
        (flight, waiter)
    };
    let keys = table::MOST_LATE + 44;
    let late: Vec<_> = (0..keys).map(|key| lead(&mut caller, key)).collect();
    caller.now = LEASE;
    late.iter().for_each(|&(_, waiter)| assert_eq!(caller.look(waiter), Look::TimeOut));
    let remembered: Vec<_> = late.iter().map(|(flight, _)| caller.loads.contains(flight)).collect();
    assert!(remembered[..44].iter().all(|is| !is) && remembered[44..].iter().all(|&is| is));
    assert_eq!(caller.value(late[100].0), Ok(Outcome::Store));
    caller.loads.clone().into_iter().for_each(|flight| caller.finish(flight, true));
    caller.assert_nothing_is_left();
}
