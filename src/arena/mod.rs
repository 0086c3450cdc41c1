//! Memory for many small things of a kind: columns with one value per number, and lists that link the numbers.
//!
//! What the engine and the latch have in common. Nothing here is allocated for a single thing, and no number, however
//! wrong, makes it panic.

mod column;
mod list;
mod numbers;

pub use column::{Blank, Column, NIL, Slot};
pub use list::{Chain, Links, List};
pub use numbers::Numbers;
