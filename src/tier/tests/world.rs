//! The world: what can happen in it, and what must hold.
//!
//! A version is what the source has for a key. A change makes a new one, and then tells the caches. A promise is given when
//! the store has acknowledged that: from then on no load may give an older version, and once the time of doubt is over,
//! no memory.

use super::super::{Epoch, Sequence, Since};
use super::calls::Asked;
use super::node::{Flight, Node, Pending, Stage};
use super::store::{Answer, Question, Reply, Store, Subject, Turn};

/// A rule that is broken on purpose, to see that the world notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The number is noted when a load has ended, and not before it begins.
    NotesLate,
    /// A store that has begun anew is not noticed.
    ForgetsEpochs,
    /// A value that was set without a connection is stored whatever has happened since.
    ReplaysValues,
    /// A store takes values without a look at the marks, and a node reads them so.
    Unfenced,
    /// A record is used although the node's own change of it is still on its way.
    ForgetsPending,
    /// Memory is believed for ever without news.
    NeverDoubts,
    /// News count from when they come.
    NewsFromArrival,
    /// A feed that was cut off is taken for a whole one.
    TrustsFeeds,
    /// A value is good only if it was loaded above the mark, not at it.
    ComparesStrictly,
    /// A value that came too late is forgotten, and its key is not invalidated in its place.
    LosesChanges,
    /// The store gives away a turn whose lease is not over.
    StealsTurns,
    /// A turn takes no number.
    TurnsWithoutNumbers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Setup {
    pub nodes: usize,
    pub keys: usize,
    /// For how long memory is believed without news.
    pub doubt: u32,
    /// For how long a node has the turn to load a key, if they take turns.
    pub lease: Option<u32>,
    pub fault: Option<Fault>,
}

/// Which message: whose, and its how manieth.
pub type Id = (usize, u32);

/// Something that can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    Tick,
    /// A caller wants a value: it has it, or a load begins.
    Load(usize, usize),
    /// The source answers a load.
    Source(usize, usize),
    /// A load ends.
    Finish(usize, usize),
    Change(usize, Subject),
    /// A caller sets a value, and the store takes it at once.
    Put(usize, usize),
    /// A caller sets a value without a connection.
    PutAlone(usize, usize),
    /// Sends a change once more.
    Resend(usize),
    Poll(usize),
    /// A question reaches the store.
    Ask(Id),
    /// An answer reaches its node.
    Deliver(Id),
    Lose(Id),
    Crash(usize),
    /// The replica catches up.
    Replicate,
    /// The replica takes over.
    FailOver,
    /// The store comes back empty.
    Restart,
    Trim,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Packet {
    Question(Question),
    Answer(Question, Answer),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    pub id: Id,
    pub node: usize,
    pub life: u32,
    pub asked: Asked,
    /// When it was asked.
    pub at: u32,
    pub packet: Packet,
}

/// No value older than these versions any more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Promise {
    pub versions: Vec<u32>,
    /// The node that has it, and in which of its lives.
    pub holder: (usize, u32),
    /// When it was given.
    pub given: u32,
}

#[derive(Debug, Clone)]
pub struct World {
    pub setup: Setup,
    pub now: u32,
    pub source: Vec<u32>,
    pub store: Store,
    pub replica: Store,
    pub nodes: Vec<Node>,
    pub messages: Vec<Message>,
    pub promises: Vec<Promise>,
    pub epochs: u32,
    pub changes: u32,
    pub sent: Vec<u32>,
    /// The turns that nodes believe to have, and the epoch of each.
    pub holders: Vec<Option<(Epoch, Turn)>>,
    /// The last number that was given as a turn.
    pub last_turn: (Epoch, Sequence),
    /// Whether a value has served another load than its own, after a change.
    pub has_shared: bool,
    /// What has gone wrong.
    pub broken: Option<&'static str>,
}

impl World {
    pub fn new(setup: Setup) -> Self {
        let store = Store::new(Epoch(0), setup.keys);
        Self {
            setup,
            now: 0,
            source: vec![1; setup.keys],
            replica: store.clone(),
            store,
            nodes: (0..setup.nodes).map(|_| Node::new(0, setup.keys, setup.doubt, 0)).collect(),
            messages: Vec::new(),
            promises: Vec::new(),
            epochs: 0,
            changes: 0,
            sent: vec![0; setup.nodes],
            holders: vec![None; setup.keys],
            last_turn: (Epoch(0), 0),
            has_shared: false,
            broken: None,
        }
    }

