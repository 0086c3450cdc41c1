//! What the engine promises, one promise a test.

use super::*;

#[test]
fn an_entry_expires_at_the_very_moment() {
    let mut cache = Indexed::new(config(10, f64::INFINITY));
    cache.set(1, entry(100.0), 50.0).unwrap();
    let slot = cache.slot(1);
    assert!(!cache.engine.is_expired(slot, 149.999));
    assert!(cache.engine.is_expired(slot, 150.0));
    assert_eq!(cache.engine.remaining(slot, 149.5), 0.5);
    assert_eq!(cache.engine.remaining(slot, 1e9), 0.0);
}

#[test]
fn without_a_time_to_live_no_memory_is_spent_on_expiry() {
    let mut cache = Indexed::new(config(1000, f64::INFINITY));
    for key in 0..1000 {
        cache.set(key, entry(NEVER), 0.0).unwrap();
    }
    assert!(cache.engine.page().expires.is_none());
    assert!(!cache.engine.is_expiring());
    cache.set(7, entry(5.0), 0.0).unwrap();
    assert!(cache.engine.page().expires.is_some());
    assert!(cache.engine.is_expiring());
    cache.remove(7, Reason::Delete);
    assert!(!cache.engine.is_expiring());
}

#[test]
fn each_write_sweeps_a_few_slots() {
    let mut cache = Indexed::new(config(100, f64::INFINITY));
    for key in 0..40 {
        cache.set(key, entry(10.0), 0.0).unwrap();
    }
    let mut gone = 0;
    for key in 100..130 {
        let removed = cache.set(key, entry(NEVER), 20.0).unwrap();
        assert!(removed.len() <= 4 && removed.iter().all(|&(_, reason)| reason == Reason::Expire));
        gone += removed.len();
    }
    assert_eq!(gone, 40, "thirty writes come round the whole table");
}

#[test]
fn stale_entries_stay_when_they_are_wanted() {
    let mut cache = Indexed::new(Config { stale: f64::INFINITY, ..config(100, f64::INFINITY) });
    cache.set(1, entry(10.0), 0.0).unwrap();
    for key in 2..50 {
        assert!(cache.set(key, entry(NEVER), 20.0).unwrap().is_empty());
    }
    cache.engine.purge(20.0);
    assert_eq!(cache.drain(), [(1, Reason::Expire)]);
}

#[test]
fn stale_entries_stay_for_as_long_as_they_are_wanted() {
    let mut cache = Indexed::new(Config { stale: 5.0, ..config(100, f64::INFINITY) });
    cache.set(1, entry(10.0), 0.0).unwrap();
    for key in 2..50 {
        assert!(cache.set(key, entry(NEVER), 14.9).unwrap().is_empty());
    }
    let removed: Vec<_> = (50..100).flat_map(|key| cache.set(key, entry(NEVER), 15.0).unwrap()).collect();
    assert_eq!(removed, [(1, Reason::Expire)]);
}

#[test]
fn an_update_never_makes_the_entry_leave_that_it_writes() {
    // A time to live too short to be told from none, at a large time: expired as soon as it is stored.
    let mut cache = Indexed::new(config(4, f64::INFINITY));
    for key in 0..4 {
        cache.set(key, entry(10.0), 0.0).unwrap();
    }
    let removed = cache.set(2, entry(1e-9), 1e15).unwrap();
    assert!(removed.iter().all(|&(key, _)| key != 2));
    assert!(cache.slots.contains_key(&2));
    cache.engine.validate();
}

#[test]
fn an_update_leaves_the_page_where_it_is() {
    // A reader notices that the page has moved by the slot of a new entry. A full table must not grow for an old one.
    let mut cache = Indexed::new(config(1000, f64::INFINITY));
    for key in 0..16 {
        cache.set(key, entry(10.0), 0.0).unwrap();
    }
    let before = cache.engine.page();
    cache.set(3, entry(10.0), 0.0).unwrap();
    let after = cache.engine.page();
    assert_eq!((before.capacity, before.references, before.expires), (after.capacity, after.references, after.expires));
}

