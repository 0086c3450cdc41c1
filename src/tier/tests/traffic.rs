//! What goes between the nodes and the store.

use super::super::{Asked, Continuity, Cursor, Epoch, Marks, Sequence, Since, Worth, judge};
use super::node::{Flight, Stage};
use super::store::{Answer, Question, Record, Reply, Subject};
use super::world::{Fault, Id, Message, Packet, Promise, Step, World};

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
        let answer = self.store.answer(question, self.setup.fault);
        message.packet = Packet::Answer(question, answer);
        self.messages.push(message);
    }

    /// The store begins anew: no record is good any more. What it had lost is safe again.
    pub fn renew(&mut self) {
        self.epochs += 1;
        self.store.epoch = Epoch(self.epochs);
        let (mut lost, kept): (Vec<_>, Vec<_>) = self.promises.drain(..).partition(|promise| promise.is_lost);
        for promise in &mut lost {
            (promise.is_lost, promise.given) = (false, self.now);
        }
        // Loads that have begun before are not bound by what is promised again.
        for flight in self.nodes.iter_mut().flat_map(|node| node.flights.iter_mut().flatten()) {
            flight.promises = flight.promises.saturating_sub(lost.len()).min(kept.len());
        }
        self.promises = kept;
        self.promises.append(&mut lost);
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
            (Question::Drop { nonce, .. } | Question::Replay { nonce, .. }, Reply::Taken(cursor)) => {
                if let Some(index) = self.nodes[at].outbox.iter().position(|pending| pending.nonce == nonce) {
                    let pending = self.nodes[at].outbox.remove(index);
                    self.promise(at, pending.versions, cursor, answer.epoch);
                    self.acknowledge(at, cursor, answer.epoch);
                }
            }
            (Question::Replay { nonce, .. }, Reply::Fenced) => {
                // It is too late for the value; but what is there is not what was set.
                if let Some(pending) = self.nodes[at].outbox.iter_mut().find(|pending| pending.nonce == nonce) {
                    pending.value = None;
                }
            }
            (Question::Changes { .. }, Reply::Changes { before, changes, head }) => {
                let cursors: Vec<Cursor> = changes.iter().map(|change| change.cursor).collect();
                self.nodes[at].is_polling = false;
                let (node, now) = (&mut self.nodes[at], f64::from(self.now));
                match node.feed.advance(before, &cursors, head) {
                    Continuity::Whole => changes.iter().for_each(|change| node.apply(change.subject)),
                    Continuity::Trimmed => node.apply(Subject::All),
                    Continuity::Forked if self.setup.fault == Some(Fault::TrustsFeeds) => {
                        changes.iter().for_each(|change| node.apply(change.subject));
                        node.feed.forget();
                    }
                    Continuity::Forked => return self.distrust(at, answer.epoch),
                }
                let from = if self.setup.fault == Some(Fault::NewsFromArrival) { self.now } else { asked_at };
                node.doubt.news(f64::from(from), now);
            }
            _ => {}
        }
    }

    fn read(&mut self, at: usize, key: usize, record: Option<(Record, Marks)>, epoch: Epoch, sequence: Sequence) {
        let Some(flight) = self.nodes[at].flights[key] else { return };
        if flight.stage != Stage::Reading {
            return;
        }
        let is_free = !self.nodes[at].has_pending(key) || self.setup.fault == Some(Fault::ForgetsPending);
        let is_good = |worth| worth == Worth::Good || self.setup.fault == Some(Fault::Unfenced);
        match record.filter(|(record, marks)| is_free && is_good(judge(record.since, epoch, *marks))) {
            Some((record, _)) => self.serve(at, key, record.version, flight),
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
            Question::Changes { .. } => self.nodes[at].is_polling = false,
            _ => {}
        }
    }

    /// A node takes in where the store was. Returns whether it can use the answer.
    pub fn hear(&mut self, at: usize, asked: Asked, answer: &Answer) -> bool {
        let (is_usable, distrusted) = self.nodes[at].hear(asked, answer, self.setup.fault);
        if let Some(epoch) = distrusted {
            self.ask_to_renew(at, epoch);
        }
        is_usable
    }

    /// The store has acknowledged a change of the node's own.
    pub fn acknowledge(&mut self, at: usize, cursor: Cursor, epoch: Epoch) {
        let continuity = self.nodes[at].feed.acknowledge(cursor);
        if continuity == Continuity::Forked && self.setup.fault != Some(Fault::TrustsFeeds) {
            self.distrust(at, epoch);
        }
    }

    /// The store has lost something.
    fn distrust(&mut self, at: usize, epoch: Epoch) {
        let node = &mut self.nodes[at];
        node.horizon.distrust();
        node.apply(Subject::All);
        node.feed.forget();
        self.ask_to_renew(at, epoch);
    }

    fn ask_to_renew(&mut self, at: usize, epoch: Epoch) {
        let at_least = self.nodes[at].horizon.greatest();
        self.send(at, Question::Renew { epoch, at_least });
    }

    /// Lets the world come to rest: every node hears of everything, and the store of every change.
    pub fn settle(&mut self) {
        for id in self.messages.iter().map(|message| message.id).collect::<Vec<_>>() {
            self.step(Step::Lose(id));
        }
        for _ in 0..4 {
            for at in 0..self.setup.nodes {
                self.step(Step::Poll(at));
                self.step(Step::Resend(at));
                while let Some(Message { id, packet, .. }) = self.messages.first() {
                    self.step(if matches!(packet, Packet::Question(_)) { Step::Ask(*id) } else { Step::Deliver(*id) });
                }
            }
        }
    }

    /// What must hold at every moment.
    pub fn check(&mut self) {
        for (at, node) in self.nodes.iter().enumerate() {
            for key in 0..self.setup.keys {
                let Some(version) = node.hit(key, self.now) else { continue };
                let is_own = |promise: &Promise| promise.holder == (at, node.life);
                let is_over = |promise: &Promise| self.now >= promise.given + self.setup.doubt;
                let is_bound = |promise: &&Promise| !promise.is_lost && (is_own(promise) || is_over(promise));
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
