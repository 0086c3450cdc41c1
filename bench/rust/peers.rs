//! A hit and an insert through the cache for Rust programs, beside other caches: `cargo bench --bench peers`.
//!
//! Keys are 64-bit numbers, values too; each cache has its own default hasher. A hit finds a key of a cache that is full.
//! A request of a stream is a hit, or a miss and an insert that evicts.
//!
//! If KEYLATCH_TRACES names a folder with traces (`NAME.u32.gz`: a little-endian u32 for each request, the number of its
//! key), the hit ratios on those come first. `RATIOS=only` stops there.

mod caches;
#[allow(dead_code, clippy::indexing_slicing, reason = "the other benchmark uses all of it, and may end early")]
mod streams;
mod traces;

use caches::Peer;
use criterion::{BenchmarkId, Criterion};
use std::hint::black_box;
use std::time::Duration;
use streams::Stream;

const SIZES: [u32; 3] = [1_000, 10_000, 100_000];
/// Requests of a stream, for each entry of the cache.
const LENGTH: u32 = 16;

fn main() {
    if let Some(folder) = std::env::var_os("KEYLATCH_TRACES") {
        traces::compare(folder.as_ref());
    }
    if std::env::var("RATIOS").is_ok_and(|ratios| ratios == "only") {
        return;
    }
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
        .nresamples(5_000)
        .configure_from_args();
    peers::<keylatch::Cache<u64, u64>>(&mut criterion);
    peers::<quick_cache::unsync::Cache<u64, u64>>(&mut criterion);
    peers::<mini_moka::unsync::Cache<u64, u64>>(&mut criterion);
    peers::<moka::sync::Cache<u64, u64>>(&mut criterion);
    criterion.final_summary();
}

fn peers<P: Peer>(criterion: &mut Criterion) {
    for entries in SIZES {
        let mut cache = P::new(entries);
        // Half as many as there is room for, so that no policy has refused one.
        let keys = entries / 2;
        (0..u64::from(keys)).for_each(|key| cache.insert(key, key));
        let mut stream = Stream::uniform(keys, LENGTH * entries);
        let mut group = criterion.benchmark_group("hit");
        group.bench_function(BenchmarkId::new(P::NAME, entries), |bencher| {
            bencher.iter(|| black_box(cache.get(u64::from(stream.next()))));
        });
        group.finish();

        let mut cache = P::new(entries);
        let mut stream = Stream::zipf(entries, LENGTH * entries);
        let mut request = move || {
            let key = u64::from(stream.next());
            let found = cache.get(key);
            if found.is_none() {
                cache.insert(key, key);
            }
            found.is_some()
        };
        let requests = LENGTH * entries;
        (0..requests).for_each(|_| _ = request());
        let hits = (0..requests).filter(|_| request()).count();
        println!("{} of {entries}: {:.1} % hits", P::NAME, 100.0 * hits as f64 / f64::from(requests));
        let mut group = criterion.benchmark_group("request");
        group.bench_function(BenchmarkId::new(P::NAME, entries), |bencher| bencher.iter(&mut request));
        group.finish();
    }
}
