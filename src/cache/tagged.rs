//! What a cache does with many entries at once: all that carry a tag, or all of a namespace.

use super::Cache;
use super::space;
use super::table::{Record, Table};
use crate::engine::{Slot, Tag};
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;

impl<K: Hash + Eq, V, S: BuildHasher + Clone> Cache<K, V, S> {
    /// Removes every entry with a tag, here and in the namespaces within, and answers how many there were. What is being
    /// computed, and will come with this tag, is out of date then.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.entry(1).tags(["odd", "small"]).insert("one")?;
    /// cache.entry(2).tags(["small"]).insert("two")?;
    /// assert_eq!(cache.invalidate_tag("odd"), 1);
    /// assert_eq!((cache.get(&1), cache.get(&2)), (None, Some("two")));
    /// # Ok::<(), keylatch::InsertError>(())
    /// ```
    pub fn invalidate_tag(&self, tag: &str) -> usize {
        self.invalidate_tags([tag])
    }

    /// The same for the entries with any of several tags.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.entry(1).tags(["odd", "small"]).insert("one")?;
    /// cache.entry(2).tags(["small"]).insert("two")?;
    /// assert_eq!(cache.invalidate_tags(["odd", "small"]), 2);
    /// # Ok::<(), keylatch::InsertError>(())
    /// ```
    pub fn invalidate_tags<T: AsRef<str>>(&self, tags: impl IntoIterator<Item = T>) -> usize {
        self.with_tagged(tags, |table, tag| {
            let before = table.engine.len();
            table.engine.remove_tagged(tag);
            before - table.engine.len()
        })
    }

    /// Lets every entry with a tag expire now, here and in the namespaces within, and answers how many had been alive. As
    /// [`Cache::expire`] does: within `swr` and `grace` they may still serve.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.entry(1).tags(["odd"]).insert("one")?;
    /// assert_eq!((cache.expire_tag("odd"), cache.expire_tag("odd")), (1, 0));
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), keylatch::InsertError>(())
    /// ```
    pub fn expire_tag(&self, tag: &str) -> usize {
        self.expire_tags([tag])
    }

    /// The same for the entries with any of several tags.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.entry(1).tags(["odd", "small"]).insert("one")?;
    /// cache.entry(2).tags(["small"]).insert("two")?;
    /// assert_eq!(cache.expire_tags(["odd", "small"]), 2);
    /// # Ok::<(), keylatch::InsertError>(())
    /// ```
    pub fn expire_tags<T: AsRef<str>>(&self, tags: impl IntoIterator<Item = T>) -> usize {
        let now = self.core.now();
        // Without memory for moments of expiry, the entries stay as they are.
        self.with_tagged(tags, |table, tag| table.engine.expire_tagged(tag, now).unwrap_or(0))
    }

    /// Lets every entry of this cache or namespace expire now, those of the namespaces within included, and answers how
    /// many had been alive. As [`Cache::expire`] does for one key.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.namespace("tenant 1").insert("key", 1);
    /// cache.namespace("tenant 2").insert("key", 2);
    /// assert_eq!(cache.namespace("tenant 1").expire_all(), 1);
    /// assert_eq!(cache.namespace("tenant 2").get("key"), Some(2));
    /// ```
    pub fn expire_all(&self) -> usize {
        let (now, elapsed) = (self.core.now(), self.core.elapsed());
        self.core.edit(|state| {
            state.fence_within(&self.space, false, elapsed);
            let table = &mut state.table;
            let inside = |record: &Rc<Record<K, V>>| space::is_within(&record.space, &self.space);
            let slots: Vec<Slot> = table.records().filter(|(_, record)| inside(record)).map(|(slot, _)| slot).collect();
            slots.into_iter().filter(|&slot| table.engine.expire(slot, now).unwrap_or(false)).count()
        })
    }

    /// Does something to all entries of each tag. Whatever is being computed for one of them, or will come with one of the
    /// tags, is out of date then.
    fn with_tagged<T: AsRef<str>>(
        &self,
        tags: impl IntoIterator<Item = T>,
        mut act: impl FnMut(&mut Table<K, V>, Tag) -> u32,
    ) -> usize {
        let names: Vec<Rc<str>> = tags.into_iter().map(|tag| Rc::from(tag.as_ref())).collect();
        let elapsed = self.core.elapsed();
        let (count, computed) = self.core.edit(|state| {
            names.iter().for_each(|name| state.invalidate(name, &self.space, elapsed));
            let table = &mut state.table;
            let tags: Vec<Tag> = names.iter().flat_map(|name| table.tags.numbers(name, &self.space)).collect();
            let is_tagged = |slot| table.engine.tags(slot).any(|tag| tags.contains(&tag));
            // Needed only if somebody computes something.
            let tagged = table.records().filter(|&(slot, _)| !state.places.is_empty() && is_tagged(slot));
            let computed: Vec<_> = tagged.map(|(_, record)| Rc::clone(record)).collect();
            let count: u32 = tags.into_iter().map(|tag| act(table, tag)).sum();
            table.drain();
            (count, computed)
        });
        // A load of one of these keys may have begun with what was there.
        computed.iter().for_each(|record| self.core.fence(record.hash, &record.space, &record.key));
        count as usize
    }
}
