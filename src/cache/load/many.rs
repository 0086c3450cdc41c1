//! Loads of many keys, with one call of a loader.

use super::error::LoadError;
use super::{Load, LoadContext};
use crate::cache::Cache;
use crate::cache::runtime::{Runtime, Wake, Work};
use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::hash::{BuildHasher, Hash};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

/// An error that is shared already: it is handed on as it is.
pub(super) struct Passed(pub Rc<dyn Any>);

/// The error of a key for which the loader has brought nothing.
pub(super) struct NotBrought;

/// What a loader of many keys has brought.
type Brought<K, V> = Result<HashMap<K, V>, Rc<dyn Any>>;

/// The keys that have come together, and what their loader has brought.
struct Batch<K, V> {
    /// Until the loader is called.
    gathered: RefCell<Option<Vec<K>>>,
    brought: OnceCell<Brought<K, V>>,
    wakes: RefCell<Vec<Wake>>,
}

impl<K: Hash + Eq, V: Clone> Batch<K, V> {
    /// True if the loader is still to be called, and will be for this key, too.
    fn join(&self, key: K) -> bool {
        let mut gathered = self.gathered.borrow_mut();
        gathered.as_mut().map(|keys| keys.push(key)).is_some()
    }

    async fn value(&self, key: &K, runtime: &dyn Runtime) -> Result<V, Passed> {
        if self.brought.get().is_none() {
            let (wake, woken) = runtime.deferred();
            self.wakes.borrow_mut().push(wake);
            woken.await;
        }
        self.brought.get().map_or(Err(Passed(Rc::new(NotBrought))), |brought| find(brought, key))
    }

    fn end(&self, brought: Brought<K, V>) {
        let _ = self.brought.set(brought);
        let wakes = self.wakes.take();
        wakes.into_iter().for_each(|wake| wake());
    }
}

fn find<K: Hash + Eq, V: Clone>(brought: &Brought<K, V>, key: &K) -> Result<V, Passed> {
    match brought {
        Ok(values) => values.get(key).cloned().ok_or_else(|| Passed(Rc::new(NotBrought))),
        Err(error) => Err(Passed(Rc::clone(error))),
    }
}

impl<K, V, S> Cache<K, V, S>
where
    K: Hash + Eq + Clone + 'static,
    V: Clone + 'static,
    S: BuildHasher + Clone,
{
    /// The values of many keys, in their order. The loader is called once, for those that are missing and that nobody else
    /// loads. Each key has a load of its own, as with [`Cache::load`]: with a lease, and with all who want it. A load that
    /// comes late, because it has waited for a lock or takes over another's, calls a clone of the loader for its key alone.
    ///
    /// What is stale, and is loaded behind by the runtime, is loaded key by key. A loader that asks for one of its own keys
    /// waits for its lease.
    ///
    /// ```
    /// use keylatch::Cache;
    ///
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(100);
    /// cache.insert(1, "one");
    /// let loader = async |missing: Vec<u32>| {
    ///     assert_eq!(missing, [2, 3]);
    ///     Ok::<_, std::io::Error>([(3, "three"), (2, "two")])
    /// };
    /// assert_eq!(cache.load_many([1, 2, 3, 2], loader).await.unwrap(), ["one", "two", "three", "two"]);
    /// # });
    /// ```
    ///
    /// # Errors
    /// The first [`LoadError`] of a key; [`LoadError::Missing`] for one that the loader doesn't bring. The other values are
    /// stored all the same.
    pub async fn load_many<F, L, M, E>(
        &self,
        keys: impl IntoIterator<Item = K>,
        loader: F,
    ) -> Result<Vec<V>, LoadError<E>>
    where
        F: FnOnce(Vec<K>) -> L + Clone + 'static,
        L: Future<Output = Result<M, E>> + 'static,
        M: IntoIterator<Item = (K, V)>,
        E: 'static,
    {
        let wanted: Vec<K> = keys.into_iter().collect();
        let (mut keys, mut places): (Vec<K>, HashMap<K, usize>) = (Vec::new(), HashMap::new());
        let order: Vec<usize> = wanted
            .into_iter()
            .map(|key| {
                *places.entry(key.clone()).or_insert_with(|| {
                    keys.push(key);
                    keys.len() - 1
                })
            })
            .collect();
        let batch = Rc::new(Batch {
            gathered: RefCell::new(Some(Vec::new())),
            brought: OnceCell::new(),
            wakes: RefCell::default(),
        });
        let mut loads: Vec<_> = keys.iter().map(|key| Some(self.member(key, &batch, loader.clone()))).collect();
        let mut values: Vec<Option<Result<V, LoadError<E>>>> = keys.iter().map(|_| None).collect();
        let (mut loader, mut work): (_, Option<Work>) = (Some(loader), None);
        poll_fn(|context| {
            loop {
                for (place, value) in loads.iter_mut().zip(&mut values) {
                    if let Some(load) = place
                        && let Poll::Ready(result) = Pin::new(load).poll(context)
                    {
                        *value = Some(result.map_err(LoadError::pass));
                        *place = None;
                    }
                }
                if let Some(loader) = loader.take() {
                    let gathered = batch.gathered.take().unwrap_or_default();
                    if !gathered.is_empty() {
                        let (loading, batch) = (loader(gathered), Rc::clone(&batch));
                        work = Some(Box::pin(async move {
                            batch.end(loading.await.map(|values| values.into_iter().collect()).map_err(share));
                        }));
                    }
                }
                let is_done = loads.iter().all(Option::is_none);
                // Values that are served while they are loaded behind.
                if is_done && let Some(behind) = work.take() {
                    work = self.core.settings.runtime.spawn(behind).err();
                }
                let Some(running) = &mut work else {
                    return if is_done { Poll::Ready(()) } else { Poll::Pending };
                };
                if running.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                work = None;
            }
        })
        .await;
        let values: Result<Vec<V>, _> =
            values.into_iter().map(|value| value.unwrap_or(Err(LoadError::Missing))).collect();
        let values = values?;
        Ok(order.into_iter().filter_map(|index| values.get(index).cloned()).collect())
    }

    /// The load of one of the keys.
    fn member<'a, F, L, M, E>(
        &self,
        key: &'a K,
        batch: &Rc<Batch<K, V>>,
        loader: F,
    ) -> Load<'a, K, K, V, Loader<K, V>, Passed>
    where
        F: FnOnce(Vec<K>) -> L + 'static,
        L: Future<Output = Result<M, E>> + 'static,
        M: IntoIterator<Item = (K, V)>,
        E: 'static,
    {
        let (batch, runtime) = (Rc::clone(batch), Rc::clone(&self.core.settings.runtime));
        let loader: Loader<K, V> = Box::new(move |load| {
            let key = load.key().clone();
            let is_member = batch.join(key.clone());
            Box::pin(async move {
                if is_member {
                    return batch.value(&key, &*runtime).await;
                }
                let brought = loader(vec![key.clone()]).await;
                find(&brought.map(|values| values.into_iter().collect()).map_err(share), &key)
            })
        });
        self.load(key, loader)
    }
}

/// The loader of one of the keys.
type Loader<K, V> = Box<dyn FnOnce(LoadContext<K, V>) -> Share<V>>;

/// What it brings.
type Share<V> = Pin<Box<dyn Future<Output = Result<V, Passed>>>>;

fn share<E: 'static>(error: E) -> Rc<dyn Any> {
    Rc::new(error)
}
