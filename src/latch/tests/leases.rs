//! Leases, and who takes over when they are over.

use super::*;

#[test]
fn a_result_that_is_never_stored_blocks_nobody_beyond_the_lease() {
    let mut caller = Caller::default();
    let holder = caller.acquire(7);
    caller.settle(holder).unwrap();
    caller.now = LEASE;
    let fresh = caller.acquire(7);
    assert_eq!(caller.role(fresh), Role::Holding);
    caller.release(holder);
    assert_eq!(caller.role(fresh), Role::Holding);
}

#[test]
fn a_dead_holder_loses_the_gate_to_a_live_waiter() {
    let mut caller = Caller::default();
    let [holder, a, b, _] = queue(&mut caller);
    caller.now = LEASE - 1.0;
    assert_eq!(caller.check(b), Role::Waiting);
    caller.now = LEASE;
    assert_eq!(caller.check(b), Role::Holding);
    assert_eq!(caller.told(), [Event::Lost(holder)]);
    assert_eq!(caller.settle(holder), Err(SettleError::Lost));
    caller.settle(b).unwrap();
    assert_eq!(caller.role(a), Role::Settled);
}

#[test]
fn a_newcomer_finds_out_that_the_lease_is_over() {
    let mut caller = Caller::default();
    let dead = caller.acquire(7);
    caller.enter(dead);
    caller.now = 2.0 * LEASE;
    let fresh = caller.acquire(7);
    assert_eq!(caller.enter(fresh), Role::Holding);
    assert_eq!(caller.role(dead), Role::Lost);
    caller.release(dead);
    assert_eq!(caller.role(fresh), Role::Holding, "the old holder frees nobody's gate");
}

#[test]
fn a_ticket_that_never_enters_takes_nobodys_turn() {
    let mut caller = Caller::default();
    let holder = caller.acquire(7);
    caller.enter(holder);
    caller.now = 2.0 * LEASE;
    let idle = caller.acquire(7);
    assert_eq!((caller.role(holder), caller.role(idle)), (Role::Holding, Role::Resting));
    assert_eq!(caller.settle(holder), Ok(Outcome::Store), "late, but nobody has waited for the turn");
    assert_eq!(caller.role(idle), Role::Settled);
}

#[test]
fn a_turn_that_is_lost_before_it_began_is_no_loss() {
    let mut caller = Caller::default();
    let absent = caller.acquire(7);
    caller.now = LEASE;
    let taker = caller.acquire(7);
    assert_eq!(caller.enter(taker), Role::Holding);
    assert_eq!(caller.told(), [Event::Lost(absent)]);
    assert_eq!((caller.role(absent), caller.latch.token(absent)), (Role::Resting, 0));
    assert_eq!(caller.enter(absent), Role::Waiting, "it waits for a turn like any other");
    caller.release(taker);
    assert_eq!(caller.role(absent), Role::Holding);
    assert!(caller.latch.token(absent) > 0);
    caller.now += 2.0 * LEASE;
    let next = caller.acquire(7);
    assert_eq!(caller.enter(next), Role::Holding);
    assert_eq!(caller.role(absent), Role::Lost, "this time it had begun");
}

#[test]
fn a_longer_lease_keeps_the_gate() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.now = 90.0;
    assert!(caller.latch.extend(holder, LEASE, caller.now));
    caller.now = 189.0;
    assert_eq!(caller.check(a), Role::Waiting);
    assert!(!caller.latch.extend(a, LEASE, caller.now));
}

#[test]
fn each_turn_that_is_lost_doubles_the_next_lease() {
    let mut caller = Caller::default();
    let first = caller.acquire(7);
    caller.enter(first);
    for factor in [2.0, 4.0, 8.0, 16.0, 32.0, 32.0] {
        caller.now = caller.latch.deadline(caller.gates[&7]);
        let next = caller.acquire(7);
        assert_eq!(caller.enter(next), Role::Holding);
        assert_eq!(caller.deadline(next) - caller.now, factor * LEASE);
    }
    let last = caller.latch.holder(caller.gates[&7]).unwrap();
    assert_eq!(caller.settle(last), Ok(Outcome::Store));
    caller.release(last);
    let fresh = caller.acquire(7);
    assert_eq!(caller.deadline(fresh) - caller.now, LEASE, "there was a result");
}
