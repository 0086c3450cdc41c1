//! The lock of a key.

use super::memory::options;
use super::{BaseCache, CacheError, LockOptions};
use crate::{EntryOptions, LockError, Outcome, SettleError, Turn};
use std::any::Any;
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Duration;

/// A lock on a key. The first that enters computes the value; the others wait for it. Made by [`BaseCache::acquire`].
/// Its clones are the same lock: when the last one is dropped, it is given back.
///
/// ```
/// use keylatch::aries::{BaseCache, CacheError, InMemoryCache};
///
/// # futures_executor::block_on(async {
/// let cache = InMemoryCache::new();
/// let (first, second) = (cache.acquire("key")?, cache.acquire("key")?);
/// assert!(first.parent().is_none() && second.parent().as_ref() == Some(&first));
/// first.enter().await?;
/// first.set_result(1, Some(60.0)).await?;
/// assert_eq!(second.future().await, Some(1));
/// # Ok::<(), CacheError>(())
/// # }).unwrap();
/// ```
pub struct CacheKeyLock<C: BaseCache> {
    inner: Rc<Inner<C>>,
}

struct Inner<C: BaseCache> {
    cache: C,
    turn: Turn<String, C::Value>,
    /// Of its turn. Another's, once it was given back.
    number: u32,
    parent: Option<Weak<Self>>,
    timeout: Option<Duration>,
    /// What a language that it is handed to keeps with it.
    #[cfg(all(feature = "js", target_arch = "wasm32"))]
    companion: std::cell::OnceCell<Rc<dyn Any>>,
    exception: RefCell<Option<Rc<dyn Error>>>,
}

impl<C: BaseCache> CacheKeyLock<C> {
    pub(super) fn acquire(cache: C, key: &str, options: LockOptions) -> Result<Self, CacheError> {
        let locks = cache.locks();
        let LockOptions { timeout, lease } = options;
        let turn = match lease {
            Some(lease) => locks.cache.acquire_with_lease(key, lease),
            None => locks.cache.acquire(key),
        };
        let turn = turn.map_err(|error| CacheError::of_lock(error.into(), key, None))?;
        let number = turn.number();
        let holder = turn.holder().and_then(|holder| locks.holders.borrow().get(&holder).and_then(Weak::upgrade));
        let parent = holder.and_then(|holder| holder.downcast::<Inner<C>>().ok());
        let parent = parent.as_ref().map(Rc::downgrade);
        let holders = Rc::clone(&locks.holders);
        let inner = Rc::new(Inner {
            cache,
            turn,
            number,
            parent,
            timeout,
            #[cfg(all(feature = "js", target_arch = "wasm32"))]
            companion: std::cell::OnceCell::new(),
            exception: RefCell::default(),
        });
        let filed: Weak<Inner<C>> = Rc::downgrade(&inner);
        holders.borrow_mut().insert(number, filed);
        Ok(Self { inner })
    }

    /// The cache that it belongs to.
    pub fn cache(&self) -> &C {
        &self.inner.cache
    }

    /// The key.
    pub fn key(&self) -> &str {
        self.inner.turn.key()
    }

    /// Whether it has a result, or was given back.
    pub fn done(&self) -> bool {
        self.inner.turn.is_done() || self.released()
    }

    /// The result: that of this lock, of the holder that it has waited for, or the value that was there when the turn
    /// came. If there is none, the caller computes it.
    pub fn result(&self) -> Option<C::Value> {
        self.inner.turn.value()
    }

    /// The result as soon as there is one, without entering; none if the lock is given back without one. It doesn't keep
    /// the lock from being given back.
    pub fn future(&self) -> impl Future<Output = Option<C::Value>> + use<C> {
        self.inner.turn.answer()
    }

    /// The lock that held the key when this one was acquired, as long as somebody has it.
    pub fn parent(&self) -> Option<Self> {
        self.inner.parent.as_ref().and_then(Weak::upgrade).map(|inner| Self { inner })
    }

    /// The error with which it was left, or with which it has failed.
    pub fn exception(&self) -> Option<Rc<dyn Error>> {
        self.inner.exception.borrow().clone()
    }

    /// Whether it was given back.
    pub fn released(&self) -> bool {
        self.inner.turn.is_released()
    }

    /// The number of its turn, which grows with each holder of the key; 0 if it had none.
    pub fn token(&self) -> u64 {
        self.inner.turn.token()
    }

    /// Whether another one has taken this lock's turn: its lease was over, or somebody has called [`BaseCache::release`].
    pub fn is_lost(&self) -> bool {
        self.inner.turn.is_lost()
    }

