//! What a loader is given.

use super::old::Old;
use crate::cache::options::EntryOptions;
use crate::cache::place::Place;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// What a loader is given: the key, the old value, and a say in how the new one is stored.
///
/// ```
/// use keylatch::{Cache, LoadContext};
///
/// async fn length(load: LoadContext<String, usize>) -> Result<usize, std::io::Error> {
///     load.set_tags(["lengths"]);
///     Ok(load.key().len())
/// }
///
/// # futures_executor::block_on(async {
/// let cache: Cache<String, usize> = Cache::new(100);
/// assert_eq!(cache.load("alice", length).await.unwrap(), 5);
/// # });
/// ```
pub struct LoadContext<K, V> {
    place: Rc<Place<K>>,
    old: Option<Rc<Old<K, V>>>,
    pub(super) said: Rc<Said>,
}

/// The tags that a value will carry, as far as they are known.
type KnownTags = Rc<RefCell<Option<Vec<Rc<str>>>>>;

/// What a loader has said.
#[derive(Default)]
pub(super) struct Said {
    pub options: RefCell<EntryOptions>,
    /// Where it is known that the value will carry tags.
    pub known_tags: KnownTags,
    pub skips: Cell<bool>,
    pub is_unmodified: Cell<bool>,
}

impl<K, V> LoadContext<K, V> {
    pub(super) fn new(place: Rc<Place<K>>, old: Option<Rc<Old<K, V>>>, known_tags: KnownTags) -> Self {
        Self { place, old, said: Rc::new(Said { known_tags, ..Said::default() }) }
    }

    /// The key.
    pub fn key(&self) -> &K {
        &self.place.key
    }

    /// The old value: an expired one as long as the cache's `swr` or `grace` keeps it, and a fresh one for
    /// [`Cache::refresh`](crate::Cache::refresh) and for a load ahead of the expiry.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(10);
    /// cache.insert("count", 1);
    /// let load = cache.refresh(&"count", async |load| load.value().map(|count| count + 1).ok_or("no count"));
    /// assert_eq!(load.await.unwrap(), 2);
    /// # });
    /// ```
    pub fn value(&self) -> Option<&V> {
        self.old.as_ref().map(|old| &old.record.value)
    }

    /// The old value, if it has expired: to load again only what has changed.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache = Cache::builder().grace(Duration::from_secs(60)).build();
    /// cache.insert(1, 41);
    /// cache.expire(&1);
    /// let value = cache.load(&1, async |load| Ok::<_, ()>(load.stale().map_or(0, |stale| stale + 1))).await;
    /// assert!(matches!(value, Ok(42)));
    /// # });
    /// ```
    pub fn stale(&self) -> Option<&V> {
        self.value().filter(|_| self.is_stale())
    }

    /// Whether there is an old value, and it has expired.
    pub fn is_stale(&self) -> bool {
        self.old.as_ref().is_some_and(|old| old.stale_for.is_some())
    }

    /// How long ago the old value was stored, if it has a time to live.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache = Cache::builder().ttl(Duration::from_secs(60)).build();
    /// cache.insert("key", 1);
    /// let load = cache.refresh(&"key", async |load| load.age().map(|age| age.as_secs()).ok_or("no age"));
    /// assert_eq!(load.await.unwrap(), 0);
    /// # });
    /// ```
    pub fn age(&self) -> Option<Duration> {
        self.old.as_ref()?.age.map(duration)
    }

    /// What the source called the state of the old value, by [`LoadContext::set_etag`] or
    /// [`EntryOptions::etag`](crate::EntryOptions::etag).
    pub fn etag(&self) -> Option<&str> {
        self.old.as_ref()?.record.etag.as_deref()
    }

    /// What the source calls the state of the value that this loader brings. An empty text is none.
    ///
    /// ```
    /// # use keylatch::{Cache, LoadContext};
    /// # futures_executor::block_on(async {
    /// /// Stands for a fetch with `If-None-Match`.
    /// async fn fetch(load: LoadContext<String, String>) -> Result<String, &'static str> {
    ///     if load.etag() == Some("v1") {
    ///         return load.not_modified().ok_or("there is no old value");
    ///     }
    ///     load.set_etag("v1");
    ///     Ok("<h1>Home</h1>".to_owned())
    /// }
    ///
    /// let cache: Cache<String, String> = Cache::new(100);
    /// assert_eq!(cache.load("/", fetch).await.unwrap(), "<h1>Home</h1>");
    /// assert_eq!(cache.refresh("/", fetch).await.unwrap(), "<h1>Home</h1>");
    /// # });
    /// ```
    pub fn set_etag(&self, etag: impl AsRef<str>) {
        self.said.options.borrow_mut().etag = Some(etag.as_ref().into());
    }

    /// The old value, for the loader to answer with, since the source says that it is still the current one: it keeps its
    /// tags, its weight and its etag, and has a new life. `None` if there is no old value.
    pub fn not_modified(&self) -> Option<V>
    where
        V: Clone,
    {
        let value = self.value().cloned();
        self.said.is_unmodified.set(value.is_some());
        value
    }

    /// How long the value lives. `Duration::MAX` means for ever; with `Duration::ZERO`, the callers get the value, it isn't
    /// stored, and the old one is removed.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(10);
    /// let loader = async |load: keylatch::LoadContext<_, _>| {
    ///     load.set_ttl(Duration::ZERO);
    ///     Ok::<_, ()>("unstored")
    /// };
    /// assert!(matches!(cache.load(&1, loader).await, Ok("unstored")));
    /// assert!(!cache.contains(&1));
    /// # });
    /// ```
    pub fn set_ttl(&self, ttl: Duration) {
        self.said.options.borrow_mut().ttl = Some(ttl);
    }

    /// What the entry weighs, in a cache that is bounded by weights.
    pub fn set_weight(&self, weight: u64) {
        self.said.options.borrow_mut().weight = Some(weight);
    }

    /// Names by which [`Cache::invalidate_tag`](crate::Cache::invalidate_tag) finds the entry.
    pub fn set_tags<T: AsRef<str>>(&self, tags: impl IntoIterator<Item = T>) {
        let tags: Vec<Rc<str>> = tags.into_iter().map(|tag| Rc::from(tag.as_ref())).collect();
        *self.said.known_tags.borrow_mut() = Some(tags.clone());
        let before = self.said.options.borrow_mut().tags.replace(tags);
        drop(before);
    }

    /// The callers get the value, and it isn't stored.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(10);
    /// let load = cache.load(&"key", async |load| {
    ///     load.skip();
    ///     Ok::<_, ()>(1)
    /// });
    /// assert_eq!(load.await.unwrap(), 1);
    /// assert!(!cache.contains("key"));
    /// # });
    /// ```
    pub fn skip(&self) {
        self.said.skips.set(true);
    }
}

impl<K, V> Clone for LoadContext<K, V> {
    fn clone(&self) -> Self {
        Self { place: Rc::clone(&self.place), old: self.old.clone(), said: Rc::clone(&self.said) }
    }
}

fn duration(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or(Duration::MAX)
}
