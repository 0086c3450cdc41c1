//! What a record of the store is worth.

use super::{Epoch, Sequence};

/// What a store counted before a load began: its value knows of every invalidation up to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Since {
    /// In which epoch.
    pub epoch: Epoch,
    /// The number.
    pub sequence: Sequence,
}

/// The greatest marks among those that concern a record: of its key, of its tags, of its namespaces, of everything. 0 if
/// there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Marks {
    /// Of those that invalidate.
    pub hard: Sequence,
    /// Of those that only let it expire.
    pub soft: Sequence,
}

/// What a record is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Worth {
    /// It is good, as long as its life lasts.
    Good,
    /// It has expired, and may serve for as long as an expired value may.
    Expired,
    /// It was invalidated, or it is of another epoch.
    Nothing,
}

/// What a record is worth in an epoch, under its marks. A load knows of the invalidation whose number it has noted.
#[must_use]
pub fn judge(since: Since, epoch: Epoch, marks: Marks) -> Worth {
    if since.epoch != epoch || since.sequence < marks.hard {
        Worth::Nothing
    } else if since.sequence < marks.soft {
        Worth::Expired
    } else {
        Worth::Good
    }
}
