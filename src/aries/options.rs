//! How to take a lock.

use std::time::Duration;

/// How to take a lock: what isn't set is as the cache has it.
///
/// ```
/// use keylatch::aries::{BaseCache, CacheError, InMemoryCache, LockOptions};
/// use std::time::Duration;
///
/// # futures_executor::block_on(async {
/// let cache = InMemoryCache::new();
/// let holder = cache.lock("key").await?;
/// let options = LockOptions::new().timeout(Duration::from_millis(5));
/// let error = cache.lock_with("key", options).await.unwrap_err();
/// assert_eq!(error.to_string(), "\"key\": no turn within 5 ms");
/// # holder.set_result(1, None).await?;
/// # Ok::<(), CacheError>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct LockOptions {
    pub(super) timeout: Option<Duration>,
    pub(super) lease: Option<Duration>,
}

impl LockOptions {
    /// Everything as the cache has it.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long it waits for its turn.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long it may hold the key before another one may take over, counted from its turn.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = Some(lease);
        self
    }
}
