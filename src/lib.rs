//! keylatch: a cache for browsers and edge workers.

pub mod arena;
pub mod engine;
pub mod latch;
