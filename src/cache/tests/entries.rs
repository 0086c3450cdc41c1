//! What a cache does with entries, at once.

use crate::runtime::Virtual;
use crate::{Cache, InsertError, PolicyKind, Reason};
use std::cell::RefCell;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::time::Duration;

/// A key whose hash is always the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Same(u32);

impl Hash for Same {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[test]
fn keys_with_the_same_hash_are_different_keys() {
    let cache = Cache::builder().max(50).build();
    for key in 0..100 {
        cache.insert(Same(key), key);
        cache.core.read(|state| state.validate());
    }
    assert_eq!(cache.len(), 50);
    let there: Vec<u32> = (0..100).filter(|&key| cache.get(&Same(key)) == Some(key)).collect();
    assert_eq!(there.len(), 50);
    for key in there {
        assert!(cache.remove(&Same(key)));
        cache.core.read(|state| state.validate());
    }
    assert!(cache.is_empty());
}

#[test]
fn removals_are_told_with_their_reasons() {
    let told: Rc<RefCell<Vec<(u32, u32, Reason)>>> = Rc::default();
    let listener = Rc::clone(&told);
    let time = Virtual::new();
    let cache = Cache::builder()
        .max(2)
        .policy(PolicyKind::Lru)
        .runtime(time.clone())
        .on_removal(move |&key, &value, reason| listener.borrow_mut().push((key, value, reason)))
        .build();
    cache.insert(1, 10);
    cache.insert(1, 11);
    cache.insert(2, 20);
    cache.insert(3, 30);
    cache.remove(&2);
    cache.entry(4).ttl(Duration::from_millis(5)).insert(40).unwrap();
    time.advance(Duration::from_millis(5));
    assert_eq!(cache.get(&4), None);
    cache.take(&3);
    use Reason::{Delete, Evict, Expire, Set, Take};
    let expected = [(1, 10, Set), (1, 11, Evict), (2, 20, Delete), (4, 40, Expire), (3, 30, Take)];
    assert_eq!(*told.borrow(), expected);
}

#[test]
fn strict_lru_evicts_what_was_used_longest_ago() {
    let cache = Cache::builder().max(2).policy(PolicyKind::Lru).build();
    cache.insert(1, ());
    cache.insert(2, ());
    cache.get(&1);
    cache.insert(3, ());
    assert!(cache.contains(&1) && !cache.contains(&2));
}

#[test]
fn weights_bound_the_cache() {
    let cache = Cache::builder().max_weight(10).weigher(|_: &u32, &weight: &u64| weight).build();
    cache.insert(1, 6);
    cache.insert(2, 4);
    assert_eq!(cache.stats().weight, 10);
    assert_eq!(cache.entry(1).insert(11), Err(InsertError::TooHeavy));
    assert!(!cache.contains(&1), "the old value is out of date");
    assert_eq!((cache.stats().weight, cache.stats().refusals), (4, 1));
    cache.entry(3).weight(0).insert(0).unwrap();
    assert_eq!(cache.stats().weight, 5, "0 counts as 1");
}

#[test]
fn a_step_back_of_the_clock_lengthens_no_life() {
    let time = Virtual::new();
    let cache = Cache::builder().ttl(Duration::from_secs(60)).runtime(time.clone()).build();
    time.set_clock(1_000_000.0);
    cache.insert(1, ());
    time.set_clock(500_000.0);
    assert!(cache.contains(&1), "here the step is noticed");
    time.advance(Duration::from_secs(59));
    assert!(cache.contains(&1));
    time.advance(Duration::from_secs(1));
    assert!(!cache.contains(&1));
}

#[test]
fn namespaces_have_keys_and_tags_of_their_own() {
    let cache = Cache::new(100);
    let (a, b) = (cache.namespace("a"), cache.namespace("a").namespace("b"));
    for (part, value) in [(&cache, 1), (&a, 2), (&b, 3)] {
        part.entry("key").tags(["tag"]).insert(value).unwrap();
    }
    assert_eq!((cache.get("key"), a.get("key"), b.get("key")), (Some(1), Some(2), Some(3)));
    assert_eq!((cache.len(), a.len(), b.len()), (1, 1, 1));
    assert_eq!(a.invalidate_tag("tag"), 2);
    assert_eq!((cache.get("key"), a.get("key"), b.get("key")), (Some(1), None, None));
    b.insert("key", 4);
    a.clear();
    assert_eq!((cache.len(), b.len()), (1, 0));
    assert_eq!(cache.invalidate_tag("tag"), 1);
}

#[test]
fn what_was_seeded_alike_behaves_alike() {
    let hits = || {
        let cache = Cache::builder().max(64).hasher(BuildHasherDefault::<DefaultHasher>::default()).build();
        for step in 0..super::steps(10_000) {
            let key = step.wrapping_mul(2_654_435_761) >> 25;
            if cache.get(&key).is_none() {
                cache.insert(key, key);
            }
        }
        cache.stats().hits
    };
    assert_eq!(hits(), hits());
}

#[test]
fn an_update_keeps_expiry_tags_and_pin() {
    let time = Virtual::new();
    let cache = Cache::builder().max(3).ttl(Duration::from_secs(60)).runtime(time.clone()).build();
    cache.entry(1).ttl(Duration::from_secs(5)).tags(["tag"]).pinned().insert(10).unwrap();
    time.advance(Duration::from_secs(2));
    assert_eq!(cache.update(1, |value| value.map(|value| value + 1)), Some(11));
    (2..9).for_each(|key| _ = cache.insert(key, key));
    time.advance(Duration::from_millis(2999));
    assert_eq!(cache.get(&1), Some(11));
    time.advance(Duration::from_millis(1));
    assert_eq!(cache.update(1, |value| value.copied().or(Some(0))), Some(0), "what has expired is no value");
    time.advance(Duration::from_secs(59));
    assert_eq!((cache.get(&1), cache.invalidate_tag("tag")), (Some(0), 0), "it is a new entry");
    assert_eq!(cache.update(1, |_| None), None);
    assert!(!cache.contains(&1));
    cache.core.read(|state| state.validate());
}

#[test]
fn a_value_that_is_made_of_the_cache_is_stored_over_what_came_meanwhile() {
    let cache = Cache::new(10);
    let within = cache.clone();
    let made = cache.get_or_insert_with(1, || {
        within.insert(1, "meanwhile");
        "made"
    });
    assert_eq!((made, cache.get(&1)), ("made", Some("made")));
    let changed = cache.update(1, |_| {
        within.clear();
        Some("changed")
    });
    assert_eq!((changed, cache.get(&1)), (Some("changed"), Some("changed")));
    cache.core.read(|state| state.validate());
}

#[test]
fn entries_that_expire_by_their_tags_count_once() {
    let cache = Cache::new(10);
    let part = cache.namespace("part");
    cache.entry(1).tags(["a", "b"]).insert(()).unwrap();
    part.entry(1).tags(["b"]).insert(()).unwrap();
    cache.entry(2).insert(()).unwrap();
    assert_eq!(part.expire_tag("a"), 0);
    assert_eq!(cache.expire_tags(["a", "b", "a", "none"]), 2);
    assert_eq!((cache.iter().count(), part.iter().count()), (1, 0));
    assert_eq!((cache.expire_all(), cache.expire_all()), (1, 0));
    let none: [&str; 0] = [];
    assert_eq!((cache.invalidate_tags(none), cache.invalidate_tags(["a", "b"])), (0, 2));
}

#[test]
fn the_ranking_is_that_of_the_policy() {
    for policy in [PolicyKind::TinyLfu, PolicyKind::Lru, PolicyKind::Sampled] {
        let cache = Cache::builder().max(8).policy(policy).build();
        (0..8).for_each(|key| _ = cache.insert(key, ()));
        (0..8).rev().for_each(|key| _ = cache.get(&key));
        let ranked: Vec<u32> = cache.ranked().map(|entry| *entry.key()).collect();
        let mut sorted = ranked.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..8).collect::<Vec<_>>());
        assert_eq!(ranked, cache.dump().into_iter().map(|(key, _)| key).collect::<Vec<_>>());
        assert_eq!(cache.namespace("part").ranked().count(), 0);
    }
}
