//! The cache as its user sees it.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod dumps;
mod entries;
mod faults;
mod loads;
mod locks;
mod model;
mod reentrance;
mod schedules;
pub(crate) mod stage;

/// How much of so many steps a test takes: Miri, which looks for undefined behaviour, takes a thousand times as long.
pub(crate) const fn steps(count: u32) -> u32 {
    if cfg!(miri) { count.div_ceil(100) } else { count }
}

impl<K, V, S> crate::Cache<K, V, S> {
    /// Whether nobody loads, locks or waits.
    pub(crate) fn assert_nothing_is_left(&self) {
        self.core.read(|state| {
            state.validate();
            state.assert_nothing_is_left();
        });
    }
}
