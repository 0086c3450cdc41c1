//! Loads that ask only whether a value has changed.

use super::*;

/// Has a key loaded by a loader of the test's own, which is given what the cache gives it.
fn load<F, L>(loads: &mut Loads, is_fresh: bool, loader: F) -> Option<u32>
where
    F: FnOnce(LoadContext<u32, u32>) -> L + 'static,
    L: Future<Output = Result<u32, &'static str>> + 'static,
{
    let cache = loads.cache.clone();
    let (_, output) = loads.stage.spawn(async move {
        let load = cache.load(&7, loader).swr(Duration::ZERO);
        if is_fresh { load.force_fresh().await } else { load.await }
    });
    value(&output)
}

fn store(loads: &Loads) {
    let entry = loads.cache.entry(7).ttl(ONE_HOUR).tags(["tag"]).etag("v1");
    entry.insert(1).unwrap();
}

#[test]
fn a_loader_has_the_old_value_fresh_or_stale_and_what_is_known_of_it() {
    let mut loads = Loads::new();
    let seen = load(&mut loads, false, async |load| {
        let is_bare = load.value().is_none() && load.etag().is_none() && load.age().is_none() && !load.is_stale();
        Ok(u32::from(is_bare && load.not_modified().is_none()))
    });
    assert_eq!(seen, Some(1), "there is nothing old");
    store(&loads);
    loads.stage.advance(20);
    let fresh = async |load: LoadContext<u32, u32>| {
        assert_eq!((load.value(), load.stale(), load.is_stale()), (Some(&1), None, false));
        assert_eq!((load.age(), load.etag()), (Some(Duration::from_millis(20)), Some("v1")));
        Err("stays")
    };
    assert_eq!(load(&mut loads, true, fresh), None);
    loads.cache.expire(&7);
    loads.stage.advance(5);
    let stale = async |load: LoadContext<u32, u32>| {
        assert_eq!((load.value(), load.stale(), load.is_stale()), (Some(&1), Some(&1), true));
        assert_eq!(load.age(), Some(Duration::from_millis(25)), "since it was stored");
        load.set_etag("v2");
        Ok(2)
    };
    assert_eq!(load(&mut loads, false, stale), Some(2));
    let (_, entry) = loads.cache.dump().pop().unwrap();
    assert_eq!((entry.etag.as_deref(), entry.tags), (Some("v2"), vec!["tag".to_owned()]));
}

#[test]
fn what_is_not_modified_keeps_tags_weight_and_etag_and_has_a_new_life() {
    let stage = Stage::new();
    let weighed = Rc::new(Cell::new(0));
    let weighing = Rc::clone(&weighed);
    let builder = Cache::builder().max_weight(100).runtime(stage.time.clone()).grace(ONE_HOUR);
    let builder = builder.ttl(Duration::from_millis(50)).weigher(move |_, _| {
        weighing.set(weighing.get() + 1);
        9
    });
    let mut loads = Loads { cache: builder.build(), stage };
    loads.cache.entry(7).tags(["tag"]).etag("v1").weight(5).pinned().insert(1).unwrap();
    loads.stage.advance(60);
    let unchanged = async |load: LoadContext<u32, u32>| load.not_modified().ok_or("gone");
    assert_eq!(load(&mut loads, false, unchanged), Some(1));
    let (_, entry) = loads.cache.dump().pop().unwrap();
    assert_eq!((entry.etag.as_deref(), entry.size, entry.ttl), (Some("v1"), Some(5.0), Some(50.0)));
    assert!(entry.pinned, "a reload keeps the pin");
    assert_eq!((entry.tags, weighed.get()), (vec!["tag".to_owned()], 0));
    loads.stage.advance(49);
    assert_eq!(loads.cache.get(&7), Some(1));
}

#[test]
fn another_value_has_another_etag_or_none() {
    let mut loads = Loads::new();
    store(&loads);
    assert_eq!(load(&mut loads, true, async |_| Ok(2)), Some(2));
    assert_eq!(loads.cache.dump()[0].1.etag, None);
    store(&loads);
    let emptied = async |load: LoadContext<u32, u32>| {
        load.set_etag("");
        load.not_modified().ok_or("gone")
    };
    assert_eq!(load(&mut loads, true, emptied), Some(1));
    assert_eq!(loads.cache.dump()[0].1.etag, None);
}

#[test]
fn no_time_to_live_removes_the_old_value_and_skipping_leaves_it() {
    let mut loads = Loads::new();
    store(&loads);
    let skipping = async |load: LoadContext<u32, u32>| {
        load.skip();
        load.set_ttl(ONE_HOUR);
        Ok(2)
    };
    assert_eq!(load(&mut loads, true, skipping), Some(2));
    assert_eq!(loads.cache.get(&7), Some(1));
    let lapsed = async |load: LoadContext<u32, u32>| {
        load.set_ttl(Duration::ZERO);
        Ok(3)
    };
    assert_eq!(load(&mut loads, true, lapsed), Some(3));
    assert_eq!(loads.cache.get(&7), None);
    loads.assert_nothing_is_left();
}

#[test]
fn a_reload_keeps_the_tags_even_of_an_entry_that_is_gone() {
    let mut loads = Loads::new();
    let builder = Cache::builder().lease(Duration::from_millis(LEASE)).runtime(loads.stage.time.clone());
    loads.cache = builder.build();
    let tagged = |loads: &Loads| loads.cache.entry(7).tags(["tag"]).ttl(Duration::from_millis(10)).insert(1).unwrap();
    tagged(&loads);
    loads.stage.advance(10);
    assert_eq!(load(&mut loads, false, async |_| Ok(2)), Some(2));
    assert_eq!(loads.cache.invalidate_tag("tag"), 1);
    // Whoever takes over keeps them, too.
    tagged(&loads);
    loads.stage.advance(10);
    let gates = [(); 2].map(|()| Gate::default());
    let (leader, _) = loads.begin(&gates[0]);
    loads.begin(&gates[1]);
    loads.stage.drop_task(leader);
    gates[1].open(Ok(3));
    loads.stage.run();
    assert_eq!(loads.cache.get(&7), Some(3));
    assert_eq!(loads.cache.invalidate_tag("tag"), 1);
    // Others take their place if they are named.
    tagged(&loads);
    let untagged = async |load: LoadContext<u32, u32>| {
        load.set_tags::<&str>([]);
        Ok(4)
    };
    assert_eq!(load(&mut loads, true, untagged), Some(4));
    assert_eq!(loads.cache.invalidate_tag("tag"), 0);
    loads.assert_nothing_is_left();
}
