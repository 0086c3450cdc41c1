//! The naive model of the latch: lists are vectors, and every question is answered by looking through all of them.

use crate::latch::{Look, Outcome, Role, SettleError, Ticket};
use std::collections::HashMap;

#[derive(Clone, Copy)]
pub struct Member {
    pub role: Role,
    queue: usize,
    pub has_turn: bool,
    has_entered: bool,
    pub is_load: bool,
}

#[derive(Default)]
struct Queue {
    key: u32,
    holder: Option<Ticket>,
    deadline: f64,
    is_settled: bool,
    is_fenced: bool,
    waiting: Vec<Ticket>,
    resting: Vec<Ticket>,
    /// Loads that have lost their turn while nobody has changed the key.
    late: Vec<Ticket>,
    /// How many turns were lost.
    losses: i32,
    /// Whether the holder looks for a value, and for the last time; and whether the key was changed while it looked.
    is_looking: bool,
    is_last_look: bool,
    is_changed: bool,
}

#[derive(Default)]
pub struct Model {
    pub now: f64,
    pub members: HashMap<Ticket, Member>,
    queues: Vec<Queue>,
    /// The queue to which each key leads.
    pub keys: HashMap<u32, usize>,
}

const LEASE: f64 = super::LEASE;

impl Model {
    pub fn acquire(&mut self, ticket: Ticket, key: u32, is_load: bool) {
        if let Some(&queue) = self.keys.get(&key)
            && self.queues[queue].is_settled
            && self.now >= self.queues[queue].deadline
        {
            self.keys.remove(&key);
        }
        let queue = *self.keys.entry(key).or_insert_with(|| {
            self.queues.push(Queue { key, ..Queue::default() });
            self.queues.len() - 1
        });
        let role = if self.queues[queue].is_settled { Role::Settled } else { Role::Resting };
        let member = Member { role, queue, has_turn: false, has_entered: false, is_load };
        self.members.insert(ticket, member);
        if role == Role::Resting {
            self.queues[queue].resting.push(ticket);
            self.take_vacant(ticket);
        }
        if is_load {
            self.enter(ticket);
        }
    }

    pub fn enter(&mut self, ticket: Ticket) {
        self.edit(ticket).has_entered = true;
        self.take_vacant(ticket);
        if self.members[&ticket].role == Role::Resting {
            self.leave(ticket);
            self.put(ticket, Role::Waiting);
        }
        self.check(ticket);
    }

    pub fn check(&mut self, ticket: Ticket) {
        let queue = &self.queues[self.members[&ticket].queue];
        if let (Role::Waiting, Some(holder)) = (self.members[&ticket].role, queue.holder)
            && !queue.is_settled
            && self.now >= queue.deadline
        {
            self.lose(holder);
            self.hand_over(self.members[&ticket].queue, Some(ticket));
        }
    }

    pub fn settle(&mut self, ticket: Ticket) -> Result<Outcome, SettleError> {
        let Member { role, queue, .. } = self.members[&ticket];
        let state = &self.queues[queue];
        let gives_way = state.holder.and_then(|holder| self.members.get(&holder)).is_none_or(|holder| holder.is_load);
        match role {
            Role::Holding => {}
            Role::Lost if state.late.contains(&ticket) && !state.is_settled && gives_way => {
                if let Some(holder) = state.holder {
                    self.edit(holder).role = Role::Settled;
                }
            }
            Role::Settled => return Err(SettleError::Settled),
            Role::Lost => return Err(SettleError::Lost),
            Role::Free | Role::Resting | Role::Waiting => return Err(SettleError::NotHolding),
        }
        self.edit(ticket).role = Role::Settled;
        for other in self.everyone(queue) {
            self.leave(other);
            self.edit(other).role = Role::Settled;
        }
        let state = &mut self.queues[queue];
        state.holder = Some(ticket);
        state.is_settled = true;
        Ok(if state.is_fenced { Outcome::Fenced } else { Outcome::Store })
    }

    pub fn release(&mut self, ticket: Ticket) {
        let Member { role, queue, .. } = self.members[&ticket];
        self.leave(ticket);
        self.queues[queue].late.retain(|&other| other != ticket);
        self.members.remove(&ticket);
        if self.queues[queue].holder != Some(ticket) {
            self.close_if_deserted(queue);
        } else if role == Role::Settled {
            self.close(queue);
        } else {
            self.hand_over(queue, None);
        }
    }

    pub fn abandon(&mut self, ticket: Ticket) {
        if self.members[&ticket].role == Role::Holding {
            self.lose(ticket);
            self.hand_over(self.members[&ticket].queue, None);
        }
    }

    pub fn extend(&mut self, ticket: Ticket) {
        if self.members[&ticket].role == Role::Holding {
            self.queues[self.members[&ticket].queue].deadline = self.now + LEASE;
        }
    }