    pub fn step(&mut self, step: Step) {
        if self.broken.is_some() {
            return;
        }
        let (now, fault) = (self.now, self.setup.fault);
        match step {
            Step::Tick => {
                self.now += 1;
                for node in self.nodes.iter_mut().filter(|_| fault != Some(Fault::NeverDoubts)) {
                    node.tick(self.now);
                }
            }
            Step::Load(at, key) => self.load(at, key),
            Step::Source(at, key) => {
                let version = self.source[key];
                if let Some(Flight { stage, .. }) = &mut self.nodes[at].flights[key]
                    && let Stage::Loading { since } = *stage
                {
                    *stage = Stage::Loaded { version, since };
                }
            }
            Step::Finish(at, key) => self.finish(at, key),
            Step::Change(at, subject) => {
                for key in (0..self.setup.keys).filter(|&key| subject.concerns(key)) {
                    self.source[key] += 1;
                }
                self.change(at, subject, None);
            }
            Step::Put(at, key) => {
                self.source[key] += 1;
                self.nodes[at].apply(Subject::Key(key));
                self.nodes[at].changed[key] = self.source[key];
                self.store.put(key, self.source[key]);
                let asked = self.nodes[at].horizon.ask();
                let answer = Answer { epoch: self.store.epoch, sequence: self.store.sequence, reply: Reply::Done };
                let versions = self.versions(Subject::Key(key));
                self.promise(at, versions);
                self.hear(at, asked, &answer);
            }
            Step::PutAlone(at, key) => {
                self.source[key] += 1;
                let since = self.nodes[at].since();
                self.change(at, Subject::Key(key), Some((self.source[key], since)));
            }
            Step::Resend(at) => {
                if let Some(question) = self.nodes[at].outbox.first().map(Pending::question) {
                    self.send(at, question);
                }
            }
            Step::Poll(at) => {
                self.nodes[at].is_polling = true;
                let after = self.nodes[at].feed.at();
                self.send(at, Question::Changes { after });
            }
            Step::Ask(id) => self.ask(id),
            Step::Deliver(id) => self.deliver(id),
            Step::Lose(id) => {
                let message = self.take(id);
                if let Packet::Question(question) | Packet::Answer(question, _) = message.packet
                    && self.nodes[message.node].life == message.life
                {
                    self.give_up(message.node, question);
                }
            }
            Step::Crash(at) => {
                let life = self.nodes[at].life + 1;
                self.nodes[at] = Node::new(life, self.setup.keys, self.setup.doubt, now);
            }
            Step::Replicate => self.replica = self.store.clone(),
            Step::FailOver => {
                self.store = self.replica.clone();
                self.renew();
            }
            Step::Restart => {
                self.store = Store::new(self.store.epoch, self.setup.keys);
                self.renew();
                self.replica = self.store.clone();
            }
            Step::Trim => self.store.trim(),
        }
        self.check();
    }

    fn load(&mut self, at: usize, key: usize) {
        let node = &mut self.nodes[at];
        if node.hit(key, self.now).is_some() || node.flights[key].is_some() {
            return;
        }
        let may_read = !node.has_pending(key) || self.setup.fault == Some(Fault::ForgetsPending);
        let stage = if may_read { Stage::Reading } else { Stage::Loading { since: None } };
        let own = node.pending_version(key);
        let promises = self.promises.len();
        let flight = Flight { stage, began: self.now, turn: None, is_fenced: false, promises, own };
        node.flights[key] = Some(flight);
        if may_read {
            self.send(at, Question::Read { key });
        }
    }

    fn finish(&mut self, at: usize, key: usize) {
        let Some(flight) = self.nodes[at].flights[key] else { return };
        let Stage::Loaded { version, since } = flight.stage else { return };
        self.serve(at, key, version, flight);
        let since = if self.setup.fault == Some(Fault::NotesLate) { self.nodes[at].since() } else { since };
        let turn = flight.turn;
        match since {
            Some(since) => self.send(at, Question::Write { key, version, since, turn }),
            None => self.end_turn(at, key, turn),
        }
    }

    /// A load gives its callers a value, and memory.
    pub fn serve(&mut self, at: usize, key: usize, version: u32, flight: Flight) {
        let mut promised = self.promises.iter().take(flight.promises);
        if version < flight.own || promised.any(|promise| version < promise.versions[key]) {
            self.broken = Some("a load has given what was invalidated before it began");
        }
        self.nodes[at].flights[key] = None;
        self.nodes[at].keep(key, version, flight, self.now);
    }

    fn change(&mut self, at: usize, subject: Subject, value: Option<(u32, Option<Since>)>) {
        let versions = self.versions(subject);
        self.changes += 1;
        for (changed, version) in self.nodes[at].changed.iter_mut().zip(&versions) {
            *changed = (*changed).max(*version);
        }
        let pending = Pending { subject, id: self.changes, value, versions };
        self.nodes[at].apply(subject);
        self.send(at, pending.question());
        self.nodes[at].outbox.push(pending);
    }

    /// The versions of the keys that a change concerns; 0 for the others.
    fn versions(&self, subject: Subject) -> Vec<u32> {
        let keys = self.source.iter().enumerate();
        keys.map(|(key, &version)| if subject.concerns(key) { version } else { 0 }).collect()
    }

    pub fn promise(&mut self, at: usize, versions: Vec<u32>) {
        self.promises.push(Promise { versions, holder: (at, self.nodes[at].life), given: self.now });
    }

    pub fn send(&mut self, at: usize, question: Question) {
        self.sent[at] += 1;
        let (id, node) = ((at, self.sent[at]), &self.nodes[at]);
        let (life, asked) = (node.life, node.horizon.ask());
        self.messages.push(Message { id, node: at, life, asked, at: self.now, packet: Packet::Question(question) });
    }

    /// Takes a message from the way.
    pub fn take(&mut self, id: Id) -> Message {
        let index = self.messages.iter().position(|message| message.id == id).unwrap();
        self.messages.remove(index)
    }
}
