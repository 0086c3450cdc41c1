//! Where a node is in the store's feed of changes, and whether it has missed something.

use super::Sequence;

/// Whether a node has heard of every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Continuity {
    /// The answer goes on where the node was.
    Whole,
    /// Changes between the node and the answer are missing: the feed has been cut off, or the node has no place in it.
    /// Memory is to be emptied.
    Trimmed,
}

/// Where a node is in the feed of one epoch. With another epoch, the node has to [begin](Self::begin) anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Feed {
    at: Option<Sequence>,
}

impl Feed {
    /// Up to which number the node has heard of every change; none if it has no place in the feed.
    #[must_use]
    pub const fn at(&self) -> Option<Sequence> {
        self.at
    }

    /// Begins at an answer of the store, if memory is empty: nothing in it is older.
    pub const fn begin(&mut self, at: Sequence) {
        self.at = Some(at);
    }

    /// Forgets where it was: the store can't be trusted.
    pub const fn forget(&mut self) {
        self.at = None;
    }

    /// Takes in an answer with every change above `from`, up to `head`; no `from` if it can't tell all that was asked for.
    /// Answers may come in any order.
    pub fn advance(&mut self, from: Option<Sequence>, head: Sequence) -> Continuity {
        let is_whole = self.at.zip(from).is_some_and(|(at, from)| from <= at);
        self.at = self.at.max(Some(head));
        if is_whole { Continuity::Whole } else { Continuity::Trimmed }
    }
}
