//! Loads: values that a caller brings if they aren't there, one load for all who want them.

mod call;
mod context;
mod error;
mod old;
mod retry;
mod work;

pub use context::LoadContext;
pub use error::LoadError;
pub use retry::Retry;

use super::options::{EntryOptions, milliseconds};
use super::runtime::Work;
use super::table::Table;
use super::ticket::Outcome;
use super::{Cache, Core, SpaceRef};
use call::{Call, Failure, Loader};
use std::borrow::Borrow;
use std::future::Future;
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

/// Keeps the request alive in which a load runs.
type WaitUntil<'a> = Box<dyn Fn(Work) + 'a>;

/// What one caller wants. Durations are in milliseconds.
pub(super) struct LoadOptions<'a> {
    pub swr: f64,
    pub grace: f64,
    pub timeout: f64,
    pub hard_timeout: f64,
    pub lease: f64,
    pub grace_backoff: f64,
    pub negative_backoff: f64,
    pub refresh_ahead: Option<f64>,
    pub retry: Retry,
    pub is_fresh: bool,
    pub entry: EntryOptions,
    pub wait_until: Option<WaitUntil<'a>>,
}

/// A value that is there, or that is loaded: a future. Made by [`Cache::load`]. It does nothing until it is polled.
///
/// If it is dropped, only this caller stops waiting. If it was this caller's loader that ran, another caller who waits
/// calls its own.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Load<'a, Q: ?Sized, K, V, F, E> {
    core: Rc<Core<K, V>>,
    hash: u64,
    space: SpaceRef,
    key: &'a Q,
    loader: Option<F>,
    /// Makes another loader, for another try.
    again: Option<fn(&F) -> F>,
    when: Option<Rc<dyn Fn(&E) -> bool>>,
    options: Option<LoadOptions<'a>>,
    call: Option<Box<Call<'a, K, V>>>,
    error: PhantomData<fn() -> E>,
}

impl<K: Hash + Eq, V, S: BuildHasher + Clone> Cache<K, V, S> {
    /// The value of a key; if there is none, it is loaded. However many callers want it, one loader runs, and all have
    /// its value or its error. If the key is changed meanwhile, the load is out of date: the callers that already wait
    /// get its value, but it isn't stored, and later callers don't get it.
    ///
    /// The loader runs within the future of its caller, so it need not be `Send`, and it ends when that future is
    /// dropped; with [`Load::wait_until`] it goes on as long as somebody waits for its value. It begins with the first
    /// poll. If it takes longer than the lease, another caller who waits calls its own loader.
    ///
    /// ```
    /// use keylatch::{Cache, LoadError};
    /// use std::{cell::Cell, rc::Rc};
    ///
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(100);
    /// let calls = Rc::new(Cell::new(0));
    /// let load = || {
    ///     let calls = Rc::clone(&calls);
    ///     cache.load("alice", async move |load| {
    ///         calls.set(calls.get() + 1);
    ///         Ok::<_, std::io::Error>(load.key().len())
    ///     })
    /// };
    /// assert!(matches!((load().await, load().await), (Ok(5), Ok(5))));
    /// assert_eq!(calls.get(), 1);
    ///
    /// let failed = cache.load("bob", async |_| Err("no such user")).await;
    /// assert!(matches!(failed, Err(LoadError::Loader(error)) if *error == "no such user"));
    /// # });
    /// ```
    ///
    /// # Errors
    /// A [`LoadError`].
    pub fn load<'a, Q, F, L, E>(&self, key: &'a Q, loader: F) -> Load<'a, Q, K, V, F, E>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
        F: FnOnce(LoadContext<K, V>) -> L,
        L: Future<Output = Result<V, E>>,
    {
        let settings = &self.core.settings;
        let options = LoadOptions {
            swr: settings.swr,
            grace: settings.grace,
            timeout: settings.timeout,
            hard_timeout: settings.hard_timeout,
            lease: settings.lease,
            grace_backoff: settings.grace_backoff,
            negative_backoff: settings.negative_backoff,
            refresh_ahead: settings.refresh_ahead,
            retry: Retry::default(),
            is_fresh: false,
            entry: EntryOptions::new(),
            wait_until: None,
        };
        Load {
            core: Rc::clone(&self.core),
            hash: self.hash(key),
            space: self.space.clone(),
            key,
            loader: Some(loader),
            again: None,
            when: None,
            options: Some(options),
            call: None,
            error: PhantomData,
        }
    }
}

