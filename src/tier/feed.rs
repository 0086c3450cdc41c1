//! Where a node is in the store's feed of changes, and whether the feed has lost something.

use super::Sequence;

/// A change in the feed: its number, and what its author called it at random. A store that has lost the end of its feed
/// gives the same numbers again, but not the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cursor {
    /// The number.
    pub sequence: Sequence,
    /// The name; 0 before the first change.
    pub nonce: u64,
}

/// What an answer of the feed says of the feed itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Continuity {
    /// It goes on where the node was.
    Whole,
    /// It has been cut off behind the node: some changes are missing. Memory is to be emptied.
    Trimmed,
    /// It has lost changes that it had told, or acknowledged: see [`Heard::Regress`](super::Heard::Regress).
    Forked,
}

/// Where a node is in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Feed {
    at: Option<Cursor>,
    /// The names of the node's own changes that have not come by yet, and were not acknowledged.
    sent: Vec<u64>,
    /// Those that were acknowledged.
    acknowledged: Vec<Cursor>,
}

impl Feed {
    /// The last change that the node has seen; none if it has yet to begin.
    #[must_use]
    pub const fn at(&self) -> Option<Cursor> {
        self.at
    }

    /// Forgets where it was: the store has begun anew.
    pub fn forget(&mut self) {
        self.at = None;
        self.acknowledged.clear();
    }

    /// Notes the name of a change that the node sends. Each time that it sends it, the change has another name.
    pub fn send(&mut self, nonce: u64) {
        self.sent.push(nonce);
    }

    /// Notes that the store has acknowledged one of these changes, which has to come by, or has done so. Returns
    /// [`Continuity::Forked`] if the feed has gone past its number without it.
    pub fn acknowledge(&mut self, own: Cursor) -> Continuity {
        let Some(index) = self.sent.iter().position(|&nonce| nonce == own.nonce) else {
            return Continuity::Whole;
        };
        self.sent.swap_remove(index);
        if self.at.is_some_and(|at| own.sequence <= at.sequence) {
            return Continuity::Forked;
        }
        self.acknowledged.push(own);
        Continuity::Whole
    }

    /// Takes in the changes behind [`Feed::at`], in their order, up to the store's last one.
    ///
    /// `before`: the change at the number of [`Feed::at`], if the feed still has it. An acknowledged change has to come by;
    /// if the feed has gone past its number without it, the store has lost it.
    pub fn advance(&mut self, before: Option<Cursor>, changes: &[Cursor], head: Cursor) -> Continuity {
        self.sent.retain(|nonce| !changes.iter().any(|change| change.nonce == *nonce));
        // Lost, or cut off before it has come by: nobody can tell, so the worse is true.
        let is_lost = |own: &Cursor| own.sequence <= head.sequence && !changes.contains(own) && Some(*own) != before;
        if before.is_some() && before != self.at || self.acknowledged.iter().any(is_lost) {
            return Continuity::Forked;
        }
        let is_whole = before.is_some() || self.at == Some(head);
        self.at = Some(head);
        self.acknowledged.retain(|own| own.sequence > head.sequence);
        if is_whole { Continuity::Whole } else { Continuity::Trimmed }
    }
}
