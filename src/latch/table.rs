//! The table of gates and tickets: who is where. It knows the lists, and none of the rules.

use crate::arena::{IdPool, Links, List, OutOfMemory, Row, Rows, id};
use crate::numbered::numbered;

/// How many times a lease doubles at most: to 32 times as long as asked for.
const MOST_DOUBLINGS: u32 = 5;

id! {
    /// The number of a lock, from its acquisition until it is given back.
    pub struct Ticket;
}

id! {
    /// The number of a key's gate.
    pub struct Gate;
}

numbered! {
    /// What a ticket is.
    pub enum Role {
        /// No ticket: never issued, or given back.
        Free,
        /// Acquired, not entered, and without the turn: another one has it.
        Resting,
        /// Entered, and waiting for its turn or for a result.
        Waiting,
        /// Its turn: it computes.
        Holding,
        /// It has its result, its own or the holder's.
        Settled,
        /// It had entered, and held the gate until its lease was over.
        Lost,
    }
}

numbered! {
    /// Whether a gate's holder looks for a value that is there already.
    pub enum Look {
        /// It computes.
        Over,
        /// It looks, and has computed nothing.
        On,
        /// It looks for the last time, and takes what it finds.
        Last,
    }
}

/// A computation that has failed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failure {
    pub at: f64,
    /// Its number among all failures.
    pub number: u32,
}

/// A gate's state.
#[derive(Debug, Clone, Copy)]
pub(super) struct GateState {
    pub open: bool,
    /// Whose turn it is; nobody's as long as those who rest have not entered.
    pub holder: Option<Ticket>,
    /// When the holder's lease is over.
    pub deadline: f64,
    /// Whether the holder's result is there.
    pub settled: bool,
    /// Whether the key was changed since the holder began.
    pub fenced: bool,
    /// The newest token at the time when the gate was opened or its key last changed: turns up to this one say nothing
    /// about the key's value.
    pub since: u64,
    /// Loads that have lost the gate, and may still bring the key's value.
    pub late: u32,
    /// How many turns were lost: each doubles the next lease.
    pub losses: u32,
    pub look: Look,
    /// Whether the key was changed while the holder looked, and not for the last time.
    pub changed: bool,
    /// The last computation, if it has failed.
    pub failure: Option<Failure>,
    /// The load that began here last.
    pub load: Option<Ticket>,
    /// Tickets that have entered, in that order.
    pub waiting: List<Ticket>,
    /// Tickets that have not.
    pub resting: List<Ticket>,
}

impl GateState {
    /// All zeros, which takes the least code to write.
    const CLOSED: Self = Self {
        open: false,
        holder: None,
        deadline: 0.0,
        settled: false,
        fenced: false,
        since: 0,
        late: 0,
        losses: 0,
        look: Look::Over,
        changed: false,
        failure: None,
        load: None,
        waiting: List::new(),
        resting: List::new(),
    };

    /// Whether the gate is open, and nobody is there.
    pub const fn is_empty(&self) -> bool {
        self.open && self.holder.is_none() && self.late == 0 && self.waiting.is_empty() && self.resting.is_empty()
    }

    /// Whether the gate is open for nobody, and for nothing that is to be remembered.
    pub const fn is_deserted(&self) -> bool {
        self.is_empty() && self.failure.is_none()
    }
}

impl Row for GateState {
    const BLANK: &'static Self = &Self::CLOSED;
}

#[derive(Debug, Clone, Copy)]
struct TicketState {
    role: Role,
    gate: Option<Gate>,
    lease: f64,
    token: u64,
    entered: bool,
    load: bool,
}

impl TicketState {
    const FREE: Self = Self { role: Role::Free, gate: None, lease: 0.0, token: 0, entered: false, load: false };
}

impl Row for TicketState {
    const BLANK: &'static Self = &Self::FREE;
}

/// All gates and tickets.
#[derive(Debug)]
pub(super) struct GateTable {
    gates: Rows<Gate, GateState>,
    tickets: Rows<Ticket, TicketState>,
    links: Links<Ticket>,
    gate_pool: IdPool<Gate>,
    ticket_pool: IdPool<Ticket>,
    open_gates: u32,
    /// The token of the holder that came last.
    token: u64,
}

impl GateTable {
    /// An empty table.
    pub const fn new() -> Self {
        Self {
            gates: Rows::new(),
            tickets: Rows::new(),
            links: Links::new(),
            gate_pool: IdPool::new(),
            ticket_pool: IdPool::new(),
            open_gates: 0,
            token: 0,
        }
    }

