//! The error of a failed allocation.

use std::error::Error;
use std::fmt;

/// There is no memory. A type of its own, because the standard library's `TryReserveError` is larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfMemory;

impl fmt::Display for OutOfMemory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the memory can't be had")
    }
}

impl Error for OutOfMemory {}