impl<K: Hash + Eq, V, S: BuildHasher + Clone> Cache<K, V, S> {
    /// Loads the value of a key anew, even if there is one: [`Cache::load`] with [`Load::force_fresh`]. The loader has the
    /// old value, and so can ask only whether it has changed.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(100);
    /// cache.insert("visits", 1);
    /// let load = cache.refresh(&"visits", async |load| Ok::<_, ()>(load.value().map_or(0, |visits| visits + 1)));
    /// assert!(matches!(load.await, Ok(2)));
    /// # });
    /// ```
    ///
    /// # Errors
    /// A [`LoadError`].
    pub fn refresh<'a, Q, F, L, E>(&self, key: &'a Q, loader: F) -> Load<'a, Q, K, V, F, E>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
        F: FnOnce(LoadContext<K, V>) -> L,
        L: Future<Output = Result<V, E>>,
    {
        self.load(key, loader).force_fresh()
    }
}

impl<'a, Q: ?Sized, K, V, F, E> Load<'a, Q, K, V, F, E> {
    /// Runs the load elsewhere, so that it goes on when this future is dropped: `|work| context.wait_until(work)` on an
    /// edge worker, where it keeps the request alive. The load ends when nobody waits for it any more.
    ///
    /// ```
    /// # use keylatch::{Cache, runtime::Work};
    /// # use std::cell::RefCell;
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(100);
    /// let mut pool = futures_executor::LocalPool::new();
    /// # let works: RefCell<Vec<Work>> = RefCell::default();
    /// let load = cache.load(&1, async |_| Ok::<_, ()>("one")).wait_until(|work| works.borrow_mut().push(work));
    /// # let (value, ()) = futures_util::join!(load, async { for work in works.take() { work.await } });
    /// # assert!(matches!(value, Ok("one")));
    /// # drop(pool);
    /// # });
    /// ```
    pub fn wait_until(self, wait_until: impl Fn(Work) + 'a) -> Self {
        self.with(|options| options.wait_until = Some(Box::new(wait_until)))
    }

    /// After how long this caller gets the stale value, if there is one within `grace`. The load goes on, if something
    /// runs it: the runtime, or [`Load::wait_until`].
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.timeout = milliseconds(timeout))
    }

    /// After how long this caller gives up, with the stale value or else with [`LoadError::TimedOut`]. Without it, a
    /// caller waits for the lease of its load, and of at most one load that replaces it.
    pub fn hard_timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.hard_timeout = milliseconds(timeout))
    }

    /// Loads even if there is a value, and doesn't join a load that has begun before.
    pub fn force_fresh(self) -> Self {
        self.with(|options| options.is_fresh = true)
    }

    /// As [`Builder::swr`](crate::Builder::swr), for this call. A call can only ask for less than the cache.
    pub fn swr(self, duration: Duration) -> Self {
        self.with(|options| options.swr = milliseconds(duration))
    }

    /// As [`Builder::grace`](crate::Builder::grace), for this call. A call can only ask for less than the cache.
    pub fn grace(self, duration: Duration) -> Self {
        self.with(|options| options.grace = milliseconds(duration))
    }

    /// As [`Builder::grace_backoff`](crate::Builder::grace_backoff), for this call. It counts from the last failure of a
    /// load that was asked for with a backoff, too.
    pub fn grace_backoff(self, duration: Duration) -> Self {
        self.with(|options| options.grace_backoff = milliseconds(duration))
    }

    /// As [`Builder::negative_backoff`](crate::Builder::negative_backoff), for this call: until then, it gets
    /// [`LoadError::FailedRecently`].
    ///
    /// ```
    /// use keylatch::{Cache, LoadError};
    /// use std::time::Duration;
    ///
    /// # futures_executor::block_on(async {
    /// let cache: Cache<&str, u32> = Cache::new(100);
    /// let load = || cache.load(&"key", async |_| Err("down")).negative_backoff(Duration::from_secs(5));
    /// assert!(matches!(load().await, Err(LoadError::Loader(_))));
    /// let refused = load().await.unwrap_err();
    /// assert!(matches!(&refused, LoadError::FailedRecently(_)));
    /// assert_eq!(refused.loader(), Some(&"down"));
    /// # });
    /// ```
    pub fn negative_backoff(self, duration: Duration) -> Self {
        self.with(|options| options.negative_backoff = milliseconds(duration))
    }

    /// As [`Builder::refresh_ahead`](crate::Builder::refresh_ahead), for this call.
    pub fn refresh_ahead(self, share: f64) -> Self {
        self.with(|options| options.refresh_ahead = self::share(share))
    }

    /// Calls the loader again if it fails. Each try has a clone of the loader; those who wait have the error of the last.
    pub fn retry(mut self, retry: Retry) -> Self
    where
        F: Clone,
    {
        self.again = Some(F::clone);
        self.with(|options| options.retry = retry)
    }

    /// Which errors are worth another try with [`Load::retry`]: by default, all.
    ///
    /// ```
    /// use keylatch::{Cache, Retry};
    ///
    /// # futures_executor::block_on(async {
    /// let cache: Cache<&str, u32> = Cache::new(100);
    /// let load = cache.load(&"key", async |_| Err("no such user")).retry(Retry::times(5));
    /// // Answers at once.
    /// assert!(load.retry_when(|error| *error != "no such user").await.is_err());
    /// # });
    /// ```
    pub fn retry_when(mut self, when: impl Fn(&E) -> bool + 'static) -> Self {
        self.when = Some(Rc::new(when));
        self
    }

    /// How long this caller's loader may take before another caller may load.
    pub fn lease(self, lease: Duration) -> Self {
        self.with(|options| options.lease = milliseconds(lease))
    }

    /// How the value is stored. The loader can say otherwise. Without tags, it gets those of the key's old entry.
    pub fn entry(self, entry: EntryOptions) -> Self {
        self.with(|options| options.entry = entry)
    }

    fn with(mut self, set: impl FnOnce(&mut LoadOptions<'a>)) -> Self {
        if let Some(options) = &mut self.options {
            set(options);
        }
        self
    }
}