    /// Ready once another one has taken this lock's turn, or it was given back; tells which. It doesn't keep the lock from
    /// being given back.
    ///
    /// ```
    /// use keylatch::aries::{BaseCache, CacheError, InMemoryCache};
    ///
    /// # futures_executor::block_on(async {
    /// let cache: InMemoryCache<u32> = InMemoryCache::new();
    /// let lock = cache.lock("key").await?;
    /// cache.release("key");
    /// assert!(lock.lost().await);
    /// # Ok::<(), CacheError>(())
    /// # }).unwrap();
    /// ```
    pub fn lost(&self) -> impl Future<Output = bool> + use<C> {
        self.inner.turn.loss()
    }

    /// Calls a function when another one takes this lock's turn; at once if one has.
    #[cfg(all(feature = "js", target_arch = "wasm32"))]
    pub(crate) fn on_loss(&self, act: impl FnOnce() + 'static) {
        self.inner.turn.on_loss(act);
    }

    /// What a language that it is handed to keeps with it: made once.
    #[cfg(all(feature = "js", target_arch = "wasm32"))]
    pub(crate) fn companion(&self, make: impl FnOnce() -> Rc<dyn Any>) -> &Rc<dyn Any> {
        self.inner.companion.get_or_init(make)
    }

    /// Starts the lease again, for work that takes longer. True if it is this lock's turn still.
    pub fn extend(&self, lease: Duration) -> bool {
        self.inner.turn.extend(lease)
    }

    /// Waits for the turn, or for the holder's result. If the store has a value by the time the turn comes, that is the
    /// result. If it fails, the lock is given back.
    ///
    /// ```
    /// # use keylatch::aries::{BaseCache, CacheError, ErrorCode, InMemoryCache};
    /// # futures_executor::block_on(async {
    /// let cache = InMemoryCache::new();
    /// cache.set("key", 1, None).await?;
    /// let lock = cache.acquire("key")?;
    /// lock.enter().await?;
    /// assert_eq!(lock.result(), Some(1));
    /// # Ok::<(), CacheError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`ErrorCode::LockTimeout`](super::ErrorCode::LockTimeout), [`ErrorCode::NotHolder`](super::ErrorCode::NotHolder)
    /// if the lock is given back meanwhile, and the store's own.
    pub async fn enter(&self) -> Result<(), CacheError> {
        let Inner { cache, turn, timeout, .. } = &*self.inner;
        let (locks, key, end) = (cache.locks(), turn.key(), turn.patience(*timeout));
        let refused = |error| {
            let failure = turn.failure().and_then(|failure| failure.downcast_ref::<Rc<dyn Error>>().cloned());
            match failure {
                Some(failure) => CacheError::of_holder(failure, key),
                None => CacheError::of_lock(error, key, *timeout),
            }
        };
        loop {
            turn.enter_until(end).await.map_err(refused)?;
            if locks.is_store || turn.is_done() || !turn.is_held() {
                return Ok(());
            }
            let find = || locks.writes.own(key, async { cache.get(key).await.map_err(Looked::Failed) });
            match turn.look(end, find).await {
                Ok(false) => {}
                Ok(true) => return Ok(()),
                Err(Looked::Late(error)) => return Err(refused(error)),
                Err(Looked::Failed(error)) => {
                    self.release();
                    return Err(error);
                }
            }
        }
    }

    /// Leaves the lock, perhaps with the error of whoever had it. Without a result, the next in line has the turn.
    ///
    /// ```
    /// # use keylatch::aries::{BaseCache, CacheError, ErrorCode, InMemoryCache};
    /// # futures_executor::block_on(async {
    /// let cache = InMemoryCache::new();
    /// let lock = cache.lock("key").await?;
    /// lock.exit(Some(std::rc::Rc::new(std::fmt::Error)));
    /// assert!(lock.released() && lock.exception().is_some());
    /// # cache.set("key", 1, None).await?;
    /// # Ok::<(), CacheError>(())
    /// # }).unwrap();
    /// ```
    pub fn exit(&self, error: Option<Rc<dyn Error>>) {
        if error.is_some() {
            let before = self.inner.exception.replace(error);
            drop(before);
        }
        self.release();
    }

    /// Leaves the lock with an error, and ends all who wait for its result with the same one
    /// ([`ErrorCode::Failed`](super::ErrorCode::Failed)): another try makes no sense. Who comes later begins afresh. If it
    /// isn't this lock's turn, it only leaves.
    ///
    /// ```
    /// use keylatch::aries::{BaseCache, CacheError, InMemoryCache};
    /// use std::{error::Error, io, rc::Rc};
    ///
    /// # futures_executor::block_on(async {
    /// let cache: InMemoryCache<u32> = InMemoryCache::new();
    /// let holder = cache.lock("key").await?;
    /// let waiter = cache.acquire("key")?;
    /// holder.fail(Rc::new(io::Error::other("the registry is down")));
    /// let error = waiter.enter().await.unwrap_err();
    /// assert_eq!(error.source().unwrap().to_string(), "the registry is down");
    /// # Ok::<(), CacheError>(())
    /// # }).unwrap();
    /// ```
    pub fn fail(&self, error: Rc<dyn Error>) {
        let before = self.inner.exception.replace(Some(Rc::clone(&error)));
        drop(before);
        let failure: Rc<dyn Any> = Rc::new(error);
        self.inner.turn.fail(&failure);
        self.inner.give_back();
    }

