//! Loads: values that a caller brings if they aren't there, one load for all who want them.

mod call;
mod context;
mod error;
mod many;
mod old;
mod options;
mod retry;
mod work;

pub use context::LoadContext;
pub use error::LoadError;
pub(super) use options::{LoadDefaults, share};
pub use retry::Retry;

use super::options::EntryOptions;
use super::table::Table;
use super::ticket::Outcome;
use super::{Cache, Core, SpaceRef};
use call::{Call, Failure, Loader};
use many::Passed;
use options::LoadOptions;
use std::any::Any;
use std::borrow::Borrow;
use std::future::Future;
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Which errors are worth another try.
type When<E> = Rc<dyn Fn(&E) -> bool>;

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
    when: Option<When<E>>,
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
        let options = LoadOptions {
            defaults: self.core.settings.loads,
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
            let is_due = |slot| options.defaults.refresh_ahead.is_some_and(|share| core.is_due_ahead(slot, share));
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
fn erase<K, V, F, L, E: 'static>(loader: F, again: Option<fn(&F) -> F>, when: Option<When<E>>) -> Loader<K, V>
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
                let error: Rc<dyn Any> = Rc::new(error);
                let error = error.downcast::<Passed>().map_or_else(|error| error, |passed| Rc::clone(&passed.0));
                Failure { error, is_temporary }
            })
        }))
    })
}
