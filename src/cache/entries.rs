//! What a cache does with entries, at once.

use super::Cache;
use super::entry::{Entry, Ref};
use super::options::EntryOptions;
use super::table::Record;
use super::{dump, space};
use crate::engine::Reason;
use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;

impl<K: Hash + Eq, V, S: BuildHasher + Clone> Cache<K, V, S> {
    /// A clone of the value of a key. Counts as a use of the entry, and as a hit or a miss.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert("key".to_owned(), 1);
    /// assert_eq!(cache.get("key"), Some(1));
    /// ```
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        V: Clone,
    {
        self.core.hit(self.hash(key), &self.space, key).map(|record| record.value.clone())
    }

    /// Looks at the value of a key without cloning it. Counts as [`Cache::get`] does.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "a long text".to_owned());
    /// assert_eq!(cache.with(&1, |text| text.len()), Some(11));
    /// ```
    pub fn with<Q, R>(&self, key: &Q, look: impl FnOnce(&V) -> R) -> Option<R>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.core.hit(self.hash(key), &self.space, key).map(|record| look(&record.value))
    }

    /// A clone of the value of a key, without counting as a use, a hit or a miss.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one");
    /// assert_eq!(cache.peek(&1), Some("one"));
    /// assert_eq!(cache.stats().hits, 0);
    /// ```
    pub fn peek<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        V: Clone,
    {
        self.core.peek(self.hash(key), &self.space, key).map(|record| record.value.clone())
    }

    /// Whether a key has a live value. Doesn't count as a use.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one");
    /// assert!(cache.contains(&1) && !cache.contains(&2));
    /// ```
    pub fn contains<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.core.peek(self.hash(key), &self.space, key).is_some()
    }

    /// Stores a value under a key, in place of the key's old value. Whatever is being loaded or computed for the key is
    /// then out of date, and won't be stored.
    ///
    /// Answers whether it was stored: an entry is refused if it is heavier than one may be, or if there is no memory.
    /// [`Cache::entry`] tells which.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// assert!(cache.insert("key", 1));
    /// cache.insert("key", 2);
    /// assert_eq!(cache.get("key"), Some(2));
    /// ```
    pub fn insert(&self, key: K, value: V) -> bool {
        self.entry(key).insert(value).is_ok()
    }

    /// An entry that is to be stored with a time to live, a weight or tags of its own.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// let cache = Cache::new(10);
    /// cache.entry("alice").ttl(Duration::from_secs(60)).tags(["users"]).insert(1)?;
    /// assert_eq!(cache.get("alice"), Some(1));
    /// # Ok::<(), keylatch::InsertError>(())
    /// ```
    pub fn entry(&self, key: K) -> Entry<'_, K, V, S> {
        Entry { cache: self, key, options: EntryOptions::new() }
    }

    /// Removes the entry of a key. True if there was one, expired or not. Whatever is being computed for the key is out
    /// of date then.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one");
    /// assert!(cache.remove(&1) && !cache.remove(&1));
    /// ```
    pub fn remove<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.let_go(key, Reason::Delete).is_some()
    }

    /// Removes the entry of a key, and hands out its value if it was live.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one");
    /// assert_eq!((cache.take(&1), cache.take(&1)), (Some("one"), None));
    /// ```
    pub fn take<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        V: Clone,
    {
        let is_live = self.contains(key);
        let record = self.let_go(key, Reason::Take).filter(|_| is_live)?;
        Some(Rc::try_unwrap(record).map_or_else(|shared| shared.value.clone(), |record| record.value))
    }

    /// Lets the entry of a key expire now. What has expired may still serve within `swr` and `grace`. True if there was
    /// a live one.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one");
    /// assert!(cache.expire(&1));
    /// assert_eq!(cache.get(&1), None);
    /// ```
    pub fn expire<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let hash = self.hash(key);
        self.core.fence(hash, &self.space, key);
        let now = self.core.now();
        let (slot, _) = self.core.slot(hash, &self.space, key);
        slot.is_some_and(|slot| self.core.edit(|state| state.table.engine.expire(slot, now).unwrap_or(false)))
    }

    /// Removes every entry of this cache or namespace, those of the namespaces within included. Whatever is being
    /// computed is out of date then.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one");
    /// cache.clear();
    /// assert!(cache.is_empty());
    /// ```
    pub fn clear(&self) {
        let now = self.core.elapsed();
        self.core.edit(|state| {
            state.fence_within(&self.space, false, now);
            state.table.clear(&self.space);
        });
    }

    /// Removes every expired entry of the whole cache, also those that could still serve as stale ones.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one");
    /// cache.expire(&1);
    /// cache.purge();
    /// assert_eq!(cache.len(), 0);
    /// ```
    pub fn purge(&self) {
        let now = self.core.now();
        self.core.edit(|state| {
            state.table.engine.purge(now);
            state.table.drain();
        });
    }

    /// The live entries of this cache or namespace, without those of the namespaces within: as they are now, in no
    /// particular order. Doesn't count as a use.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// for key in 0..5 {
    ///     cache.insert(key, key * key);
    /// }
    /// assert_eq!(cache.iter().map(|entry| *entry.value()).sum::<i32>(), 30);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Ref<K, V>> + use<K, V, S> {
        let now = if self.core.read(|state| state.table.engine.is_expiring()) { self.core.now() } else { 0.0 };
        let records: Vec<_> = self.core.read(|state| {
            let live = |&(slot, record): &(_, &Rc<Record<K, V>>)| {
                space::is_same(&record.space, &self.space) && now < state.table.expires(slot)
            };
            state.table.records().filter(live).map(|(_, record)| Rc::clone(record)).collect()
        });
        records.into_iter().map(|record| Ref { record })
    }

    /// The same entries, from the most to the least worth keeping, as in [`Cache::dump`].
    ///
    /// ```
    /// # use keylatch::{Cache, PolicyKind};
    /// let cache = Cache::builder().max(10).policy(PolicyKind::Lru).build();
    /// for key in 0..3 {
    ///     cache.insert(key, "value");
    /// }
    /// cache.get(&1);
    /// assert!(cache.ranked().map(|entry| *entry.key()).eq([1, 2, 0]));
    /// ```
    pub fn ranked(&self) -> impl Iterator<Item = Ref<K, V>> + use<K, V, S> {
        let now = if self.core.read(|state| state.table.engine.is_expiring()) { self.core.now() } else { 0.0 };
        let records: Vec<_> = self.core.edit(|state| {
            let table = &mut state.table;
            let slots = dump::rank(&mut table.engine).into_iter();
            let live = slots.filter(|&slot| now < table.expires(slot)).filter_map(|slot| table.record(slot));
            live.filter(|record| space::is_same(&record.space, &self.space)).cloned().collect()
        });
        records.into_iter().map(|record| Ref { record })
    }

    /// How many entries this cache or namespace has, without those of the namespaces within. Includes expired ones that
    /// have not been removed yet. For a namespace, the time grows with the size of the whole cache.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one");
    /// assert_eq!(cache.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.core.read(|state| {
            let is_own = |record: &Rc<Record<K, V>>| space::is_same(&record.space, &self.space);
            if self.space.is_none() && !state.table.has_spaces {
                return state.table.engine.len() as usize;
            }
            state.table.records().filter(|(_, record)| is_own(record)).count()
        })
    }

    /// Whether there is no entry.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// assert!(cache.is_empty());
    /// cache.insert(1, "one");
    /// assert!(!cache.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn let_go<Q>(&self, key: &Q, reason: Reason) -> Option<Rc<Record<K, V>>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let hash = self.hash(key);
        self.core.fence(hash, &self.space, key);
        let (slot, _) = self.core.slot(hash, &self.space, key);
        self.core.edit(|state| {
            let record = state.table.record(slot?).cloned();
            state.table.remove(slot?, reason);
            record
        })
    }
}
