//! What the locks of other stores need of a turn: a result that isn't stored here, and who holds the key.

use super::Turn;
use crate::arena::Id;
use crate::cache::Cache;
use crate::cache::bell::Listener;
use crate::cache::options::{EntryOptions, Fate};
use crate::cache::runtime::{Runtime, Work};
use crate::cache::table::Record;
use crate::engine::InsertError;
use crate::latch::{Outcome, SettleError};
use std::any::Any;
use std::borrow::Borrow;
use std::future::{Future, poll_fn};
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;
use std::task::Poll;

impl<K, V> Turn<K, V> {
    /// Its number, as long as it isn't given back.
    pub(crate) fn number(&self) -> u32 {
        self.ticket.number.raw().get()
    }

    /// The number of the lock that it waits for.
    pub(crate) fn holder(&self) -> Option<u32> {
        if self.is_released() {
            return None;
        }
        self.core.read(|state| {
            let latch = &state.flights.latch;
            let holder = latch.gate_of(self.ticket.number).and_then(|gate| latch.holder(gate))?;
            Some(holder.raw().get()).filter(|_| holder != self.ticket.number)
        })
    }

    /// The result as soon as there is one; none if the lock is given back without one. Doesn't keep the lock.
    pub(crate) fn answer(&self) -> impl Future<Output = Option<V>> + use<K, V>
    where
        V: Clone,
    {
        let (core, ticket) = (Rc::clone(&self.core), Rc::clone(&self.ticket));
        let mut listener = Listener::default();
        poll_fn(move |context| {
            loop {
                if let Some(record) = ticket.result() {
                    return Poll::Ready(Some(record.value.clone()));
                }
                if ticket.is_released.get() {
                    return Poll::Ready(None);
                }
                if !listener.listen(&ticket.bells, &*core.settings.runtime) && listener.poll(context).is_pending() {
                    return Poll::Pending;
                }
            }
        })
    }
}

impl<K, V> Turn<K, V> {
    /// Ends those who wait for this lock's result, with an error, and gives the lock back. If it isn't its turn, it is
    /// only given back.
    pub(crate) fn fail(&self, error: &Rc<dyn Any>) {
        let now = self.core.elapsed();
        self.core.edit(|state| {
            state.fail(&self.ticket, error, now);
            state.release(&self.ticket, now);
        });
    }

    /// The error of the holder that it has waited for.
    pub(crate) fn failure(&self) -> Option<Rc<dyn Any>> {
        self.ticket.failure.borrow().clone()
    }

    /// Calls a function when another one takes this lock's turn; at once if one has.
    #[cfg_attr(not(all(feature = "js", target_arch = "wasm32")), expect(dead_code))]
    pub(crate) fn on_loss(&self, act: impl FnOnce() + 'static) {
        if self.is_lost() {
            return act();
        }
        let before = self.ticket.on_loss.replace(Some(Box::new(act)));
        drop(before);
    }

    /// Whether the lock has lost its turn, as soon as that has happened, or the lock was given back. Doesn't keep the
    /// lock.
    pub(crate) fn loss(&self) -> impl Future<Output = bool> + use<K, V> {
        let (core, ticket) = (Rc::clone(&self.core), Rc::clone(&self.ticket));
        let mut listener = Listener::default();
        poll_fn(move |context| {
            loop {
                if ticket.is_lost.get() || ticket.is_released.get() {
                    return Poll::Ready(ticket.is_lost.get());
                }
                if !listener.listen(&ticket.bells, &*core.settings.runtime) && listener.poll(context).is_pending() {
                    return Poll::Pending;
                }
            }
        })
    }
}

impl<K: Clone, V> Turn<K, V> {
    /// Hands the result to all who wait, without storing it. The outcome tells whether it may be stored elsewhere.
    pub(crate) fn hand_out(&self, value: V) -> Result<Outcome, SettleError> {
        let place = &self.ticket.place;
        let record =
            Rc::new(Record { hash: place.hash, space: place.space.clone(), key: place.key.clone(), value, etag: None });
        let now = self.core.elapsed();
        let may_store = self.core.edit(|state| state.settle(&self.ticket, &record, &[], now))?;
        Ok(if may_store { Outcome::Store } else { Outcome::Fenced })
    }
}

impl<K: Hash + Eq, V, S: BuildHasher + Clone> Cache<K, V, S> {
    /// Whether somebody holds the lock of a key.
    pub(crate) fn is_locked(&self, key: &str) -> bool
    where
        K: Borrow<str>,
    {
        let place = self.core.place(self.hash(key), &self.space, key);
        let gate = place.and_then(|place| place.gate.get());
        self.core.read(|state| gate.is_some_and(|gate| state.flights.latch.holder(gate).is_some()))
    }

    /// Notes that the value of a key is changed elsewhere. `is_done`: that it was.
    pub(crate) fn note_change(&self, key: &str, is_done: bool)
    where
        K: Borrow<str>,
    {
        self.core.note_change(self.hash(key), &self.space, key, is_done);
    }

    /// The same for all keys.
    pub(crate) fn note_changes(&self, is_done: bool) {
        let now = self.core.elapsed();
        self.core.edit(|state| state.fence_within(&self.space, is_done, now));
    }

    /// Where it runs.
    pub(crate) fn runtime(&self) -> &dyn Runtime {
        &*self.core.settings.runtime
    }

    /// A timer for a lease.
    pub(crate) fn lease_timer(&self) -> Work {
        self.core.timer(0.0, self.core.settings.loads.lease).1
    }

    /// Stores a value under several keys, which expire together. A value that is refused for one of them is stored for
    /// the others.
    pub(crate) fn insert_all(&self, entries: Vec<(K, EntryOptions)>, value: &V) -> Result<(), InsertError>
    where
        V: Clone,
    {
        let now = self.core.now();
        let mut stored = Ok(());
        for (key, options) in entries {
            let fate: Fate = self.core.fate(&key, value, options);
            let hash = self.hash(&key);
            self.core.fence(hash, &self.space, &key);
            let record = Rc::new(Record { hash, space: self.space.clone(), key, value: value.clone(), etag: None });
            let (present, _) = self.core.slot(hash, &self.space, &record.key);
            let put = self.core.edit(|state| state.table.put(record, present, &fate, now));
            if put.is_err() && stored != Err(InsertError::OutOfMemory) {
                stored = put;
            }
        }
        stored
    }
}
