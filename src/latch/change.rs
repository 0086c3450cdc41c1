//! Changes of a key while somebody computes its value, or looks for one.

use super::Latch;
use super::table::{Gate, Look, Ticket};

impl Latch {
    /// Notes that the key of this gate is being changed by somebody else (`done`: that the change is complete). True: the
    /// caller makes the key lead nowhere. False if nobody computes there, or has begun to while the change was under way:
    /// the gate then stays the key's.
    ///
    /// ```
    /// # use keylatch::latch::{Latch, Outcome, Role};
    /// # let mut latch = Latch::new();
    /// let before = latch.acquire(None, 100.0, 0.0)?;
    /// let gate = latch.gate_of(before);
    /// latch.enter(before, gate, 0.0);
    /// // Somebody deletes the key: who comes now starts afresh, and the late result is not stored.
    /// assert!(gate.is_some_and(|gate| latch.fence(gate, false)));
    /// let after = latch.acquire(None, 100.0, 10.0)?;
    /// assert_eq!(latch.role(after), Role::Holding);
    /// assert_eq!(latch.settle(before), Ok(Outcome::Fenced));
    /// # Ok::<(), keylatch::arena::OutOfMemory>(())
    /// ```
    pub fn fence(&mut self, gate: Gate, done: bool) -> bool {
        let state = self.table.gate(gate);
        let looks = state.look == Look::On;
        let computes = !state.settled && state.look == Look::Over;
        let outdated = state.holder.is_some() && !looks && !(computes && done);
        if outdated || !done {
            self.table.outdate(gate);
        }
        self.table.edit(gate, |state| {
            state.fenced |= outdated;
            state.failure = None;
            state.changed |= looks;
        });
        self.close_if_deserted(gate);
        outdated
    }

    /// Notes that the holder begins to look whether there is a value, or that it has looked. True if its key was changed
    /// during the look that was on; false if the ticket doesn't hold its gate.
    pub fn look(&mut self, ticket: Ticket, next: Look) -> bool {
        let Some(gate) = self.held_by(ticket) else { return false };
        let changed = self.table.gate(gate).changed;
        self.table.edit(gate, |state| (state.look, state.changed) = (next, false));
        changed
    }
}
