//! Any store with four methods, and locks for its keys.

use super::lock::CacheKeyLock;
use super::writes::{Writes, Writing};
use super::{CacheError, Keys, LockOptions};
use crate::{Builder, Cache};
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::rc::{Rc, Weak};

/// A cache over any store: what reads and writes it is its own, and the locks come with it. Its clones are the same
/// cache.
///
/// ```
/// use keylatch::aries::{BaseCache, CacheError, KeyLocks, Keys};
/// use std::{cell::RefCell, collections::HashMap, rc::Rc};
///
/// /// Keeps everything for ever.
/// #[derive(Clone, Default)]
/// struct Shelf {
///     values: Rc<RefCell<HashMap<String, u32>>>,
///     locks: KeyLocks<u32>,
/// }
///
/// impl BaseCache for Shelf {
///     type Value = u32;
///
///     fn locks(&self) -> &KeyLocks<u32> {
///         &self.locks
///     }
///
///     async fn get(&self, key: &str) -> Result<Option<u32>, CacheError> {
///         Ok(self.values.borrow().get(key).copied())
///     }
///
///     async fn set(&self, keys: impl Keys, value: u32, _ttl: Option<f64>) -> Result<(), CacheError> {
///         let keys = keys.into_keys();
///         let _change = self.locks.change(&keys).await;
///         self.values.borrow_mut().extend(keys.into_iter().map(|key| (key, value)));
///         Ok(())
///     }
///
///     async fn clear(&self, key: &str) -> Result<(), CacheError> {
///         let _change = self.locks.change(&[key]).await;
///         self.values.borrow_mut().remove(key);
///         Ok(())
///     }
///
///     async fn flush(&self) -> Result<(), CacheError> {
///         let _change = self.locks.change_all().await;
///         self.values.borrow_mut().clear();
///         Ok(())
///     }
/// }
///
/// # futures_executor::block_on(async {
/// let shelf = Shelf::default();
/// let entry = shelf.lock("answer").await?;
/// entry.set_result(42, None).await?;
/// assert_eq!(shelf.get("answer").await?, Some(42));
/// # Ok::<(), CacheError>(())
/// # }).unwrap();
/// ```
pub trait BaseCache: Clone + 'static {
    /// What it stores. Locks clone it, so large values belong into an `Rc`.
    type Value: Clone + 'static;

    /// The locks of its keys: always the same ones.
    fn locks(&self) -> &KeyLocks<Self::Value>;

    /// The value of a key. It may remove one that has expired by [`BaseCache::clear`]: for a lock that looks for a value,
    /// that is no change by somebody else.
    ///
    /// # Errors
    /// [`CacheError::store`] if the store fails.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Self::Value>, CacheError>>;

    /// Stores a value under one key or under several, for so many seconds; [`life`](super::life) checks them. Begins with
    /// [`KeyLocks::change`], and keeps what that gives until the store has the value.
    ///
    /// # Errors
    /// [`CacheError::store`] if the store fails.
    fn set(
        &self,
        keys: impl Keys,
        value: Self::Value,
        ttl: Option<f64>,
    ) -> impl Future<Output = Result<(), CacheError>>;

    /// Removes the value of a key, if there is one. Begins with
    /// [`KeyLocks::change`], as [`BaseCache::set`] does.
    ///
    /// # Errors
    /// [`CacheError::store`] if the store fails.
    fn clear(&self, key: &str) -> impl Future<Output = Result<(), CacheError>>;

    /// Removes every value. Begins with [`KeyLocks::change_all`], as [`BaseCache::set`] does.
    ///
    /// # Errors
    /// [`CacheError::store`] if the store fails.
    fn flush(&self) -> impl Future<Output = Result<(), CacheError>>;

    /// Takes a lock on a key without waiting: it has its place from now on, and [`CacheKeyLock::enter`] waits for its
    /// turn.
    ///
    /// # Errors
    /// When there is no memory.
    fn acquire(&self, key: &str) -> Result<CacheKeyLock<Self>, CacheError> {
        self.acquire_with(key, LockOptions::new())
    }

    /// The same, with options.
    ///
    /// # Errors
    /// As [`BaseCache::acquire`] has.
    fn acquire_with(&self, key: &str, options: LockOptions) -> Result<CacheKeyLock<Self>, CacheError> {
        CacheKeyLock::acquire(self.clone(), key, options)
    }

    /// Takes a lock on a key, and waits for its turn or for the holder's result.
    ///
    /// # Errors
    /// As [`BaseCache::acquire`] and [`CacheKeyLock::enter`] have.
    fn lock(&self, key: &str) -> impl Future<Output = Result<CacheKeyLock<Self>, CacheError>> {
        self.lock_with(key, LockOptions::new())
    }

    /// The same, with options.
    ///
    /// # Errors
    /// As [`BaseCache::lock`] has.
    fn lock_with(
        &self,
        key: &str,
        options: LockOptions,
    ) -> impl Future<Output = Result<CacheKeyLock<Self>, CacheError>> {
        async move {
            let lock = self.acquire_with(key, options)?;
            lock.enter().await?;
            Ok(lock)
        }
    }

    /// Takes the turn from whoever holds a key. The first that waits has it then, and the old holder's result is refused.
    fn release(&self, key: &str) {
        self.locks().cache.release(key);
    }
}

