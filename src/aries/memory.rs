//! The cache in memory.

use super::CacheError;
use super::base::{BaseCache, KeyLocks};
use super::keys::{Keys, life};
use crate::{Cache, EntryOptions, InsertError};
use std::fmt;

/// A cache in memory, with a bound. Its clones are the same cache. Values are cloned when they are read: large ones
/// belong into an `Rc`.
///
/// ```
/// use keylatch::aries::{BaseCache, CacheError, InMemoryCache};
///
/// # futures_executor::block_on(async {
/// let cache = InMemoryCache::new();
/// cache.set(["schema::1", "schema::2:degree:1.0"], "a schema", Some(600.0)).await?;
/// assert_eq!(cache.get("schema::1").await?, Some("a schema"));
/// cache.clear("schema::1").await?;
/// assert_eq!(cache.get("schema::1").await?, None);
/// # Ok::<(), CacheError>(())
/// # }).unwrap();
/// ```
pub struct InMemoryCache<V> {
    locks: KeyLocks<V>,
}

impl<V> InMemoryCache<V> {
    /// A cache of at most [`DEFAULT_MAX`](crate::DEFAULT_MAX) entries.
    pub fn new() -> Self {
        Self::over(Cache::builder().build())
    }

    /// The same entries, locks and loads as a [`Cache`], with these methods.
    ///
    /// ```
    /// use keylatch::{Cache, aries::{BaseCache, InMemoryCache}};
    ///
    /// let cache = Cache::new(100);
    /// cache.insert("key".to_owned(), 1);
    /// let aries = InMemoryCache::over(cache);
    /// # futures_executor::block_on(async {
    /// assert_eq!(aries.get("key").await.unwrap(), Some(1));
    /// # });
    /// ```
    pub fn over(cache: Cache<String, V>) -> Self {
        Self { locks: KeyLocks::over(cache, true) }
    }

    /// The part of this cache with this name, as [`Cache::namespace`] has it: keys and locks of its own, and the bounds of
    /// the whole.
    ///
    /// ```
    /// use keylatch::aries::{BaseCache, CacheError, InMemoryCache};
    ///
    /// # futures_executor::block_on(async {
    /// let cache = InMemoryCache::new();
    /// let wallet = cache.namespace("alice");
    /// wallet.set("key", 1, None).await?;
    /// assert_eq!((cache.get("key").await?, wallet.get("key").await?), (None, Some(1)));
    /// # Ok::<(), CacheError>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn namespace(&self, name: &str) -> Self {
        let locks = self.locks.clone();
        Self { locks: KeyLocks { cache: locks.cache.namespace(name), ..locks } }
    }

    /// The cache that it is over.
    pub fn cache(&self) -> &Cache<String, V> {
        &self.locks.cache
    }
}

impl<V: Clone> InMemoryCache<V> {
    /// Stores a value under several keys, each with options of its own.
    pub(crate) fn set_all(&self, entries: Vec<(String, EntryOptions)>, value: &V) -> Result<(), CacheError> {
        match self.cache().insert_all(entries, value) {
            Err(InsertError::OutOfMemory) => Err(CacheError::out_of_memory()),
            _ => Ok(()),
        }
    }
}

impl<V: Clone + 'static> BaseCache for InMemoryCache<V> {
    type Value = V;

    fn locks(&self) -> &KeyLocks<V> {
        &self.locks
    }

    async fn get(&self, key: &str) -> Result<Option<V>, CacheError> {
        Ok(self.cache().get(key))
    }

    /// All keys expire together. A value that is heavier than one may be isn't stored, and the old one is gone.
    async fn set(&self, keys: impl Keys, value: V, ttl: Option<f64>) -> Result<(), CacheError> {
        let options = options(ttl)?;
        self.set_all(keys.into_keys().into_iter().map(|key| (key, options.clone())).collect(), &value)
    }

    async fn clear(&self, key: &str) -> Result<(), CacheError> {
        self.cache().remove(key);
        Ok(())
    }

    async fn flush(&self) -> Result<(), CacheError> {
        self.cache().clear();
        Ok(())
    }
}

/// How to store a value that lives for so many seconds.
pub(super) fn options(ttl: Option<f64>) -> Result<EntryOptions, CacheError> {
    let options = EntryOptions::new();
    Ok(match ttl {
        Some(ttl) => options.ttl(life(ttl)?),
        None => options,
    })
}

impl<V> Default for InMemoryCache<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> Clone for InMemoryCache<V> {
    fn clone(&self) -> Self {
        Self { locks: self.locks.clone() }
    }
}

impl<V> fmt::Debug for InMemoryCache<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<InMemoryCache>")
    }
}
