//! A node: what a driver does with the rules.

use super::super::{Epoch, Heard, Sequence, Since};
use super::calls::{Asked, Doubt, Feed, Horizon};
use super::store::{Answer, Question, Subject};
use super::world::Fault;

/// A value in memory, and until when it may be believed; without an end if it is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cached {
    pub version: u32,
    pub until: Option<u32>,
}

/// How far a load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// It has asked the store.
    Reading,
    /// It has found nothing, and asks for the turn.
    Queued { since: Since },
    /// It asks the source. What it will be given is at least as new as this.
    Loading { since: Option<Since> },
    /// The source has answered.
    Loaded { version: u32, since: Option<Since> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flight {
    pub stage: Stage,
    /// When it began.
    pub began: u32,
    /// The turn that it has.
    pub turn: Option<Sequence>,
    pub is_fenced: bool,
    /// How many promises had been given when it began.
    pub promises: usize,
    /// The oldest version that this node itself may give its callers.
    pub own: u32,
}

/// A change of the node's own that the store has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pending {
    pub subject: Subject,
    /// Its name.
    pub id: u32,
    /// The value that was set, and what the node knew then.
    pub value: Option<(u32, Option<Since>)>,
    /// The versions that the source had then.
    pub versions: Vec<u32>,
}

impl Pending {
    /// How the store hears of it.
    pub const fn question(&self) -> Question {
        let (subject, id) = (self.subject, self.id);
        match (self.value, subject) {
            (Some((version, since)), Subject::Key(key)) => Question::Replay { key, version, since, id },
            _ => Question::Drop { subject, id },
        }
    }
}

#[derive(Debug, Clone)]
pub struct Node {
    /// How many lives it has had before.
    pub life: u32,
    pub horizon: Horizon,
    pub doubt: Doubt,
    pub feed: Feed,
    pub memory: Vec<Option<Cached>>,
    pub flights: Vec<Option<Flight>>,
    pub outbox: Vec<Pending>,
    pub is_polling: bool,
    /// The versions of the keys when the node itself has changed them last.
    pub changed: Vec<u32>,
}

impl Node {
    pub fn new(life: u32, keys: usize, limit: u32, now: u32) -> Self {
        Self {
            life,
            horizon: Horizon::new(),
            doubt: Doubt::new(f64::from(limit), f64::from(now)),
            feed: Feed::new(),
            memory: vec![None; keys],
            flights: vec![None; keys],
            outbox: Vec::new(),
            is_polling: false,
            changed: vec![0; keys],
        }
    }

    /// The value that a caller gets without a load.
    pub fn hit(&self, key: usize, now: u32) -> Option<u32> {
        self.memory[key].filter(|cached| cached.until.is_none_or(|until| now < until)).map(|cached| cached.version)
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: u32) {
        if self.doubt.begins(f64::from(now)) {
            self.memory.fill(None);
        }
    }

    /// Whether a change is on its way to the store that concerns a key.
    pub fn has_pending(&self, key: usize) -> bool {
        self.outbox.iter().any(|pending| pending.subject.concerns(key))
    }

    /// The oldest version of a key that the node may believe, after its changes that are on their way.
    pub fn pending_version(&self, key: usize) -> u32 {
        self.outbox.iter().map(|pending| pending.versions[key]).max().unwrap_or_default()
    }

    /// What the node has changed, or has heard that another one has.
    pub fn apply(&mut self, subject: Subject) {
        for key in (0..self.memory.len()).filter(|&key| subject.concerns(key)) {
            self.memory[key] = None;
            if let Some(flight) = &mut self.flights[key] {
                flight.is_fenced = true;
            }
        }
    }

    /// What the node knows of the store before a load begins.
    pub fn since(&self) -> Option<Since> {
        self.horizon.since()
    }

    /// Keeps the value of a load, unless its key has changed.
    pub fn keep(&mut self, key: usize, version: u32, flight: Flight, now: u32) {
        let life = self.doubt.life(f64::from(flight.began), f64::from(now));
        if flight.is_fenced || life <= 0.0 {
            return;
        }
        let until = life.is_finite().then(|| now + life as u32);
        self.memory[key] = Some(Cached { version, until });
    }

    /// Takes in where the store was. Returns whether the answer can be used, and whether the store has to be renewed.
    pub fn hear(&mut self, asked: Asked, answer: &Answer, fault: Option<Fault>) -> (bool, Option<Epoch>) {
        if fault == Some(Fault::ForgetsEpochs) {
            return (true, None);
        }
        match self.horizon.hear(asked, answer.epoch, answer.sequence) {
            Heard::Same => (true, None),
            Heard::Anew => {
                self.apply(Subject::All);
                self.feed.begin(answer.sequence);
                (true, None)
            }
            Heard::Regress => {
                self.apply(Subject::All);
                self.feed.forget();
                (false, Some(answer.epoch))
            }
            Heard::Outdated => (false, None),
        }
    }
}
