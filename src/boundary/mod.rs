//! The boundary: what JavaScript can call.
//!
//! Only numbers cross it while a cache is at work. Keys, values, callbacks and promises stay in JavaScript, filed under
//! the numbers that the engine and the latch hand out: a number costs a few nanoseconds to pass, a handle costs tens;
//! and a handle in WebAssembly's table keeps what it names from ever being collected, so that a cache whose callback
//! mentions the cache would live for good.
//!
//! No borrow is alive while JavaScript runs: all that is called from here reads the clock, before a borrow. Options are
//! checked, errors made and callbacks run by the JavaScript side.

pub mod cache;
pub mod clock;
pub mod locks;
mod state;
