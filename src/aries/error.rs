//! The one error of these classes.

use crate::{LockError, SettleError};
use std::error::Error;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

/// What went wrong, as the npm package names it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// A time to live that is negative or not a number.
    InvalidTtl,
    /// The lock has a result already.
    ResultAlreadySet,
    /// Another one has taken the lock's turn.
    LockLost,
    /// It isn't the lock's turn: it waits, or it was given back.
    NotHolder,
    /// No turn has come in time.
    LockTimeout,
    /// The memory can't be had.
    OutOfMemory,
    /// The store has failed. [`Error::source`] tells why.
    Store,
    /// The lock's holder has failed, and said so. [`Error::source`] is its error.
    Failed,
}

impl ErrorCode {
    /// Its name.
    ///
    /// ```
    /// use keylatch::aries::ErrorCode;
    ///
    /// assert_eq!(ErrorCode::ResultAlreadySet.as_str(), "result-already-set");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidTtl => "invalid-ttl",
            Self::ResultAlreadySet => "result-already-set",
            Self::LockLost => "lock-lost",
            Self::NotHolder => "not-holder",
            Self::LockTimeout => "lock-timeout",
            Self::OutOfMemory => "out-of-memory",
            Self::Store => "store",
            Self::Failed => "failed",
        }
    }
}

/// An error of a cache or of a lock, with its code.
///
/// ```
/// use keylatch::aries::{BaseCache, ErrorCode, InMemoryCache};
///
/// # futures_executor::block_on(async {
/// let error = InMemoryCache::new().set("key", 1, Some(-1.0)).await.unwrap_err();
/// assert_eq!(error.code(), ErrorCode::InvalidTtl);
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct CacheError {
    code: ErrorCode,
    message: String,
    key: Option<String>,
    source: Option<Rc<dyn Error>>,
}

impl CacheError {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), key: None, source: None }
    }

    /// The error of a store.
    ///
    /// ```
    /// use keylatch::aries::{CacheError, ErrorCode};
    ///
    /// let error = CacheError::store(std::io::Error::other("the disk is full"));
    /// assert_eq!(error.code(), ErrorCode::Store);
    /// assert_eq!(error.to_string(), "the disk is full");
    /// ```
    pub fn store(error: impl Error + 'static) -> Self {
        let message = error.to_string();
        Self { source: Some(Rc::new(error)), ..Self::new(ErrorCode::Store, message) }
    }

    /// What went wrong.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The key of the lock that it is about.
    ///
    /// ```
    /// use keylatch::aries::{BaseCache, InMemoryCache};
    ///
    /// # futures_executor::block_on(async {
    /// let cache = InMemoryCache::new();
    /// let lock = cache.lock("key").await?;
    /// lock.release();
    /// let error = lock.set_result(1, None).await.unwrap_err();
    /// assert_eq!((error.code().as_str(), error.key()), ("not-holder", Some("key")));
    /// # Ok::<(), keylatch::aries::CacheError>(())
    /// # }).unwrap();
    /// ```
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What is wrong, without the key.
    #[cfg_attr(not(all(feature = "js", target_arch = "wasm32")), expect(dead_code))]
    pub(crate) fn words(&self) -> &str {
        &self.message
    }

    pub(super) fn out_of_memory() -> Self {
        Self::new(ErrorCode::OutOfMemory, "the memory that the cache needs can't be had")
    }

    pub(super) fn of_lock(error: LockError, key: &str, timeout: Option<Duration>) -> Self {
        let (code, message) = match (error, timeout) {
            (LockError::OutOfMemory, _) => return Self::out_of_memory(),
            (LockError::TimedOut, Some(timeout)) => {
                (ErrorCode::LockTimeout, format!("no turn within {} ms", timeout.as_millis() as u64))
            }
            (LockError::TimedOut, None) => (ErrorCode::LockTimeout, "no turn in time".to_owned()),
            (LockError::Released, _) => (ErrorCode::NotHolder, "the lock was released while it waited".to_owned()),
        };
        Self { key: Some(key.to_owned()), ..Self::new(code, message) }
    }

    pub(crate) fn of_result(error: SettleError, key: &str) -> Self {
        let (code, message) = match error {
            SettleError::Settled => (ErrorCode::ResultAlreadySet, "the lock has a result"),
            SettleError::Lost => {
                (ErrorCode::LockLost, "the turn was taken away: the lease was over, or the key was released")
            }
            SettleError::NotHolding => {
                (ErrorCode::NotHolder, "it isn't this lock's turn: it has not entered yet, or was released")
            }
        };
        Self { key: Some(key.to_owned()), ..Self::new(code, message) }
    }

    pub(super) fn of_holder(error: Rc<dyn Error>, key: &str) -> Self {
        Self { key: Some(key.to_owned()), source: Some(error), ..Self::new(ErrorCode::Failed, "the holder has failed") }
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(formatter, "{key:?}: {}", self.message),
            None => formatter.write_str(&self.message),
        }
    }
}

impl Error for CacheError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref()
    }
}
