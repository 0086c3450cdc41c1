//! Doubly linked lists over slots.

use super::column::{Blank, Column, NIL, Slot};
use std::collections::TryReserveError;

/// The neighbours of a slot: side by side, since who needs one mostly needs the other.
#[derive(Debug, Clone, Copy)]
struct Link {
    prev: Slot,
    next: Slot,
}

impl Blank for Link {
    const BLANK: Self = Self { prev: NIL, next: NIL };
}

/// The two neighbours of every slot. A slot is on one list at a time, so all lists share them.
#[derive(Debug)]
pub struct Links {
    column: Column<Link>,
}

impl Links {
    /// Links for no slot yet.
    pub const fn new() -> Self {
        Self { column: Column::new() }
    }

    /// The slot behind `slot`, towards the tail.
    #[inline]
    pub fn next(&self, slot: Slot) -> Slot {
        self.column.get(slot).next
    }

    /// The slot before `slot`, towards the head.
    #[inline]
    pub fn prev(&self, slot: Slot) -> Slot {
        self.column.get(slot).prev
    }

    /// Makes room for `len` slots.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn grow(&mut self, len: u32) -> Result<(), TryReserveError> {
        self.column.grow(len)
    }

    #[inline]
    fn set(&self, slot: Slot, prev: Slot, next: Slot) {
        self.column.set(slot, Link { prev, next });
    }

    #[inline]
    fn set_next(&self, slot: Slot, next: Slot) {
        self.column.update(slot, |link| Link { next, ..link });
    }

    #[inline]
    fn set_prev(&self, slot: Slot, prev: Slot) {
        self.column.update(slot, |link| Link { prev, ..link });
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
        links.set(slot, NIL, self.head);
        if self.head == NIL {
            self.tail = slot;
        } else {
            links.set_prev(self.head, slot);
        }
        self.head = slot;
        self.len += 1;
    }

    /// Puts `slot`, which is on no list, behind the last member.
    pub fn push_tail(&mut self, links: &Links, slot: Slot) {
        links.set(slot, self.tail, NIL);
        if self.tail == NIL {
            self.head = slot;
        } else {
            links.set_next(self.tail, slot);
        }
        self.tail = slot;
        self.len += 1;
    }

    /// Takes `slot`, a member, off the list.
    pub fn unlink(&mut self, links: &Links, slot: Slot) {
        let Link { prev, next } = links.column.get(slot);
        if prev == NIL {
            self.head = next;
        } else {
            links.set_next(prev, next);
        }
        if next == NIL {
            self.tail = prev;
        } else {
            links.set_prev(next, prev);
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

    /// The first member, or [`NIL`].
    pub const fn head(&self) -> Slot {
        self.head
    }

    /// Puts `slot`, which is on no list, behind the last member, with a note.
    pub fn push_tail(&mut self, links: &Links, slot: Slot, note: u32) {
        links.set(slot, note, NIL);
        if self.head == NIL {
            self.head = slot;
        } else {
            links.set_next(self.tail, slot);
        }
        self.tail = slot;
    }

    /// The note of a member. It lies where a [`List`] has the neighbour before.
    pub fn note(&self, links: &Links, slot: Slot) -> u32 {
        links.prev(slot)
    }

    /// Takes the first member off the chain.
    pub fn pop(&mut self, links: &Links) -> Option<Slot> {
        let slot = self.head;
        if slot == NIL {
            return None;
        }
        self.head = links.next(slot);
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
