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
pub mod flights;
pub mod locks;
pub mod protocol;
mod state;

use crate::arena::Id;
use std::num::NonZeroU32;

/// The id with a number of JavaScript's; none for [`NONE`](protocol::NONE).
fn id<I: Id>(number: i32) -> Option<I> {
    NonZeroU32::new(number.wrapping_add(1) as u32).map(I::from_raw)
}

/// The number by which JavaScript knows an id; [`NONE`](protocol::NONE) for none.
fn number<I: Id>(id: Option<I>) -> i32 {
    id.map_or(0, |id| id.raw().get()).wrapping_sub(1) as i32
}

#[cfg(test)]
mod tests {
    use super::protocol::NONE;
    use super::*;
    use crate::engine::Slot;

    #[test]
    fn no_id_has_a_number_in_both_directions() {
        assert_eq!((id::<Slot>(NONE), number::<Slot>(None)), (None, NONE));
        for index in [0, 1, 77, i32::MAX] {
            assert_eq!(id(index), Some(Slot::from_index(index as u32)));
            assert_eq!(number(id::<Slot>(index)), index);
        }
    }
}