#[test]
fn jitter_only_shortens_lives() {
    let mut cache = Indexed::new(Config { jitter: 0.2, ..config(2000, f64::INFINITY) });
    let mut lives = Vec::new();
    for key in 0..1000 {
        cache.set(key, entry(1000.0), 0.0).unwrap();
        lives.push(cache.engine.remaining(cache.slot(key), 0.0));
    }
    assert!(lives.iter().all(|&life| (800.0..=1000.0).contains(&life)));
    let mean = lives.iter().sum::<f64>() / 1000.0;
    assert!((880.0..920.0).contains(&mean), "spread evenly, the mean is near 900, not {mean}");
}

#[test]
fn an_entry_that_weighs_too_much_changes_nothing() {
    let mut cache = Indexed::new(config(10, 100.0));
    cache.set(1, Entry { weight: 60.0, ..entry(NEVER) }, 0.0).unwrap();
    assert_eq!(cache.set(2, Entry { weight: 100.5, ..entry(NEVER) }, 0.0), Err(InsertError::TooHeavy));
    assert_eq!(cache.set(1, Entry { weight: 101.0, ..entry(NEVER) }, 0.0), Err(InsertError::TooHeavy));
    assert_eq!((cache.engine.len(), cache.engine.total_weight()), (1, 60.0));
}

#[test]
fn an_entry_of_the_whole_weight_takes_every_place() {
    let mut cache = Indexed::new(config(10, 100.0));
    for key in 0..10 {
        cache.set(key, Entry { weight: 10.0, ..entry(NEVER) }, 0.0).unwrap();
    }
    let removed = cache.set(99, Entry { weight: 100.0, ..entry(NEVER) }, 0.0).unwrap();
    assert_eq!(removed.len(), 10);
    assert!(cache.slots.contains_key(&99));
}

#[test]
fn a_tag_leads_to_its_entries_and_closes_with_the_last() {
    let mut cache = Indexed::new(config(100, f64::INFINITY));
    for key in 0..10 {
        cache.set(key, entry(NEVER), 0.0).unwrap();
    }
    let (even, all) = (cache.engine.open_tag().unwrap(), cache.engine.open_tag().unwrap());
    for key in 0..10 {
        let slot = cache.slot(key);
        cache.engine.attach_tag(slot, all).unwrap();
        if key % 2 == 0 {
            cache.engine.attach_tag(slot, even).unwrap();
            cache.engine.attach_tag(slot, even).unwrap();
        }
    }
    assert_eq!(cache.engine.tags(cache.slot(4)).collect::<Vec<_>>(), [even, all]);
    cache.engine.remove_tagged(even);
    let mut gone: Vec<_> = cache.drain().into_iter().map(|(key, _)| key).collect();
    gone.sort_unstable();
    assert_eq!(gone, [0, 2, 4, 6, 8]);
    assert_eq!(cache.engine.next_closed_tag(), Some(even));
    assert_eq!(cache.engine.next_closed_tag(), None);
    // An overwritten entry loses its tags.
    cache.set(1, entry(NEVER), 0.0).unwrap();
    assert_eq!(cache.engine.tags(cache.slot(1)).count(), 0);
    assert_eq!(cache.engine.open_tag(), Ok(even), "the number of a closed tag is used again");
    cache.engine.validate();
}

#[test]
fn a_hot_entry_survives_a_scan() {
    let mut cache = Indexed::new(config(100, f64::INFINITY));
    for key in 0..100 {
        cache.set(key, entry(NEVER), 0.0).unwrap();
    }
    for scanned in 1000..3000 {
        for hot in 0..20 {
            if let Some(&slot) = cache.slots.get(&hot) {
                cache.engine.touch(slot);
            }
        }
        cache.set(scanned, entry(NEVER), 0.0).unwrap();
    }
    let kept = (0..20).filter(|hot| cache.slots.contains_key(hot)).count();
    assert!(kept >= 19, "{kept} of 20 hot entries are left");
}

#[test]
fn the_smallest_caches_hold_what_they_should() {
    for bound in 1..=3 {
        let mut cache = Indexed::new(config(bound, f64::INFINITY));
        for key in 0..100 {
            cache.set(key, entry(NEVER), 0.0).unwrap();
            assert!(cache.slots.contains_key(&key), "the newest entry is in, bound {bound}");
            assert_eq!(cache.engine.len(), bound.min(key + 1));
            cache.engine.validate();
        }
    }
}

