//! The latch: who may compute the value of a key, who waits for it, and whose turn it is when something goes wrong.
//!
//! Each key that somebody has locked has a *gate*, and each lock on it a *ticket*. The first ticket holds the gate, for
//! as long as its lease; the others wait for its result. Nothing here knows a key, a value, a promise or a timer: the
//! caller keeps the gate of each key, and carries out what [`Latch::next_event`] tells it.
//!
//! What keeps a key from being poisoned:
//! - a holder that leaves without a result hands over to one waiter, and the others go on waiting;
//! - a holder whose lease is over loses the gate to the first ticket that waits and looks, so a holder that died blocks
//!   nobody for longer than its lease;
//! - each turn that is lost doubles the next lease, so a computation that takes longer than its lease ends up with one
//!   that is long enough; and a *load* that comes late brings the value all the same, if nobody has changed its key;
//! - a gate that is *fenced*, because its key was changed meanwhile, still gives its result to those who wait there, but
//!   the result is not to be stored, and its key no longer leads to it.
//!
//! A holder that only *looks* whether there is a value has computed nothing yet: a change fences nothing then, but a value
//! that the holder finds may be the one from before, so it looks a last time. Then every change fences, also one that ends.
//!
//! Times are in milliseconds of the engine's time. Where a call takes `current`, that is the gate that the ticket's key
//! has at the moment, if any: once the holder of a fenced gate has left, the gate's waiters go on there.

mod change;
mod failure;
mod late;
mod lease;
mod table;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use table::{Gate, Look, Role, Ticket};

use crate::arena::OutOfMemory;
use failure::Failures;
use std::error::Error;
use std::fmt;
use table::GateTable;

/// A consequence of a call for somebody other than its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// This ticket has waited, and holds the gate now.
    Promoted(Ticket),
    /// The holder's result is there for this ticket.
    Settled(Ticket),
    /// This ticket held the gate, and has lost it: its lease was over, or the gate was taken from it. If it had not entered,
    /// or only looked for a value, it rests again: it had nothing to lose.
    Lost(Ticket),
    /// Nobody wants this load's value any more. The flights tell their loads this and the next two, by [`Latch::tell`].
    Idle(Ticket),
    /// Another load has replaced this one.
    Replaced(Ticket),
    /// This load has ended: its ticket is to be given back.
    Ended(Ticket),
    /// This gate was fenced, and is its key's gate again: whoever computes next does so with what is new.
    Reopened(Gate),
    /// Nobody needs this gate any more. Its number is free once this has been handed out.
    Closed(Gate),
}

/// Why a result wasn't accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettleError {
    /// There is one already.
    Settled,
    /// The gate was taken from it: its lease was over, say.
    Lost,
    /// The ticket doesn't hold the gate: it waits, has not entered, or was given back.
    NotHolding,
}

impl fmt::Display for SettleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Settled => "there is a result already",
            Self::Lost => "the gate was taken from the ticket",
            Self::NotHolding => "the ticket doesn't hold its gate",
        })
    }
}

impl Error for SettleError {}

/// What is to become of a result that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It may be stored.
    Store,
    /// Its key was changed while it was computed: it goes to those who waited for it, and nowhere else.
    Fenced,
}

/// The state machine of all locks of a cache.
///
/// ```
/// use keylatch::latch::{Event, Latch, Outcome, Role};
///
/// let mut latch = Latch::new();
/// // Two callers want the value of a key that nobody has locked yet. The first one computes it, the other one waits.
/// let first = latch.acquire(None, 30_000.0, 0.0)?;
/// let gate = latch.gate_of(first);
/// assert_eq!(latch.enter(first, gate, 0.0), Role::Holding);
/// let second = latch.acquire(gate, 30_000.0, 5.0)?;
/// assert_eq!(latch.enter(second, gate, 5.0), Role::Waiting);
///
/// // The result may be stored, and is there for both.
/// assert_eq!(latch.settle(first), Ok(Outcome::Store));
/// assert_eq!(latch.next_event(), Some(Event::Settled(second)));
/// # Ok::<(), keylatch::arena::OutOfMemory>(())
/// ```
#[derive(Debug)]
pub struct Latch {
    table: GateTable,
    failures: Failures,
    events: Vec<Event>,
    /// The next event to hand out.
    next_event: usize,
}

impl Latch {
    /// A latch without gates.
    pub const fn new() -> Self {
        Self { table: GateTable::new(), failures: Failures::new(), events: Vec::new(), next_event: 0 }
    }

