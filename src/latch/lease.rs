//! Leases: how long a holder has its gate, and who takes over when that time is over.

use super::table::{Gate, GateState, Look, Role, Ticket};
use super::{Event, Latch};

impl Latch {
    /// Looks at the clock on behalf of a ticket that waits: if the holder's lease is over, the ticket holds the gate
    /// from now on. It need not be the first that waits, but it is one that is known to be alive.
    ///
    /// ```
    /// # use keylatch::latch::{Event, Latch, Role, SettleError};
    /// # let mut latch = Latch::new();
    /// let holder = latch.acquire(None, 100.0, 0.0)?;
    /// let gate = latch.gate_of(holder);
    /// latch.enter(holder, gate, 0.0);
    /// let waiter = latch.acquire(gate, 100.0, 10.0)?;
    /// assert_eq!(latch.enter(waiter, gate, 10.0), Role::Waiting);
    /// assert_eq!(latch.check(waiter, gate, 100.0), Role::Holding);
    /// assert_eq!(latch.next_event(), Some(Event::Lost(holder)));
    /// assert_eq!(latch.settle(holder), Err(SettleError::Lost));
    /// # Ok::<(), keylatch::arena::OutOfMemory>(())
    /// ```
    pub fn check(&mut self, ticket: Ticket, current: Option<Gate>, now: f64) -> Role {
        if self.table.role(ticket) == Role::Waiting {
            self.expire(ticket, current, now);
        }
        self.table.role(ticket)
    }

    /// Leaves the gate to others without giving the ticket back, as if its lease were over and somebody had taken it.
    pub fn abandon(&mut self, ticket: Ticket, current: Option<Gate>, now: f64) {
        if let Some(gate) = self.held_by(ticket) {
            self.lose(ticket, gate);
            self.hand_over(gate, None, current, now);
        }
    }

    /// Takes a key's gate from its holder, and gives it to the first that waits. A holder whose result is there keeps it.
    pub fn revoke(&mut self, gate: Gate, now: f64) {
        let &GateState { holder, settled, .. } = self.table.gate(gate);
        if let (Some(holder), false) = (holder, settled) {
            self.lose(holder, gate);
            // Nor is a load's value welcome that comes late.
            self.table.outdate(gate);
            self.tell(Event::Lost(holder));
            self.hand_over(gate, None, Some(gate), now);
        }
    }

    /// Gives the holder a new lease, from now on. False if the ticket doesn't hold its gate.
    pub fn extend(&mut self, ticket: Ticket, lease: f64, now: f64) -> bool {
        let held = self.held_by(ticket);
        if let Some(gate) = held {
            self.table.edit(gate, |state| state.deadline = now + lease);
        }
        held.is_some()
    }

    /// When the lease of the gate's holder is over.
    pub fn deadline(&self, gate: Gate) -> f64 {
        let &GateState { holder, deadline, .. } = self.table.gate(gate);
        if holder.is_some() { deadline } else { f64::INFINITY }
    }

    /// The gate that a ticket holds.
    pub(super) fn held_by(&self, ticket: Ticket) -> Option<Gate> {
        if self.table.role(ticket) == Role::Holding { self.table.gate_of(ticket) } else { None }
    }

    /// Closes a gate whose result has outlived its lease: the holder, who should have given its ticket back, may be dead.
    pub(super) fn close_if_outlived(&mut self, gate: Gate, now: f64) {
        let &GateState { settled, deadline, .. } = self.table.gate(gate);
        if settled && now >= deadline {
            self.close(gate);
        }
    }

    /// Gives a gate to `taker`, which waits there, if its holder's lease is over.
    pub(super) fn expire(&mut self, taker: Ticket, current: Option<Gate>, now: f64) {
        let Some(gate) = self.table.gate_of(taker) else { return };
        let &GateState { holder, settled, deadline, .. } = self.table.gate(gate);
        let Some(holder) = holder.filter(|_| !settled && now >= deadline) else { return };
        self.lose(holder, gate);
        self.tell(Event::Lost(holder));
        self.hand_over(gate, Some(taker), current, now);
    }

    /// Takes the gate from its holder, and doubles the next lease.
    fn lose(&mut self, holder: Ticket, gate: Gate) {
        let computes = self.table.has_entered(holder) && self.table.gate(gate).look == Look::Over;
        if computes {
            self.table.set_role(holder, Role::Lost);
        } else {
            self.table.rest(holder);
        }
        let late = u32::from(self.table.is_late(holder));
        self.table.edit(gate, |state| {
            state.losses = state.losses.saturating_add(1);
            state.late += late;
        });
    }
}