    /// Makes room for one more gate and one more ticket. Answers for how many tickets there is room.
    pub fn reserve(&mut self) -> Result<u32, OutOfMemory> {
        self.gates.grow(self.gate_pool.reserve()?)?;
        let tickets = self.ticket_pool.reserve()?;
        self.links.grow(tickets)?;
        self.tickets.grow(tickets)?;
        Ok(tickets)
    }

    /// Opens a gate. Needs [`GateTable::reserve`].
    pub fn open(&mut self) -> Gate {
        let gate = self.gate_pool.take();
        let since = self.token;
        self.edit(gate, |state| (state.open, state.since) = (true, since));
        self.open_gates += 1;
        gate
    }

    /// Closes a gate. Its number is not used again before [`GateTable::recycle`].
    pub fn close(&mut self, gate: Gate) {
        self.gates.clear(gate);
        self.open_gates -= 1;
    }

    /// Frees the number of a closed gate.
    pub fn recycle(&mut self, gate: Gate) {
        self.gate_pool.give_back(gate);
    }

    pub fn gate(&self, gate: Gate) -> &GateState {
        self.gates.get(gate)
    }

    pub fn edit(&mut self, gate: Gate, edit: impl FnOnce(&mut GateState)) {
        if let Some(state) = self.gates.get_mut(gate) {
            edit(state);
        }
    }

    /// Issues a ticket for a gate, on no list and without a role yet. Needs [`GateTable::reserve`].
    pub fn issue(&mut self, gate: Gate, lease: f64) -> Ticket {
        let ticket = self.ticket_pool.take();
        if let Some(state) = self.tickets.get_mut(ticket) {
            (state.gate, state.lease) = (Some(gate), lease);
        }
        ticket
    }

    /// Takes a ticket back, which is on no list.
    pub fn withdraw(&mut self, ticket: Ticket) {
        self.tickets.clear(ticket);
        self.ticket_pool.give_back(ticket);
    }

    pub fn role(&self, ticket: Ticket) -> Role {
        self.tickets.get(ticket).role
    }

    pub fn set_role(&mut self, ticket: Ticket, role: Role) {
        if let Some(state) = self.tickets.get_mut(ticket) {
            state.role = role;
        }
    }

    /// The gate of a ticket; none of a free one.
    pub fn gate_of(&self, ticket: Ticket) -> Option<Gate> {
        self.tickets.get(ticket).gate
    }

    pub fn lease(&self, ticket: Ticket) -> f64 {
        self.tickets.get(ticket).lease
    }

    /// Moves a ticket, which is on no list, to another gate.
    pub fn transfer(&mut self, ticket: Ticket, gate: Gate) {
        if let Some(state) = self.tickets.get_mut(ticket) {
            state.gate = Some(gate);
        }
    }

    /// Whether the ticket has ever asked for its turn.
    pub fn has_entered(&self, ticket: Ticket) -> bool {
        self.tickets.get(ticket).entered
    }

    pub fn note_entry(&mut self, ticket: Ticket) {
        if let Some(state) = self.tickets.get_mut(ticket) {
            state.entered = true;
        }
    }

    pub fn is_load(&self, ticket: Ticket) -> bool {
        self.tickets.get(ticket).load
    }

    pub fn note_load(&mut self, ticket: Ticket) {
        let Some(state) = self.tickets.get_mut(ticket) else { return };
        state.load = true;
        if let Some(gate) = state.gate.and_then(|gate| self.gates.get_mut(gate)) {
            gate.load = Some(ticket);
        }
    }

    /// Whether the ticket is a load that has lost its gate, whose key nobody has changed since the load began.
    pub fn is_late(&self, ticket: Ticket) -> bool {
        let &TicketState { role, gate, token, load, .. } = self.tickets.get(ticket);
        let Some(&GateState { open, since, .. }) = gate.map(|gate| self.gates.get(gate)) else { return false };
        load && role == Role::Lost && open && token > since
    }

    /// Notes that the key of a gate was changed: no turn so far says anything about its value.
    pub fn outdate(&mut self, gate: Gate) {
        let since = self.token;
        self.edit(gate, |state| {
            state.since = since;
            state.late = 0;
        });
    }

    pub fn token(&self, ticket: Ticket) -> u64 {
        self.tickets.get(ticket).token
    }

