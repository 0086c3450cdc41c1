//! Waits of locks: for their turn, for a result, or for the loss of the turn.

use super::{LockError, Turn, acquire};
use crate::cache::bell::Listener;
use crate::cache::options::milliseconds;
use crate::cache::runtime::Work;
use crate::cache::{Core, SpaceRef};
use crate::latch::Role;
use std::borrow::Borrow;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

/// A lock that is taken when it is first polled, and waits for its turn or for a result: a future. Made by
/// [`Cache::lock`](crate::Cache::lock).
///
/// ```
/// # use keylatch::{Cache, LockError};
/// # use std::time::Duration;
/// # futures_executor::block_on(async {
/// let cache: Cache<u32, u32> = Cache::new(100);
/// let turn = cache.lock(&1).timeout(Duration::from_secs(1)).lease(Duration::from_secs(5)).await?;
/// assert!(turn.is_held());
/// # Ok::<(), LockError>(())
/// # }).unwrap();
/// ```
#[must_use = "futures do nothing unless they are awaited"]
pub struct Lock<'a, Q: ?Sized, K, V> {
    core: Rc<Core<K, V>>,
    hash: u64,
    space: SpaceRef,
    key: &'a Q,
    lease: f64,
    timeout: f64,
    waiting: Option<(Turn<K, V>, Wait)>,
}

impl<'a, Q: ?Sized, K, V> Lock<'a, Q, K, V> {
    pub(super) fn new(core: Rc<Core<K, V>>, hash: u64, space: SpaceRef, key: &'a Q, lease: f64, timeout: f64) -> Self {
        Self { core, hash, space, key, lease, timeout, waiting: None }
    }

    /// After how long it gives up.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = milliseconds(timeout);
        self
    }

    /// How long it may hold the key before another one may take over, counted from its turn.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = milliseconds(lease);
        self
    }
}

impl<Q: ?Sized, K, V> Unpin for Lock<'_, Q, K, V> {}

impl<Q, K, V> Future for Lock<'_, Q, K, V>
where
    K: Borrow<Q> + Eq,
    Q: Eq + ToOwned<Owned = K> + ?Sized,
{
    type Output = Result<Turn<K, V>, LockError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let (turn, mut wait) = match this.waiting.take() {
            Some(waiting) => waiting,
            None => {
                let turn = acquire(&this.core, this.hash, &this.space, this.key, this.lease)?;
                (turn, Wait::new(this.core.elapsed() + this.timeout))
            }
        };
        match wait.poll(&turn, context) {
            Poll::Pending => {
                this.waiting = Some((turn, wait));
                Poll::Pending
            }
            Poll::Ready(result) => Poll::Ready(result.map(|()| turn)),
        }
    }
}

/// A wait for a turn or a result. Made by [`Turn::enter`].
#[must_use = "futures do nothing unless they are awaited"]
pub struct Enter<'a, K, V> {
    turn: &'a Turn<K, V>,
    wait: Wait,
}

impl<K, V> Enter<'_, K, V> {
    /// After how long it gives up, and the lock is given back.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.wait.end = self.turn.core.elapsed() + milliseconds(timeout);
        self
    }
}

impl<K: Eq, V> Future for Enter<'_, K, V> {
    type Output = Result<(), LockError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.wait.poll(this.turn, context)
    }
}

/// Ready once a lock has lost its turn, or was given back. Made by [`Turn::lost`].
#[must_use = "futures do nothing unless they are awaited"]
pub struct Lost<'a, K, V> {
    turn: &'a Turn<K, V>,
    listener: Listener,
}

impl<K, V> Future for Lost<'_, K, V> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { turn, listener } = self.get_mut();
        loop {
            if turn.is_lost() || turn.is_released() {
                return Poll::Ready(());
            }
            if !listener.listen(&turn.ticket.bells, &*turn.core.settings.runtime) && listener.poll(context).is_pending()
            {
                return Poll::Pending;
            }
        }
    }
}

impl<K: Eq, V> Turn<K, V> {
    /// Waits for this lock's turn, or for the holder's result. If it gives up, the lock is given back.
    ///
    /// ```
    /// # use keylatch::{Cache, LockError};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache: Cache<u32, u32> = Cache::new(100);
    /// let turn = cache.acquire(&1)?;
    /// turn.enter().await?;
    /// assert!(turn.is_held());
    /// # Ok::<(), LockError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// A [`LockError`].
    pub fn enter(&self) -> Enter<'_, K, V> {
        self.enter_until(self.patience(None))
    }

    /// The same, until a moment of the clock of waits.
    pub(crate) fn enter_until(&self, end: f64) -> Enter<'_, K, V> {
        Enter { turn: self, wait: Wait::new(end) }
    }

    /// Until when a lock waits that begins to wait now; as the cache has it, if nothing is said.
    pub(crate) fn patience(&self, timeout: Option<Duration>) -> f64 {
        self.core.elapsed() + timeout.map_or(self.core.settings.lock_timeout, milliseconds)
    }
}

impl<K, V> Turn<K, V> {
    /// Waits until this lock has lost its turn: then it is another's to compute.
    ///
    /// ```
    /// # use keylatch::{Cache, LockError};
    /// # futures_executor::block_on(async {
    /// let cache: Cache<u32, u32> = Cache::new(100);
    /// let turn = cache.lock(&1).await?;
    /// cache.release(&1);
    /// turn.lost().await;
    /// assert!(turn.is_lost());
    /// # Ok::<(), LockError>(())
    /// # }).unwrap();
    /// ```
    pub fn lost(&self) -> Lost<'_, K, V> {
        Lost { turn: self, listener: Listener::default() }
    }
}

/// What a lock that waits keeps.
struct Wait {
    end: f64,
    listener: Listener,
    /// When it looks.
    timer: Option<(f64, Work)>,
}

impl Wait {
    fn new(end: f64) -> Self {
        Self { end, listener: Listener::default(), timer: None }
    }

    fn poll<K: Eq, V>(&mut self, turn: &Turn<K, V>, context: &mut Context<'_>) -> Poll<Result<(), LockError>> {
        let Turn { core, ticket } = turn;
        loop {
            if turn.is_done() {
                return Poll::Ready(Ok(()));
            }
            let now = core.elapsed();
            match core.edit(|state| state.enter(ticket, now)) {
                Role::Free => return Poll::Ready(if turn.is_done() { Ok(()) } else { Err(LockError::Released) }),
                Role::Waiting | Role::Resting => {}
                Role::Holding => {
                    look(turn);
                    return Poll::Ready(Ok(()));
                }
                Role::Settled | Role::Lost => return Poll::Ready(Ok(())),
            }
            if now >= self.end {
                turn.release();
                return Poll::Ready(Err(LockError::TimedOut));
            }
            if self.listener.listen(&ticket.bells, &*core.settings.runtime) {
                continue;
            }
            if self.listener.poll(context).is_ready() {
                continue;
            }
            let end = self.end;
            let (due, timer) = self.timer.get_or_insert_with(|| {
                let patience = core.read(|state| state.patience(ticket, now)).min(end - now);
                core.timer(now, patience)
            });
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            core.reach(*due);
            self.timer = None;
        }
    }
}

/// Takes a value that is there already as the result.
fn look<K: Eq, V>(turn: &Turn<K, V>) {
    let place = &turn.ticket.place;
    if let Some(found) = turn.core.hit(place.hash, &place.space, &place.key) {
        let now = turn.core.elapsed();
        // If the turn was lost meanwhile, there is no result.
        let _ = turn.core.edit(|state| state.settle(&turn.ticket, &found, &[], now));
    }
}
