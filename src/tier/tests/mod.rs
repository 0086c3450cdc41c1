//! The rules in a world: nodes, their source, a store, and what goes between them.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod calls;
mod faults;
mod node;
mod random;
mod rules;
mod same;
mod small;
mod store;
mod traffic;
mod world;
