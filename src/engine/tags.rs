//! Which entries carry which tags.

use super::slot::Slot;
use crate::arena::{Blank, Column, IdPool, OutOfMemory, id};
use std::iter;

id! {
    /// A tag's number. Names are the caller's business.
    pub struct Tag;
}

id! {
    /// A pair of an entry and one of its tags.
    struct Node;
}

/// What a pair says, and its neighbours.
#[derive(Debug, Clone, Copy)]
struct Pair {
    slot: Option<Slot>,
    tag: Option<Tag>,
    next_of_slot: Option<Node>,
    prev_of_tag: Option<Node>,
    next_of_tag: Option<Node>,
}

impl Blank for Pair {
    const BLANK: Self = Self { slot: None, tag: None, next_of_slot: None, prev_of_tag: None, next_of_tag: None };
}

/// Pairs of slots and tags, on two lists each: the tags of the slot, and the slots of the tag.
///
/// A tag's number is taken by [`Tags::open`] and stays taken as long as an entry carries it; then it is handed out once
/// by [`Tags::next_closed`], so that the caller can forget the name, and is free again.
#[derive(Debug)]
pub struct Tags {
    /// The first pair of every slot.
    of_slot: Column<Slot, Option<Node>>,
    /// The first pair of every tag.
    of_tag: Column<Tag, Option<Node>>,
    /// The next closed tag of every closed one.
    next_closed: Column<Tag, Option<Tag>>,
    closed: Option<Tag>,
    tag_pool: IdPool<Tag>,
    pairs: Column<Node, Pair>,
    node_pool: IdPool<Node>,
}

impl Tags {
    /// No tags.
    pub const fn new() -> Self {
        Self {
            of_slot: Column::new(),
            of_tag: Column::new(),
            next_closed: Column::new(),
            closed: None,
            tag_pool: IdPool::new(),
            pairs: Column::new(),
            node_pool: IdPool::new(),
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
    pub fn grow(&mut self, capacity: u32) -> Result<(), OutOfMemory> {
        if self.of_tag.is_empty() { Ok(()) } else { self.of_slot.grow(capacity) }
    }

    /// Takes a number for a tag that no entry carries yet. The first entry must get it before anything else happens.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn open(&mut self, capacity: u32) -> Result<Tag, OutOfMemory> {
        self.of_slot.grow(capacity)?;
        let tags = self.tag_pool.reserve()?;
        self.next_closed.grow(tags)?;
        self.of_tag.grow(tags)?;
        Ok(self.tag_pool.take())
    }

    /// Gives the entry of `slot` a tag.
    ///
    /// # Errors
    /// When the memory can't be had; the entry is then as it was.
    pub fn attach(&mut self, slot: Slot, tag: Tag) -> Result<(), OutOfMemory> {
        if self.of(slot).any(|carried| carried == tag) {
            return Ok(());
        }
        self.pairs.grow(self.node_pool.reserve()?)?;
        let node = self.node_pool.take();
        let (next_of_slot, next_of_tag) = (self.of_slot.get(slot), self.of_tag.get(tag));
        let pair = Pair { slot: Some(slot), tag: Some(tag), next_of_slot, prev_of_tag: None, next_of_tag };
        self.pairs.set(node, pair);
        self.of_slot.set(slot, Some(node));
        self.of_tag.set(tag, Some(node));
        if let Some(next) = next_of_tag.and_then(|next| self.pairs.get_mut(next)) {
            next.prev_of_tag = Some(node);
        }
        Ok(())
    }

    /// The slots of the entries that carry `tag`.
    pub fn slots(&self, tag: Tag) -> impl Iterator<Item = Slot> + '_ {
        let pairs = iter::successors(self.of_tag.get(tag), |&node| self.pairs.get(node).next_of_tag);
        pairs.filter_map(|node| self.pairs.get(node).slot)
    }

    /// Takes all tags from the entry of `slot`.
    pub fn detach_all(&mut self, slot: Slot) {
        let mut first = self.of_slot.take(slot);
        while let Some(node) = first {
            let Pair { tag, next_of_slot, prev_of_tag, next_of_tag, .. } = self.pairs.take(node);
            if let Some(next) = next_of_tag.and_then(|next| self.pairs.get_mut(next)) {
                next.prev_of_tag = prev_of_tag;
            }
            if let Some(prev) = prev_of_tag.and_then(|prev| self.pairs.get_mut(prev)) {
                prev.next_of_tag = next_of_tag;
            } else if let Some(tag) = tag {
                self.of_tag.set(tag, next_of_tag);
                if next_of_tag.is_none() {
                    self.next_closed.set(tag, self.closed);
                    self.closed = Some(tag);
                }
            }
            self.node_pool.give_back(node);
            first = next_of_slot;
        }
    }

    /// Hands out a tag that no entry carries any more, and frees its number.
    pub fn next_closed(&mut self) -> Option<Tag> {
        let tag = self.closed?;
        self.closed = self.next_closed.take(tag);
        self.tag_pool.give_back(tag);
        Some(tag)
    }

    /// An entry that carries `tag`.
    pub fn first_slot(&self, tag: Tag) -> Option<Slot> {
        self.pairs.get(self.of_tag.get(tag)?).slot
    }

    /// The tags of the entry of `slot`.
    pub fn of(&self, slot: Slot) -> impl Iterator<Item = Tag> + '_ {
        let mut node = self.of_slot.get(slot);
        std::iter::from_fn(move || {
            let Pair { tag, next_of_slot, .. } = self.pairs.get(node?);
            node = next_of_slot;
            tag
        })
    }
}

impl Default for Tags {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
impl Tags {
    /// Checks that both kinds of lists hold the same pairs, and that only `is_live` slots have any.
    pub fn validate(&self, capacity: u32, is_live: impl Fn(Slot) -> bool) {
        use crate::arena::Id;
        let mut pairs = 0;
        for slot in Slot::first(capacity) {
            for tag in self.of(slot) {
                pairs += 1;
                assert!(is_live(slot));
                let first = self.of_tag.get(tag);
                let mut of_tag = std::iter::successors(first, |&node| self.pairs.get(node).next_of_tag);
                let is_listed = of_tag.any(|node| self.pairs.get(node).slot == Some(slot));
                assert!(is_listed, "{slot:?} has {tag:?}, but the tag doesn't list the slot");
            }
        }
        assert_eq!(pairs, self.node_pool.taken());
    }
}
