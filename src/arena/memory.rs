//! What can go wrong here.

use std::error::Error;
use std::fmt;

/// The memory can't be had. A type of its own: the standard library's `TryReserveError` says more, and takes more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfMemory;

impl fmt::Display for OutOfMemory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the memory can't be had")
    }
}

impl Error for OutOfMemory {}
