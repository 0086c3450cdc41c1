//! Changes of a key while somebody computes its value, or looks for one.

use super::Latch;
use super::table::{Gate, Look, Ticket};

impl Latch {
    /// Notes that the key of this gate is being changed by somebody else (`done`: that the change is complete). True: the
    /// caller makes the key lead nowhere. False if nobody computes there, or has begun to while the change was under way:
    /// the gate then stays the key's.
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
