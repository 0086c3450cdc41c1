//! What is left to do once nothing is borrowed: to run the caller's code, or what may lead to it. A key, a value or an
//! error may be dropped here only, for its `Drop` may use the cache.

use super::place::Place;
use super::runtime::Wake;
use super::table::Record;
use super::ticket::{Ticket, Waiter};
use crate::arena::OutOfMemory;
use crate::engine::Reason;
use std::any::Any;
use std::collections::VecDeque;
use std::rc::Rc;

/// One thing to do.
pub(super) enum Deed<K, V> {
    /// To tell that an entry has left, and to drop it.
    Removed(Rc<Record<K, V>>, Reason),
    /// To wake somebody who waits.
    Wake(Wake),
    /// To drop what may be the last of its kind.
    Record(Rc<Record<K, V>>),
    Place(Rc<Place<K>>),
    Ticket(Rc<Ticket<K, V>>),
    Waiter(Rc<Waiter<K, V>>),
    Error(Rc<dyn Any>),
}

/// In the order in which it came.
pub(super) struct Deeds<K, V> {
    queue: VecDeque<Deed<K, V>>,
    /// Whether somebody does them at the moment.
    pub are_in_hand: bool,
}

impl<K, V> Deeds<K, V> {
    pub const fn new() -> Self {
        Self { queue: VecDeque::new(), are_in_hand: false }
    }

    /// Makes room for what one write leaves to do.
    pub fn reserve(&mut self) -> Result<(), OutOfMemory> {
        self.queue.try_reserve(8).map_err(|_| OutOfMemory)
    }

    pub fn push(&mut self, deed: Deed<K, V>) {
        self.queue.push_back(deed);
    }

    pub fn next(&mut self) -> Option<Deed<K, V>> {
        self.queue.pop_front()
    }

    pub fn are_due(&self) -> bool {
        !self.queue.is_empty() && !self.are_in_hand
    }
}