    /// A change begins, or is done. A holder that computes may have begun after the beginning of what is done now.
    pub fn change(&mut self, key: u32, is_done: bool) {
        let Some(&queue) = self.keys.get(&key) else { return };
        let state = &mut self.queues[queue];
        let is_first_look = state.is_looking && !state.is_last_look;
        let is_computing = !state.is_settled && !state.is_looking;
        let is_outdated = state.holder.is_some() && !is_first_look && (!is_computing || !is_done);
        state.is_changed |= is_first_look;
        if !is_done || is_outdated {
            state.late.clear();
        }
        if is_outdated {
            state.is_fenced = true;
            self.keys.remove(&key);
        }
        self.close_if_deserted(queue);
    }

    pub fn look(&mut self, ticket: Ticket, next: Look) -> bool {
        let Member { role, queue, .. } = self.members[&ticket];
        if role != Role::Holding {
            return false;
        }
        let state = &mut self.queues[queue];
        state.is_looking = next != Look::Over;
        state.is_last_look = next == Look::Last;
        std::mem::take(&mut state.is_changed)
    }

    pub fn revoke(&mut self, key: u32) {
        let Some(&queue) = self.keys.get(&key) else { return };
        if let (Some(holder), false) = (self.queues[queue].holder, self.queues[queue].is_settled) {
            self.lose(holder);
            self.queues[queue].late.clear();
            self.hand_over(queue, None);
        }
    }

    pub fn deadline(&self, ticket: Ticket) -> f64 {
        self.queues[self.members[&ticket].queue].deadline
    }

    fn lose(&mut self, holder: Ticket) {
        let Member { queue, has_entered, is_load, .. } = self.members[&holder];
        self.queues[queue].holder = None;
        self.queues[queue].losses += 1;
        if !has_entered || self.queues[queue].is_looking {
            self.edit(holder).has_turn = false;
            self.put(holder, Role::Resting);
            return;
        }
        self.edit(holder).role = Role::Lost;
        if is_load && !self.queues[queue].is_fenced {
            self.queues[queue].late.push(holder);
        }
    }

    fn hand_over(&mut self, queue: usize, taker: Option<Ticket>) {
        self.queues[queue].holder = None;
        let key = self.queues[queue].key;
        if let (true, Some(&to)) = (self.queues[queue].is_fenced, self.keys.get(&key))
            && to != queue
        {
            return self.merge(queue, to);
        }
        if self.queues[queue].is_fenced && !self.is_deserted(queue) {
            self.queues[queue].is_fenced = false;
            self.keys.insert(key, queue);
        }
        if let Some(next) = taker.or(self.queues[queue].waiting.first().copied()) {
            self.leave(next);
            self.hold(next);
        }
        self.close_if_deserted(queue);
    }

    fn merge(&mut self, from: usize, to: usize) {
        for ticket in self.everyone(from) {
            let role = self.members[&ticket].role;
            self.leave(ticket);
            self.edit(ticket).queue = to;
            if self.queues[to].is_settled {
                self.edit(ticket).role = Role::Settled;
            } else if role == Role::Waiting && self.queues[to].holder.is_none() {
                self.hold(ticket);
            } else {
                self.put(ticket, role);
            }
        }
    }

    fn take_vacant(&mut self, ticket: Ticket) {
        let Member { role, queue, .. } = self.members[&ticket];
        if role == Role::Resting && self.queues[queue].holder.is_none() {
            self.leave(ticket);
            self.hold(ticket);
        }
    }

    fn hold(&mut self, ticket: Ticket) {
        let now = self.now;
        let member = self.edit(ticket);
        member.role = Role::Holding;
        member.has_turn = true;
        let queue = member.queue;
        let state = &mut self.queues[queue];
        state.holder = Some(ticket);
        (state.is_looking, state.is_last_look, state.is_changed) = (false, false, false);
        state.deadline = now + LEASE * 2f64.powi(state.losses.min(5));
    }

    fn put(&mut self, ticket: Ticket, role: Role) {
        self.edit(ticket).role = role;
        let queue = &mut self.queues[self.members[&ticket].queue];
        if role == Role::Waiting { &mut queue.waiting } else { &mut queue.resting }.push(ticket);
    }

    fn leave(&mut self, ticket: Ticket) {
        let queue = &mut self.queues[self.members[&ticket].queue];
        queue.waiting.retain(|&other| other != ticket);
        queue.resting.retain(|&other| other != ticket);
    }

    fn everyone(&self, queue: usize) -> Vec<Ticket> {
        [self.queues[queue].waiting.clone(), self.queues[queue].resting.clone()].concat()
    }

    fn is_deserted(&self, queue: usize) -> bool {
        let Queue { holder, late, .. } = &self.queues[queue];
        holder.is_none() && late.is_empty() && self.everyone(queue).is_empty()
    }

    fn close_if_deserted(&mut self, queue: usize) {
        if self.is_deserted(queue) {
            self.close(queue);
        }
    }

    fn close(&mut self, queue: usize) {
        self.keys.retain(|_, open| *open != queue);
    }

    fn edit(&mut self, ticket: Ticket) -> &mut Member {
        self.members.get_mut(&ticket).unwrap()
    }
}
