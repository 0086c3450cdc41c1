//! Stale values, and callers who have waited for long enough.

use super::*;

#[test]
fn a_stale_value_is_served_while_a_new_one_is_loaded_behind() {
    let mut loads = Loads::on(Stage::spawning());
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let gate = Gate::default();
    let outputs = [loads.begin(&gate).1, loads.begin(&gate).1];
    assert_eq!(outputs.each_ref().map(value), [Some(1); 2]);
    assert_eq!(gate.calls.get(), 1);
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!(loads.cache.get(&7), Some(2));
    loads.assert_nothing_is_left();
}

#[test]
fn without_anything_to_run_it_the_caller_loads_the_new_value() {
    let mut loads = Loads::new();
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let gate = Gate::default();
    let (first, second) = (loads.begin(&gate).1, loads.begin(&gate).1);
    assert_eq!((value(&first), value(&second)), (None, Some(1)));
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!((value(&first), loads.cache.get(&7)), (Some(2), Some(2)));
    loads.assert_nothing_is_left();
}

#[test]
fn a_stale_value_serves_within_grace_if_the_load_fails() {
    let mut loads = Loads::new();
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let gate = Gate::default();
    let output = loads.begin_with(&gate, |load| load.swr(Duration::ZERO)).1;
    let without = loads.begin_with(&gate, |load| load.swr(Duration::ZERO).grace(Duration::ZERO)).1;
    gate.open(Err("down"));
    loads.stage.run();
    assert_eq!(value(&output), Some(1));
    assert_eq!(error(&without).unwrap().loader(), Some(&"down"));
    loads.assert_nothing_is_left();
}

#[test]
fn a_soft_timeout_serves_the_stale_value_and_the_load_goes_on() {
    let mut loads = Loads::on(Stage::spawning());
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let gate = Gate::default();
    let patient = |load: Plain| load.swr(Duration::ZERO).timeout(Duration::from_millis(20));
    let output = loads.begin_with(&gate, patient).1;
    loads.stage.advance(19);
    assert_eq!(value(&output), None);
    loads.stage.advance(1);
    assert_eq!(value(&output), Some(1));
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!(loads.cache.get(&7), Some(2));
    loads.assert_nothing_is_left();
}

#[test]
fn a_hard_timeout_ends_one_wait_and_no_load() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let leader = loads.begin(&gate).1;
    let hasty = loads.begin_with(&gate, |load| load.hard_timeout(Duration::from_millis(20))).1;
    loads.stage.advance(20);
    assert!(matches!(error(&hasty), Some(LoadError::TimedOut)));
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!(value(&leader), Some(2));
    loads.assert_nothing_is_left();
}

#[test]
fn a_caller_that_loads_the_new_value_waits_no_longer_than_it_says() {
    let mut loads = Loads::new();
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let gate = Gate::default();
    let hasty = loads.begin_with(&gate, |load| load.hard_timeout(Duration::from_millis(20))).1;
    loads.stage.advance(20);
    assert_eq!((value(&hasty), gate.ended.get()), (Some(1), 1));
    let patient = loads.begin(&gate).1;
    loads.stage.advance(LEASE - 1);
    assert_eq!(value(&patient), None);
    loads.stage.advance(1);
    assert_eq!(value(&patient), Some(1), "a loader that never ends takes nothing away");
    loads.assert_nothing_is_left();
}
