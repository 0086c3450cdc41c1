//! Holders that look for a value before they compute one, changes that take time, and turns that are taken away.

use super::*;

#[test]
fn a_gate_can_be_taken_from_its_holder() {
    let mut caller = Caller::default();
    let [holder, a, b, _] = queue(&mut caller);
    caller.revoke(7);
    assert_eq!(caller.told(), [Event::Lost(holder), Event::Promoted(a)]);
    assert_eq!(caller.settle(holder), Err(SettleError::Lost));
    caller.release(holder);
    assert_eq!((caller.role(a), caller.role(b)), (Role::Holding, Role::Waiting));
    caller.settle(a).unwrap();
    caller.told();
    caller.revoke(7);
    caller.revoke(8);
    assert_eq!(caller.told(), [], "a result that is there stays, and a key that nobody holds");
    let alone = caller.acquire(9);
    caller.enter(alone);
    caller.revoke(9);
    let fresh = caller.acquire(9);
    assert_eq!((caller.role(alone), caller.role(fresh)), (Role::Lost, Role::Holding));
}

#[test]
fn a_load_whose_gate_was_taken_from_it_brings_no_value() {
    let mut caller = Caller::default();
    let load = caller.begin(7);
    let next = caller.begin(7);
    caller.revoke(7);
    assert_eq!(caller.role(next), Role::Holding);
    assert_eq!(caller.settle(load), Err(SettleError::Lost));
    assert_eq!(caller.settle(next), Ok(Outcome::Store));
}

#[test]
fn a_change_while_the_holder_looks_fences_nothing() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    assert!(!caller.latch.look(holder, Look::On));
    caller.change(7, false);
    caller.change(7, true);
    let late = caller.acquire(7);
    assert_eq!(caller.role(late), Role::Resting, "who comes then waits for what is about to be computed");
    assert!(caller.latch.look(holder, Look::Over), "a value that was found may be the one from before");
    assert!(!caller.latch.look(holder, Look::On));
    assert!(!caller.latch.look(holder, Look::Over));
    assert_eq!(caller.settle(holder), Ok(Outcome::Store));
    assert_eq!(caller.role(a), Role::Settled);
}

#[test]
fn every_change_fences_the_last_look() {
    for done in [false, true] {
        let mut caller = Caller::default();
        let [holder, a, ..] = queue(&mut caller);
        caller.latch.look(holder, Look::On);
        caller.change(7, false);
        assert!(caller.latch.look(holder, Look::Last));
        caller.change(7, done);
        let late = caller.acquire(7);
        assert_eq!(caller.role(late), Role::Holding, "who comes after the change looks for itself");
        caller.latch.look(holder, Look::Over);
        assert_eq!(caller.settle(holder), Ok(Outcome::Fenced));
        assert_eq!(caller.role(a), Role::Settled, "who came before it has what was found");
    }
}

#[test]
fn only_the_holder_looks() {
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.latch.look(a, Look::On);
    caller.fence(7);
    assert_eq!(caller.settle(holder), Ok(Outcome::Fenced));
    let mut caller = Caller::default();
    let [holder, a, ..] = queue(&mut caller);
    caller.latch.look(holder, Look::On);
    caller.now = LEASE;
    assert_eq!(caller.check(a), Role::Holding);
    caller.fence(7);
    assert_eq!(caller.settle(a), Ok(Outcome::Fenced), "its turn begins without a look");
}

#[test]
fn a_change_that_ends_leaves_alone_what_began_after_it() {
    let mut caller = Caller::default();
    let before = caller.acquire(7);
    caller.change(7, false);
    let after = caller.acquire(7);
    caller.change(7, true);
    assert_eq!(caller.settle(before), Ok(Outcome::Fenced));
    assert_eq!(caller.settle(after), Ok(Outcome::Store));
    caller.change(7, true);
    let last = caller.acquire(7);
    assert_eq!(caller.role(last), Role::Holding, "what was there already may be the value from before");
}
