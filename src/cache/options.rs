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
    pub(super) is_pinned: Option<bool>,
    pub(super) etag: Option<Rc<str>>,
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

    /// Keeps the entry from being evicted, whatever is stored for its key, until it is [unpinned](EntryOptions::unpinned) or
    /// leaves. It counts all the same: when there are only pinned entries left to evict, a write is refused.
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
        self.is_pinned = Some(true);
        self
    }

    /// Lets the entry be evicted again, if the key's old one was pinned.
    ///
    /// ```
    /// # use keylatch::{Cache, EntryOptions};
    /// let cache = Cache::new(1);
    /// cache.entry(0).options(EntryOptions::new().pinned()).insert("first")?;
    /// cache.insert(0, "second");
    /// assert!(!cache.insert(1, "refused"), "it is pinned still");
    /// cache.entry(0).options(EntryOptions::new().unpinned()).insert("third")?;
    /// assert!(cache.insert(1, "stored"));
    /// # Ok::<(), keylatch::InsertError>(())
    /// ```
    #[must_use]
    pub fn unpinned(mut self) -> Self {
        self.is_pinned = Some(false);
        self
    }

    /// What the source calls this state of the value, for a load that asks only whether it has changed; see
    /// [`LoadContext::etag`](crate::LoadContext::etag).
    ///
    /// ```
    /// # use keylatch::{Cache, EntryOptions};
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(10);
    /// cache.entry(1).options(EntryOptions::new().etag("v1")).insert("one").unwrap();
    /// let load = cache.refresh(&1, async |load| {
    ///     assert_eq!(load.etag(), Some("v1"));
    ///     load.not_modified().ok_or("the source has nothing new, and there is nothing old")
    /// });
    /// assert!(matches!(load.await, Ok("one")));
    /// # });
    /// ```
    #[must_use]
    pub fn etag(mut self, etag: impl AsRef<str>) -> Self {
        self.etag = Some(etag.as_ref().into());
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
    /// `None`: as the key's old entry is.
    pub is_pinned: Option<bool>,
    pub etag: Option<Rc<str>>,
}

/// A time to live as the engine has it.
pub(super) fn life(ttl: Duration) -> f64 {
    if ttl.is_zero() || ttl == Duration::MAX { NEVER } else { milliseconds(ttl) }
}

/// A duration as the engine has it.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    if duration == Duration::MAX { f64::INFINITY } else { duration.as_secs_f64() * 1000.0 }
}