    /// Makes a ticket, which is on no list, the holder of its gate: with a token of its own, and its lease from now on.
    pub fn hold(&mut self, ticket: Ticket, now: f64) {
        let Some(state) = self.tickets.get_mut(ticket) else { return };
        self.token += 1;
        state.token = self.token;
        state.role = Role::Holding;
        if let Some(gate) = state.gate.and_then(|gate| self.gates.get_mut(gate)) {
            gate.holder = Some(ticket);
            (gate.look, gate.changed) = (Look::Over, false);
            gate.deadline = now + state.lease * f64::from(1_u32 << gate.losses.min(MOST_DOUBLINGS));
        }
    }

    /// Puts a ticket, which is on no list, behind those that wait at its gate.
    pub fn wait(&mut self, ticket: Ticket) {
        self.set_role(ticket, Role::Waiting);
        self.enlist(ticket, |gate| &mut gate.waiting);
    }

    /// Puts a ticket, which is on no list, behind those that rest at its gate. If it had a turn, that never was.
    pub fn rest(&mut self, ticket: Ticket) {
        self.set_role(ticket, Role::Resting);
        if let Some(state) = self.tickets.get_mut(ticket) {
            state.token = 0;
        }
        self.enlist(ticket, |gate| &mut gate.resting);
    }

    /// Takes a ticket off the list that it is on, if any.
    pub fn leave(&mut self, ticket: Ticket) {
        let &TicketState { role, gate, .. } = self.tickets.get(ticket);
        let Some(state) = gate.and_then(|gate| self.gates.get_mut(gate)) else { return };
        match role {
            Role::Waiting => state.waiting.unlink(&self.links, ticket),
            Role::Resting => state.resting.unlink(&self.links, ticket),
            Role::Free | Role::Holding | Role::Settled | Role::Lost => {}
        }
    }

    /// The first ticket that waits at the gate, or else the first that rests there.
    pub fn first_member(&self, gate: Gate) -> Option<Ticket> {
        let &GateState { waiting, resting, .. } = self.gates.get(gate);
        waiting.head().or(resting.head())
    }

    pub const fn tickets(&self) -> u32 {
        self.ticket_pool.taken()
    }

    pub const fn gates(&self) -> u32 {
        self.open_gates
    }

    fn enlist(&mut self, ticket: Ticket, list: impl FnOnce(&mut GateState) -> &mut List<Ticket>) {
        if let Some(state) = self.gate_of(ticket).and_then(|gate| self.gates.get_mut(gate)) {
            list(state).push_tail(&self.links, ticket);
        }
    }
}

#[cfg(test)]
impl GateTable {
    /// Checks the lists against the roles, and what must be true of every gate.
    pub fn validate(&self) {
        use crate::arena::Id;
        let mut listed = 0;
        let tickets = || Ticket::first(self.tickets.len());
        for gate in Gate::first(self.gates.len()).filter(|&gate| self.gates.get(gate).open) {
            let state = self.gates.get(gate);
            for (list, role) in [(state.waiting, Role::Waiting), (state.resting, Role::Resting)] {
                for ticket in list.iter(&self.links) {
                    assert_eq!((self.role(ticket), self.gate_of(ticket)), (role, Some(gate)));
                    listed += 1;
                }
            }
            assert!(!state.is_deserted(), "{gate:?} is open for nobody");
            assert!(state.holder.is_some() || state.waiting.is_empty(), "nobody holds {gate:?}, and somebody waits");
            assert!(!state.settled || (state.waiting.is_empty() && state.resting.is_empty()));
            if let Some(holder) = state.holder {
                let role = if state.settled { Role::Settled } else { Role::Holding };
                assert_eq!((self.role(holder), self.gate_of(holder)), (role, Some(gate)));
            }
            let late = tickets().filter(|&ticket| self.is_late(ticket) && self.gate_of(ticket) == Some(gate));
            assert_eq!(late.count(), state.late as usize, "late loads of {gate:?}");
        }
        let is_listed = |&ticket: &Ticket| matches!(self.role(ticket), Role::Waiting | Role::Resting);
        assert_eq!(tickets().filter(is_listed).count(), listed);
        for ticket in tickets().filter(|&ticket| self.role(ticket) == Role::Holding) {
            let holder = self.gate_of(ticket).and_then(|gate| self.gates.get(gate).holder);
            assert_eq!(holder, Some(ticket), "two tickets hold one gate");
        }
    }
}
