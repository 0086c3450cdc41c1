//! What a cache has counted.

use super::Cache;
use crate::engine::Reason;

/// Counts since a cache was made, and what it holds now. For the whole cache, all namespaces included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CacheStats {
    /// Values that were found.
    pub hits: u64,
    /// Values that were not.
    pub misses: u64,
    /// Entries stored under a key that had none.
    pub inserts: u64,
    /// Values stored over others.
    pub updates: u64,
    /// Entries that were evicted.
    pub evictions: u64,
    /// Entries that had expired.
    pub expirations: u64,
    /// Entries that were removed, or taken.
    pub deletions: u64,
    /// Entries that were refused: too heavy, or no memory.
    pub refusals: u64,
    /// Entries that are there, expired ones included.
    pub entries: u64,
    /// What they weigh together.
    pub weight: u64,
    /// Loaders that were called.
    pub loads: u64,
    /// Callers that joined another caller's load.
    pub joins: u64,
    /// Expired values that were served.
    pub stale: u64,
    /// Turns that were taken from those who held them for too long.
    pub takeovers: u64,
    /// Results that were not stored, because their key had changed or their turn was lost.
    pub fenced: u64,
}

impl<K, V, S> Cache<K, V, S> {
    /// What was counted so far.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one");
    /// cache.get(&1);
    /// cache.get(&2);
    /// let stats = cache.stats();
    /// assert_eq!((stats.hits, stats.misses, stats.entries), (1, 1, 1));
    /// ```
    pub fn stats(&self) -> CacheStats {
        self.core.read(|state| {
            let (counts, engine) = (state.table.counts, &state.table.engine);
            let stats = engine.stats();
            CacheStats {
                hits: counts.hits,
                misses: counts.misses,
                inserts: stats.inserts,
                updates: stats.updates,
                evictions: stats.removals(Reason::Evict),
                expirations: stats.removals(Reason::Expire),
                deletions: stats.removals(Reason::Delete) + stats.removals(Reason::Take),
                refusals: counts.refusals,
                entries: u64::from(engine.len()),
                weight: engine.total_weight() as u64,
                loads: counts.loads,
                joins: counts.joins,
                stale: counts.stale,
                takeovers: counts.takeovers,
                fenced: counts.fenced,
            }
        })
    }
}
