//! Whether a store is still the one that a node knew.

use super::Since;

/// Names one life of a store: made at random together with its counter, and anew whenever what it holds can't be trusted.
/// A driver numbers their names in the order in which it first hears them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u32);

/// A number of a store's counter. Whole, and below 2<sup>53</sup>, so that JavaScript can hold it.
pub type Sequence = u64;

/// What a node knew of the store when it asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Asked {
    epoch: Option<Epoch>,
    greatest: Sequence,
}

/// What an answer says of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Heard {
    /// It is as it was: what the answer holds can be used.
    Same,
    /// It has begun anew, or the node hears of it for the first time. All that came before is worth nothing: memory is to be emptied, and what is being loaded
    /// must not be stored. What the answer itself holds can be used.
    Anew,
    /// It has lost some of what it had acknowledged: a replica that lagged has taken over, or it was emptied. Memory is to be
    /// emptied, the answer can't be used, and neither can any other one until the store has another epoch. The node asks
    /// for that ([`Horizon::greatest`] says from which number on to count).
    Regress,
    /// The answer has been overtaken: it was asked for in an epoch that is over. It can't be used.
    Outdated,
}

/// What a node knows of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Horizon {
    epoch: Option<Epoch>,
    /// The greatest number that was heard in this epoch. It may be below `greatest`: a store that has begun anew may have
    /// lost its counter, and what is known of another one says nothing of this one's invalidations.
    current: Sequence,
    greatest: Sequence,
    is_distrusted: bool,
}

impl Horizon {
    /// The store's epoch, as far as it is known and trusted.
    #[must_use]
    pub fn epoch(&self) -> Option<Epoch> {
        self.epoch.filter(|_| !self.is_distrusted)
    }

    /// What the node knows of the store's invalidations now, for a value that is set without a connection.
    #[must_use]
    pub fn since(&self) -> Option<Since> {
        self.epoch().map(|epoch| Since { epoch, sequence: self.current })
    }

    /// The greatest number that the node has ever heard, in whichever epoch.
    #[must_use]
    pub const fn greatest(&self) -> Sequence {
        self.greatest
    }

    /// What to keep with a question, until its answer comes.
    #[must_use]
    pub const fn ask(&self) -> Asked {
        Asked { epoch: self.epoch, greatest: self.greatest }
    }

    /// Takes in where the store was when it answered. Answers may come in any order.
    ///
    /// A number below the greatest one that the node knew when it asked is a regress, in a new epoch too: a counter goes on
    /// from one epoch to the next, unless it was lost. So is an epoch that the node has left before.
    pub fn hear(&mut self, asked: Asked, epoch: Epoch, sequence: Sequence) -> Heard {
        let Some(known) = self.epoch else {
            return self.settle(epoch, sequence, Heard::Anew);
        };
        if epoch == known && self.is_distrusted {
            return Heard::Regress;
        }
        if epoch != known && asked.epoch != Some(known) {
            return Heard::Outdated;
        }
        if sequence < asked.greatest || epoch < known {
            self.epoch = Some(epoch);
            self.is_distrusted = true;
            return Heard::Regress;
        }
        self.settle(epoch, sequence, if epoch == known { Heard::Same } else { Heard::Anew })
    }

    fn settle(&mut self, epoch: Epoch, sequence: Sequence, heard: Heard) -> Heard {
        let known = if self.epoch == Some(epoch) { self.current } else { 0 };
        *self = Self {
            epoch: Some(epoch),
            current: known.max(sequence),
            greatest: self.greatest.max(sequence),
            is_distrusted: false,
        };
        heard
    }
}
