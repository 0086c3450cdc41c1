//! The cache in memory.

use super::base::{BaseCache, KeyLocks};
use super::keys::{Keys, life};
use super::{CacheError, ErrorCode};
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

    /// The cache that it is over.
    pub fn cache(&self) -> &Cache<String, V> {
        &self.locks.cache
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
        match self.cache().insert_all(keys.into_keys(), &value, &options) {
            Err(error @ InsertError::OutOfMemory) => Err(CacheError::new(ErrorCode::OutOfMemory, error.to_string())),
            _ => Ok(()),
        }
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
