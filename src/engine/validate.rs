//! The engine's invariants, checked in tests.

use super::policy::Policy;
use super::{Bounds, Engine};

impl Engine {
    /// Checks every invariant of every part.
    pub fn validate(&self) {
        self.slots.validate();
        self.slots.pins.validate(&self.slots);
        self.policy.validate(&self.slots);
        self.expiry.validate(&self.slots);
        self.tags.validate(self.slots.capacity(), |slot| self.slots.is_live(slot));
        let Bounds { entries, weight, entry_weight } = self.config.bounds;
        let weights: Vec<f64> = self.slots.iter_live().map(|slot| self.weight(slot)).collect();
        assert!(self.len() <= entries, "{} entries, bound {entries}", self.len());
        assert!(self.total_weight() <= weight, "weight {}, bound {weight}", self.total_weight());
        assert!(weights.iter().all(|&one| one <= entry_weight || self.config.weighs));
        assert_eq!(weights.iter().sum::<f64>(), self.total_weight());
        let next = |slot| self.next_ranked(slot);
        let mut ranking: Vec<_> = std::iter::successors(next(None), |&slot| next(Some(slot))).collect();
        ranking.sort_unstable();
        assert!(ranking.into_iter().eq(self.slots.iter_live()));
    }
}
