//! Any store with four methods, and locks for its keys.

use super::lock::CacheKeyLock;
use super::{CacheError, Keys};
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
///         for key in keys.into_keys() {
///             self.locks.note_change(&key);
///             self.values.borrow_mut().insert(key, value);
///         }
///         Ok(())
///     }
///
///     async fn clear(&self, key: &str) -> Result<(), CacheError> {
///         self.locks.note_change(key);
///         self.values.borrow_mut().remove(key);
///         Ok(())
///     }
///
///     async fn flush(&self) -> Result<(), CacheError> {
///         self.locks.note_changes();
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

    /// The value of a key.
    ///
    /// # Errors
    /// [`CacheError::store`] if the store fails.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Self::Value>, CacheError>>;

    /// Stores a value under one key or under several, for so many seconds; [`life`](super::life) checks them. Begins with
    /// [`KeyLocks::note_change`] for each key.
    ///
    /// # Errors
    /// [`CacheError::store`] if the store fails.
    fn set(
        &self,
        keys: impl Keys,
        value: Self::Value,
        ttl: Option<f64>,
    ) -> impl Future<Output = Result<(), CacheError>>;

    /// Removes the value of a key, if there is one. Begins with [`KeyLocks::note_change`].
    ///
    /// # Errors
    /// [`CacheError::store`] if the store fails.
    fn clear(&self, key: &str) -> impl Future<Output = Result<(), CacheError>>;

    /// Removes every value. Begins with [`KeyLocks::note_changes`].
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
        CacheKeyLock::acquire(self.clone(), key)
    }

    /// Takes a lock on a key, and waits for its turn or for the holder's result.
    ///
    /// # Errors
    /// As [`BaseCache::acquire`] and [`CacheKeyLock::enter`] have.
    fn lock(&self, key: &str) -> impl Future<Output = Result<CacheKeyLock<Self>, CacheError>> {
        async move {
            let lock = self.acquire(key)?;
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
pub struct KeyLocks<V> {
    /// Has the turns, and the entries, too, if it is the store.
    pub(super) cache: Cache<String, V>,
    pub(super) is_store: bool,
    pub(super) holders: Holders,
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
        Self { cache: builder.max(1).build(), is_store: false, holders: Holders::default() }
    }

    /// Whether somebody holds the lock of a key.
    pub fn is_locked(&self, key: &str) -> bool {
        self.cache.is_locked(&key.to_owned())
    }

    /// Notes that the value of a key changes: what is being computed for it is out of date, and won't be stored.
    pub fn note_change(&self, key: &str) {
        self.cache.note_change(&key.to_owned());
    }

    /// The same for all keys.
    pub fn note_changes(&self) {
        self.cache.clear();
    }
}

impl<V> Default for KeyLocks<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> Clone for KeyLocks<V> {
    fn clone(&self) -> Self {
        Self { cache: self.cache.clone(), is_store: self.is_store, holders: Rc::clone(&self.holders) }
    }
}
