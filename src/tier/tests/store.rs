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
    Taken,
    Fenced,
    Done,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Answer {
    pub epoch: Epoch,
    pub sequence: Sequence,
    pub reply: Reply,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Store {
    pub epoch: Epoch,
    pub sequence: Sequence,
    records: Vec<Option<Record>>,
    feed: Vec<Change>,
    /// Changes that the feed no longer has still count as marks.
    trimmed: Vec<Change>,
}

impl Store {
    pub fn new(epoch: Epoch, keys: usize) -> Self {
        Self { epoch, sequence: 0, records: vec![None; keys], feed: Vec::new(), trimmed: Vec::new() }
    }

    pub fn trim(&mut self) {
        self.trimmed.append(&mut self.feed);
    }

    pub fn answer(&mut self, question: Question, fault: Option<Fault>) -> Answer {
        let reply = match question {
            Question::Read { key } => Reply::Record(self.records[key].map(|record| (record, self.marks(key)))),
            Question::Write { key, version, since } => {
                if fault == Some(Fault::Unfenced) || self.is_current(key, since) {
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
