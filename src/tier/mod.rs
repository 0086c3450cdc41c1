//! What a cache may believe of a store that it shares with other nodes: processes, tabs, workers.
//!
//! The store counts. Each invalidation takes the next number of its [sequence](Sequence), and leaves it behind as a mark.
//! A load notes the number before it begins, and its value carries it: the value is good if no mark that concerns it is
//! greater. So no clock is compared between machines, a late load can't bring back what was invalidated, and news may
//! come twice or in any order.
//!
//! Four rules decide. None of them knows keys, values, timers or the store itself:
//!
//! - [`Horizon`]: whether the store is still the one that the node knew, or has lost something;
//! - [`judge`]: what a record is worth;
//! - [`Feed`]: whether the node has heard of every change;
//! - [`Doubt`]: how long memory may be believed without news.

mod doubt;
mod feed;
mod horizon;
mod record;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use doubt::Doubt;
pub use feed::{Continuity, Feed};
pub use horizon::{Asked, Epoch, Heard, Horizon, Sequence};
pub use record::{Marks, Since, Worth, judge};