/// Locks by their numbers, whatever the cache is that they belong to.
type Holders = Rc<RefCell<HashMap<u32, Weak<dyn Any>>>>;

/// The locks of a [`BaseCache`]. Clones are the same locks.
///
/// ```
/// use keylatch::aries::KeyLocks;
///
/// let locks: KeyLocks<u32> = KeyLocks::new();
/// assert!(!locks.clone().is_locked("key"));
/// ```
pub struct KeyLocks<V> {
    /// Has the turns, and the entries, too, if it is the store.
    pub(super) cache: Cache<String, V>,
    pub(super) is_store: bool,
    pub(super) holders: Holders,
    pub(super) writes: Writes,
}

impl<V> KeyLocks<V> {
    /// Locks as they are by default.
    pub fn new() -> Self {
        Self::with(Cache::builder())
    }

    /// Locks with the builder's `lease`, `lock_timeout` and `runtime`.
    ///
    /// ```
    /// use keylatch::{Cache, aries::KeyLocks};
    /// use std::time::Duration;
    ///
    /// let locks: KeyLocks<u32> = KeyLocks::with(Cache::builder().lease(Duration::from_secs(5)));
    /// assert!(!locks.is_locked("key"));
    /// ```
    pub fn with(builder: Builder<String, V>) -> Self {
        Self::over(builder.max(1).build(), false)
    }

    /// The locks of a cache, which may have the entries, too.
    pub(super) fn over(cache: Cache<String, V>, is_store: bool) -> Self {
        Self { cache, is_store, holders: Holders::default(), writes: Writes::default() }
    }

    /// Whether somebody holds the lock of a key.
    pub fn is_locked(&self, key: &str) -> bool {
        self.cache.is_locked(key)
    }

    /// Begins a change of some keys: what is being computed for them is out of date, and won't be stored. A lock's result
    /// that is on its way to the store is stored first, so that the newer value is the one that stays; a store that hangs
    /// delays the change for one lease at the most. The change lasts until what this gives is dropped.
    ///
    /// The store's own `set`, when it stores a lock's result, waits for nothing here.
    ///
    /// ```
    /// # use keylatch::aries::KeyLocks;
    /// # futures_executor::block_on(async {
    /// let locks: KeyLocks<u32> = KeyLocks::new();
    /// let change = locks.change(&["key", "other"]).await;
    /// // Here the store is told.
    /// drop(change);
    /// # });
    /// ```
    pub async fn change<K: AsRef<str>>(&self, keys: &[K]) -> Change<V> {
        let keys: Vec<String> = keys.iter().map(|key| key.as_ref().to_owned()).collect();
        let keys: Vec<String> = keys.into_iter().filter(|key| !self.writes.is_own(key)).collect();
        let change = Change { locks: self.clone(), keys: Some(keys), writing: None };
        change.begin().await
    }

    /// The same for all keys.
    pub async fn change_all(&self) -> Change<V> {
        Change { locks: self.clone(), keys: None, writing: None }.begin().await
    }

    /// Notes that the value of a key was changed at once, or by somebody who doesn't go through this cache.
    pub fn note_change(&self, key: &str) {
        if !self.writes.is_own(key) {
            self.cache.note_change(key, false);
        }
    }

    /// The same for all keys.
    pub fn note_changes(&self) {
        self.cache.note_changes(false);
    }
}

/// A change of a store that is under way. Made by [`KeyLocks::change`].
#[must_use = "the change is over when this is dropped: keep it until the store has the value"]
pub struct Change<V> {
    locks: KeyLocks<V>,
    /// `None`: all.
    keys: Option<Vec<String>>,
    /// It has followed a result, and whatever comes next follows it.
    writing: Option<Writing>,
}

impl<V> Change<V> {
    async fn begin(mut self) -> Self {
        self.note(false);
        let KeyLocks { writes, cache, .. } = &self.locks;
        let before = writes.under_way(self.keys.as_deref());
        if !before.is_empty() {
            let (writing, waits) = writes.follow(before);
            self.writing = Some(writing);
            // All at once, so that it waits for one lease and no more.
            let waits: Vec<_> = waits.into_iter().map(|write| (write, cache.lease_timer())).collect();
            for (write, patience) in waits {
                write.outlast(cache.runtime(), patience).await;
            }
        }
        self
    }

    fn note(&self, is_done: bool) {
        let cache = &self.locks.cache;
        match &self.keys {
            Some(keys) => keys.iter().for_each(|key| cache.note_change(key, is_done)),
            None => cache.note_changes(is_done),
        }
    }
}

/// Whoever looks during a change may find the old value; once it is over, nobody new joins such a lock.
impl<V> Drop for Change<V> {
    fn drop(&mut self) {
        self.writing = None;
        self.note(true);
    }
}

impl<V> Default for KeyLocks<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> Clone for KeyLocks<V> {
    fn clone(&self) -> Self {
        Self {
            cache: self.cache.clone(),
            is_store: self.is_store,
            holders: Rc::clone(&self.holders),
            writes: self.writes.clone(),
        }
    }
}
