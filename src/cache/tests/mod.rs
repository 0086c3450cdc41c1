//! The cache as its user sees it.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod dumps;
mod entries;
mod loads;
mod locks;
mod model;
mod reentrance;
mod schedules;
mod stage;