    /// Gives the lock back. A second time, nothing happens.
    pub fn release(&self) {
        self.inner.give_back();
    }

    /// Hands the result to all who wait, and stores it for so many seconds, unless the key was changed meanwhile.
    ///
    /// ```
    /// # use keylatch::aries::{BaseCache, CacheError, ErrorCode, InMemoryCache};
    /// # futures_executor::block_on(async {
    /// let cache = InMemoryCache::new();
    /// let lock = cache.lock("key").await?;
    /// lock.set_result(1, Some(600.0)).await?;
    /// assert_eq!(lock.set_result(2, None).await.unwrap_err().code(), ErrorCode::ResultAlreadySet);
    /// # Ok::<(), CacheError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`ErrorCode::ResultAlreadySet`](super::ErrorCode::ResultAlreadySet),
    /// [`ErrorCode::LockLost`](super::ErrorCode::LockLost), [`ErrorCode::NotHolder`](super::ErrorCode::NotHolder),
    /// [`ErrorCode::InvalidTtl`](super::ErrorCode::InvalidTtl), and the store's own: those who wait have the result then.
    pub async fn set_result(&self, value: C::Value, ttl: Option<f64>) -> Result<(), CacheError> {
        self.set_result_as(value, ttl, options(ttl)?).await
    }

    /// The same. A cache in memory stores it with these options.
    pub(crate) async fn set_result_as(
        &self,
        value: C::Value,
        ttl: Option<f64>,
        options: EntryOptions,
    ) -> Result<(), CacheError> {
        let Inner { cache, turn, .. } = &*self.inner;
        let refused = |error| CacheError::of_result(error, turn.key());
        if turn.is_done() {
            return Err(refused(SettleError::Settled));
        }
        if cache.locks().is_store {
            return turn.set_with(value, options).map(drop).map_err(refused);
        }
        match turn.hand_out(value.clone()).map_err(refused)? {
            Outcome::Store => self.store(value, ttl).await,
            Outcome::Fenced => Ok(()),
        }
    }
}

impl<C: BaseCache> CacheKeyLock<C> {
    /// Brings the result to the store, after what is on its way there.
    async fn store(&self, value: C::Value, ttl: Option<f64>) -> Result<(), CacheError> {
        let Inner { cache, turn, .. } = &*self.inner;
        let (locks, key) = (cache.locks(), turn.key());
        let (writing, waits) = locks.writes.follow(vec![key.clone()]);
        for write in waits {
            write.outlast(locks.cache.runtime(), locks.cache.lease_timer()).await;
        }
        let stored = locks.writes.own(key, cache.set(key.as_str(), value, ttl)).await;
        if writing.end() {
            // Somebody has changed the key without waiting for this any longer: nobody knows which value the store has. It
            // may lose one, but must not bring an old one back.
            let removed = locks.writes.own(key, cache.clear(key)).await;
            locks.cache.note_change(key, true);
            return stored.and(removed);
        }
        stored
    }
}

/// Why a look has ended.
enum Looked {
    Late(LockError),
    Failed(CacheError),
}

impl From<LockError> for Looked {
    fn from(error: LockError) -> Self {
        Self::Late(error)
    }
}

impl<C: BaseCache> Inner<C> {
    fn give_back(&self) {
        let mut holders = self.cache.locks().holders.borrow_mut();
        let is_own = |filed: &Weak<dyn Any>| std::ptr::addr_eq(filed.as_ptr(), self);
        if holders.get(&self.number).is_some_and(is_own) {
            holders.remove(&self.number);
        }
        drop(holders);
        self.turn.release();
    }
}

impl<C: BaseCache> Drop for Inner<C> {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl<C: BaseCache> Clone for CacheKeyLock<C> {
    fn clone(&self) -> Self {
        Self { inner: Rc::clone(&self.inner) }
    }
}

/// Only its clones are equal to a lock.
impl<C: BaseCache> PartialEq for CacheKeyLock<C> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl<C: BaseCache> Eq for CacheKeyLock<C> {}

impl<C: BaseCache> fmt::Debug for CacheKeyLock<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CacheKeyLock")
            .field("key", &self.key())
            .field("done", &self.done())
            .field("released", &self.released())
            .finish_non_exhaustive()
    }
}
