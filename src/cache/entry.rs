//! Entries: one that is to be stored, and one that is there.

use super::Cache;
use super::options::EntryOptions;
use super::table::Record;
use crate::engine::InsertError;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::ops::Deref;
use std::rc::Rc;
use std::time::Duration;

/// An entry that is to be stored. Made by [`Cache::entry`].
///
/// ```
/// # use keylatch::Cache;
/// # use std::time::Duration;
/// let cache = Cache::new(10);
/// cache.entry("alice").ttl(Duration::from_secs(60)).tags(["users"]).etag("v1").insert(1)?;
/// # Ok::<(), keylatch::InsertError>(())
/// ```
#[must_use]
pub struct Entry<'a, K, V, S> {
    pub(super) cache: &'a Cache<K, V, S>,
    pub(super) key: K,
    pub(super) options: EntryOptions,
}

impl<K, V, S> Entry<'_, K, V, S> {
    /// How long it lives. `Duration::ZERO` and `Duration::MAX` mean for ever.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.options = self.options.ttl(ttl);
        self
    }

    /// What it weighs, from 1 on, in a cache that is bounded by weights.
    pub fn weight(mut self, weight: u64) -> Self {
        self.options = self.options.weight(weight);
        self
    }

    /// Names by which [`Cache::invalidate_tag`] finds it.
    pub fn tags<T: AsRef<str>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.options = self.options.tags(tags);
        self
    }

    /// What the source calls this state of the value: see [`EntryOptions::etag`].
    pub fn etag(mut self, etag: impl AsRef<str>) -> Self {
        self.options = self.options.etag(etag);
        self
    }

    /// Keeps it from being evicted: see [`EntryOptions::pinned`].
    pub fn pinned(mut self) -> Self {
        self.options = self.options.pinned();
        self
    }

    /// All of these at once.
    pub fn options(mut self, options: EntryOptions) -> Self {
        self.options = options;
        self
    }
}

impl<K: Hash + Eq, V, S: BuildHasher + Clone> Entry<'_, K, V, S> {
    /// Stores a value, in place of the key's old one.
    ///
    /// ```
    /// # use keylatch::{Cache, InsertError};
    /// let cache = Cache::builder().max_weight(10).build();
    /// assert_eq!(cache.entry("key").weight(5).insert(1), Ok(()));
    /// assert_eq!(cache.entry("key").weight(11).insert(2), Err(InsertError::TooHeavy));
    /// ```
    ///
    /// # Errors
    /// If the entry is heavier than one may be; its key's old entry is then removed. If there is no memory; nothing has
    /// changed then.
    pub fn insert(self, value: V) -> Result<(), InsertError> {
        let Self { cache, key, options } = self;
        let hash = cache.hash(&key);
        let fate = cache.core.fate(&key, &value, options);
        cache.core.insert(Record { hash, space: cache.space.clone(), key, value, etag: fate.etag.clone() }, &fate)
    }
}

/// An entry as it was when it was asked for. Dereferences to its value.
///
/// ```
/// # use keylatch::Cache;
/// let cache = Cache::new(10);
/// cache.insert(1, "one");
/// let entry = cache.iter().next().unwrap();
/// assert_eq!((entry.key(), entry.value(), entry.len()), (&1, &"one", 3));
/// ```
pub struct Ref<K, V> {
    pub(super) record: Rc<Record<K, V>>,
}

impl<K, V> Ref<K, V> {
    /// Its key.
    pub fn key(&self) -> &K {
        &self.record.key
    }

    /// Its value.
    pub fn value(&self) -> &V {
        &self.record.value
    }
}

impl<K, V> Clone for Ref<K, V> {
    fn clone(&self) -> Self {
        Self { record: Rc::clone(&self.record) }
    }
}

impl<K, V> Deref for Ref<K, V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.record.value
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Ref<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Ref").field(&self.record.key).field(&self.record.value).finish()
    }
}
