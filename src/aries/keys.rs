//! Arguments: keys, and times to live in seconds.

use super::{CacheError, ErrorCode};
use std::time::Duration;

/// One key, or several.
///
/// ```
/// use keylatch::aries::Keys;
///
/// assert_eq!("a".into_keys(), ["a"]);
/// assert_eq!(vec!["a", "b"].into_keys(), ["a", "b"]);
/// ```
pub trait Keys {
    /// All of them.
    fn into_keys(self) -> Vec<String>;
}

impl Keys for &str {
    fn into_keys(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl Keys for &String {
    fn into_keys(self) -> Vec<String> {
        vec![self.clone()]
    }
}

impl Keys for String {
    fn into_keys(self) -> Vec<String> {
        vec![self]
    }
}

impl<T: Into<String>, const N: usize> Keys for [T; N] {
    fn into_keys(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<String>> Keys for Vec<T> {
    fn into_keys(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: AsRef<str>> Keys for &[T] {
    fn into_keys(self) -> Vec<String> {
        self.iter().map(|key| key.as_ref().to_owned()).collect()
    }
}

/// A time to live in seconds, for a store. 0 and infinity mean for ever, which is `Duration::MAX`.
///
/// ```
/// use keylatch::aries::{ErrorCode, life};
/// use std::time::Duration;
///
/// assert_eq!(life(0.05)?, Duration::from_millis(50));
/// assert_eq!(life(0.0)?, Duration::MAX);
/// assert_eq!(life(-1.0).unwrap_err().code(), ErrorCode::InvalidTtl);
/// # Ok::<(), keylatch::aries::CacheError>(())
/// ```
///
/// # Errors
/// [`ErrorCode::InvalidTtl`] for a negative one, and for NaN.
pub fn life(ttl: f64) -> Result<Duration, CacheError> {
    if ttl.is_nan() || ttl < 0.0 {
        // In words: to write floats takes more code than all of this.
        let given = if ttl.is_nan() { "NaN" } else { "a negative one" };
        return Err(CacheError::new(ErrorCode::InvalidTtl, format!("ttl: expected a number from 0 on, got {given}")));
    }
    if ttl == 0.0 {
        return Ok(Duration::MAX);
    }
    let life = Duration::try_from_secs_f64(ttl).unwrap_or(Duration::MAX);
    Ok(life.max(Duration::from_nanos(1)))
}
