//! What the engine's calls cost natively: `cargo bench`. Beside other caches, through the package, is `cargo xtask bench`.
//!
//! Each case has a cache that is full and in its stride before anything is measured.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark may end early")]

mod caller;
#[path = "../../src/engine/tests/driver.rs"]
mod driver;
mod streams;

use caller::Caller;
use criterion::{BenchmarkId, Criterion};
use keylatch::engine::{NEVER, PolicyKind, Slot};
use std::time::Duration;
use streams::Stream;

/// The policies. The sampled one has values of many sizes, which bound its cache.
const POLICIES: [(&str, PolicyKind); 3] =
    [("tinylfu", PolicyKind::TinyLfu), ("lru", PolicyKind::Lru), ("sampled", PolicyKind::Sampled)];
const SIZES: [u32; 3] = [1_000, 10_000, 100_000];
/// Requests of a stream, for each entry of the cache.
const LENGTH: u32 = 16;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .sample_size(30)
        .nresamples(5_000)
        .configure_from_args();
    each(&mut criterion, "insert that evicts", evict);
    each(&mut criterion, "insert that evicts among entries that were hit", evict_referenced);
    each(&mut criterion, "insert of a key that the sketch knows", come_back);
    each(&mut criterion, "update", update);
    each(&mut criterion, "insert with ttl and sweep", sweep);
    criterion.final_summary();
}

/// Measures a case with each policy, in each size. The case prepares a cache, and returns what is to be measured.
fn each<Step: FnMut()>(criterion: &mut Criterion, name: &str, case: impl Fn(PolicyKind, u32) -> Step) {
    let mut group = criterion.benchmark_group(name);
    for (word, policy) in POLICIES {
        for entries in SIZES {
            // Criterion comes back for every sample; and never, if the command line names other cases.
            let mut step = None;
            group.bench_function(BenchmarkId::new(word, entries), |bencher| {
                bencher.iter(step.get_or_insert_with(|| case(policy, entries)));
            });
        }
    }
    group.finish();
}

/// Keys that nobody has asked for before.
fn evict(policy: PolicyKind, entries: u32) -> impl FnMut() {
    let mut caller = Caller::new(policy, entries, 0);
    let mut key = 0;
    let mut step = move || {
        caller.insert(key, NEVER, 0.0);
        key += 1;
    };
    (0..2 * entries).for_each(|_| step());
    step
}

/// A miss, with the hits before it: about four. The engine collects their reference bits; strict LRU has them in its log.
fn evict_referenced(policy: PolicyKind, entries: u32) -> impl FnMut() {
    misses(policy, entries, Stream::zipf(entries, LENGTH * entries), Caller::hit)
}

/// Keys that the sketch has counted before, some more often than others, and no hits: now the candidate wins, now the
/// victim.
fn come_back(policy: PolicyKind, entries: u32) -> impl FnMut() {
    misses(policy, entries, Stream::uniform(4 * entries, LENGTH * entries), |_, _| {})
}

/// Goes on in a stream up to the next miss, and stores its key.
fn misses(policy: PolicyKind, entries: u32, mut stream: Stream, hit: impl Fn(&mut Caller, Slot)) -> impl FnMut() {
    let mut caller = Caller::new(policy, entries, stream.keys);
    let requests = stream.len();
    let mut request = move || {
        let key = stream.next();
        let slot = caller.find(key);
        match slot {
            Some(slot) => hit(&mut caller, slot),
            None => caller.insert(key, NEVER, 0.0),
        }
        slot.is_none()
    };
    for _ in 0..requests {
        request();
    }
    move || while !request() {}
}

/// Values over others, in no order.
fn update(policy: PolicyKind, entries: u32) -> impl FnMut() {
    let mut caller = Caller::new(policy, entries, entries);
    (0..entries).for_each(|key| caller.insert(key, NEVER, 0.0));
    let mut stream = Stream::uniform(entries, LENGTH * entries);
    move || {
        let key = stream.next();
        // Where sizes bound the cache, a few of the keys have found no room.
        if let Some(slot) = caller.find(key) {
            caller.update(slot, key);
        }
    }
}

/// A millisecond passes with each insert, and an entry lives for half as many as the cache has room for: the sweep finds
/// as many as come in, and the policy never has to choose.
fn sweep(policy: PolicyKind, entries: u32) -> impl FnMut() {
    let mut caller = Caller::new(policy, entries, 0);
    let ttl = f64::from(entries) / 2.0;
    let mut key = 0;
    let mut step = move || {
        caller.insert(key, ttl, f64::from(key));
        key += 1;
    };
    (0..4 * entries).for_each(|_| step());
    step
}
