//! Callers that mean harm, or that nobody had in mind: the smallest caches, keys whose hashes are all the same, and floods
//! of keys that never come again.

use super::driver::Index;
use super::random::Random;
use super::*;

const POLICIES: [PolicyKind; 3] = [PolicyKind::TinyLfu, PolicyKind::Lru, PolicyKind::Sampled];

/// An entry that is never too large, and never expires.
const PLAIN: Entry = Entry { hash: 0, weight: 1.0, ttl: NEVER };

/// A cache for so many entries. With the policy that goes by sizes it is their size, 1 each, that bounds it.
fn cache(policy: PolicyKind, entries: u32) -> Indexed {
    let bounds = match policy {
        PolicyKind::Sampled => config(MAX_ENTRIES, f64::from(entries)),
        _ => config(entries, f64::INFINITY),
    };
    Indexed::new(Config { policy, ..bounds })
}

/// The same, with keys that the sketch can't tell apart.
fn without_hashes(policy: PolicyKind, entries: u32) -> Indexed {
    Indexed { hash: |_| 7, ..cache(policy, entries) }
}

/// Asks for `key`, and stores it if it is absent. True if it was there.
fn request(cache: &mut Indexed, key: u32) -> bool {
    if let Some(slot) = cache.slots.find(key) {
        cache.hit(slot);
        return true;
    }
    let gone = cache.set(key, PLAIN, 0.0).unwrap();
    assert!(gone.len() <= 1 && gone.iter().all(|&(other, _)| other != key), "{gone:?} had to make room for {key}");
    false
}

/// The share of these keys that is there.
fn present(cache: &Indexed, keys: Range<u32>) -> f64 {
    let all = keys.len() as f64;
    keys.filter(|key| cache.slots.contains_key(key)).count() as f64 / all
}

#[test]
fn the_smallest_caches_are_nobodys_own() {
    const FAVOURITE: u32 = 0;
    for policy in POLICIES {
        for bound in 1..=3 {
            let mut cache = cache(policy, bound);
            for key in 1..500 {
                request(&mut cache, key);
                assert!(cache.slots.contains_key(&key), "{policy:?}, {bound}: what was set last is there");
                cache.engine.validate();
                for _ in 0..50 {
                    request(&mut cache, FAVOURITE);
                }
                assert!(cache.slots.contains_key(&FAVOURITE));
                assert!(cache.engine.len() <= bound);
            }
            // As many others as there is room for get all of it, once they are asked for more often. With sizes, the
            // favourite's 63 hits have to grow old first. Where a loop has no hits there is no credit, and one of its keys
            // has to stray in, which takes 64 misses for each entry of so small a cache.
            let requests = if policy == PolicyKind::Lru { 100 } else { 4_000 };
            let last_miss = (0..10_000).filter(|count| !request(&mut cache, 1_000 + count % bound)).last();
            assert!(last_miss < Some(requests), "{policy:?}, {bound}: request {last_miss:?} was a miss");
        }
    }
}

#[test]
fn no_call_takes_long_where_all_hashes_are_equal() {
    for policy in POLICIES {
        for bound in [200, 2_000] {
            let mut cache = without_hashes(policy, bound);
            let referenced = |cache: &Indexed| {
                let slots = &cache.engine.slots;
                slots.iter_live().filter(|&slot| slots.is_referenced(slot)).count()
            };
            let mut most = 0;
            for key in 0..6_000 {
                // For a while everything is hit, so that nobody can be found who was not; then nothing is.
                if key / 500 % 2 == 0 {
                    cache.slots.values().for_each(|&slot| cache.engine.slots.set_reference(slot));
                }
                let before = referenced(&cache);
                request(&mut cache, key);
                most = most.max(before.saturating_sub(referenced(&cache)));
                assert!(cache.engine.len() <= bound);
            }
            cache.engine.validate();
            // As many in the large cache as in the small one: a few under the hand, second chances, the border's moves.
            assert!(most <= 64, "{policy:?}, {bound}: one call has cleared {most} reference bits");
        }
    }
}

#[test]
fn another_working_set_gets_in_where_all_hashes_are_equal() {
    for policy in POLICIES {
        for (bound, wanted) in [(100, 10), (100, 50), (1_000, 100), (1_000, 500), (1_000, 900)] {
            let mut cache = without_hashes(policy, bound);
            let mut random = Random::new(5);
            for _ in 0..20 * bound {
                request(&mut cache, (random.share() * f64::from(bound)) as u32);
            }
            // In the sketch every key has the highest count, so no candidate for the main region can win. The window takes
            // in what comes back soon; a loop as long as this one has only chance, by which one candidate in 128 wins.
            // After n requests for each key, exp(-n / 128) of them are still out: a tenth after 295, 2 % after 512.
            // LRU has no sketch; with sizes, what was seen long ago is worth less each time.
            let requests = if policy == PolicyKind::TinyLfu { 512 } else { 20 };
            let keys = 10_000..10_000 + wanted;
            for key in (0..requests).flat_map(|_| keys.clone()) {
                request(&mut cache, key);
            }
            let share = present(&cache, keys);
            assert!(share >= 0.9, "{policy:?}, {bound}: {share} of {wanted} are in");
            cache.engine.validate();
        }
    }
}

#[test]
fn ten_million_keys_that_come_once_leave_everything_as_it_was() {
    const BOUND: u32 = 10_000;
    const HOT: Range<u32> = 0..BOUND / 10;
    for policy in POLICIES {
        let mut cache = cache(policy, BOUND);
        let mut random = Random::new(5);
        for other in 0..20 * BOUND {
            let is_hot = random.share() < 0.8;
            request(&mut cache, if is_hot { (random.share() * f64::from(HOT.end)) as u32 } else { 1_000_000 + other });
        }
        assert_eq!(present(&cache, HOT), 1.0);
        let where_it_is = |engine: &Engine| {
            let Page { capacity, references, expires, ttl, log } = engine.page();
            (capacity, references, expires, ttl, log)
        };
        let before = where_it_is(&cache.engine);
        // The flood goes to the engine directly: an index costs more than the cache.
        for key in 0..10_000_000 {
            cache.engine.insert(Entry { hash: 2_000_000_000 + key, ..PLAIN }, 0.0).unwrap();
            assert_eq!(cache.engine.len(), BOUND);
            cache.driver.drain(|_, _| {});
            // Nobody has asked for the hot ones meanwhile. With sizes they are worth half as much after 64 times
            // as many requests as there are entries, so in the end they go, as they do in LRU at once.
            if key == 100 * BOUND && policy != PolicyKind::Lru {
                assert!(present(&cache, HOT) >= 0.9, "{policy:?}: {} are left", present(&cache, HOT));
            }
        }
        cache.engine.validate();
        assert_eq!(where_it_is(&cache.engine), before, "{policy:?}: the memory is the same");
        if policy == PolicyKind::TinyLfu {
            assert!(present(&cache, HOT) >= 0.9, "{} are left", present(&cache, HOT));
        }
    }
}
