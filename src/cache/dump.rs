//! Entries outside of a cache, in the form that the npm package's `dump` and `load` have.

use super::options::EntryOptions;
use super::space::{self, SpaceRef};
use super::table::Record;
use super::{Cache, Core, hash};
use crate::engine::{NEVER, Slot};
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;

/// An entry of a dump. Times are in milliseconds. With the feature `serde` it can be written and read; as JSON it is what
/// the npm package's `dump` gives and its `load` takes.
///
/// ```
/// # use keylatch::{Cache, DumpedEntry};
/// let cache = Cache::new(10);
/// let entry = {
///     let mut entry = DumpedEntry::new("one");
///     entry.tags.push("odd".to_owned());
///     entry
/// };
/// cache.restore([(1, entry)]);
/// assert_eq!(cache.invalidate_tag("odd"), 1);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct DumpedEntry<V> {
    /// Its value.
    pub value: V,
    /// Its time to live; `None` if it never expires.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub ttl: Option<f64>,
    /// When its time to live began, by the wall clock.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub start: Option<f64>,
    /// What it weighs.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub size: Option<f64>,
    /// Its tags.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub tags: Vec<String>,
    /// Whether it is never evicted.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_false"))]
    pub pinned: bool,
    /// What its source calls this state of it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub etag: Option<String>,
    /// The names on the way to its namespace.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub namespace: Vec<String>,
    /// What the policy knows of its uses.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub uses: Option<f64>,
}

#[cfg(feature = "serde")]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(is_it: &bool) -> bool {
    !is_it
}

impl<V> DumpedEntry<V> {
    /// An entry that never expires, of which nothing else is known.
    ///
    /// ```
    /// let entry = keylatch::DumpedEntry::new("value");
    /// assert_eq!((entry.value, entry.ttl), ("value", None));
    /// ```
    pub fn new(value: V) -> Self {
        let (tags, namespace) = (Vec::new(), Vec::new());
        Self { value, ttl: None, start: None, size: None, tags, pinned: false, etag: None, namespace, uses: None }
    }
}

/// An entry that was stored, and what the policy is to know of its uses.
type Used<K, V> = (Slot, Rc<Record<K, V>>, f64);

impl<K: Hash + Eq, V, S: BuildHasher + Clone> Cache<K, V, S> {
    /// Every live entry of the whole cache, from the most to the least worth keeping. [`Cache::restore`] takes it.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::new(10);
    /// cache.insert(1, "one".to_owned());
    /// cache.namespace("part").insert(2, "two".to_owned());
    ///
    /// let other = Cache::new(10);
    /// other.restore(cache.dump());
    /// assert_eq!(other.get(&1).as_deref(), Some("one"));
    /// assert_eq!(other.namespace("part").get(&2).as_deref(), Some("two"));
    /// ```
    pub fn dump(&self) -> Vec<(K, DumpedEntry<V>)>
    where
        K: Clone,
        V: Clone,
    {
        let now = self.core.now();
        let ranked = self.core.edit(|state| {
            let table = &mut state.table;
            let entries = rank(&mut table.engine).into_iter().filter_map(|slot| {
                let record = Rc::clone(table.record(slot)?);
                Some((slot, record)).filter(|_| now < table.expires(slot))
            });
            let entries: Vec<(Slot, Rc<Record<K, V>>)> = entries.collect();
            entries.into_iter().map(|(slot, record)| (describe(table, slot), record)).collect::<Vec<_>>()
        });
        let dumped = ranked.into_iter().map(|(entry, record)| {
            let namespace = space::names(&record.space).iter().map(ToString::to_string).collect();
            let DumpedEntry { ttl, start, size, tags, pinned, uses, .. } = entry;
            let (value, etag) = (record.value.clone(), record.etag.as_ref().map(ToString::to_string));
            (record.key.clone(), DumpedEntry { value, ttl, start, size, tags, pinned, etag, namespace, uses })
        });
        dumped.collect()
    }

