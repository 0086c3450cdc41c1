//! The id of an entry.

use crate::arena::id;

id! {
    /// The number of an entry, from the moment that it is stored until its removal has been handed out.
    pub struct Slot;
}
