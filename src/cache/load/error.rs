//! Why a load has no value.

use super::many::{NotBrought, Passed};
use std::any::Any;
use std::error::Error;
use std::fmt;
use std::rc::Rc;

/// Why a load has no value for its caller. All who waited for a loader share its error.
///
/// ```
/// use keylatch::{Cache, LoadError};
///
/// # futures_executor::block_on(async {
/// let cache: Cache<&str, u32> = Cache::new(100);
/// match cache.load(&"key", async |_| Err("no such user")).await {
///     Err(LoadError::Loader(error)) => assert_eq!(*error, "no such user"),
///     other => panic!("{other:?}"),
/// }
/// # });
/// ```
pub enum LoadError<E> {
    /// The loader's error.
    Loader(Rc<E>),
    /// The error of another caller's loader, which has a type of its own.
    Other(Rc<dyn Any>),
    /// The last load has failed, and nobody tries again yet: within the backoff, there is only its error.
    FailedRecently(Box<Self>),
    /// No value has come in time: within the hard timeout, or within the leases of the loads that this caller waited for.
    TimedOut,
    /// The caller would wait for itself: it is called by the loader of the same key, perhaps through other loads.
    Reentrant,
    /// The caller's loader has ended without an answer: it panicked, or whatever ran it was dropped.
    Abandoned,
    /// There is no memory for the load.
    OutOfMemory,
    /// The loader of many keys has brought no value for one of them.
    Missing,
}

impl<E: 'static> LoadError<E> {
    pub(super) fn of(error: Rc<dyn Any>) -> Self {
        if error.is::<NotBrought>() {
            return Self::Missing;
        }
        error.downcast().map_or_else(Self::Other, Self::Loader)
    }

    /// The error of one of many keys, whose loader has an error of this type.
    pub(super) fn pass(error: LoadError<Passed>) -> Self {
        match error {
            LoadError::Loader(passed) => Self::of(Rc::clone(&passed.0)),
            LoadError::Other(error) => Self::of(error),
            LoadError::FailedRecently(cause) => Self::FailedRecently(Box::new(Self::pass(*cause))),
            LoadError::TimedOut => Self::TimedOut,
            LoadError::Reentrant => Self::Reentrant,
            LoadError::Abandoned => Self::Abandoned,
            LoadError::OutOfMemory => Self::OutOfMemory,
            LoadError::Missing => Self::Missing,
        }
    }
}

impl<E> LoadError<E> {
    /// The loader's error, that of the last load included.
    ///
    /// ```
    /// # use keylatch::LoadError;
    /// # use std::rc::Rc;
    /// assert_eq!(LoadError::Loader(Rc::new("refused")).loader(), Some(&"refused"));
    /// assert_eq!(LoadError::<&str>::TimedOut.loader(), None);
    /// ```
    pub fn loader(&self) -> Option<&E> {
        match self {
            Self::Loader(error) => Some(error),
            Self::FailedRecently(cause) => cause.loader(),
            _ => None,
        }
    }

    fn describe(&self) -> &'static str {
        match self {
            Self::Loader(_) => "the loader has failed",
            Self::Other(_) => "another caller's loader has failed",
            Self::FailedRecently(_) => "the last load has failed, and nobody tries again yet",
            Self::TimedOut => "no value has come in time",
            Self::Reentrant => "the caller would wait for itself",
            Self::Abandoned => "the loader has ended without an answer",
            Self::OutOfMemory => "the memory for the load can't be had",
            Self::Missing => "the loader has brought no value for the key",
        }
    }
}

impl<E> Clone for LoadError<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Loader(error) => Self::Loader(Rc::clone(error)),
            Self::Other(error) => Self::Other(Rc::clone(error)),
            Self::FailedRecently(cause) => Self::FailedRecently(cause.clone()),
            Self::TimedOut => Self::TimedOut,
            Self::Reentrant => Self::Reentrant,
            Self::Abandoned => Self::Abandoned,
            Self::OutOfMemory => Self::OutOfMemory,
            Self::Missing => Self::Missing,
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for LoadError<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loader(error) => formatter.debug_tuple("Loader").field(error).finish(),
            Self::Other(_) => formatter.write_str("Other"),
            Self::FailedRecently(cause) => formatter.debug_tuple("FailedRecently").field(cause).finish(),
            Self::TimedOut => formatter.write_str("TimedOut"),
            Self::Reentrant => formatter.write_str("Reentrant"),
            Self::Abandoned => formatter.write_str("Abandoned"),
            Self::OutOfMemory => formatter.write_str("OutOfMemory"),
            Self::Missing => formatter.write_str("Missing"),
        }
    }
}

impl<E> fmt::Display for LoadError<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.describe())
    }
}

impl<E: Error + 'static> Error for LoadError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.loader().map(|error| error as &(dyn Error + 'static))
    }
}
