//! Locks: each promise alone.

use super::stage::{Output, Stage};
use crate::{Cache, LockError, Outcome, SettleError, Turn};
use std::time::Duration;

const LEASE: u64 = 100;

struct Locks {
    stage: Stage,
    cache: Cache<u32, u32>,
}

type Locked = Output<Result<Turn<u32, u32>, LockError>>;

impl Locks {
    fn new() -> Self {
        let stage = Stage::new();
        let lease = Duration::from_millis(LEASE);
        Self { cache: Cache::builder().max(100).lease(lease).runtime(stage.time.clone()).build(), stage }
    }

    fn lock(&mut self) -> (usize, Locked) {
        let cache = self.cache.clone();
        self.stage.spawn(async move { cache.lock(&7).await })
    }

    fn assert_nothing_is_left(&self) {
        self.cache.core.read(|state| {
            state.validate();
            state.assert_nothing_is_left();
        });
    }
}

fn turn(locked: &Locked) -> Turn<u32, u32> {
    locked.take().expect("it has its turn").expect("no error")
}

#[test]
fn the_holders_result_goes_to_all() {
    let mut locks = Locks::new();
    let [first, second, third] = [(); 3].map(|()| locks.lock().1);
    let holder = turn(&first);
    assert!(holder.is_held() && second.borrow().is_none());
    assert_eq!(holder.set(5), Ok(Outcome::Store));
    assert_eq!(holder.set(6), Err(SettleError::Settled));
    locks.stage.run();
    for other in [&second, &third] {
        assert_eq!(turn(other).value(), Some(5));
    }
    drop(holder);
    assert_eq!(locks.cache.get(&7), Some(5));
    locks.assert_nothing_is_left();
}

#[test]
fn a_holder_without_a_result_hands_over_to_one() {
    let mut locks = Locks::new();
    let [first, second, third] = [(); 3].map(|()| locks.lock().1);
    let token = turn(&first).token();
    locks.stage.run();
    let holder = turn(&second);
    assert!(holder.token() > token && holder.is_held());
    assert!(third.borrow().is_none());
    drop(holder);
    locks.stage.run();
    drop(third.take());
    locks.assert_nothing_is_left();
}

#[test]
fn a_dropped_waiter_is_only_itself() {
    let mut locks = Locks::new();
    let first = locks.lock().1;
    let (dropped, _) = locks.lock();
    let third = locks.lock().1;
    locks.stage.drop_task(dropped);
    drop(turn(&first));
    locks.stage.run();
    assert!(turn(&third).is_held());
    locks.assert_nothing_is_left();
}

#[test]
fn a_dead_holder_loses_its_turn_after_its_lease() {
    let mut locks = Locks::new();
    let first = locks.lock().1;
    let second = locks.lock().1;
    let holder = turn(&first);
    locks.stage.advance(LEASE - 1);
    assert!(second.borrow().is_none());
    locks.stage.advance(1);
    let taker = turn(&second);
    assert!(taker.is_held() && holder.is_lost());
    assert_eq!(holder.set(1), Err(SettleError::Lost));
    assert_eq!(taker.set(2), Ok(Outcome::Store));
    assert_eq!(locks.cache.get(&7), Some(2));
    drop((holder, taker));
    locks.assert_nothing_is_left();
}

#[test]
fn an_extended_lease_counts_from_then() {
    let mut locks = Locks::new();
    let first = locks.lock().1;
    let second = locks.lock().1;
    let holder = turn(&first);
    locks.stage.advance(50);
    assert!(holder.extend(Duration::from_millis(LEASE)));
    locks.stage.advance(LEASE - 1);
    assert!(second.borrow().is_none());
    locks.stage.advance(LEASE);
    assert!(turn(&second).is_held());
}

#[test]
fn a_wait_ends_in_time() {
    let mut locks = Locks::new();
    let first = locks.lock().1;
    let cache = locks.cache.clone();
    let (_, hasty) =
        locks.stage.spawn(async move { cache.lock(&7).timeout(Duration::from_millis(20)).await.map(drop) });
    locks.stage.advance(20);
    assert_eq!(hasty.take(), Some(Err(LockError::TimedOut)));
    drop(turn(&first));
    locks.assert_nothing_is_left();
}

#[test]
fn a_change_meanwhile_fences_the_result() {
    let mut locks = Locks::new();
    let first = locks.lock().1;
    let holder = turn(&first);
    locks.cache.remove(&7);
    let later = locks.lock().1;
    assert!(turn(&later).is_held(), "whoever comes after the change starts afresh");
    assert_eq!(holder.set(1), Ok(Outcome::Fenced));
    assert_eq!(locks.cache.get(&7), None);
    drop(holder);
    locks.assert_nothing_is_left();
}

#[test]
fn a_lock_takes_the_value_that_is_there_by_its_turn() {
    let mut locks = Locks::new();
    locks.cache.insert(7, 9);
    let first = locks.lock().1;
    assert_eq!(turn(&first).value(), Some(9));
    locks.assert_nothing_is_left();
}

#[test]
fn locks_of_namespaces_are_their_own() {
    let mut locks = Locks::new();
    let first = locks.lock().1;
    let within = locks.cache.namespace("within");
    let (_, other) = locks.stage.spawn(async move { within.lock(&7).await.map(|turn| turn.is_held()) });
    assert_eq!(other.take(), Some(Ok(true)));
    drop(turn(&first));
    locks.assert_nothing_is_left();
}

#[test]
fn a_wait_without_end_looks_now_and_then_and_no_time_is_made_up() {
    let mut locks = Locks::new();
    let cache = locks.cache.clone();
    let (_, first) = locks.stage.spawn(async move { cache.lock(&7).lease(Duration::MAX).await });
    let cache = locks.cache.clone();
    let (_, second) = locks.stage.spawn(async move { cache.lock(&7).lease(Duration::MAX).await });
    for days in [24, 2, 30] {
        locks.stage.time.advance(Duration::from_secs(days * 86_400));
        locks.stage.run();
    }
    assert_eq!(locks.cache.core.elapsed(), 56.0 * 86_400_000.0);
    assert!(second.borrow().is_none());
    drop(turn(&first));
    locks.stage.run();
    assert!(turn(&second).is_held());
}
