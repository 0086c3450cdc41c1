//! Doubly linked lists over slots.

use super::column::{Column, NIL, Slot};
use std::collections::TryReserveError;

/// The two neighbours of every slot. A slot is on one list at a time, so all lists share one pair of columns.
#[derive(Debug)]
pub struct Links {
    prev: Column<Slot>,
    next: Column<Slot>,
}

impl Links {
    /// Links for no slot yet.
    pub const fn new() -> Self {
        Self { prev: Column::new(), next: Column::new() }
    }

    /// The slot behind `slot`, towards the tail.
    #[inline]
    pub fn next(&self, slot: Slot) -> Slot {
        self.next.get(slot)
    }

    /// The slot before `slot`, towards the head.
    #[inline]
    pub fn prev(&self, slot: Slot) -> Slot {
        self.prev.get(slot)
    }

    /// Makes room for `len` slots.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn grow(&mut self, len: u32) -> Result<(), TryReserveError> {
        self.prev.grow(len)?;
        self.next.grow(len)
    }

    /// Gives the memory back.
    pub fn release(&mut self) {
        self.prev.release();
        self.next.release();
    }
}

impl Default for Links {
    fn default() -> Self {
        Self::new()
    }
}

/// A list from head to tail; the links of its members are in [`Links`].
#[derive(Debug, Clone, Copy)]
pub struct List {
    head: Slot,
    tail: Slot,
    len: u32,
}

impl List {
    /// An empty list.
    pub const fn new() -> Self {
        Self { head: NIL, tail: NIL, len: 0 }
    }

    /// The first member, or [`NIL`].
    pub const fn head(&self) -> Slot {
        self.head
    }

    /// The last member, or [`NIL`].
    pub const fn tail(&self) -> Slot {
        self.tail
    }

    /// How many members the list has.
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// Whether the list has no member.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts `slot`, which is on no list, before the first member.
    pub fn push_head(&mut self, links: &Links, slot: Slot) {
        links.prev.set(slot, NIL);
        links.next.set(slot, self.head);
        if self.head == NIL {
            self.tail = slot;
        } else {
            links.prev.set(self.head, slot);
        }
        self.head = slot;
        self.len += 1;
    }

    /// Puts `slot`, which is on no list, behind the last member.
    pub fn push_tail(&mut self, links: &Links, slot: Slot) {
        links.next.set(slot, NIL);
        links.prev.set(slot, self.tail);
        if self.tail == NIL {
            self.head = slot;
        } else {
            links.next.set(self.tail, slot);
        }
        self.tail = slot;
        self.len += 1;
    }

    /// Takes `slot`, a member, off the list.
    pub fn unlink(&mut self, links: &Links, slot: Slot) {
        let (prev, next) = (links.prev.take(slot), links.next.take(slot));
        if prev == NIL {
            self.head = next;
        } else {
            links.next.set(prev, next);
        }
        if next == NIL {
            self.tail = prev;
        } else {
            links.prev.set(next, prev);
        }
        self.len -= 1;
    }

    /// The members from head to tail.
    pub fn iter<'a>(&self, links: &'a Links) -> impl Iterator<Item = Slot> + use<'a> {
        follow(links, self.head)
    }
}

/// A list that is only taken from at its head; half the work of a [`List`]. Uses the links towards the tail.
#[derive(Debug, Clone, Copy)]
pub struct Chain {
    head: Slot,
    tail: Slot,
}

impl Chain {
    /// An empty chain.
    pub const fn new() -> Self {
        Self { head: NIL, tail: NIL }
    }

    /// Whether the chain has no member.
    pub const fn is_empty(&self) -> bool {
        self.head == NIL
    }

    /// Puts `slot`, which is on no list, before the first member.
    pub fn push_head(&mut self, links: &Links, slot: Slot) {
        links.next.set(slot, self.head);
        if self.head == NIL {
            self.tail = slot;
        }
        self.head = slot;
    }

    /// Puts `slot`, which is on no list, behind the last member.
    pub fn push_tail(&mut self, links: &Links, slot: Slot) {
        links.next.set(slot, NIL);
        if self.head == NIL {
            self.head = slot;
        } else {
            links.next.set(self.tail, slot);
        }
        self.tail = slot;
    }

    /// Takes the first member off the chain.
    pub fn pop(&mut self, links: &Links) -> Option<Slot> {
        let slot = self.head;
        if slot == NIL {
            return None;
        }
        self.head = links.next.take(slot);
        Some(slot)
    }

    /// The members from head to tail.
    pub fn iter<'a>(&self, links: &'a Links) -> impl Iterator<Item = Slot> + use<'a> {
        follow(links, self.head)
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

/// The members of a list, from one of them to the tail.
fn follow(links: &Links, mut slot: Slot) -> impl Iterator<Item = Slot> {
    std::iter::from_fn(move || {
        let here = slot;
        (here != NIL).then(|| {
            slot = links.next(here);
            here
        })
    })
}

impl Default for List {
    fn default() -> Self {
        Self::new()
    }
}
