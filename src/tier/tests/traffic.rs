//! What goes between the nodes and the store.

use super::super::{Continuity, Epoch, Marks, Sequence, Since, Worth};
use super::calls::{Asked, judge};
use super::node::{Flight, Stage};
use super::store::{Answer, Moment, Question, Record, Reply, Subject, Turn};
use super::world::{Fault, Id, Message, Packet, Promise, World};

impl World {
    /// A question reaches the store.
    pub fn ask(&mut self, id: Id) {
        let mut message = self.take(id);
        let Packet::Question(question) = message.packet else { return };
        if let Question::Renew { epoch, at_least } = question
            && epoch == self.store.epoch
        {
            self.store.sequence = self.store.sequence.max(at_least);
            self.renew();
        }
        let moment = Moment {
            asker: (message.node, message.life),
            now: self.now,
            lease: self.setup.lease.unwrap_or_default(),
            fault: self.setup.fault,
        };
        // A store that has lost its counter gives numbers a second time, so one that is given back late can end another's turn.
        // That costs a load, and no more: its value is of another epoch.
        if let Question::EndTurn { key, turn } = question
            && self.store.turns[key].is_some_and(|held| held.number == turn && held.holder != moment.asker)
        {
            self.holders[key] = None;
        }
        let answer = self.store.answer(question, moment);
        if let (Question::Turn { key }, Reply::Turn(Some(number))) = (question, &answer.reply) {
            self.note_turn(key, *number, moment);
        }
        message.packet = Packet::Answer(question, answer);
        self.messages.push(message);
    }

    /// The store begins anew: no record is good any more.
    pub const fn renew(&mut self) {
        self.epochs += 1;
        self.store.epoch = Epoch(self.epochs);
    }

    /// An answer reaches its node.
    pub fn deliver(&mut self, id: Id) {
        let Message { node: at, life, asked, at: asked_at, packet, .. } = self.take(id);
        let Packet::Answer(question, answer) = packet else { return };
        if self.nodes[at].life != life {
            return;
        }
        let is_usable = self.hear(at, asked, &answer);
        match (question, answer.reply) {
            (_, _) if !is_usable => self.give_up(at, question),
            (Question::Read { key }, Reply::Record(record)) => {
                self.read(at, key, record, answer.epoch, answer.sequence)
            }
            (Question::Drop { id, .. } | Question::Replay { id, .. }, Reply::Taken) => {
                if let Some(index) = self.nodes[at].outbox.iter().position(|pending| pending.id == id) {
                    let pending = self.nodes[at].outbox.remove(index);
                    self.promise(at, pending.versions);
                }
            }
            (Question::Replay { id, .. }, Reply::Fenced) if self.setup.fault == Some(Fault::LosesChanges) => {
                self.nodes[at].outbox.retain(|pending| pending.id != id);
            }
            (Question::Replay { id, .. }, Reply::Fenced) => {
                // It is too late for the value; but what is there is not what was set.
                if let Some(pending) = self.nodes[at].outbox.iter_mut().find(|pending| pending.id == id) {
                    pending.value = None;
                }
            }
            (Question::Changes { .. }, Reply::Changes { from, changes }) => {
                let (node, now, fault) = (&mut self.nodes[at], self.now, self.setup.fault);
                node.is_polling = false;
                let continuity = node.feed.advance(from, answer.sequence);
                if continuity == Continuity::Whole || fault == Some(Fault::TrustsFeeds) {
                    changes.iter().for_each(|change| node.apply(change.subject));
                } else {
                    node.apply(Subject::All);
                }
                let from = if fault == Some(Fault::NewsFromArrival) { now } else { asked_at };
                node.doubt.news(f64::from(from), f64::from(now));
            }
            (Question::Turn { key }, Reply::Turn(turn)) => self.take_turn(at, key, turn),
            (Question::Write { key, turn, .. }, _) => self.end_turn(at, key, turn),
            _ => {}
        }
    }

    /// A node has the turn, or has to look again. In both cases another one may have loaded meanwhile.
    fn take_turn(&mut self, at: usize, key: usize, turn: Option<Sequence>) {
        match &mut self.nodes[at].flights[key] {
            Some(flight) if matches!(flight.stage, Stage::Queued { .. }) => {
                *flight = Flight { stage: Stage::Reading, turn, ..*flight };
                self.send(at, Question::Read { key });
            }
            _ => self.end_turn(at, key, turn),
        }
    }

    /// A node gives a turn back.
    pub fn end_turn(&mut self, at: usize, key: usize, turn: Option<Sequence>) {
        let Some(turn) = turn else { return };
        if self.holders[key].is_some_and(|(_, held)| held.number == turn && held.holder.0 == at) {
            self.holders[key] = None;
        }
        self.send(at, Question::EndTurn { key, turn });
    }

