//! The options of loads and locks.

use super::Builder;
use crate::cache::load::share;
use crate::cache::options::milliseconds;
use std::time::Duration;

impl<K, V, S> Builder<K, V, S> {
    /// Stale-while-revalidate: for how long after its expiry a value is still served, while it is loaded again in the
    /// background. The runtime or [`Load::wait_until`](crate::Load::wait_until) runs that load; without either, the
    /// caller who asks does, and waits for it.
    ///
    /// ```
    /// # use keylatch::{Cache, runtime::Virtual};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// // A runtime that takes in work, which an executor would run.
    /// let time = Virtual::new().spawning();
    /// let cache = Cache::builder().swr(Duration::from_secs(60)).runtime(time.clone()).build();
    /// cache.insert("key", "old");
    /// cache.expire("key");
    /// let load = async || cache.load(&"key", async |_| Ok::<_, ()>("new")).await;
    /// assert_eq!(load().await.unwrap(), "old");
    /// for work in time.spawned() {
    ///     work.await;
    /// }
    /// assert_eq!(load().await.unwrap(), "new");
    /// # });
    /// ```
    pub fn swr(mut self, duration: Duration) -> Self {
        self.settings.loads.swr = milliseconds(duration);
        self
    }

    /// For how long after its expiry a value is served if its load fails, or takes longer than [`Builder::timeout`].
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// let cache = Cache::builder().grace(Duration::from_secs(60)).build();
    /// cache.insert("key", "old");
    /// cache.expire("key");
    /// assert_eq!(cache.load(&"key", async |_| Err("the source is down")).await.unwrap(), "old");
    /// # });
    /// ```
    pub fn grace(mut self, duration: Duration) -> Self {
        self.settings.loads.grace = milliseconds(duration);
        self
    }

    /// For how long after a failed load callers take the stale value within `grace`, and nobody tries again.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// let minute = Duration::from_secs(60);
    /// let cache = Cache::builder().grace(minute).grace_backoff(minute).build();
    /// cache.insert("key", "old");
    /// cache.expire("key");
    /// for _ in 0..10 {
    ///     assert_eq!(cache.load(&"key", async |_| Err("the source is down")).await.unwrap(), "old");
    /// }
    /// assert_eq!(cache.stats().loads, 1);
    /// # });
    /// ```
    pub fn grace_backoff(mut self, duration: Duration) -> Self {
        self.settings.loads.grace_backoff = milliseconds(duration);
        self
    }

    /// For how long after a failed load callers without a stale value get its error, as
    /// [`LoadError::FailedRecently`](crate::LoadError::FailedRecently), and nobody tries again.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// let cache: Cache<&str, u32> = Cache::builder().negative_backoff(Duration::from_secs(60)).build();
    /// for _ in 0..10 {
    ///     let refused = cache.load(&"key", async |_| Err("no such user")).await.unwrap_err();
    ///     assert_eq!(refused.loader(), Some(&"no such user"));
    /// }
    /// assert_eq!(cache.stats().loads, 1);
    /// # });
    /// ```
    pub fn negative_backoff(mut self, duration: Duration) -> Self {
        self.settings.loads.negative_backoff = milliseconds(duration);
        self
    }

    /// The share of its life, from 0 to 1, after which a value that a caller of [`Cache::load`](crate::Cache::load)
    /// finds is loaded again in the background, as with [`Builder::swr`]. It differs a little from entry to entry, so
    /// that values that were stored together aren't loaded together.
    ///
    /// ```
    /// # use keylatch::{Cache, runtime::Virtual};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let time = Virtual::new();
    /// let builder = Cache::builder().ttl(Duration::from_secs(100)).refresh_ahead(0.8);
    /// let cache = builder.runtime(time.clone()).build();
    /// cache.insert("key", "old");
    /// time.advance(Duration::from_secs(95));
    /// // Nothing here runs work in the background, so this caller waits for the new value.
    /// assert!(matches!(cache.load(&"key", async |_| Ok::<_, ()>("new")).await, Ok("new")));
    /// # });
    /// ```
    pub fn refresh_ahead(mut self, share: f64) -> Self {
        self.settings.loads.refresh_ahead = self::share(share);
        self
    }

    /// After how long a caller of [`Cache::load`](crate::Cache::load) gets the stale value, if there is one within
    /// `grace`.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// let builder = Cache::builder().grace(Duration::from_secs(60)).timeout(Duration::from_millis(1));
    /// let cache = builder.build();
    /// cache.insert("key", "old");
    /// cache.expire("key");
    /// let load = cache.load(&"key", async |_| std::future::pending::<Result<_, ()>>().await);
    /// assert_eq!(load.await.unwrap(), "old");
    /// # });
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.loads.timeout = milliseconds(timeout);
        self
    }

    /// After how long a caller of [`Cache::load`](crate::Cache::load) gives up.
    ///
    /// ```
    /// # use keylatch::{Cache, LoadError};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache: Cache<&str, u32> = Cache::builder().hard_timeout(Duration::from_millis(1)).build();
    /// let load = cache.load(&"key", async |_| std::future::pending::<Result<_, ()>>().await);
    /// assert!(matches!(load.await, Err(LoadError::TimedOut)));
    /// # });
    /// ```
    pub fn hard_timeout(mut self, timeout: Duration) -> Self {
        self.settings.loads.hard_timeout = milliseconds(timeout);
        self
    }

    /// How long a load or a lock may take before another caller may take over; 30 seconds by default. Each one of a key
    /// that takes too long doubles this time, up to 32 times, until there is a value.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// # use keylatch::{Cache, runtime::Virtual};
    /// # use std::time::Duration;
    /// let time = Virtual::new();
    /// let cache: Cache<String, u32> = Cache::builder().lease(Duration::from_secs(5)).runtime(time.clone()).build();
    /// let dead = cache.lock("key").await.unwrap();
    /// time.advance(Duration::from_secs(5));
    /// let alive = cache.lock("key").await.unwrap();
    /// assert!(alive.is_held() && dead.is_lost());
    /// # });
    /// ```
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.loads.lease = milliseconds(lease);
        self
    }

    /// How long a lock waits for its turn; for ever by default.
    ///
    /// ```
    /// # use keylatch::{Cache, LockError};
    /// # use std::time::Duration;
    /// # futures_executor::block_on(async {
    /// let cache: Cache<String, u32> = Cache::builder().lock_timeout(Duration::from_millis(1)).build();
    /// let _turn = cache.lock("key").await.unwrap();
    /// assert_eq!(cache.lock("key").await.err(), Some(LockError::TimedOut));
    /// # });
    /// ```
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.settings.lock_timeout = milliseconds(timeout);
        self
    }
}