/// Nothing in it is pinned: what has to be is in boxes of its own.
impl<Q: ?Sized, K, V, F, E> Unpin for Load<'_, Q, K, V, F, E> {}

impl<Q, K, V, F, L, E> Future for Load<'_, Q, K, V, F, E>
where
    K: Borrow<Q> + Clone + Eq + 'static,
    Q: Eq + ToOwned<Owned = K> + ?Sized,
    V: Clone + 'static,
    F: FnOnce(LoadContext<K, V>) -> L + 'static,
    L: Future<Output = Result<V, E>> + 'static,
    E: 'static,
{
    type Output = Result<V, LoadError<E>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Some(options) = this.options.take() {
            let core = Rc::clone(&this.core);
            // A reload keeps the tags, and a miss lets go of what has expired.
            let mut tags = None;
            let part = |table: &Table<K, V>, slot| tags = Some(table.tags_of(slot));
            let found = if options.is_fresh { None } else { core.hit_or(this.hash, &this.space, this.key, part) };
            let is_due = |slot| options.refresh_ahead.is_some_and(|share| core.is_due_ahead(slot, share));
            let ahead = match found {
                Some((record, slot)) if !is_due(slot) => return Poll::Ready(Ok(record.value.clone())),
                found => found,
            };
            let place = core.enter(this.hash, &this.space, this.key);
            let loader = this.loader.take().map(|loader| erase(loader, this.again, this.when.take()));
            let mut call = Box::new(Call::new(core, place, loader, options, tags));
            if let Some((record, _)) = ahead {
                call.ask_ahead(record);
            }
            this.call = Some(call);
        }
        let Some(call) = &mut this.call else { return Poll::Ready(Err(LoadError::Abandoned)) };
        let Poll::Ready(outcome) = call.poll(context) else { return Poll::Pending };
        this.call = None;
        Poll::Ready(match outcome {
            Outcome::Value(record) | Outcome::Stale(record) => Ok(record.value.clone()),
            Outcome::Failed(error) => Err(LoadError::of(error)),
            Outcome::Refused(error) => Err(LoadError::FailedRecently(Box::new(LoadError::of(error)))),
            Outcome::TimedOut => Err(LoadError::TimedOut),
            Outcome::OutOfMemory => Err(LoadError::OutOfMemory),
            Outcome::Reentrant => Err(LoadError::Reentrant),
            Outcome::Abandoned | Outcome::Again => Err(LoadError::Abandoned),
        })
    }
}

/// A loader without its types.
fn erase<K, V, F, L, E: 'static>(
    loader: F,
    again: Option<fn(&F) -> F>,
    when: Option<Rc<dyn Fn(&E) -> bool>>,
) -> Loader<K, V>
where
    F: FnOnce(LoadContext<K, V>) -> L + 'static,
    L: Future<Output = Result<V, E>> + 'static,
{
    let mut own = Some(loader);
    Box::new(move |context| {
        let loader = match again {
            Some(again) => own.as_ref().map(again)?,
            None => own.take()?,
        };
        let (loading, when) = (loader(context), when.clone());
        Some(Box::pin(async move {
            loading.await.map_err(|error| {
                let is_temporary = when.is_none_or(|when| when(&error));
                Failure { error: Rc::new(error), is_temporary }
            })
        }))
    })
}

/// A share from 0 to 1; none for what is no number.
pub(super) fn share(share: f64) -> Option<f64> {
    Some(share.clamp(0.0, 1.0)).filter(|share| !share.is_nan())
}
