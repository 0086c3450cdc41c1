//! How those who wait are woken, each by a future of its own.

use super::deeds::{Deed, Deeds};
use super::runtime::{Runtime, Wake, Work};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

/// Wakes one who listens, once.
struct Bell {
    wake: Cell<Option<Wake>>,
}

/// The bells of all who listen to one thing.
#[derive(Default)]
pub(super) struct Bells {
    bells: RefCell<Vec<Weak<Bell>>>,
}

impl Bells {
    /// Wakes all who listen, once nothing is borrowed.
    pub fn ring<K, V>(&self, deeds: &mut Deeds<K, V>) {
        for bell in self.bells.take() {
            if let Some(wake) = bell.upgrade().and_then(|bell| bell.wake.take()) {
                deeds.push(Deed::Wake(wake));
            }
        }
    }

    fn add(&self, bell: &Rc<Bell>) {
        let mut bells = self.bells.borrow_mut();
        if bells.len() == bells.capacity() {
            // Some of them may belong to futures that were dropped.
            bells.retain(|bell| bell.strong_count() > 0);
        }
        bells.push(Rc::downgrade(bell));
    }
}

/// One who listens. Make it listen, look at what there is, and only then wait.
#[derive(Default)]
pub(super) struct Listener {
    rung: Option<(Rc<Bell>, Work)>,
}

impl Listener {
    /// Listens from now on, unless it does already. True if it has just begun: then something may have happened before.
    pub fn listen(&mut self, bells: &Bells, runtime: &dyn Runtime) -> bool {
        let is_new = self.rung.is_none();
        if is_new {
            let (wake, work) = runtime.deferred();
            let bell = Rc::new(Bell { wake: Cell::new(Some(wake)) });
            bells.add(&bell);
            self.rung = Some((bell, work));
        }
        is_new
    }

    /// Ready if a bell has rung, or if it doesn't listen.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let Some((_, work)) = &mut self.rung
            && work.as_mut().poll(context).is_pending()
        {
            return Poll::Pending;
        }
        self.rung = None;
        Poll::Ready(())
    }
}
