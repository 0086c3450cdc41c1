//! Tickets and waiters, as those who wait know them: what the latch and the flights know by numbers.

use super::bell::Bells;
use super::deeds::Deeds;
use super::place::Place;
use super::runtime::Wake;
use super::table::Record;
use crate::{flight, latch};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// One lock or one load, from its beginning until it is given back.
pub(super) struct Ticket<K, V> {
    /// Another's, once it was given back.
    pub number: latch::Ticket,
    pub place: Rc<Place<K>>,
    pub is_load: bool,
    pub is_released: Cell<bool>,
    /// Whether another one has taken its turn.
    pub is_lost: Cell<bool>,
    /// Called when another one takes its turn.
    pub on_loss: RefCell<Option<Wake>>,
    /// The number of its turn, once it was given back.
    pub token: Cell<u64>,
    pub result: RefCell<Option<Rc<Record<K, V>>>>,
    /// Of a load: the tags of the key's entry when it began.
    pub old_tags: RefCell<Option<Vec<Rc<str>>>>,
    /// Of a load: the tags that its value will carry, as far as they are known.
    pub known_tags: Rc<RefCell<Option<Vec<Rc<str>>>>>,
    /// The error of the holder that it has waited for.
    pub failure: RefCell<Option<Rc<dyn Any>>>,
    /// Tags that were invalidated since its turn began.
    pub invalid: RefCell<Vec<Rc<str>>>,
    pub bells: Bells,
}

impl<K, V> Ticket<K, V> {
    pub fn new(number: latch::Ticket, place: Rc<Place<K>>, is_load: bool) -> Self {
        Self {
            number,
            place,
            is_load,
            is_released: Cell::new(false),
            is_lost: Cell::new(false),
            on_loss: RefCell::new(None),
            token: Cell::new(0),
            result: RefCell::new(None),
            old_tags: RefCell::default(),
            known_tags: Rc::default(),
            failure: RefCell::new(None),
            invalid: RefCell::default(),
            bells: Bells::default(),
        }
    }

    pub fn result(&self) -> Option<Rc<Record<K, V>>> {
        self.result.borrow().clone()
    }
}

/// How a wait for a value ends.
pub(super) enum Outcome<K, V> {
    Value(Rc<Record<K, V>>),
    /// The value that has expired.
    Stale(Rc<Record<K, V>>),
    /// The loader's error.
    Failed(Rc<dyn Any>),
    /// The error of the last load, which has failed a short time ago.
    Refused(Rc<dyn Any>),
    TimedOut,
    OutOfMemory,
    Reentrant,
    /// Its own loader has ended without an answer.
    Abandoned,
    /// Whoever was to load is gone: whoever waits asks again.
    Again,
}

impl<K, V> Clone for Outcome<K, V> {
    fn clone(&self) -> Self {
        match self {
            Self::Value(record) => Self::Value(Rc::clone(record)),
            Self::Stale(record) => Self::Stale(Rc::clone(record)),
            Self::Failed(error) => Self::Failed(Rc::clone(error)),
            Self::Refused(error) => Self::Refused(Rc::clone(error)),
            Self::TimedOut => Self::TimedOut,
            Self::OutOfMemory => Self::OutOfMemory,
            Self::Reentrant => Self::Reentrant,
            Self::Abandoned => Self::Abandoned,
            Self::Again => Self::Again,
        }
    }
}

/// One caller that waits for a value.
pub(super) struct Waiter<K, V> {
    /// Another's, once there is an outcome.
    pub number: flight::Waiter,
    /// The expired value that it takes if it has to.
    pub stale: Option<Rc<Record<K, V>>>,
    outcome: RefCell<Option<Outcome<K, V>>>,
    pub bells: Bells,
}

impl<K, V> Waiter<K, V> {
    pub fn new(number: flight::Waiter, stale: Option<Rc<Record<K, V>>>) -> Self {
        Self { number, stale, outcome: RefCell::new(None), bells: Bells::default() }
    }

    pub fn end(&self, outcome: Outcome<K, V>, deeds: &mut Deeds<K, V>) {
        *self.outcome.borrow_mut() = Some(outcome);
        self.bells.ring(deeds);
    }

    pub fn outcome(&self) -> Option<Outcome<K, V>> {
        self.outcome.borrow_mut().take()
    }
}
