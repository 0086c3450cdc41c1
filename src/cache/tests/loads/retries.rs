//! Other tries after a failure.

use super::*;
use crate::Retry;

/// Begins a load that fails for so many tries.
fn begin(loads: &mut Loads, failures: u32, retry: Retry) -> (Rc<Cell<u32>>, usize, Output<Answer>) {
    let (cache, calls) = (loads.cache.clone(), Rc::new(Cell::new(0)));
    let counted = Rc::clone(&calls);
    let loader = async move |load: LoadContext<u32, u32>| {
        counted.set(counted.get() + 1);
        load.set_tags([counted.get().to_string()]);
        if counted.get() <= failures { Err("busy") } else { Ok(counted.get()) }
    };
    let when = |error: &&str| *error == "busy";
    let (task, output) = loads.stage.spawn(async move { cache.load(&7, loader).retry(retry).retry_when(when).await });
    (calls, task, output)
}

const TEN: Duration = Duration::from_millis(10);

#[test]
fn a_loader_is_called_again_after_waits_that_double() {
    let mut loads = Loads::new();
    let (calls, _, output) = begin(&mut loads, 2, Retry::times(3).delay(TEN));
    let other = loads.begin(&Gate::default()).1;
    assert_eq!(calls.get(), 1);
    loads.stage.advance(4);
    assert_eq!(calls.get(), 1, "chance takes off half of a wait at most");
    loads.stage.advance(6);
    assert_eq!(calls.get(), 2);
    loads.stage.advance(4);
    assert_eq!(calls.get(), 2, "the second wait is of 10 ms at least");
    loads.stage.advance(16);
    assert_eq!((value(&output), value(&other), calls.get()), (Some(3), Some(3), 3));
    assert_eq!(loads.cache.stats().loads, 1);
    assert_eq!(loads.cache.invalidate_tag("3"), 1);
    loads.assert_nothing_is_left();
}

#[test]
fn when_the_tries_are_used_up_all_have_the_last_error() {
    let mut loads = Loads::new();
    let (calls, _, output) = begin(&mut loads, 9, Retry::times(2).delay(TEN).max_delay(TEN));
    let other = loads.begin(&Gate::default()).1;
    loads.stage.advance(20);
    assert_eq!(calls.get(), 3);
    assert_eq!([&output, &other].map(|output| error(output).unwrap().loader().copied()), [Some("busy"); 2]);
    let (calls, _, output) = begin(&mut loads, 9, Retry::default());
    assert_eq!((calls.get(), error(&output).is_some()), (1, true));
    loads.assert_nothing_is_left();
}

#[test]
fn nobody_tries_again_for_nobody_nor_after_the_lease() {
    let mut loads = Loads::new();
    let (calls, task, _) = begin(&mut loads, 9, Retry::times(9).delay(TEN));
    loads.stage.drop_task(task);
    loads.stage.advance(500);
    assert_eq!(calls.get(), 1);
    let (calls, task, output) = begin(&mut loads, 9, Retry::times(9).delay(Duration::from_millis(2 * LEASE)));
    let gate = Gate::default();
    let other = loads.begin(&gate).1;
    loads.stage.advance(LEASE);
    assert_eq!(gate.calls.get(), 1, "another takes over");
    gate.open(Ok(5));
    loads.stage.run();
    loads.stage.advance(5 * LEASE);
    assert_eq!((calls.get(), value(&other)), (1, Some(5)));
    assert!(error(&output).is_some());
    loads.stage.drop_task(task);
    loads.assert_nothing_is_left();
}

#[test]
fn some_errors_are_not_worth_it() {
    let mut loads = Loads::new();
    let (cache, calls) = (loads.cache.clone(), Rc::new(Cell::new(0)));
    let counted = Rc::clone(&calls);
    let loader = async move |_| {
        counted.set(counted.get() + 1);
        Err::<u32, _>("no such user")
    };
    let (_, output) = loads.stage.spawn(async move {
        let load = cache.load(&7, loader).retry(Retry::times(5));
        load.retry_when(|error| *error != "no such user").await
    });
    assert!(output.borrow().as_ref().unwrap().is_err());
    assert_eq!(calls.get(), 1);
}

#[test]
fn who_has_lost_its_turn_to_a_lock_tries_no_more() {
    let mut loads = Loads::new();
    let (calls, _, output) = begin(&mut loads, 9, Retry::times(9).delay(Duration::from_millis(LEASE)));
    let turn = loads.cache.acquire(&7).unwrap();
    loads.cache.release(&7);
    loads.stage.advance(2 * LEASE);
    assert_eq!((calls.get(), error(&output).is_some()), (1, true));
    drop(turn);
    loads.assert_nothing_is_left();
}
