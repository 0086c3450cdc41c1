//! Changes of a key while it is loaded.

use super::*;

#[test]
fn a_change_meanwhile_keeps_the_value_from_being_stored() {
    type Change = fn(&Cache<u32, u32>);
    let changes: [(Change, Option<u32>); 8] = [
        (|cache| _ = cache.insert(7, 1), Some(1)),
        (|cache| _ = cache.remove(&7), None),
        (|cache| cache.clear(), None),
        (|cache| _ = cache.expire(&7), None),
        (|cache| _ = cache.take(&7), None),
        (|cache| _ = cache.update(7, |_| Some(1)), Some(1)),
        (|cache| _ = cache.update(7, |_| None), None),
        (|cache| _ = cache.expire_all(), None),
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
fn who_comes_after_the_invalidation_of_a_tag_that_a_load_carries_begins_afresh() {
    for has_old in [false, true] {
        let mut loads = Loads::new();
        let gates = [(); 2].map(|()| Gate::default());
        if has_old {
            loads.cache.entry(7).tags(["b"]).insert(0).unwrap();
        }
        let before = loads
            .begin_with(&gates[0], move |load| {
                let load = load.force_fresh();
                if has_old { load } else { load.entry(EntryOptions::new().tags(["a", "b"])) }
            })
            .1;
        assert_eq!(loads.cache.invalidate_tag("b"), usize::from(has_old));
        let after = loads.begin(&gates[1]).1;
        gates[1].open(Ok(2));
        loads.stage.run();
        assert_eq!((value(&after), loads.cache.get(&7)), (Some(2), Some(2)));
        gates[0].open(Ok(1));
        loads.stage.run();
        assert_eq!((value(&before), loads.cache.get(&7)), (Some(1), Some(2)));
        loads.assert_nothing_is_left();
    }
}

#[test]
fn tags_that_the_loader_has_set_count_too() {
    let mut loads = Loads::new();
    let gates = [(); 2].map(|()| Gate::default());
    let (cache, gate) = (loads.cache.clone(), gates[0].clone());
    let before = loads.stage.spawn(async move {
        let loader = async move |load: LoadContext<u32, u32>| {
            load.set_tags(["b"]);
            gate.load().await
        };
        cache.load(&7, loader).await
    });
    loads.stage.run();
    loads.cache.invalidate_tag("b");
    let after = loads.begin(&gates[1]).1;
    gates[1].open(Ok(2));
    gates[0].open(Ok(1));
    loads.stage.run();
    assert_eq!((value(&before.1), value(&after), loads.cache.get(&7)), (Some(1), Some(2), Some(2)));
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

#[test]
fn a_load_of_an_entry_whose_tag_expires_is_out_of_date() {
    let mut loads = Loads::new();
    loads.cache.entry(7).tags(["tag"]).insert(1).unwrap();
    let gate = Gate::default();
    let before = loads.begin_with(&gate, |load| load.force_fresh()).1;
    assert_eq!(loads.cache.expire_tags(["other", "tag"]), 1);
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!((value(&before), loads.cache.get(&7)), (Some(2), None));
    let later = Gate::default();
    let after = loads.begin_with(&later, |load| load.swr(Duration::ZERO)).1;
    later.open(Err("down"));
    loads.stage.run();
    assert_eq!(value(&after), Some(1), "it serves within grace");
    loads.assert_nothing_is_left();
}
