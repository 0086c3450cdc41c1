//! The cache for Rust programs: [`Cache`], with loads and locks, over the rules of the other modules.
//!
//! A cache is for one thread. It needs no executor of its own, no thread and no feature, natively or in WebAssembly.
//!
//! None of the caller's code runs while the cache is borrowed: `Hash`, `Eq`, `Clone` and `Drop` of keys and values,
//! weighers, callbacks, loaders and wakers may all use the same cache. If such code panics, the panic is its caller's,
//! and the cache stays whole. Where the standard library allocates a single small object, it aborts when there is no
//! memory, as everywhere in Rust; tables that grow answer with an error.

mod bell;
mod builder;
mod core;
mod deeds;
mod dump;
mod entries;
mod entry;
mod hash;
mod index;
mod inspect;
mod keyed;
mod load;
mod options;
mod place;
pub mod runtime;
mod space;
mod state;
mod stats;
mod table;
mod tagged;
mod tags;
mod ticket;
mod turn;
mod update;

#[cfg(all(test, not(target_arch = "wasm32")))]
pub(crate) mod tests;

pub use builder::{Builder, DEFAULT_MAX};
pub use dump::DumpedEntry;
pub use entry::{Entry, Ref};
pub use hash::RandomHash;
pub use keyed::KeyedHasher;
pub use load::{Load, LoadContext, LoadError, Retry};
pub use options::EntryOptions;
pub use stats::CacheStats;
pub use turn::{Enter, Lock, LockError, Lost, Turn};

use self::core::Core;
use space::SpaceRef;
use std::fmt;
use std::hash::BuildHasher;
use std::rc::Rc;

/// A cache with a bound, a policy that keeps what is used, expiry, loads that all callers share, and locks.
///
/// Its clones are the same cache. It is for one thread, so a program keeps it in a `thread_local!` or passes it on.
///
/// ```
/// use keylatch::Cache;
///
/// let cache = Cache::builder().max(1000).build();
/// cache.insert("alice".to_owned(), 1);
/// assert_eq!(cache.get("alice"), Some(1));
/// assert_eq!(cache.get("bob"), None);
/// ```
pub struct Cache<K, V, S = RandomHash> {
    core: Rc<Core<K, V>>,
    hasher: S,
    space: SpaceRef,
}

impl<K, V> Cache<K, V> {
    /// A cache of at most so many entries.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache: Cache<u32, &str> = Cache::new(100);
    /// assert!(cache.is_empty());
    /// ```
    pub fn new(max: usize) -> Self {
        Self::builder().max(max).build()
    }

    /// The options of a new cache.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache: Cache<u32, &str> = Cache::builder().max(100).build();
    /// # assert!(cache.is_empty());
    /// ```
    pub fn builder() -> Builder<K, V> {
        Builder::new()
    }
}

impl<K, V, S: BuildHasher + Clone> Cache<K, V, S> {
    /// The part of this cache with this name: it has keys of its own, and shares the bounds, the options and the policy.
    /// It costs nothing as long as it is empty. Two parts with the same name are the same one.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(100);
    /// let tenant = cache.namespace("tenant 1");
    /// tenant.insert("key", 1);
    /// assert_eq!((cache.get("key"), tenant.get("key")), (None, Some(1)));
    /// assert_eq!((cache.stats().entries, tenant.len()), (1, 1));
    /// ```
    #[must_use]
    pub fn namespace(&self, name: &str) -> Self {
        let space = space::nested(&self.space, name, self.hasher.hash_one(name));
        Self { core: Rc::clone(&self.core), hasher: self.hasher.clone(), space: Some(space) }
    }

    fn hash<Q: std::hash::Hash + ?Sized>(&self, key: &Q) -> u64 {
        hash::hash(&self.hasher, &self.space, key)
    }
}

impl<K, V, S: Clone> Clone for Cache<K, V, S> {
    fn clone(&self) -> Self {
        Self { core: Rc::clone(&self.core), hasher: self.hasher.clone(), space: self.space.clone() }
    }
}

impl<K, V, S> fmt::Debug for Cache<K, V, S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.core.read(|state| state.table.engine.len());
        let namespace = space::names(&self.space);
        formatter
            .debug_struct("Cache")
            .field("namespace", &namespace)
            .field("entries", &entries)
            .finish_non_exhaustive()
    }
}
