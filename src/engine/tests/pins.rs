//! Pinned entries in the smallest caches, where every rule about them decides something.

use super::*;

const POLICIES: [PolicyKind; 4] = [PolicyKind::TinyLfu, PolicyKind::Lru, PolicyKind::Sampled, PolicyKind::SampledBytes];

fn cache(policy: PolicyKind, entries: u32, weight: f64) -> Indexed {
    Indexed::new(Config { policy, ..config(entries, weight) })
}

fn weighing(weight: f64) -> Entry {
    Entry { hash: 0, weight, ttl: NEVER }
}

fn pin(cache: &mut Indexed, keys: Range<u32>) {
    for key in keys {
        let slot = cache.slot(key);
        cache.engine.pin(slot, true);
        assert!(cache.engine.worth(slot).is_infinite());
    }
}

#[test]
fn pinned_entries_outlive_a_flood() {
    for policy in POLICIES {
        let mut cache = cache(policy, 20, f64::INFINITY);
        (0..20).for_each(|key| drop(cache.set(key, entry(NEVER), 0.0).unwrap()));
        pin(&mut cache, 0..15);
        for key in 100..2000 {
            if key % 3 == 0 {
                let slot = cache.slot(key % 15);
                cache.hit(slot);
            }
            let gone = cache.set(key, entry(NEVER), 0.0).unwrap();
            assert!(gone.iter().all(|&(key, _)| key >= 15), "{policy:?}");
            cache.engine.validate();
        }
        assert!((0..15).all(|key| cache.slots.contains_key(&key)), "{policy:?}");
        assert_eq!(cache.engine.len(), 20);
    }
}

#[test]
fn where_all_are_pinned_a_new_entry_is_refused_and_a_new_value_is_not() {
    for policy in POLICIES {
        let mut cache = cache(policy, 3, f64::INFINITY);
        (0..3).for_each(|key| drop(cache.set(key, entry(NEVER), 0.0).unwrap()));
        pin(&mut cache, 0..3);
        assert_eq!(cache.set(9, entry(NEVER), 0.0), Err(InsertError::Pinned), "{policy:?}");
        assert_eq!(cache.set(1, entry(NEVER), 0.0), Ok(vec![]));
        cache.engine.pop(0.0);
        assert!(cache.drain().is_empty());
        let slot = cache.slot(1);
        cache.engine.pin(slot, false);
        assert_eq!(cache.set(9, entry(NEVER), 0.0), Ok(vec![(1, Reason::Evict)]));
        cache.engine.validate();
    }
}

#[test]
fn a_pinned_entry_that_has_expired_makes_room() {
    for policy in POLICIES {
        let mut cache = cache(policy, 40, 40.0);
        (0..40)
            .for_each(|key| drop(cache.set(key, Entry { ttl: f64::from(100 + key), ..weighing(1.0) }, 0.0).unwrap()));
        pin(&mut cache, 0..40);
        // Whichever slots a sweep looks at: one of all has expired.
        for round in 0..40 {
            assert_eq!(cache.set(200 + round, weighing(1.0), 99.0), Err(InsertError::Pinned), "{policy:?}");
        }
        let gone = cache.set(100, weighing(1.0), 100.0).unwrap();
        assert_eq!(gone, [(0, Reason::Expire)], "{policy:?}");
        // The one that is written isn't purged, even if it has expired.
        let slot = cache.slot(100);
        cache.engine.pin(slot, true);
        assert_eq!(cache.set(1, weighing(2.0), 101.0), Err(InsertError::Pinned), "{policy:?}");
        assert!(cache.drain().is_empty());
        assert_eq!(cache.set(1, weighing(2.0), 102.0), Ok(vec![(2, Reason::Expire)]), "{policy:?}");
        cache.engine.validate();
    }
}

