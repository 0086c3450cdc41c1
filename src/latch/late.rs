//! Loads that come late: they have lost their gate, and may still bring the value of its key.

use super::table::{GateState, Role, Ticket};
use super::{Event, Latch};

impl Latch {
    /// Whether a load that has lost its gate may bring the key's value: no one has yet, and no lock has the turn.
    pub(super) fn may_return(&self, ticket: Ticket) -> bool {
        let Some(gate) = self.table.gate_of(ticket) else { return false };
        let &GateState { holder, settled, .. } = self.table.gate(gate);
        self.table.is_late(ticket) && !settled && holder.is_none_or(|holder| self.table.is_load(holder))
    }

    /// Puts a late load in the place of the one that holds its gate, which is settled with its result.
    pub(super) fn overtake(&mut self, ticket: Ticket) {
        let Some(gate) = self.table.gate_of(ticket) else { return };
        if let Some(holder) = self.table.gate(gate).holder {
            self.table.set_role(holder, Role::Settled);
            self.tell(Event::Settled(holder));
        }
        self.table.edit(gate, |state| {
            state.holder = Some(ticket);
            state.late -= 1;
        });
    }
}