    /// What must hold when the store gives a turn: it has a number of its own, and nobody else is within a lease.
    fn note_turn(&mut self, key: usize, number: Sequence, Moment { asker, now, lease, .. }: Moment) {
        let epoch = self.store.epoch;
        if self.last_turn.0 == epoch && number <= self.last_turn.1 {
            self.broken = Some("a number was given as a turn for the second time");
        }
        let is_other = |(of, held): (Epoch, Turn)| of == epoch && held.holder != asker && now < held.until;
        if self.holders[key].is_some_and(is_other) {
            self.broken = Some("two nodes have a turn at the same time");
        }
        self.last_turn = (epoch, number);
        self.holders[key] = Some((epoch, Turn { number, holder: asker, until: now + lease }));
    }

    fn read(&mut self, at: usize, key: usize, record: Option<(Record, Marks)>, epoch: Epoch, sequence: Sequence) {
        let Some(flight) = self.nodes[at].flights[key] else { return };
        if flight.stage != Stage::Reading {
            return;
        }
        let is_free = !self.nodes[at].has_pending(key) || self.setup.fault == Some(Fault::ForgetsPending);
        let is_good = |worth| worth == Worth::Good || self.setup.fault == Some(Fault::Unfenced);
        let is_strict = self.setup.fault == Some(Fault::ComparesStrictly);
        let record = record.filter(|(record, marks)| !is_strict || record.since.sequence > marks.hard);
        match record.filter(|(record, marks)| is_free && is_good(judge(record.since, epoch, *marks))) {
            Some((record, _)) => {
                self.has_shared |= record.version > 1;
                self.serve(at, key, record.version, flight);
                self.end_turn(at, key, flight.turn);
            }
            None if self.setup.lease.is_some() && flight.turn.is_none() => {
                let stage = Stage::Queued { since: Since { epoch, sequence } };
                self.nodes[at].flights[key] = Some(Flight { stage, ..flight });
                self.send(at, Question::Turn { key });
            }
            None => {
                let since = Since { epoch, sequence };
                self.nodes[at].flights[key] = Some(Flight { stage: Stage::Loading { since: Some(since) }, ..flight });
            }
        }
    }

    /// A node has no answer, or none that it can use.
    pub fn give_up(&mut self, at: usize, question: Question) {
        match question {
            Question::Read { key } => {
                if let Some(flight) = &mut self.nodes[at].flights[key]
                    && flight.stage == Stage::Reading
                {
                    flight.stage = Stage::Loading { since: None };
                }
            }
            // Without turns, each node loads for itself.
            Question::Turn { key } => {
                if let Some(flight) = &mut self.nodes[at].flights[key]
                    && let Stage::Queued { since } = flight.stage
                {
                    flight.stage = Stage::Loading { since: Some(since) };
                }
            }
            Question::Write { key, turn, .. } => self.end_turn(at, key, turn),
            Question::Changes { .. } => self.nodes[at].is_polling = false,
            _ => {}
        }
    }

    /// A node takes in where the store was. Returns whether it can use the answer.
    pub fn hear(&mut self, at: usize, asked: Asked, answer: &Answer) -> bool {
        let (is_usable, distrusted) = self.nodes[at].hear(asked, answer, self.setup.fault);
        if let Some(epoch) = distrusted {
            let at_least = self.nodes[at].horizon.greatest();
            self.send(at, Question::Renew { epoch, at_least });
        }
        is_usable
    }

    /// What must hold at every moment.
    pub fn check(&mut self) {
        for (at, node) in self.nodes.iter().enumerate() {
            for key in 0..self.setup.keys {
                let promised = self.promises.iter().map(|promise| promise.versions[key]).max().unwrap_or_default();
                if node.changed[key] > promised.max(node.pending_version(key)) {
                    self.broken = Some("a change was lost that nothing has superseded");
                }
                let Some(version) = node.hit(key, self.now) else { continue };
                let is_own = |promise: &Promise| promise.holder == (at, node.life);
                let is_over = |promise: &Promise| self.now >= promise.given + self.setup.doubt;
                let is_bound = |promise: &&Promise| is_own(promise) || is_over(promise);
                if version < node.pending_version(key) {
                    self.broken = Some("a node believes what it has invalidated itself");
                }
                if self.promises.iter().filter(is_bound).any(|promise| version < promise.versions[key]) {
                    self.broken = Some("memory has kept what was invalidated, for longer than it may without news");
                }
            }
        }
    }
}
