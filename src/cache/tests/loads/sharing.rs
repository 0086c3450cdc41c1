//! One load for all who want a value, whoever comes and goes.

use super::*;

#[test]
fn one_loader_for_all_who_come_while_it_runs() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let outputs: Vec<_> = (0..4).map(|_| loads.begin(&gate).1).collect();
    assert_eq!(gate.calls.get(), 1);
    gate.open(Ok(5));
    loads.stage.run();
    assert!(outputs.iter().all(|output| value(output) == Some(5)));
    assert_eq!(loads.cache.get(&7), Some(5));
    let stats = loads.cache.stats();
    assert_eq!((stats.loads, stats.joins), (1, 3));
    loads.assert_nothing_is_left();
}

#[test]
fn a_dropped_waiter_is_only_itself() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let leader = loads.begin(&gate).1;
    let (dropped, _) = loads.begin(&gate);
    let other = loads.begin(&gate).1;
    loads.stage.drop_task(dropped);
    gate.open(Ok(5));
    loads.stage.run();
    assert_eq!((value(&leader), value(&other)), (Some(5), Some(5)));
    loads.assert_nothing_is_left();
}

#[test]
fn a_dropped_leader_hands_over_to_a_live_waiter_with_its_own_loader() {
    let mut loads = Loads::new();
    let gates = [(); 3].map(|()| Gate::default());
    let (leader, _) = loads.begin(&gates[0]);
    let outputs = [loads.begin(&gates[1]).1, loads.begin(&gates[2]).1];
    loads.stage.drop_task(leader);
    assert_eq!(gates.each_ref().map(|gate| gate.calls.get()), [1, 1, 0]);
    assert_eq!(gates[0].ended.get(), 1, "the loader goes with its caller");
    gates[1].open(Ok(6));
    loads.stage.run();
    assert!(outputs.iter().all(|output| value(output) == Some(6)));
    loads.assert_nothing_is_left();
}

#[test]
fn the_last_who_leaves_ends_the_load() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let (leader, _) = loads.begin(&gate);
    loads.stage.drop_task(leader);
    assert_eq!(gate.ended.get(), 1);
    loads.assert_nothing_is_left();
}

#[test]
fn a_frozen_leader_is_replaced_after_its_lease() {
    let mut loads = Loads::new();
    let gates = [(); 2].map(|()| Gate::default());
    let (leader, _) = loads.begin(&gates[0]);
    let output = loads.begin(&gates[1]).1;
    loads.stage.freeze(leader);
    loads.stage.advance(LEASE - 1);
    assert_eq!(gates[1].calls.get(), 0);
    loads.stage.advance(1);
    assert_eq!(gates[1].calls.get(), 1);
    gates[1].open(Ok(6));
    loads.stage.run();
    assert_eq!((value(&output), loads.cache.get(&7)), (Some(6), Some(6)));
    assert_eq!(loads.cache.stats().takeovers, 1);
}

#[test]
fn work_that_runs_elsewhere_goes_on_for_those_who_wait() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let works: Rc<RefCell<Vec<_>>> = Rc::default();
    let elsewhere = Rc::clone(&works);
    let (leader, _) =
        loads.begin_with(&gate, move |load| load.wait_until(move |work| elsewhere.borrow_mut().push(work)));
    let work = works.borrow_mut().pop().unwrap();
    loads.stage.spawn(work);
    let other = loads.begin(&Gate::default()).1;
    loads.stage.drop_task(leader);
    gate.open(Ok(5));
    loads.stage.run();
    assert_eq!(value(&other), Some(5));
    loads.assert_nothing_is_left();
}

#[test]
fn work_that_is_dropped_elsewhere_hands_over_and_its_caller_is_told() {
    let mut loads = Loads::new();
    let gates = [(); 2].map(|()| Gate::default());
    let leader = loads.begin_with(&gates[0], |load| load.wait_until(drop)).1;
    assert!(matches!(error(&leader), Some(LoadError::Abandoned)), "nobody has run it");
    let other = loads.begin(&gates[1]).1;
    gates[1].open(Ok(5));
    loads.stage.run();
    assert_eq!(value(&other), Some(5));
    loads.assert_nothing_is_left();
}

#[test]
fn a_load_waits_for_the_lock_of_its_key_and_takes_its_result() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let turn = loads.cache.acquire(&7).unwrap();
    let output = loads.begin(&gate).1;
    assert!(output.borrow().is_none());
    turn.set(4).unwrap();
    loads.stage.run();
    assert_eq!((value(&output), gate.calls.get()), (Some(4), 0));
    drop(turn);
    loads.assert_nothing_is_left();
}

#[test]
fn a_load_that_is_never_polled_does_nothing() {
    let loads = Loads::new();
    let cache = loads.cache.clone();
    drop(cache.load(&7, async |_| Ok::<_, &str>(1)));
    assert_eq!(loads.cache.stats().misses, 0);
    loads.assert_nothing_is_left();
}
