//! Tries after a failure.

use crate::cache::options::milliseconds;
use std::time::Duration;

/// How often, and after which waits, to call a loader again that has failed, within the lease of its load.
///
/// ```
/// use keylatch::{Cache, Retry};
/// use std::cell::Cell;
/// use std::rc::Rc;
/// use std::time::Duration;
///
/// # futures_executor::block_on(async {
/// let cache: Cache<&str, u32> = Cache::new(100);
/// let calls = Rc::new(Cell::new(0));
/// let loader = async move |_| {
///     calls.set(calls.get() + 1);
///     if calls.get() < 3 { Err("the source is busy") } else { Ok(7) }
/// };
/// let retry = Retry::times(5).delay(Duration::from_millis(1));
/// assert!(matches!(cache.load(&"key", loader).retry(retry).await, Ok(7)));
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retry {
    pub(super) times: u32,
    /// In milliseconds.
    pub(super) delay: f64,
    pub(super) longest: f64,
}

impl Retry {
    /// So many tries after the first one, the first of them after 100 ms.
    pub fn times(times: u32) -> Self {
        Self { times, delay: 100.0, longest: 10_000.0 }
    }

    /// How long the first wait is; 100 ms by default. Each of the others is twice as long as the one before, and chance
    /// takes off up to half of it.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = milliseconds(delay);
        self
    }

    /// How long the longest wait is; 10 s by default.
    #[must_use]
    pub fn max_delay(mut self, longest: Duration) -> Self {
        self.longest = milliseconds(longest);
        self
    }
}

impl Default for Retry {
    /// No other try.
    fn default() -> Self {
        Self::times(0)
    }
}
