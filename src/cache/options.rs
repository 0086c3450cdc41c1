//! How long an entry lives, what it weighs, and by which names it is found.

use crate::engine::NEVER;
use std::rc::Rc;
use std::time::Duration;

/// How to store a value: what isn't set is as the cache has it.
///
/// ```
/// use keylatch::{Cache, EntryOptions};
/// use std::time::Duration;
///
/// let cache = Cache::builder().max(100).build();
/// let options = EntryOptions::new().ttl(Duration::from_secs(60)).tags(["users"]);
/// cache.entry("alice").options(options.clone()).insert(1)?;
/// cache.entry("bob").options(options).insert(2)?;
/// assert_eq!(cache.invalidate_tag("users"), 2);
/// # Ok::<(), keylatch::InsertError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct EntryOptions {
    pub(super) ttl: Option<Duration>,
    pub(super) weight: Option<u64>,
    pub(super) tags: Option<Vec<Rc<str>>>,
    pub(super) is_pinned: bool,
}

impl EntryOptions {
    /// Everything as the cache has it.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long the entry lives. `Duration::ZERO` and `Duration::MAX` mean for ever.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// What the entry weighs, from 1 on, in a cache that is bounded by weights.
    #[must_use]
    pub fn weight(mut self, weight: u64) -> Self {
        self.weight = Some(weight);
        self
    }

    /// Keeps the entry from being evicted, until another value is stored for its key. It counts all the same: when there
    /// are only pinned entries left to evict, a write is refused.
    ///
    /// ```
    /// # use keylatch::{Cache, EntryOptions};
    /// let cache = Cache::new(2);
    /// cache.entry(0).options(EntryOptions::new().pinned()).insert(0)?;
    /// for key in 1..10 {
    ///     cache.insert(key, key);
    /// }
    /// assert!(cache.contains(&0));
    /// # Ok::<(), keylatch::InsertError>(())
    /// ```
    #[must_use]
    pub fn pinned(mut self) -> Self {
        self.is_pinned = true;
        self
    }

    /// Names by which [`Cache::invalidate_tag`](crate::Cache::invalidate_tag) finds the entry.
    #[must_use]
    pub fn tags<T: AsRef<str>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags = Some(tags.into_iter().map(|tag| Rc::from(tag.as_ref())).collect());
        self
    }
}

/// What is to become of an entry, in the engine's numbers.
#[derive(Debug, Clone)]
pub(super) struct Fate {
    /// In milliseconds; 0 or less if it has passed already.
    pub ttl: f64,
    pub weight: f64,
    pub tags: Vec<Rc<str>>,
    pub is_pinned: bool,
}

/// A time to live as the engine has it.
pub(super) fn life(ttl: Duration) -> f64 {
    if ttl.is_zero() || ttl == Duration::MAX { NEVER } else { milliseconds(ttl) }
}

/// A duration as the engine has it.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    if duration == Duration::MAX { f64::INFINITY } else { duration.as_secs_f64() * 1000.0 }
}
