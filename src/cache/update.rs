//! Values that are made of what is there.

use super::Cache;
use super::options::EntryOptions;
use super::table::Record;
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;

impl<K: Hash + Eq, V: Clone, S: BuildHasher + Clone> Cache<K, V, S> {
    /// The value of a key, or else one that is made now and stored. It is the caller's even if the cache refuses it. For a
    /// value that takes a while, and that many may want at once, see [`Cache::load`].
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// assert_eq!(cache.get_or_insert_with("key", || 1), 1);
    /// assert_eq!(cache.get_or_insert_with("key", || 2), 1);
    /// ```
    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.get(&key) {
            return value;
        }
        let value = make();
        self.insert(key, value.clone());
        value
    }

    /// Stores what becomes of a key's value, and answers with it; `None` removes the entry. The entry keeps its expiry, its
    /// tags and its pin. What is being loaded or computed for the key is out of date then.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// for word in ["one", "two", "one"] {
    ///     cache.update(word, |count| Some(count.map_or(1, |count| count + 1)));
    /// }
    /// assert_eq!((cache.get("one"), cache.get("two")), (Some(2), Some(1)));
    /// cache.update("one", |_| None);
    /// assert!(!cache.contains("one"));
    /// ```
    pub fn update(&self, key: K, change: impl FnOnce(Option<&V>) -> Option<V>) -> Option<V> {
        let (core, hash) = (&self.core, self.hash(&key));
        let old = core.hit(hash, &self.space, &key);
        let Some(value) = change(old.as_ref().map(|old| &old.value)) else {
            self.remove(&key);
            return None;
        };
        let mut fate = core.fate(&key, &value, EntryOptions::new());
        core.fence(hash, &self.space, &key);
        let record = Rc::new(Record { hash, space: self.space.clone(), key, value: value.clone(), etag: None });
        let now = core.now();
        let (slot, _) = core.slot(hash, &self.space, &record.key);
        core.edit(|state| {
            let table = &mut state.table;
            let life = slot.filter(|&slot| now < table.expires(slot)).map(|slot| {
                fate.ttl = table.engine.ttl(slot);
                fate.tags = table.tags_of(slot);
                (slot, table.expires(slot))
            });
            if table.put(Rc::clone(&record), slot, &fate, now).is_ok()
                && let Some((slot, expires)) = life
                && table.is_filed(slot, &record)
            {
                // There is room for its expiry: it has one.
                let _ = table.engine.reschedule(slot, fate.ttl, expires - fate.ttl);
            }
        });
        Some(value)
    }
}
