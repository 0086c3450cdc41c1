//! How many hits a policy has in patterns that are known to be hard for one. The bounds are below what is measured, by
//! more than the hash's secret makes of a difference.

use super::driver::Index;
use super::*;

/// The hits of `requests` in a cache for `capacity` entries.
fn hits(policy: PolicyKind, capacity: u32, requests: impl Iterator<Item = u32>) -> u32 {
    let mut cache = Indexed::new(Config { policy, ..config(capacity, f64::INFINITY) });
    let mut hits = 0;
    for key in requests {
        if let Some(slot) = cache.slots.find(key) {
            cache.hit(slot);
            hits += 1;
        } else {
            cache.set(key, entry(NEVER), 0.0).unwrap();
        }
    }
    cache.engine.validate();
    hits
}

/// Keys from `first` on, `size` of them, in the same order again and again.
fn looped(first: u32, size: u32, rounds: u32) -> impl Iterator<Item = u32> {
    (0..size * rounds).map(move |index| first + index % size)
}

/// The key that was asked for n keys ago, where n has a geometric distribution.
fn recent(mean: f64, count: u32) -> impl Iterator<Item = u32> {
    let mut random = random::Random::new(7);
    let mut stack = Vec::new();
    (0..count).map(move |_| {
        let distance = (-(1.0 - random.share()).ln() * mean) as usize;
        let key = if distance < stack.len() { stack.remove(stack.len() - 1 - distance) } else { stack.len() as u32 };
        stack.push(key);
        key
    })
}

#[test]
fn a_loop_keeps_what_fits_however_long_it_is() {
    for times in [2, 5, 20, 60] {
        let hits = hits(PolicyKind::TinyLfu, 100, looped(0, 100 * times, 12));
        let possible = 100 * 11;
        assert!(hits > possible * 85 / 100, "{hits} of {possible} hits in a loop of {times} times the cache");
    }
}

#[test]
fn a_new_loop_takes_the_place_of_an_old_one() {
    let old = looped(0, 90, 100);
    let new = looped(1000, 90, 100);
    let hits = hits(PolicyKind::TinyLfu, 100, old.chain(new));
    let possible = 90 * 99 * 2;
    assert!(hits > possible * 75 / 100, "{hits} of {possible} hits");
}

#[test]
fn where_only_recency_counts_it_is_near_lru() {
    for capacity in [100, 300, 450] {
        let [ours, lru] =
            [PolicyKind::TinyLfu, PolicyKind::Lru].map(|policy| hits(policy, capacity, recent(300.0, 60_000)));
        assert!(f64::from(ours) > f64::from(lru) - 0.03 * 60_000.0, "{ours} hits with {capacity} entries, LRU {lru}");
    }
}

/// By chance one of the popular keys, or one that is asked for twice, `from` to `to` requests apart.
fn twice(from: u32, to: u32, count: u32) -> Vec<u32> {
    let mut random = random::Random::new(7);
    let mut requests = vec![None; (count + 2 * to) as usize];
    for index in 0..count as usize {
        if requests[index].is_some() {
            continue;
        }
        if random.one_in(3) {
            let again = index + (from + (random.share() * f64::from(to - from)) as u32) as usize;
            let key = 1_000_000 + index as u32;
            requests[index] = Some(key);
            let free = (again..).find(|&index| requests[index].is_none()).unwrap();
            requests[free] = Some(key);
        } else {
            // About Zipf's law, for ten thousand keys.
            requests[index] = Some(10_000_f64.powf(random.share()) as u32);
        }
    }
    requests.into_iter().take(count as usize).flatten().collect()
}

#[test]
fn the_window_widens_to_reach_second_uses_that_are_far_off() {
    for capacity in [256, 1000] {
        let requests = twice(capacity / 5, capacity * 4 / 5, 200 * capacity);
        let [ours, lru] =
            [PolicyKind::TinyLfu, PolicyKind::Lru].map(|policy| hits(policy, capacity, requests.iter().copied()));
        let least = f64::from(lru) - 0.05 * requests.len() as f64;
        assert!(f64::from(ours) > least, "{ours} hits of {} with {capacity} entries, LRU {lru}", requests.len());
    }
}
