//! Failures that are remembered, so that callers can leave a source alone that has just failed.

use super::Latch;
use super::table::{Failure, Gate, Ticket};
use crate::arena::{Column, OutOfMemory};

/// For how many keys a failure is remembered: a source that fails for every key must not fill the memory.
pub(super) const MOST_FAILURES: u32 = 256;

/// The last failures.
#[derive(Debug)]
pub(super) struct Failures {
    /// Where each was, at its number modulo [`MOST_FAILURES`].
    gates: Column<u32, Option<Gate>>,
    count: u32,
}

impl Failures {
    pub const fn new() -> Self {
        Self { gates: Column::new(), count: 0 }
    }

    /// Takes in a failure. Answers with its number, and with the gate whose place it takes.
    fn push(&mut self, gate: Gate) -> Result<(u32, Option<Gate>), OutOfMemory> {
        self.gates.grow(MOST_FAILURES)?;
        let number = self.count;
        self.count = number.wrapping_add(1);
        let before = self.gates.get(number % MOST_FAILURES);
        self.gates.set(number % MOST_FAILURES, Some(gate));
        Ok((number, before))
    }
}

impl Latch {
    /// Notes that the holder's computation has failed. The gate stays its key's when the holder leaves, until somebody
    /// settles it or changes the key, or until too many other keys have failed since. False if the failure says nothing of
    /// the key: the ticket doesn't hold its gate, the key was changed, or there is no memory.
    ///
    /// ```
    /// # use keylatch::latch::Latch;
    /// # let mut latch = Latch::new();
    /// let holder = latch.begin(None, 100.0, 0.0)?;
    /// let gate = latch.gate_of(holder);
    /// assert!(latch.note_failure(holder, 50.0));
    /// latch.release(holder, gate, 50.0);
    /// assert_eq!(gate.and_then(|gate| latch.failed_at(gate)), Some(50.0));
    /// // The source may say something else about a key that was changed.
    /// latch.fence(gate.unwrap(), false);
    /// assert_eq!(latch.gates(), 0);
    /// # Ok::<(), keylatch::arena::OutOfMemory>(())
    /// ```
    pub fn note_failure(&mut self, ticket: Ticket, now: f64) -> bool {
        let Some(gate) = self.held_by(ticket).filter(|&gate| !self.table.gate(gate).fenced) else { return false };
        let Ok((number, before)) = self.failures.push(gate) else { return false };
        self.table.edit(gate, |state| state.failure = Some(Failure { at: now, number }));
        let is_last = |failure: Failure| number.wrapping_sub(failure.number) == MOST_FAILURES;
        if let Some(before) = before
            && self.table.gate(before).failure.is_some_and(is_last)
        {
            self.table.edit(before, |state| state.failure = None);
            self.close_if_deserted(before);
        }
        true
    }

    /// When the last computation at a gate has failed, if nobody computes there now.
    pub fn failed_at(&self, gate: Gate) -> Option<f64> {
        let state = self.table.gate(gate);
        state.failure.filter(|_| state.holder.is_none()).map(|failure| failure.at)
    }
}
