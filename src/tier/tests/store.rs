//! A store, as every real one has to be: each question is answered at once, as a whole.

use super::super::{Epoch, Marks, Sequence, Since};
use super::world::Fault;

/// What an invalidation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    Key(usize),
    /// Every second key has the tag.
    Tag,
    All,
}

impl Subject {
    pub const fn concerns(self, key: usize) -> bool {
        match self {
            Self::Key(own) => own == key,
            Self::Tag => key.is_multiple_of(2),
            Self::All => true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Record {
    pub version: u32,
    pub since: Since,
}

/// A change as the feed tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    pub sequence: Sequence,
    pub subject: Subject,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    Read {
        key: usize,
    },
    Write {
        key: usize,
        version: u32,
        since: Since,
        turn: Option<Sequence>,
    },
    /// For the turn to load a key.
    Turn {
        key: usize,
    },
    EndTurn {
        key: usize,
        turn: Sequence,
    },
    Drop {
        subject: Subject,
        id: u32,
    },
    /// A value that was set without a connection, once there is one.
    Replay {
        key: usize,
        version: u32,
        since: Option<Since>,
        id: u32,
    },
    Changes {
        after: Option<Sequence>,
    },
    Renew {
        epoch: Epoch,
        at_least: Sequence,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reply {
    Record(Option<(Record, Marks)>),
    /// Every change above `from`; none if the feed no longer has all that was asked for.
    Changes {
        from: Option<Sequence>,
        changes: Vec<Change>,
    },
    /// The number of the turn; none if another node has it.
    Turn(Option<Sequence>),
    Taken,
    Fenced,
    Done,
}

/// Who has the turn to load a key, and until when: the number ends with the lease, or when it is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Turn {
    pub number: Sequence,
    pub holder: Asker,
    pub until: u32,
}

/// A node, in one of its lives.
pub type Asker = (usize, u32);

/// Who asks, when, and for how long a turn lasts.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub asker: Asker,
    pub now: u32,
    pub lease: u32,
    pub fault: Option<Fault>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Answer {
    pub epoch: Epoch,
    pub sequence: Sequence,
    pub reply: Reply,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    pub epoch: Epoch,
    pub sequence: Sequence,
    pub records: Vec<Option<Record>>,
    pub feed: Vec<Change>,
    /// Changes that the feed no longer has still count as marks.
    pub trimmed: Vec<Change>,
    pub turns: Vec<Option<Turn>>,
}

impl Store {
    pub fn new(epoch: Epoch, keys: usize) -> Self {
        Self {
            epoch,
            sequence: 0,
            records: vec![None; keys],
            feed: Vec::new(),
            trimmed: Vec::new(),
            turns: vec![None; keys],
        }
    }

    pub fn trim(&mut self) {
        self.trimmed.append(&mut self.feed);
    }

    pub fn answer(&mut self, question: Question, moment: Moment) -> Answer {
        let fault = moment.fault;
        let reply = match question {
            Question::Read { key } => Reply::Record(self.records[key].map(|record| (record, self.marks(key)))),
            Question::Write { key, version, since, turn } => {
                let is_over = turn.zip(self.holder(key, moment.now)).is_some_and(|(turn, now)| turn != now.number);
                if fault == Some(Fault::Unfenced) || (self.is_current(key, since) && !is_over) {
                    if self.records[key]
                        .is_none_or(|old| !self.is_current(key, old.since) || old.since.sequence <= since.sequence)
                    {
                        self.records[key] = Some(Record { version, since });
                    }
                    Reply::Done
                } else {
                    Reply::Fenced
                }
            }
            Question::Turn { key } => Reply::Turn(self.turn(key, moment)),
            Question::EndTurn { key, turn } => {
                if self.turns[key].is_some_and(|held| held.number == turn) {
                    self.turns[key] = None;
                }
                Reply::Done
            }
            Question::Drop { subject, .. } => {
                self.mark(subject);
                Reply::Taken
            }
            Question::Replay { key, version, since, .. } => {
                if fault == Some(Fault::ReplaysValues) || since.is_some_and(|since| self.is_current(key, since)) {
                    self.put(key, version);
                    Reply::Taken
                } else {
                    Reply::Fenced
                }
            }
            Question::Changes { after } => Reply::Changes {
                from: after.filter(|after| self.trimmed.last().is_none_or(|change| change.sequence <= *after)),
                changes: self.feed.iter().copied().filter(|change| Some(change.sequence) > after).collect(),
            },
            // The world does that: it gives the epoch its name.
            Question::Renew { .. } => Reply::Done,
        };
        Answer { epoch: self.epoch, sequence: self.sequence, reply }
    }

    /// Stores a value that a caller has set.
    pub fn put(&mut self, key: usize, version: u32) {
        let sequence = self.mark(Subject::Key(key));
        self.records[key] = Some(Record { version, since: Since { epoch: self.epoch, sequence } });
    }

    /// Gives a node the turn, unless another one has it.
    fn turn(&mut self, key: usize, Moment { asker, now, lease, fault }: Moment) -> Option<Sequence> {
        let held = self.holder(key, now).filter(|_| fault != Some(Fault::StealsTurns));
        if held.is_some_and(|held| held.holder != asker) {
            return None;
        }
        if fault != Some(Fault::TurnsWithoutNumbers) {
            self.sequence += 1;
        }
        self.turns[key] = Some(Turn { number: self.sequence, holder: asker, until: now + lease });
        Some(self.sequence)
    }

    fn holder(&self, key: usize, now: u32) -> Option<Turn> {
        self.turns[key].filter(|turn| now < turn.until)
    }

    fn mark(&mut self, subject: Subject) -> Sequence {
        self.sequence += 1;
        self.feed.push(Change { sequence: self.sequence, subject });
        self.sequence
    }

    fn is_current(&self, key: usize, since: Since) -> bool {
        since.epoch == self.epoch && since.sequence >= self.marks(key).hard
    }

    fn marks(&self, key: usize) -> Marks {
        let concerning = self.feed.iter().chain(&self.trimmed).filter(|change| change.subject.concerns(key));
        Marks { hard: concerning.map(|change| change.sequence).max().unwrap_or_default(), soft: 0 }
    }
}
