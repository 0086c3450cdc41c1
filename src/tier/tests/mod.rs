//! The rules in a world: nodes, their source, a store, and what goes between them.

mod faults;
mod node;
mod random;
mod rules;
mod store;
mod traffic;
mod world;
