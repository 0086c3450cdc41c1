//! Changes of a key while it is loaded.

use super::*;

#[test]
fn a_change_meanwhile_keeps_the_value_from_being_stored() {
    type Change = fn(&Cache<u32, u32>);
    let changes: [(Change, Option<u32>); 5] = [
        (|cache| _ = cache.insert(7, 1), Some(1)),
        (|cache| _ = cache.remove(&7), None),
        (|cache| cache.clear(), None),
        (|cache| _ = cache.expire(&7), None),
        (|cache| _ = cache.take(&7), None),
    ];
    for (change, left) in changes {
        let mut loads = Loads::new();
        let gate = Gate::default();
        let output = loads.begin(&gate).1;
        change(&loads.cache);
        gate.open(Ok(5));
        loads.stage.run();
        assert_eq!((value(&output), loads.cache.get(&7)), (Some(5), left));
        assert_eq!(loads.cache.stats().fenced, 1);
        loads.assert_nothing_is_left();
    }
}

#[test]
fn an_invalidated_tag_keeps_a_value_from_being_stored_that_comes_with_it() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let output = loads.begin_with(&gate, |load| load.entry(EntryOptions::new().tags(["a", "b"]))).1;
    assert_eq!(loads.cache.invalidate_tag("b"), 0);
    gate.open(Ok(5));
    loads.stage.run();
    assert_eq!((value(&output), loads.cache.get(&7)), (Some(5), None));
}

#[test]
fn who_wants_a_fresh_value_joins_nobody() {
    let mut loads = Loads::new();
    let gates = [(); 2].map(|()| Gate::default());
    let before = loads.begin(&gates[0]).1;
    let after = loads.begin_with(&gates[1], |load| load.force_fresh()).1;
    gates[0].open(Ok(1));
    loads.stage.run();
    assert_eq!((value(&before), loads.cache.get(&7)), (Some(1), None));
    gates[1].open(Ok(2));
    loads.stage.run();
    assert_eq!((value(&after), loads.cache.get(&7)), (Some(2), Some(2)));
    loads.assert_nothing_is_left();
}
