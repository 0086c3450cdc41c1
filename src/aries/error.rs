//! The one error of these classes.

use crate::{LockError, SettleError};
use std::error::Error;
use std::fmt;
use std::rc::Rc;

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
    source: Option<Rc<dyn Error>>,
}

impl CacheError {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), source: None }
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
        Self { code: ErrorCode::Store, message: error.to_string(), source: Some(Rc::new(error)) }
    }

    /// What went wrong.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    pub(super) fn of_lock(error: LockError, key: &str) -> Self {
        let code = match error {
            LockError::TimedOut => ErrorCode::LockTimeout,
            LockError::Released => ErrorCode::NotHolder,
            LockError::OutOfMemory => ErrorCode::OutOfMemory,
        };
        Self::new(code, format!("{error} (key {key:?})"))
    }

    pub(super) fn of_result(error: SettleError, key: &str) -> Self {
        let (code, message) = match error {
            SettleError::Settled => (ErrorCode::ResultAlreadySet, "result already set"),
            SettleError::Lost => (ErrorCode::LockLost, "another one has taken the lock's turn"),
            SettleError::NotHolding => (ErrorCode::NotHolder, "it isn't the lock's turn"),
        };
        Self::new(code, format!("{message} (key {key:?})"))
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for CacheError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref()
    }
}
