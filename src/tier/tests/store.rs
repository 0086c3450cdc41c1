//! A store, as every real one has to be: each question is answered at once, as a whole.

use super::super::{Cursor, Epoch, Marks, Sequence, Since};
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
    pub cursor: Cursor,
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
        nonce: u64,
    },
    /// A value that was set without a connection, once there is one.
    Replay {
        key: usize,
        version: u32,
        since: Option<Since>,
        nonce: u64,
    },
    Changes {
        after: Option<Cursor>,
    },
    Renew {
        epoch: Epoch,
        at_least: Sequence,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reply {
    Record(Option<(Record, Marks)>),
    Changes { before: Option<Cursor>, changes: Vec<Change>, head: Cursor },
    Taken(Cursor),
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

    pub fn has(&self, cursor: Cursor) -> bool {
        self.feed.iter().chain(&self.trimmed).any(|change| change.cursor.nonce == cursor.nonce)
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
            Question::Drop { subject, nonce } => Reply::Taken(self.mark(subject, nonce)),
            Question::Replay { key, version, since, nonce } => {
                if fault == Some(Fault::ReplaysValues) || since.is_some_and(|since| self.is_current(key, since)) {
                    Reply::Taken(self.put(key, version, nonce))
                } else {
                    Reply::Fenced
                }
            }
            Question::Changes { after } => Reply::Changes {
                before: self
                    .feed
                    .iter()
                    .map(|change| change.cursor)
                    .find(|cursor| after.is_some_and(|after| cursor.sequence == after.sequence)),
                changes: self
                    .feed
                    .iter()
                    .copied()
                    .filter(|change| change.cursor.sequence > after.unwrap_or_default().sequence)
                    .collect(),
                head: self
                    .feed
                    .iter()
                    .chain(&self.trimmed)
                    .map(|change| change.cursor)
                    .max_by_key(|cursor| cursor.sequence)
                    .unwrap_or_default(),
            },
            // The world does that: it gives the epoch its name.
            Question::Renew { .. } => Reply::Done,
        };
        Answer { epoch: self.epoch, sequence: self.sequence, reply }
    }

    /// Stores a value that a caller has set.
    pub fn put(&mut self, key: usize, version: u32, nonce: u64) -> Cursor {
        let cursor = self.mark(Subject::Key(key), nonce);
        self.records[key] = Some(Record { version, since: Since { epoch: self.epoch, sequence: cursor.sequence } });
        cursor
    }

    fn mark(&mut self, subject: Subject, nonce: u64) -> Cursor {
        self.sequence += 1;
        let cursor = Cursor { sequence: self.sequence, nonce };
        self.feed.push(Change { cursor, subject });
        cursor
    }

    fn is_current(&self, key: usize, since: Since) -> bool {
        since.epoch == self.epoch && since.sequence >= self.marks(key).hard
    }

    fn marks(&self, key: usize) -> Marks {
        let concerning = self.feed.iter().chain(&self.trimmed).filter(|change| change.subject.concerns(key));
        Marks { hard: concerning.map(|change| change.cursor.sequence).max().unwrap_or_default(), soft: 0 }
    }
}
