//! Locks: whoever has a key's turn computes its value while the others wait for it.

mod answer;
mod enter;
mod look;

pub use enter::{Enter, Lock, Lost};

use super::options::{EntryOptions, milliseconds};
use super::table::Record;
use super::ticket::Ticket;
use super::{Cache, Core};
use crate::arena::OutOfMemory;
use crate::latch::{Outcome, Role, SettleError};
use std::borrow::Borrow;
use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;
use std::time::Duration;

/// Why a lock has neither its turn nor a result.
///
/// ```
/// # use keylatch::{Cache, LockError};
/// # use std::time::Duration;
/// # futures_executor::block_on(async {
/// let cache: Cache<u32, u32> = Cache::new(100);
/// let _turn = cache.lock(&1).await.unwrap();
/// let second = cache.lock(&1).timeout(Duration::from_millis(1)).await;
/// assert_eq!(second.err(), Some(LockError::TimedOut));
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockError {
    /// No turn has come in time.
    TimedOut,
    /// The lock was released while it waited.
    Released,
    /// There is no memory for the lock.
    OutOfMemory,
}

impl fmt::Display for LockError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TimedOut => "no turn has come in time",
            Self::Released => "the lock was released while it waited",
            Self::OutOfMemory => "the memory for the lock can't be had",
        })
    }
}

impl Error for LockError {}

impl From<OutOfMemory> for LockError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// A lock on a key. Given back when it is dropped: without a result, the next in line then has the turn.
///
/// ```
/// # use keylatch::{Cache, LockError};
/// # use std::time::Duration;
/// # futures_executor::block_on(async {
/// let cache: Cache<u32, u32> = Cache::new(100);
/// let turn = cache.lock(&1).await?;
/// if turn.value().is_none() {
///     turn.set(42).expect("it is our turn");
/// }
/// assert_eq!((turn.value(), cache.get(&1)), (Some(42), Some(42)));
/// # Ok::<(), LockError>(())
/// # }).unwrap();
/// ```
pub struct Turn<K, V> {
    pub(super) core: Rc<Core<K, V>>,
    pub(super) ticket: Rc<Ticket<K, V>>,
}

impl<K: Hash + Eq, V, S: BuildHasher + Clone> Cache<K, V, S> {
    /// Takes a lock on a key, and waits for its turn or for the holder's result. If the cache has a value by the time
    /// the turn comes, that is the result.
    ///
    /// ```
    /// # use keylatch::{Cache, LockError};
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(100);
    /// let turn = cache.lock("alice").await?;
    /// assert!(turn.value().is_none(), "so it is this caller who computes");
    /// turn.set(1).unwrap();
    /// drop(turn);
    ///
    /// assert_eq!(cache.lock("alice").await?.value(), Some(1));
    /// # Ok::<(), LockError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// A [`LockError`].
    pub fn lock<'a, Q>(&self, key: &'a Q) -> Lock<'a, Q, K, V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        let settings = &self.core.settings;
        let (lease, timeout) = (settings.loads.lease, settings.lock_timeout);
        Lock::new(Rc::clone(&self.core), self.hash(key), self.space.clone(), key, lease, timeout)
    }

    /// Takes a lock on a key without waiting: it has its place from now on, and [`Turn::enter`] waits for its turn.
    ///
    /// ```
    /// # use keylatch::{Cache, LockError};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache: Cache<u32, u32> = Cache::new(100);
    /// let (first, second) = (cache.acquire(&1)?, cache.acquire(&1)?);
    /// first.enter().await?;
    /// first.set(7).expect("it is our turn");
    /// second.enter().await?;
    /// assert_eq!(second.value(), Some(7));
    /// # Ok::<(), LockError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// When there is no memory.
    pub fn acquire<Q>(&self, key: &Q) -> Result<Turn<K, V>, OutOfMemory>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        self.acquire_for(key, self.core.settings.loads.lease)
    }

    /// The same, with a lease of its own.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn acquire_with_lease<Q>(&self, key: &Q, lease: Duration) -> Result<Turn<K, V>, OutOfMemory>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        self.acquire_for(key, milliseconds(lease))
    }

    fn acquire_for<Q>(&self, key: &Q, lease: f64) -> Result<Turn<K, V>, OutOfMemory>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        acquire(&self.core, self.hash(key), &self.space, key, lease)
    }

    /// Takes the turn from whoever holds a key. The first that waits has it then, and the old holder's result is refused.
    ///
    /// ```
    /// # use keylatch::{Cache, LockError};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache: Cache<u32, u32> = Cache::new(100);
    /// let stuck = cache.lock(&1).await?;
    /// cache.release(&1);
    /// assert!(stuck.is_lost());
    /// assert!(stuck.set(1).is_err());
    /// # Ok::<(), LockError>(())
    /// # }).unwrap();
    /// ```
    pub fn release<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if let Some(place) = self.core.place(self.hash(key), &self.space, key) {
            let now = self.core.elapsed();
            self.core.edit(|state| {
                if let Some(gate) = place.gate.get() {
                    state.flights.latch.revoke(gate, now);
                }
                state.drain(now);
            });
        }
    }
}

pub(super) fn acquire<K, V, Q>(
    core: &Rc<Core<K, V>>,
    hash: u64,
    space: &super::SpaceRef,
    key: &Q,
    lease: f64,
) -> Result<Turn<K, V>, OutOfMemory>
where
    K: Borrow<Q>,
    Q: Eq + ToOwned<Owned = K> + ?Sized,
{
    let place = core.enter(hash, space, key);
    let now = core.elapsed();
    let ticket = core.edit(|state| state.acquire(&place, lease, now));
    core.edit(|state| state.places.leave(&place, &mut state.table.deeds));
    Ok(Turn { core: Rc::clone(core), ticket: ticket? })
}

