//! The documents that the page has seen.

use crate::server;
use keylatch::{Cache, LoadError};
use std::rc::Rc;
use std::time::Duration;

thread_local! {
    static DOCUMENTS: Cache<String, Rc<str>> = Cache::builder()
        .max(100)
        .ttl(Duration::from_secs(2))
        .swr(Duration::from_secs(2))
        .grace(Duration::from_secs(3600))
        .build();
}

/// The document of a DID.
pub async fn document(did: &str) -> Result<Rc<str>, String> {
    let documents = DOCUMENTS.with(Cache::clone);
    let load = documents.load(did, async |load| server::fetch(load.key()).await);
    load.await.map_err(|error: LoadError<String>| error.loader().cloned().unwrap_or_else(|| error.to_string()))
}

/// What the cache has counted.
pub fn counts() -> String {
    let stats = DOCUMENTS.with(Cache::stats);
    format!(
        "{} hits, {} misses, {} loads, {} joins, {} stale",
        stats.hits, stats.misses, stats.loads, stats.joins, stats.stale
    )
}
