//! Loads that come late.

use super::*;

/// A load whose lease is over, and the one in its place.
fn replaced(caller: &mut Caller) -> [Ticket; 2] {
    let late = caller.begin(7);
    caller.now += LEASE;
    let successor = caller.begin(7);
    assert_eq!([late, successor].map(|ticket| caller.role(ticket)), [Role::Lost, Role::Holding]);
    [late, successor]
}

#[test]
fn a_late_load_is_as_good_as_the_one_in_its_place() {
    let mut caller = Caller::default();
    let [late, successor] = replaced(&mut caller);
    let waiter = caller.acquire(7);
    caller.told();
    assert_eq!(caller.settle(late), Ok(Outcome::Store));
    assert_eq!(caller.told(), [successor, waiter].map(Event::Settled));
    assert_eq!(caller.settle(successor), Err(SettleError::Settled));
    caller.release(successor);
    assert_eq!(caller.acquire(7), successor, "its number is free, and the gate is the late one's");
    caller.release(late);
    assert_eq!(caller.settle(waiter), Err(SettleError::Settled));
}

#[test]
fn a_late_load_is_refused_once_there_is_a_value_a_change_or_a_lock() {
    for what in 0..3 {
        let mut caller = Caller::default();
        let [late, successor] = replaced(&mut caller);
        match what {
            0 => drop(caller.settle(successor)),
            1 => caller.fence(7),
            _ => {
                let lock = caller.acquire(7);
                caller.enter(lock);
                caller.release(successor);
                assert_eq!(caller.role(lock), Role::Holding);
            }
        }
        assert_eq!(caller.settle(late), Err(SettleError::Lost));
    }
}

#[test]
fn a_load_that_nobody_has_replaced_keeps_its_key_in_sight() {
    let mut caller = Caller::default();
    let late = caller.begin(7);
    caller.abandon(late);
    let other = caller.begin(7);
    assert_eq!((caller.role(other), caller.deadline(other)), (Role::Holding, 2.0 * LEASE));
    caller.release(other);
    assert_eq!(caller.settle(late), Ok(Outcome::Store));
    caller.release(late);
    assert_eq!((caller.latch.gates(), caller.gates.len()), (0, 0));
    let outdated = caller.begin(7);
    caller.abandon(outdated);
    caller.fence(7);
    assert_eq!(caller.latch.gates(), 0, "nobody holds it, waits for it, or may bring a value");
    assert_eq!(caller.settle(outdated), Err(SettleError::Lost));
}
