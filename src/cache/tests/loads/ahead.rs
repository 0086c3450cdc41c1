//! Loads ahead of the expiry.

use super::*;

fn loads(stage: Stage) -> Loads {
    let builder = Cache::builder().ttl(Duration::from_millis(100)).refresh_ahead(0.8);
    Loads { cache: builder.runtime(stage.time.clone()).build(), stage }
}

#[test]
fn who_asks_late_in_a_values_life_has_it_loaded_behind() {
    let mut loads = loads(Stage::spawning());
    loads.cache.insert(7, 1);
    let gate = Gate::default();
    loads.stage.advance(79);
    assert_eq!((value(&loads.begin(&gate).1), gate.calls.get()), (Some(1), 0));
    loads.stage.advance(6);
    let outputs = [loads.begin(&gate).1, loads.begin(&gate).1];
    assert_eq!(outputs.each_ref().map(value), [Some(1); 2], "nobody waits");
    assert_eq!(gate.calls.get(), 1);
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!(loads.cache.get(&7), Some(2));
    assert_eq!(loads.cache.stats().stale, 0, "it was fresh");
    assert_eq!((value(&loads.begin(&gate).1), gate.calls.get()), (Some(2), 1));
    loads.assert_nothing_is_left();
}

#[test]
fn a_load_ahead_that_fails_takes_nothing_away() {
    let mut loads = loads(Stage::spawning());
    loads.cache.insert(7, 1);
    loads.stage.advance(90);
    let gate = Gate::default();
    gate.open(Err("down"));
    assert_eq!(value(&loads.begin(&gate).1), Some(1));
    assert_eq!((loads.cache.get(&7), gate.calls.get()), (Some(1), 1));
    loads.assert_nothing_is_left();
}

#[test]
fn without_anything_to_run_it_the_caller_waits_for_the_new_value_but_not_for_longer_than_it_says() {
    let mut loads = loads(Stage::new());
    loads.cache.insert(7, 1);
    loads.stage.advance(90);
    let gate = Gate::default();
    let output = loads.begin_with(&gate, |load| load.timeout(Duration::from_millis(5))).1;
    loads.stage.advance(4);
    assert_eq!(value(&output), None);
    loads.stage.advance(1);
    assert_eq!((value(&output), gate.ended.get()), (Some(1), 1));
    let output = loads.begin(&gate).1;
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!((value(&output), loads.cache.get(&7)), (Some(2), Some(2)));
    loads.assert_nothing_is_left();
}

#[test]
fn what_never_expires_and_odd_shares_load_nothing() {
    let mut loads = loads(Stage::spawning());
    loads.cache.entry(7).ttl(Duration::ZERO).insert(1).unwrap();
    loads.stage.advance(1000);
    let gate = Gate::default();
    assert_eq!(value(&loads.begin(&gate).1), Some(1));
    loads.cache.insert(7, 1);
    loads.stage.advance(99);
    assert_eq!(value(&loads.begin_with(&gate, |load| load.refresh_ahead(f64::NAN)).1), Some(1));
    assert_eq!(value(&loads.begin_with(&gate, |load| load.refresh_ahead(7.0)).1), Some(1));
    assert_eq!(gate.calls.get(), 0);
    assert_eq!(value(&loads.begin_with(&gate, |load| load.refresh_ahead(-1.0)).1), Some(1));
    assert_eq!(gate.calls.get(), 1, "below 0 counts as 0: always");
}
