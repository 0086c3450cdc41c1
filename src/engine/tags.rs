//! Which entries carry which tags.

use crate::arena::{Column, NIL, Numbers, Slot};
use std::collections::TryReserveError;

/// A tag's number. Names are the caller's business.
pub type Tag = u32;

/// A pair of an entry and one of its tags.
type Node = u32;

/// Pairs of slots and tags, on two lists each: the tags of the slot, and the slots of the tag.
///
/// A tag's number is taken by [`Tags::open`] and stays taken as long as an entry carries it; then it is handed out once
/// by [`Tags::next_closed`], so that the caller can forget the name, and is free again.
#[derive(Debug)]
pub struct Tags {
    /// The first pair of every slot.
    of_slot: Column<Node>,
    /// The first pair of every tag.
    of_tag: Column<Node>,
    /// The next closed tag of every closed one.
    next_closed: Column<Tag>,
    closed: Tag,
    numbers: Numbers,

    slot: Column<Slot>,
    tag: Column<Tag>,
    next_of_slot: Column<Node>,
    prev_of_tag: Column<Node>,
    next_of_tag: Column<Node>,
    nodes: Numbers,
}

impl Tags {
    /// No tags.
    pub const fn new() -> Self {
        Self {
            of_slot: Column::new(),
            of_tag: Column::new(),
            next_closed: Column::new(),
            closed: NIL,
            numbers: Numbers::new(),
            slot: Column::new(),
            tag: Column::new(),
            next_of_slot: Column::new(),
            prev_of_tag: Column::new(),
            next_of_tag: Column::new(),
            nodes: Numbers::new(),
        }
    }

    /// Whether there was a tag.
    #[inline]
    pub fn are_used(&self) -> bool {
        !self.of_slot.is_empty()
    }

    /// Makes room for `capacity` slots, once there was a tag.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn grow(&mut self, capacity: u32) -> Result<(), TryReserveError> {
        if self.of_tag.is_empty() { Ok(()) } else { self.of_slot.grow(capacity) }
    }

    /// Takes a number for a tag that no entry carries yet. The first entry must get it before anything else happens.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn open(&mut self, capacity: u32) -> Result<Tag, TryReserveError> {
        self.of_slot.grow(capacity)?;
        let tags = self.numbers.reserve()?;
        self.next_closed.grow(tags)?;
        self.of_tag.grow(tags)?;
        Ok(self.numbers.take())
    }

    /// Gives the entry of `slot` a tag.
    ///
    /// # Errors
    /// When the memory can't be had; the entry is then as it was.
    pub fn attach(&mut self, slot: Slot, tag: Tag) -> Result<(), TryReserveError> {
        if self.of(slot).any(|carried| carried == tag) {
            return Ok(());
        }
        let node = self.take_node()?;
        self.slot.set(node, slot);
        self.tag.set(node, tag);
        self.next_of_slot.set(node, self.of_slot.get(slot));
        self.of_slot.set(slot, node);
        let first = self.of_tag.get(tag);
        self.prev_of_tag.set(node, NIL);
        self.next_of_tag.set(node, first);
        self.prev_of_tag.set(first, node);
        self.of_tag.set(tag, node);
        Ok(())
    }

    /// Takes all tags from the entry of `slot`.
    pub fn detach_all(&mut self, slot: Slot) {
        let mut node = self.of_slot.take(slot);
        while node != NIL {
            let (tag, next) = (self.tag.take(node), self.next_of_slot.get(node));
            let (before, behind) = (self.prev_of_tag.take(node), self.next_of_tag.take(node));
            self.prev_of_tag.set(behind, before);
            if before != NIL {
                self.next_of_tag.set(before, behind);
            } else if behind != NIL {
                self.of_tag.set(tag, behind);
            } else {
                self.of_tag.set(tag, NIL);
                self.next_closed.set(tag, self.closed);
                self.closed = tag;
            }
            self.slot.take(node);
            self.nodes.give_back(node);
            node = next;
        }
    }

    /// Hands out a tag that no entry carries any more, and frees its number.
    pub fn next_closed(&mut self) -> Option<Tag> {
        let tag = self.closed;
        (tag != NIL).then(|| {
            self.closed = self.next_closed.take(tag);
            self.numbers.give_back(tag);
            tag
        })
    }

    /// An entry that carries `tag`.
    pub fn first_slot(&self, tag: Tag) -> Option<Slot> {
        let node = self.of_tag.get(tag);
        (node != NIL).then(|| self.slot.get(node))
    }

    /// The tags of the entry of `slot`.
    pub fn of(&self, slot: Slot) -> impl Iterator<Item = Tag> + '_ {
        let mut node = self.of_slot.get(slot);
        std::iter::from_fn(move || {
            (node != NIL).then(|| {
                let tag = self.tag.get(node);
                node = self.next_of_slot.get(node);
                tag
            })
        })
    }

    fn take_node(&mut self) -> Result<Node, TryReserveError> {
        let nodes = self.nodes.reserve()?;
        let Self { slot, tag, next_of_slot, prev_of_tag, next_of_tag, .. } = self;
        for column in [slot, tag, next_of_slot, prev_of_tag, next_of_tag] {
            column.grow(nodes)?;
        }
        Ok(self.nodes.take())
    }
}

impl Default for Tags {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(any(test, fuzzing))]
impl Tags {
    /// Checks that both kinds of lists hold the same pairs, and that only `is_live` slots have any.
    pub fn validate(&self, capacity: u32, is_live: impl Fn(Slot) -> bool) {
        let mut pairs = 0;
        for slot in 0..capacity {
            for tag in self.of(slot) {
                pairs += 1;
                assert!(is_live(slot));
                let mut node = self.of_tag.get(tag);
                while node != NIL && self.slot.get(node) != slot {
                    node = self.next_of_tag.get(node);
                }
                assert!(node != NIL, "slot {slot} has tag {tag}, but the tag doesn't list the slot");
            }
        }
        assert_eq!(pairs, self.nodes.taken());
    }
}
