//! The cache as its user sees it.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod dumps;
mod entries;
mod loads;
mod locks;
mod model;
mod reentrance;
mod schedules;
pub(crate) mod stage;

impl<K, V, S> crate::Cache<K, V, S> {
    /// Whether nobody loads, locks or waits.
    pub(crate) fn assert_nothing_is_left(&self) {
        self.core.read(|state| {
            state.validate();
            state.assert_nothing_is_left();
        });
    }
}
