//! Memory for many small things of a kind: columns with one value per id, and lists that link the ids.
//!
//! What the engine and the latch have in common. Nothing here is allocated for a single thing, and no number, however
//! wrong, makes it panic.

mod column;
mod id;
mod list;
mod memory;
mod pool;

pub use column::{Blank, Column, Place};
pub use id::Id;
pub(crate) use id::id;
pub use list::{Chain, Links, List};
pub use memory::OutOfMemory;
pub use pool::IdPool;
