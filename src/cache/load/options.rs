//! What one caller of a load wants.

use super::{Load, Retry};
use crate::cache::options::{EntryOptions, milliseconds};
use crate::cache::runtime::Work;
use std::rc::Rc;
use std::time::Duration;

/// How long a load or a lock may take before another caller may take over, if nothing else is said.
const LEASE: f64 = 30_000.0;

/// Keeps the request alive in which a load runs.
type WaitUntil<'a> = Box<dyn Fn(Work) + 'a>;

/// What a cache has for all its loads, and a call for its own. Durations are in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(in crate::cache) struct LoadDefaults {
    pub swr: f64,
    pub grace: f64,
    pub timeout: f64,
    pub hard_timeout: f64,
    pub lease: f64,
    pub grace_backoff: f64,
    pub negative_backoff: f64,
    pub refresh_ahead: Option<f64>,
}

impl Default for LoadDefaults {
    fn default() -> Self {
        Self {
            swr: 0.0,
            grace: 0.0,
            timeout: f64::INFINITY,
            hard_timeout: f64::INFINITY,
            lease: LEASE,
            grace_backoff: 0.0,
            negative_backoff: 0.0,
            refresh_ahead: None,
        }
    }
}

/// What one caller wants.
pub(super) struct LoadOptions<'a> {
    /// The cache's, unless the call says otherwise.
    pub defaults: LoadDefaults,
    pub retry: Retry,
    pub is_fresh: bool,
    pub entry: EntryOptions,
    pub wait_until: Option<WaitUntil<'a>>,
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
    /// # let works: RefCell<Vec<Work>> = RefCell::default();
    /// let load = cache.load(&1, async |_| Ok::<_, ()>("one")).wait_until(|work| works.borrow_mut().push(work));
    /// # let (value, ()) = futures_util::join!(load, async { for work in works.take() { work.await } });
    /// # assert!(matches!(value, Ok("one")));
    /// # });
    /// ```
    pub fn wait_until(self, wait_until: impl Fn(Work) + 'a) -> Self {
        self.with(|options| options.wait_until = Some(Box::new(wait_until)))
    }

    /// After how long this caller gets the stale value, if there is one within `grace`. The load goes on, if something
    /// runs it: the runtime, or [`Load::wait_until`].
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// let cache = Cache::builder().grace(Duration::from_secs(60)).build();
    /// cache.insert("key", "old");
    /// cache.expire("key");
    /// let load = cache.load(&"key", async |_| std::future::pending::<Result<_, ()>>().await);
    /// assert_eq!(load.timeout(Duration::from_millis(1)).await.unwrap(), "old");
    /// # });
    /// ```
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.defaults.timeout = milliseconds(timeout))
    }

    /// After how long this caller gives up, with the stale value or else with
    /// [`LoadError::TimedOut`](crate::LoadError::TimedOut). Without it, a caller waits for the lease of its load, and
    /// of at most one load that replaces it.
    ///
    /// ```
    /// # use keylatch::{Cache, LoadError};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache: Cache<&str, u32> = Cache::new(10);
    /// let load = cache.load(&"key", async |_| std::future::pending::<Result<_, ()>>().await);
    /// assert!(matches!(load.hard_timeout(Duration::from_millis(1)).await, Err(LoadError::TimedOut)));
    /// # });
    /// ```
    pub fn hard_timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.defaults.hard_timeout = milliseconds(timeout))
    }

    /// Loads even if there is a value, and doesn't join a load that has begun before.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(10);
    /// cache.insert("key", 1);
    /// assert_eq!(cache.load(&"key", async |_| Ok::<_, ()>(2)).force_fresh().await.unwrap(), 2);
    /// # });
    /// ```
    pub fn force_fresh(self) -> Self {
        self.with(|options| options.is_fresh = true)
    }

    /// As [`Builder::swr`](crate::Builder::swr), for this call. A call can only ask for less than the cache.
    pub fn swr(self, duration: Duration) -> Self {
        self.with(|options| options.defaults.swr = milliseconds(duration))
    }

    /// As [`Builder::grace`](crate::Builder::grace), for this call. A call can only ask for less than the cache.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// let cache = Cache::builder().grace(Duration::from_secs(60)).build();
    /// cache.insert("key", "old");
    /// cache.expire("key");
    /// let load = cache.load(&"key", async |_| Err("the source is down"));
    /// assert!(load.grace(Duration::ZERO).await.is_err());
    /// # });
    /// ```
    pub fn grace(self, duration: Duration) -> Self {
        self.with(|options| options.defaults.grace = milliseconds(duration))
    }

    /// As [`Builder::grace_backoff`](crate::Builder::grace_backoff), for this call. It counts from the last failure of
    /// a load that was asked for with a backoff, too.
    pub fn grace_backoff(self, duration: Duration) -> Self {
        self.with(|options| options.defaults.grace_backoff = milliseconds(duration))
    }

    /// As [`Builder::negative_backoff`](crate::Builder::negative_backoff), for this call: until then, it gets
    /// [`LoadError::FailedRecently`](crate::LoadError::FailedRecently).
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
        self.with(|options| options.defaults.negative_backoff = milliseconds(duration))
    }

    /// As [`Builder::refresh_ahead`](crate::Builder::refresh_ahead), for this call.
    pub fn refresh_ahead(self, share: f64) -> Self {
        self.with(|options| options.defaults.refresh_ahead = self::share(share))
    }

    /// Calls the loader again if it fails. Each try has a clone of the loader; those who wait have the error of the
    /// last.
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
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// let cache: Cache<&str, u32> = Cache::new(10);
    /// let load = cache.load(&"key", async |_| Ok::<_, ()>(1)).lease(Duration::from_secs(300));
    /// assert_eq!(load.await.unwrap(), 1);
    /// # });
    /// ```
    pub fn lease(self, lease: Duration) -> Self {
        self.with(|options| options.defaults.lease = milliseconds(lease))
    }

    /// How the value is stored. The loader can say otherwise. Without tags, it gets those of the key's old entry.
    ///
    /// ```
    /// # use keylatch::{Cache, EntryOptions};
    /// # futures_executor::block_on(async {
    /// let cache = Cache::new(10);
    /// let load = cache.load(&"alice", async |_| Ok::<_, ()>(1)).entry(EntryOptions::new().tags(["users"]));
    /// assert_eq!(load.await.unwrap(), 1);
    /// assert_eq!(cache.invalidate_tag("users"), 1);
    /// # });
    /// ```
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

/// A share from 0 to 1; none for what is no number.
pub(in crate::cache) fn share(share: f64) -> Option<f64> {
    Some(share.clamp(0.0, 1.0)).filter(|share| !share.is_nan())
}