#[test]
fn a_pinned_entry_that_grows_evicts_all_the_others_if_it_must() {
    for policy in POLICIES {
        for others in 1..5 {
            let mut cache = cache(policy, 100, 10.0);
            (0..=others).for_each(|key| drop(cache.set(key, weighing(1.0), 0.0).unwrap()));
            pin(&mut cache, 0..1);
            assert_eq!(cache.set(0, weighing(10.0), 0.0).unwrap().len() as u32, others, "{policy:?}");
            cache.engine.validate();
            assert_eq!(cache.set(1, weighing(1.0), 0.0), Err(InsertError::Pinned));
            assert_eq!(cache.set(0, weighing(11.0), 0.0), Err(InsertError::TooHeavy));
            assert_eq!(cache.set(0, weighing(4.0), 0.0), Ok(vec![]));
            assert_eq!(cache.set(1, weighing(6.0), 0.0), Ok(vec![]));
        }
    }
}

#[test]
fn bounds_without_room_for_the_pinned_are_refused() {
    for policy in POLICIES {
        let mut cache = cache(policy, 20, 20.0);
        (0..20).for_each(|key| drop(cache.set(key, weighing(1.0), 0.0).unwrap()));
        pin(&mut cache, 0..5);
        let bounds = cache.engine.bounds();
        for small in [Bounds { entries: 4, ..bounds }, Bounds { weight: 4.9, ..bounds }] {
            assert_eq!(cache.engine.resize(small), Err(InsertError::Pinned), "{policy:?}");
            assert_eq!((cache.engine.bounds(), cache.engine.len()), (bounds, 20));
        }
        cache.engine.resize(Bounds { entries: 5, weight: 5.0, ..bounds }).unwrap();
        assert_eq!(cache.drain().len(), 15);
        assert!((0..5).all(|key| cache.slots.contains_key(&key)));
        cache.engine.validate();
    }
}

#[test]
fn pinning_twice_and_pinning_nothing_is_no_harm() {
    for policy in POLICIES {
        let mut cache = cache(policy, 5, f64::INFINITY);
        cache.set(1, entry(NEVER), 0.0).unwrap();
        for (slot, pinned) in [(0, true), (0, true), (1, true), (u32::MAX, true), (7, false), (0, false), (0, false)] {
            cache.engine.pin(Slot::from_index(slot), pinned);
            cache.engine.validate();
        }
        let slot = cache.slot(1);
        cache.engine.pin(slot, true);
        cache.engine.restore(slot, 5.0);
        assert!(cache.engine.worth(slot).is_infinite(), "it is still pinned");
        cache.engine.adopt(slot, 5);
        cache.hit(slot);
        cache.flush();
        cache.engine.validate();
        cache.remove(1, Reason::Delete);
        cache.engine.validate();
        cache.set(2, entry(NEVER), 0.0).unwrap();
        assert!(!cache.engine.worth(cache.slot(2)).is_infinite(), "the slot's next entry isn't pinned");
        cache.clear();
        cache.engine.validate();
    }
}

/// A cache with pins is as good as one without them for the rest.
#[test]
fn pins_leave_the_policy_to_the_others() {
    // W-TinyLFU plans its regions by the whole capacity, so with more pins than that it has fewer hits.
    for (policy, pins) in [(PolicyKind::TinyLfu, 400), (PolicyKind::Sampled, 4000)] {
        let hits = |pins: u32| {
            let mut cache = cache(policy, 200 + pins, f64::INFINITY);
            (0..pins).for_each(|key| drop(cache.set(1_000_000 + key, entry(NEVER), 0.0).unwrap()));
            pin(&mut cache, 1_000_000..1_000_000 + pins);
            let mut random = Random::new(5);
            let mut hits = 0;
            for _ in 0..60_000 {
                let key = 10_000_f64.powf(random.share()) as u32;
                match cache.slots.get(&key).copied() {
                    Some(slot) => {
                        cache.hit(slot);
                        hits += 1;
                    }
                    None => drop(cache.set(key, entry(NEVER), 0.0).unwrap()),
                }
            }
            f64::from(hits)
        };
        let (without, with) = (hits(0), hits(pins));
        assert!(with > 0.98 * without, "{policy:?}: {with} hits with pins, {without} without");
    }
}