    /// Puts the entries of a dump in place of those of the whole cache: as many of the first ones as there is room for.
    /// What has expired since is left out.
    ///
    /// ```
    /// # use keylatch::{Cache, DumpedEntry};
    /// let cache = Cache::new(10);
    /// cache.insert(1, "gone");
    /// cache.restore([(2, DumpedEntry::new("two"))]);
    /// assert_eq!((cache.get(&1), cache.get(&2)), (None, Some("two")));
    /// ```
    pub fn restore(&self, dump: impl IntoIterator<Item = (K, DumpedEntry<V>)>) {
        let whole = Self { core: Rc::clone(&self.core), hasher: self.hasher.clone(), space: None };
        let mut dump: Vec<_> = dump.into_iter().collect();
        whole.clear();
        let room = self.core.read(|state| state.table.engine.bounds().entries);
        dump.truncate(room as usize);
        // What is most worth keeping is stored last, so that nothing is evicted for it.
        let mut uses = Vec::new();
        for (key, entry) in dump.into_iter().rev() {
            whole.restore_entry(key, entry, &mut uses);
        }
        self.core.edit(|state| {
            for (slot, record, uses) in uses.iter().rev() {
                if state.table.is_filed(*slot, record) {
                    state.table.engine.restore(*slot, *uses);
                }
            }
        });
    }

    fn restore_entry(&self, key: K, entry: DumpedEntry<V>, uses: &mut Vec<Used<K, V>>) {
        let now = self.core.now();
        let ttl = entry.ttl.filter(|ttl| *ttl > 0.0).unwrap_or(NEVER);
        let start = entry.start.filter(|start| start.is_finite());
        let start = start.map_or(now, |start| self.core.read(|state| state.table.timeline.moment(start)).min(now));
        if now - start >= ttl {
            return;
        }
        let mut space: SpaceRef = None;
        for name in &entry.namespace {
            space = Some(space::nested(&space, name, self.hasher.hash_one(&**name)));
        }
        let options = EntryOptions {
            weight: entry.size.map(|size| size as u64),
            is_pinned: Some(entry.pinned),
            etag: entry.etag.map(Rc::from),
            ..EntryOptions::new().tags(entry.tags)
        };
        let mut fate = self.core.fate(&key, &entry.value, options);
        fate.ttl = ttl;
        let hash = hash::hash(&self.hasher, &space, &key);
        let record = Rc::new(Record { hash, space, key, value: entry.value, etag: fate.etag.take() });
        let Some(slot) = store(&self.core, &record, &fate) else { return };
        self.core.edit(|state| {
            if ttl < NEVER && state.table.is_filed(slot, &record) {
                // There is room for its expiry: it has one.
                let _ = state.table.engine.reschedule(slot, ttl, start);
            }
        });
        uses.push((slot, record, entry.uses.unwrap_or(0.0)));
    }
}

/// Stores a record, and answers where.
fn store<K: Eq, V>(core: &Core<K, V>, record: &Rc<Record<K, V>>, fate: &super::options::Fate) -> Option<Slot> {
    core.store(Rc::clone(record), fate).ok()?;
    let found = core.find(record.hash, &record.space, &record.key)?;
    Rc::ptr_eq(&found.record, record).then_some(found.slot)
}

/// All slots, from the one worth most to the one worth least.
pub(super) fn rank(engine: &mut crate::engine::Engine) -> Vec<Slot> {
    let mut slots = Vec::new();
    let mut next = engine.next_ranked(None);
    while let Some(slot) = next {
        // Collects all reference bits first: each also changes what other entries are worth.
        engine.uses(slot);
        slots.push(slot);
        next = engine.next_ranked(Some(slot));
    }
    slots.sort_by(|&one, &other| engine.worth(other).total_cmp(&engine.worth(one)));
    slots
}

/// What is known of an entry beside its key, its value and its namespace.
fn describe<K, V>(table: &mut super::table::Table<K, V>, slot: Slot) -> DumpedEntry<()> {
    let (ttl, expires) = (table.engine.ttl(slot), table.expires(slot));
    let weight = table.engine.weight(slot);
    let tags = table.tags_of(slot);
    DumpedEntry {
        ttl: Some(ttl).filter(|&ttl| ttl < NEVER),
        start: (ttl < NEVER).then(|| table.timeline.wall(expires) - ttl),
        size: Some(weight).filter(|&weight| weight > 0.0),
        tags: tags.iter().map(ToString::to_string).collect(),
        pinned: table.engine.worth(slot) == f64::INFINITY,
        uses: Some(table.engine.uses(slot)),
        ..DumpedEntry::new(())
    }
}
