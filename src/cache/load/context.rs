//! What a loader is given.

use crate::cache::options::EntryOptions;
use crate::cache::place::Place;
use crate::cache::table::Record;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// What a loader is given: the key, the old value, and a say in how the new one is stored.
pub struct LoadContext<K, V> {
    place: Rc<Place<K>>,
    stale: Option<Rc<Record<K, V>>>,
    pub(super) said: Rc<Said>,
}

/// What a loader has said.
#[derive(Default)]
pub(super) struct Said {
    pub options: RefCell<EntryOptions>,
    pub skips: Cell<bool>,
}

impl<K, V> LoadContext<K, V> {
    pub(super) fn new(place: Rc<Place<K>>, stale: Option<Rc<Record<K, V>>>) -> Self {
        Self { place, stale, said: Rc::default() }
    }

    /// The key.
    pub fn key(&self) -> &K {
        &self.place.key
    }

    /// The expired value, if there is one still within the cache's `swr` or `grace`: to load again only what has changed.
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
        self.stale.as_ref().map(|record| &record.value)
    }

    /// How long the value lives. `Duration::MAX` means for ever; with `Duration::ZERO`, the callers get the value, and
    /// it isn't stored.
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
        self.said.skips.set(ttl.is_zero());
        self.said.options.borrow_mut().ttl = Some(ttl);
    }

    /// What the entry weighs, in a cache that is bounded by weights.
    pub fn set_weight(&self, weight: u64) {
        self.said.options.borrow_mut().weight = Some(weight);
    }

    /// Names by which [`Cache::invalidate_tag`](crate::Cache::invalidate_tag) finds the entry.
    pub fn set_tags<T: AsRef<str>>(&self, tags: impl IntoIterator<Item = T>) {
        let tags = tags.into_iter().map(|tag| Rc::from(tag.as_ref())).collect();
        let before = self.said.options.borrow_mut().tags.replace(tags);
        drop(before);
    }

    /// The callers get the value, and it isn't stored.
    pub fn skip(&self) {
        self.said.skips.set(true);
    }
}

impl<K, V> Clone for LoadContext<K, V> {
    fn clone(&self) -> Self {
        Self { place: Rc::clone(&self.place), stale: self.stale.clone(), said: Rc::clone(&self.said) }
    }
}