    /// Takes a ticket at a key's gate, or at a new one if the key has none. The ticket holds the gate if
    /// nobody else does. If the gate's result is there already, the ticket is settled with it; else it rests until it
    /// enters. The gate may be a new one all the same, so ask for [`Latch::gate_of`] the ticket.
    ///
    /// # Errors
    /// When the memory can't be had; nothing has changed then.
    pub fn acquire(&mut self, gate: Option<Gate>, lease: f64, now: f64) -> Result<Ticket, OutOfMemory> {
        self.reserve()?;
        if let Some(gate) = gate {
            self.close_if_outlived(gate, now);
        }
        let gate = gate.filter(|&gate| self.table.gate(gate).open);
        let gate = gate.unwrap_or_else(|| self.table.open());
        let ticket = self.table.issue(gate, lease);
        if self.table.gate(gate).settled {
            self.table.set_role(ticket, Role::Settled);
        } else {
            self.table.rest(ticket);
            self.take_vacant(ticket, now);
        }
        Ok(ticket)
    }

    /// Makes room for one more ticket. Answers with the number of tickets that there is room for.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn reserve(&mut self) -> Result<u32, OutOfMemory> {
        // A call tells each ticket one thing at the most, and a few things about gates.
        self.events.try_reserve(self.table.tickets() as usize + 8).map_err(|_| OutOfMemory)?;
        self.table.reserve()
    }

    /// Takes a ticket for a load, and enters: as [`Latch::acquire`] and [`Latch::enter`]. Once its lease is over and
    /// another one has the gate, a load may still bring the key's value.
    ///
    /// # Errors
    /// When the memory can't be had; nothing has changed then.
    pub fn begin(&mut self, gate: Option<Gate>, lease: f64, now: f64) -> Result<Ticket, OutOfMemory> {
        let ticket = self.acquire(gate, lease, now)?;
        self.table.note_load(ticket);
        self.enter(ticket, self.table.gate_of(ticket), now);
        Ok(ticket)
    }

    /// Asks for the gate, or for its holder's result. The answer is the ticket's role then: it holds the gate, is
    /// settled, or waits for an event.
    pub fn enter(&mut self, ticket: Ticket, current: Option<Gate>, now: f64) -> Role {
        self.table.note_entry(ticket);
        self.take_vacant(ticket, now);
        if self.table.role(ticket) == Role::Resting {
            self.table.leave(ticket);
            self.table.wait(ticket);
        }
        self.check(ticket, current, now)
    }

    /// Accepts the holder's result: every other ticket of the gate is settled with it. The gate stays for those who
    /// come until the holder gives its ticket back, or its lease is over.
    ///
    /// Loads that have lost the gate may still bring the value, as long as a load holds the gate now: the first value
    /// counts. A lock that holds the gate keeps its turn.
    ///
    /// # Errors
    /// When the ticket doesn't hold the gate, or has a result already.
    pub fn settle(&mut self, ticket: Ticket) -> Result<Outcome, SettleError> {
        match self.table.role(ticket) {
            Role::Holding => {}
            Role::Lost if self.may_return(ticket) => self.overtake(ticket),
            Role::Settled => return Err(SettleError::Settled),
            Role::Lost => return Err(SettleError::Lost),
            Role::Free | Role::Resting | Role::Waiting => return Err(SettleError::NotHolding),
        }
        let gate = self.table.gate_of(ticket).ok_or(SettleError::NotHolding)?;
        self.table.set_role(ticket, Role::Settled);
        self.table.edit(gate, |state| (state.settled, state.failure) = (true, None));
        while let Some(other) = self.table.first_member(gate) {
            self.table.leave(other);
            self.table.set_role(other, Role::Settled);
            self.tell(Event::Settled(other));
        }
        Ok(if self.table.gate(gate).fenced { Outcome::Fenced } else { Outcome::Store })
    }

    /// Gives a ticket back. A holder without a result hands over to the first that waits.
    pub fn release(&mut self, ticket: Ticket, current: Option<Gate>, now: f64) {
        let Some(gate) = self.table.gate_of(ticket) else { return };
        let role = self.table.role(ticket);
        if self.table.is_late(ticket) {
            self.table.edit(gate, |state| state.late -= 1);
        }
        self.table.leave(ticket);
        self.table.withdraw(ticket);
        if self.table.gate(gate).holder != Some(ticket) {
            self.close_if_deserted(gate);
        } else if role == Role::Settled {
            self.close(gate);
        } else {
            self.hand_over(gate, None, current, now);
        }
    }

    /// Queues an event behind the others. A function of its own: in each of its callers it takes more room than a call.
    #[inline(never)]
    pub fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// What the ticket is at the moment.
    pub fn role(&self, ticket: Ticket) -> Role {
        self.table.role(ticket)
    }

    /// The gate of the ticket, until it is given back.
    pub fn gate_of(&self, ticket: Ticket) -> Option<Gate> {
        self.table.gate_of(ticket)
    }

    /// The ticket that holds the gate.
    pub fn holder(&self, gate: Gate) -> Option<Ticket> {
        self.table.gate(gate).holder
    }

    /// The number of the ticket's turn. It grows with each holder, and is 0 for a ticket that never held its gate.
    pub fn token(&self, ticket: Ticket) -> u64 {
        self.table.token(ticket)
    }

    /// The load that began last at the gate. It may have been given back since.
    pub fn newest_load(&self, gate: Gate) -> Option<Ticket> {
        self.table.gate(gate).load
    }

    /// How long a turn of the ticket lasts that follows no lost one.
    pub fn lease(&self, ticket: Ticket) -> f64 {
        self.table.lease(ticket)
    }

    /// How many tickets have not been given back.
    pub fn tickets(&self) -> u32 {
        self.table.tickets()
    }

    /// How many gates are open.
    pub fn gates(&self) -> u32 {
        self.table.gates()
    }

    /// Hands out the next event. Call it until there is none.
    pub fn next_event(&mut self) -> Option<Event> {
        let event = self.events.get(self.next_event).copied();
        self.next_event += 1;
        match event {
            Some(Event::Closed(gate)) => self.table.recycle(gate),
            Some(_) => {}
            None => {
                self.events.clear();
                self.next_event = 0;
            }
        }
        event
    }

    /// Passes on a gate whose holder has left without a result.
    fn hand_over(&mut self, gate: Gate, taker: Option<Ticket>, current: Option<Gate>, now: f64) {
        self.table.edit(gate, |state| state.holder = None);
        let state = self.table.gate(gate);
        if let Some(current) = current
            && state.fenced
            && current != gate
            && self.table.gate(current).open
        {
            return self.merge(gate, current, now);
        }
        if state.fenced && !state.is_deserted() {
            self.table.edit(gate, |state| state.fenced = false);
            self.tell(Event::Reopened(gate));
        }
        if let Some(next) = taker.or(self.table.gate(gate).waiting.head()) {
            self.table.leave(next);
            self.table.hold(next, now);
            if taker.is_none() {
                self.tell(Event::Promoted(next));
            }
        }
        self.close_if_deserted(gate);
    }

    /// Sends everyone from a fenced gate to the one that their key leads to now.
    fn merge(&mut self, from: Gate, to: Gate, now: f64) {
        while let Some(ticket) = self.table.first_member(from) {
            let waits = self.table.role(ticket) == Role::Waiting;
            self.table.leave(ticket);
            self.table.transfer(ticket, to);
            let state = self.table.gate(to);
            if state.settled {
                self.table.set_role(ticket, Role::Settled);
                self.tell(Event::Settled(ticket));
            } else if state.holder.is_none() && waits {
                self.table.hold(ticket, now);
                self.tell(Event::Promoted(ticket));
            } else if waits {
                self.table.wait(ticket);
            } else {
                self.table.rest(ticket);
            }
        }
        self.close(from);
    }

    /// Makes a resting ticket the holder, if nobody holds its gate.
    fn take_vacant(&mut self, ticket: Ticket, now: f64) {
        if self.table.role(ticket) == Role::Resting
            && self.table.gate_of(ticket).is_some_and(|gate| self.table.gate(gate).holder.is_none())
        {
            self.table.leave(ticket);
            self.table.hold(ticket, now);
        }
    }

    /// Closes a gate where nobody is left. If its failure is to be remembered, it stays, as new but for that.
    fn close_if_deserted(&mut self, gate: Gate) {
        let state = self.table.gate(gate);
        if state.is_deserted() {
            self.close(gate);
        } else if state.is_empty() {
            self.table.edit(gate, |state| state.losses = 0);
        }
    }

    fn close(&mut self, gate: Gate) {
        if self.table.gate(gate).open {
            self.table.close(gate);
            self.tell(Event::Closed(gate));
        }
    }
}

impl Default for Latch {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
impl Latch {
    /// Checks every invariant.
    pub fn validate(&self) {
        self.table.validate();
    }
}
