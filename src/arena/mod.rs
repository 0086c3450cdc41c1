//! Memory for many small things of a kind: columns with one value per id, and lists that link the ids.
//!
//! The engine and the latch share it. Nothing is allocated for a single thing, and no wrong number makes it panic.

mod column;
mod id;
mod list;
mod memory;
mod pool;
mod rows;

pub use column::{Blank, Column, Place};
pub use id::Id;
pub(crate) use id::id;
pub use list::{Chain, Links, List};
pub use memory::OutOfMemory;
pub use pool::IdPool;
pub use rows::{Row, Rows};