impl<K, V> Turn<K, V> {
    /// The key.
    pub fn key(&self) -> &K {
        &self.ticket.place.key
    }

    /// The result: that of this lock, of the holder that it has waited for, or the value that the cache had when the turn
    /// came. If there is none, the caller computes it.
    pub fn value(&self) -> Option<V>
    where
        V: Clone,
    {
        self.ticket.result().map(|record| record.value.clone())
    }

    /// Whether there is a result.
    pub fn is_done(&self) -> bool {
        self.ticket.result.borrow().is_some()
    }

    /// Whether it is this lock's turn, and there is no result yet.
    pub fn is_held(&self) -> bool {
        self.core.read(|state| state.role(&self.ticket) == Role::Holding)
    }

    /// Whether another one has taken this lock's turn: its lease was over, or somebody has called [`Cache::release`].
    pub fn is_lost(&self) -> bool {
        self.ticket.is_lost.get()
    }

    /// Whether the lock was given back.
    pub fn is_released(&self) -> bool {
        self.ticket.is_released.get()
    }

    /// The number of this lock's turn; 0 if it had none. It grows with each holder of the key, so a store that remembers
    /// the greatest one can refuse writes by a holder that has lost its turn.
    ///
    /// ```
    /// # use keylatch::{Cache, LockError};
    /// # futures_executor::block_on(async {
    /// let cache: Cache<u32, u32> = Cache::new(100);
    /// let first = cache.lock(&1).await?.token();
    /// assert!(cache.lock(&1).await?.token() > first);
    /// # Ok::<(), LockError>(())
    /// # }).unwrap();
    /// ```
    pub fn token(&self) -> u64 {
        self.core.read(|state| state.token(&self.ticket))
    }

    /// Starts the lease again, for work that takes longer. True if it is this lock's turn still.
    ///
    /// ```
    /// # use keylatch::{Cache, LockError};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache: Cache<u32, u32> = Cache::new(100);
    /// let turn = cache.lock(&1).lease(Duration::from_secs(1)).await?;
    /// assert!(turn.extend(Duration::from_secs(60)));
    /// # Ok::<(), LockError>(())
    /// # }).unwrap();
    /// ```
    pub fn extend(&self, lease: Duration) -> bool {
        let now = self.core.elapsed();
        let lease = milliseconds(lease);
        !self.is_released() && self.core.edit(|state| state.flights.latch.extend(self.ticket.number, lease, now))
    }

    /// Gives the lock back. A second time, nothing happens.
    ///
    /// ```
    /// # use keylatch::{Cache, LockError};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache: Cache<u32, u32> = Cache::new(100);
    /// let turn = cache.lock(&1).await?;
    /// turn.release();
    /// turn.release();
    /// assert!(turn.is_released() && cache.lock(&1).await?.is_held());
    /// # Ok::<(), LockError>(())
    /// # }).unwrap();
    /// ```
    pub fn release(&self) {
        let now = self.core.elapsed();
        self.core.edit(|state| state.release(&self.ticket, now));
    }
}

impl<K: Clone + Eq, V> Turn<K, V> {
    /// Hands the result to all who wait, and stores it, unless the key was changed meanwhile.
    ///
    /// ```
    /// # use keylatch::{Cache, Outcome, SettleError};
    /// # futures_executor::block_on(async {
    /// let cache: Cache<u32, u32> = Cache::new(100);
    /// let turn = cache.lock(&1).await.unwrap();
    /// assert_eq!(turn.set(1), Ok(Outcome::Store));
    /// assert_eq!(turn.set(2), Err(SettleError::Settled));
    /// # });
    /// ```
    ///
    /// # Errors
    /// If it isn't this lock's turn, or there is a result already.
    pub fn set(&self, value: V) -> Result<Outcome, SettleError> {
        self.set_with(value, EntryOptions::new())
    }

    /// The same, with a time to live, a weight or tags.
    ///
    /// ```
    /// # use keylatch::{Cache, EntryOptions, Outcome};
    /// # futures_executor::block_on(async {
    /// let cache: Cache<u32, u32> = Cache::new(100);
    /// let turn = cache.lock(&1).await.unwrap();
    /// assert_eq!(turn.set_with(1, EntryOptions::new().tags(["ones"])), Ok(Outcome::Store));
    /// assert_eq!(cache.invalidate_tag("ones"), 1);
    /// # });
    /// ```
    ///
    /// # Errors
    /// As for [`Turn::set`].
    pub fn set_with(&self, value: V, options: EntryOptions) -> Result<Outcome, SettleError> {
        let (core, ticket) = (&self.core, &self.ticket);
        let place = &ticket.place;
        let fate = core.fate(&place.key, &value, options);
        let (space, key, etag) = (place.space.clone(), place.key.clone(), fate.etag.clone());
        let record = Rc::new(Record { hash: place.hash, space, key, value, etag });
        let time = core.now_for(&fate);
        let now = core.elapsed();
        let (slot, _) = core.slot(place.hash, &place.space, &place.key);
        core.edit(|state| {
            let may_store = state.settle(ticket, &record, &fate.tags, now)?;
            if may_store {
                let _ = state.table.put(Rc::clone(&record), slot, &fate, time);
            }
            Ok(if may_store { Outcome::Store } else { Outcome::Fenced })
        })
    }
}

impl<K, V> Drop for Turn<K, V> {
    fn drop(&mut self) {
        self.release();
    }
}
