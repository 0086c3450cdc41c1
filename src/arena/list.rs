//! Doubly linked lists over ids.

use super::column::{Blank, Column};
use super::id::Id;
use super::memory::OutOfMemory;
use std::num::NonZeroU32;

/// The neighbours of an id, side by side, since code that needs one mostly needs the other.
#[derive(Debug, Clone, Copy)]
struct Link<I> {
    prev: Option<I>,
    next: Option<I>,
}

impl<I: Id> Blank for Link<I> {
    const BLANK: Self = Self { prev: None, next: None };
}

/// The two neighbours of every id. An id is on one list at a time, so all lists share them.
#[derive(Debug)]
pub struct Links<I: Id> {
    column: Column<I, Link<I>>,
}

impl<I: Id> Links<I> {
    /// Links for no id yet.
    pub const fn new() -> Self {
        Self { column: Column::new() }
    }

    /// The id behind this one, towards the tail.
    #[inline]
    pub fn next(&self, id: I) -> Option<I> {
        self.column.get(id).next
    }

    /// The id before this one, towards the head.
    #[inline]
    pub fn prev(&self, id: I) -> Option<I> {
        self.column.get(id).prev
    }

    /// Notes that an id is on no list, and wants to be known by that.
    pub fn set_alone(&self, id: I) {
        self.set(id, Some(id), Some(id));
    }

    /// Whether that was noted of an id. On a list, nobody is next to itself.
    #[inline]
    pub fn is_alone(&self, id: I) -> bool {
        self.next(id) == Some(id)
    }

    /// Makes room for `len` ids.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn grow(&mut self, len: u32) -> Result<(), OutOfMemory> {
        self.column.grow(len)
    }

    #[inline]
    fn set(&self, id: I, prev: Option<I>, next: Option<I>) {
        self.column.set(id, Link { prev, next });
    }

    #[inline]
    fn set_next(&self, id: I, next: Option<I>) {
        self.column.update(id, |link| Link { next, ..link });
    }

    #[inline]
    fn set_prev(&self, id: I, prev: Option<I>) {
        self.column.update(id, |link| Link { prev, ..link });
    }
}

impl<I: Id> Default for Links<I> {
    fn default() -> Self {
        Self::new()
    }
}

/// A list from head to tail; the links of its members are in [`Links`]. Its longer functions stay functions: lists of
/// different ids then share their code.
#[derive(Debug, Clone, Copy)]
pub struct List<I> {
    head: Option<I>,
    tail: Option<I>,
    len: u32,
}

impl<I: Id> List<I> {
    /// An empty list.
    pub const fn new() -> Self {
        Self { head: None, tail: None, len: 0 }
    }

    /// The first member.
    pub const fn head(&self) -> Option<I> {
        self.head
    }

    /// The last member.
    pub const fn tail(&self) -> Option<I> {
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

    /// Puts an id, which is on no list, before the first member.
    pub fn push_head(&mut self, links: &Links<I>, id: I) {
        links.set(id, None, self.head);
        match self.head {
            Some(head) => links.set_prev(head, Some(id)),
            None => self.tail = Some(id),
        }
        self.head = Some(id);
        self.len += 1;
    }

    /// Puts an id, which is on no list, behind the last member.
    #[inline(never)]
    pub fn push_tail(&mut self, links: &Links<I>, id: I) {
        links.set(id, self.tail, None);
        match self.tail {
            Some(tail) => links.set_next(tail, Some(id)),
            None => self.head = Some(id),
        }
        self.tail = Some(id);
        self.len += 1;
    }

    /// Takes a member off the list.
    #[inline(never)]
    pub fn unlink(&mut self, links: &Links<I>, id: I) {
        let Link { prev, next } = links.column.get(id);
        match prev {
            Some(prev) => links.set_next(prev, next),
            None => self.head = next,
        }
        match next {
            Some(next) => links.set_prev(next, prev),
            None => self.tail = prev,
        }
        self.len -= 1;
    }

    /// The members from head to tail.
    pub fn iter<'a>(&self, links: &'a Links<I>) -> impl Iterator<Item = I> + use<'a, I> {
        follow(links, self.head)
    }
}

/// A list whose members leave only at the head; half the work of a [`List`]. Uses the links towards the tail.
#[derive(Debug, Clone, Copy)]
pub struct Chain<I> {
    head: Option<I>,
    tail: Option<I>,
}

impl<I: Id> Chain<I> {
    /// An empty chain.
    pub const fn new() -> Self {
        Self { head: None, tail: None }
    }

    /// The first member.
    pub const fn head(&self) -> Option<I> {
        self.head
    }

    /// Puts an id, which is on no list, behind the last member, with a note.
    pub fn push_tail(&mut self, links: &Links<I>, id: I, note: u32) {
        // The note lies where a list stores the previous neighbour.
        links.set(id, NonZeroU32::new(note).map(I::from_raw), None);
        match (self.head, self.tail) {
            (Some(_), Some(tail)) => links.set_next(tail, Some(id)),
            _ => self.head = Some(id),
        }
        self.tail = Some(id);
    }

    /// The note of a member.
    pub fn note(&self, links: &Links<I>, id: I) -> u32 {
        links.prev(id).map_or(0, |note| note.raw().get())
    }

    /// Takes the first member off the chain.
    pub fn pop(&mut self, links: &Links<I>) -> Option<I> {
        let id = self.head?;
        self.head = links.next(id);
        Some(id)
    }

    /// The members from head to tail.
    pub fn iter<'a>(&self, links: &'a Links<I>) -> impl Iterator<Item = I> + use<'a, I> {
        follow(links, self.head)
    }
}

impl<I: Id> Default for Chain<I> {
    fn default() -> Self {
        Self::new()
    }
}

/// The members of a list, from one of them to the tail.
fn follow<I: Id>(links: &Links<I>, first: Option<I>) -> impl Iterator<Item = I> {
    std::iter::successors(first, |&id| links.next(id))
}

impl<I: Id> Default for List<I> {
    fn default() -> Self {
        Self::new()
    }
}
