//! Results on their way to a store, which may finish calls in another order.

use crate::runtime::{Runtime, Wake, Work};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

/// A result on its way, or a change that has followed one.
#[derive(Default)]
pub(super) struct Write {
    is_over: Cell<bool>,
    /// Whether somebody has stopped waiting for it before it was over.
    is_overtaken: Cell<bool>,
    wakes: RefCell<Vec<Wake>>,
}

impl Write {
    /// Waits until it is over, or for as long as anything waits.
    pub async fn outlast(&self, runtime: &dyn Runtime, mut patience: Work) {
        if self.is_over.get() {
            return;
        }
        let (wake, mut woken) = runtime.deferred();
        self.wakes.borrow_mut().push(wake);
        poll_fn(|context| {
            if self.is_over.get() || woken.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            let is_late = patience.as_mut().poll(context).is_ready();
            if is_late {
                self.is_overtaken.set(true);
                return Poll::Ready(());
            }
            Poll::Pending
        })
        .await;
    }
}

/// By key: what comes last there.
type Running = Rc<RefCell<HashMap<String, Rc<Write>>>>;

/// What is being written under each key: a result, and whatever has come since, each after the one before.
#[derive(Clone, Default)]
pub(super) struct Writes {
    running: Running,
    /// The key of the lock whose call of its own store is being polled.
    own: Rc<RefCell<Option<Rc<str>>>>,
}

impl Writes {
    /// Whether a lock of this key calls its own store at the moment: what that does to the key is no change by somebody
    /// else.
    pub fn is_own(&self, key: &str) -> bool {
        self.own.borrow().as_deref() == Some(key)
    }

    /// A lock's own call of its store.
    pub async fn own<F: Future>(&self, key: &str, call: F) -> F::Output {
        /// Also if the store panics.
        struct Before<'a>(&'a Writes, Option<Rc<str>>);
        impl Drop for Before<'_> {
            fn drop(&mut self) {
                self.0.own.replace(self.1.take());
            }
        }
        let (key, mut call) = (Rc::from(key), pin!(call));
        poll_fn(|context| {
            let _before = Before(self, self.own.replace(Some(Rc::clone(&key))));
            call.as_mut().poll(context)
        })
        .await
    }

    /// Those of some keys under which something is being written; of all, for `None`.
    pub fn under_way(&self, keys: Option<&[String]>) -> Vec<String> {
        let running = self.running.borrow();
        match keys {
            Some(keys) => keys.iter().filter(|key| running.contains_key(*key)).cloned().collect(),
            None => running.keys().cloned().collect(),
        }
    }

    /// Takes the place of what is being written under some keys, so that whatever comes from now on comes after it. It has to
    /// wait for these.
    pub fn follow(&self, keys: Vec<String>) -> (Writing, Vec<Rc<Write>>) {
        let write = Rc::new(Write::default());
        let mut running = self.running.borrow_mut();
        let before = keys.iter().filter_map(|key| running.insert(key.clone(), Rc::clone(&write))).collect();
        (Writing { running: Rc::clone(&self.running), keys, write }, before)
    }
}

/// A write, until it is over or dropped.
pub(super) struct Writing {
    running: Running,
    keys: Vec<String>,
    write: Rc<Write>,
}

impl Writing {
    /// It is over. True if somebody has stopped waiting for it before.
    pub fn end(self) -> bool {
        self.write.is_overtaken.get()
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let mut running = self.running.borrow_mut();
        for key in &self.keys {
            if running.get(key).is_some_and(|last| Rc::ptr_eq(last, &self.write)) {
                running.remove(key);
            }
        }
        drop(running);
        self.write.is_over.set(true);
        let wakes = self.write.wakes.take();
        wakes.into_iter().for_each(|wake| wake());
    }
}