#[test]
fn clear_gives_the_memory_back_and_goes_on() {
    let mut cache = Indexed::new(config(1000, f64::INFINITY));
    for key in 0..500 {
        cache.set(key, entry(5.0), 0.0).unwrap();
    }
    cache.clear();
    assert_eq!((cache.engine.len(), cache.engine.page().capacity), (0, 0));
    cache.set(1, entry(5.0), 0.0).unwrap();
    cache.engine.validate();
    assert_eq!(cache.engine.stats().removals(Reason::Delete), 500);
}

#[test]
fn shrinking_and_growing_keep_the_bound() {
    let mut cache = Indexed::new(config(1000, f64::INFINITY));
    for key in 0..1000 {
        cache.set(key, entry(NEVER), 0.0).unwrap();
    }
    cache.engine.resize(Bounds { entries: 10, ..config(0, f64::INFINITY).bounds }).unwrap();
    assert_eq!(cache.drain().len(), 990);
    cache.engine.validate();
    cache.engine.resize(Bounds { entries: 5000, ..config(0, f64::INFINITY).bounds }).unwrap();
    for key in 2000..7000 {
        cache.set(key, entry(NEVER), 0.0).unwrap();
    }
    assert_eq!(cache.engine.len(), 5000);
    cache.engine.validate();
}

#[test]
fn an_unbounded_cache_evicts_nothing() {
    let mut cache = Indexed::new(config(MAX_ENTRIES, f64::INFINITY));
    for key in 0..20_000 {
        assert!(cache.set(key, entry(NEVER), 0.0).unwrap().is_empty());
    }
    cache.engine.validate();
}

#[test]
fn slots_that_do_not_exist_are_nothing() {
    let mut cache = Indexed::new(config(10, 10.0));
    cache.set(1, entry(NEVER), 0.0).unwrap();
    for slot in [9, 1_000_000, u32::MAX].map(Slot::from_index) {
        cache.engine.remove(slot, Reason::Delete);
        cache.engine.touch(slot);
        assert!(!cache.engine.is_expired(slot, 1e300));
        assert_eq!(cache.engine.ttl(slot), NEVER);
    }
    assert_eq!(cache.engine.len(), 1);
    cache.engine.validate();
}

#[test]
fn strict_lru_goes_by_the_log() {
    let mut cache = Indexed::new(Config { policy: PolicyKind::Lru, ..config(4, f64::INFINITY) });
    for key in 0..4 {
        cache.set(key, entry(NEVER), 0.0).unwrap();
    }
    let hits = [0, 2, 0].map(|key| cache.slot(key));
    for (index, slot) in hits.into_iter().enumerate() {
        cache.engine.log(index as u32, slot);
    }
    cache.engine.replay(3);
    let slots = std::iter::successors(cache.engine.next_ranked(None), |&slot| cache.engine.next_ranked(Some(slot)));
    assert_eq!(slots.flat_map(|slot| cache.key(slot)).collect::<Vec<_>>(), [0, 2, 3, 1]);
    assert_eq!(cache.set(4, entry(NEVER), 0.0).unwrap(), [(1, Reason::Evict)]);
    assert_eq!(cache.set(3, entry(NEVER), 0.0).unwrap(), [], "an update is a use");
    assert_eq!(cache.set(5, entry(NEVER), 0.0).unwrap(), [(2, Reason::Evict)]);
    cache.engine.replay(u32::MAX);
    cache.engine.validate();
}

#[test]
fn sampling_weighs_frequency_against_size() {
    let mut cache = Indexed::new(Config { policy: PolicyKind::Sampled, ..config(MAX_ENTRIES, 5_000.0) });
    let weighing = |hash: u32, weight: f64| Entry { hash, weight, ttl: NEVER };
    // Fifty small ones and five large ones, all asked for as often; then many that are asked for once.
    for round in 0..20 {
        for key in 0..55 {
            if let Some(&slot) = cache.slots.get(&key) {
                cache.engine.touch(slot);
            } else {
                cache.set(key, weighing(key, if key < 50 { 40.0 } else { 1000.0 }), 0.0).unwrap();
            }
        }
        for key in 0..20 {
            let key = 1000 + round * 20 + key;
            cache.set(key, weighing(key, 200.0), 0.0).unwrap();
            cache.engine.validate();
        }
    }
    let kept = |keys: std::ops::Range<u32>| keys.filter(|key| cache.slots.contains_key(key)).count();
    assert!(kept(0..50) >= 45, "{} small ones are left", kept(0..50));
    assert!(kept(50..55) < 5, "{} large ones are left", kept(50..55));
}
