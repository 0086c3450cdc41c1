//! The order of worth, and whether another engine can take it over.

use super::driver::Index;
use super::*;

const POLICIES: [PolicyKind; 4] = [PolicyKind::TinyLfu, PolicyKind::Lru, PolicyKind::Sampled, PolicyKind::SampledBytes];

fn weighing(hash: u32, weight: f64) -> Entry {
    Entry { hash, weight, ttl: NEVER }
}

/// A cache of one policy after many requests, of which most are for few keys. Sizes differ by key.
fn used(policy: PolicyKind, seed: u32) -> Indexed {
    let sampled = matches!(policy, PolicyKind::Sampled | PolicyKind::SampledBytes);
    let mut cache = Indexed::new(Config { policy, ..config(300, if sampled { 9_000.0 } else { f64::INFINITY }) });
    let mut random = Random::new(seed);
    for _ in 0..20_000 {
        let key = (1.0 / (0.0008 + random.share())) as u32;
        match cache.slots.find(key) {
            Some(slot) => cache.hit(slot),
            None => drop(cache.set(key, weighing(key, f64::from(1 + key * 7919 % 60)), 0.0).unwrap()),
        }
    }
    cache.engine.validate();
    cache
}

/// The keys of a cache from the one worth most to the one worth least, as a caller finds them.
fn ranking(cache: &mut Indexed) -> Vec<u32> {
    cache.flush();
    let engine = &cache.engine;
    let mut slots: Vec<_> =
        std::iter::successors(engine.next_ranked(None), |&slot| engine.next_ranked(Some(slot))).collect();
    let engine = &mut cache.engine;
    slots.iter().for_each(|&slot| {
        engine.uses(slot);
    });
    slots.sort_by(|&one, &other| cache.engine.worth(other).total_cmp(&cache.engine.worth(one)));
    slots.iter().flat_map(|&slot| cache.key(slot)).collect()
}

/// Another cache with the first `count` entries of a ranking: the one worth least is stored first.
fn restored(cache: &mut Indexed, config: Config, count: usize) -> Indexed {
    let mut copy = Indexed::new(config);
    let kept: Vec<_> = ranking(cache).into_iter().take(count).rev().collect();
    for &key in &kept {
        let weight = cache.engine.weight(cache.slot(key));
        assert!(copy.set(key, weighing(key, weight), 0.0).unwrap().is_empty());
    }
    for &key in &kept {
        let (slot, place) = (cache.slot(key), copy.slot(key));
        copy.engine.restore(place, cache.engine.uses(slot));
    }
    copy.engine.validate();
    copy
}

#[test]
fn another_cache_takes_over_the_order() {
    for (policy, seed) in POLICIES.into_iter().flat_map(|policy| [1, 2, 3].map(|seed| (policy, seed))) {
        let mut cache = used(policy, seed);
        let config = cache.engine.config;
        let mut copy = restored(&mut cache, config, usize::MAX);
        assert_eq!(ranking(&mut copy), ranking(&mut cache), "{policy:?}, seed {seed}");
    }
}

#[test]
fn a_smaller_cache_keeps_the_most_worthy_through_what_comes_next() {
    for policy in POLICIES {
        let mut cache = used(policy, 7);
        let mut small = restored(&mut cache, config(50, f64::INFINITY), 50);
        let first: Vec<_> = ranking(&mut cache).into_iter().take(50).collect();
        assert!(first.iter().all(|key| small.slots.contains_key(key)));
        // One new key makes the least leave, not the best.
        small.set(1_000_000, weighing(1_000_000, 1.0), 0.0).unwrap();
        assert!(first.iter().take(45).all(|key| small.slots.contains_key(key)), "{policy:?}");
    }
}

#[test]
fn what_is_asked_for_most_comes_first() {
    for policy in [PolicyKind::TinyLfu, PolicyKind::Sampled, PolicyKind::SampledBytes] {
        let mut cache = Indexed::new(Config { policy, ..config(500, f64::INFINITY) });
        for round in 0..40 {
            for key in 0..50 {
                match cache.slots.find(key) {
                    Some(slot) => cache.hit(slot),
                    None => drop(cache.set(key, entry(NEVER), 0.0).unwrap()),
                }
            }
            for key in 0..100 {
                cache.set(1000 + round * 100 + key, entry(NEVER), 0.0).unwrap();
            }
        }
        let ranking = ranking(&mut cache);
        let first = ranking.iter().take(60).filter(|&&key| key < 50).count();
        assert!(first >= 45, "{policy:?}: {first} of 50 are among the first 60");
    }
}

#[test]
fn uses_of_nothing_and_odd_numbers_do_no_harm() {
    for policy in POLICIES {
        let mut cache = Indexed::new(Config { policy, ..config(10, f64::INFINITY) });
        cache.set(1, entry(NEVER), 0.0).unwrap();
        for uses in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, 0.5, 63.0] {
            for slot in [cache.slot(1), Slot::from_index(9), Slot::from_index(u32::MAX)] {
                cache.engine.restore(slot, uses);
                assert!(cache.engine.uses(slot).is_finite());
                assert!(cache.engine.worth(slot) >= 0.0);
            }
            cache.engine.validate();
        }
    }
}

#[test]
fn what_is_popped_is_worth_least_and_has_not_expired() {
    for policy in POLICIES {
        let mut cache = Indexed::new(Config { policy, ..config(10, f64::INFINITY) });
        for key in 0..6 {
            cache.set(key, entry(if key < 3 { 5.0 } else { NEVER }), 0.0).unwrap();
        }
        cache.engine.pop(10.0);
        let gone = cache.drain();
        assert_eq!(gone.iter().filter(|(key, reason)| *key >= 3 && *reason == Reason::Take).count(), 1, "{policy:?}");
        assert!(gone.iter().all(|&(key, reason)| key >= 3 || reason == Reason::Expire));
        (0..9).for_each(|_| cache.engine.pop(10.0));
        cache.drain();
        assert!(cache.engine.is_empty());
        cache.engine.validate();
    }
}
