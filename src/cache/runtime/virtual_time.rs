//! A time of its own, for tests.

use super::{Runtime, Wake, Work};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A runtime whose time moves only when it is told to, for the tests of programs that use a cache. Its clones share
/// their time.
///
/// ```
/// use keylatch::{Cache, runtime::Virtual};
/// use std::time::Duration;
///
/// let time = Virtual::new();
/// let cache = Cache::builder().ttl(Duration::from_secs(60)).runtime(time.clone()).build();
/// cache.insert("key", 1);
/// time.advance(Duration::from_secs(59));
/// assert_eq!(cache.get("key"), Some(1));
/// time.advance(Duration::from_secs(1));
/// assert_eq!(cache.get("key"), None);
/// ```
#[derive(Clone, Default)]
pub struct Virtual {
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    elapsed: Cell<f64>,
    /// By how much the wall clock is ahead.
    lead: Cell<f64>,
    timers: RefCell<Vec<(f64, Wake)>>,
    spawns: Cell<bool>,
    spawned: RefCell<Vec<Work>>,
}

impl Virtual {
    /// A time that stands at 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets time pass, and wakes those whose timers fire, each at its own moment.
    ///
    /// ```
    /// # use keylatch::runtime::{Runtime, Virtual};
    /// # use std::time::Duration;
    /// let time = Virtual::new();
    /// time.advance(Duration::from_millis(1500));
    /// assert_eq!((time.now(), time.elapsed()), (1500.0, 1500.0));
    /// ```
    pub fn advance(&self, duration: std::time::Duration) {
        let end = self.state.elapsed.get() + duration.as_secs_f64() * 1000.0;
        while let Some((due, wake)) = self.next_before(end) {
            self.state.elapsed.set(due.max(self.state.elapsed.get()));
            wake();
        }
        self.state.elapsed.set(end);
    }

    /// Sets the wall clock, forwards or backwards. Waits and leases don't notice.
    ///
    /// ```
    /// # use keylatch::runtime::{Runtime, Virtual};
    /// let time = Virtual::new();
    /// time.set_clock(1_700_000_000_000.0);
    /// assert_eq!((time.now(), time.elapsed()), (1_700_000_000_000.0, 0.0));
    /// ```
    pub fn set_clock(&self, milliseconds: f64) {
        self.state.lead.set(milliseconds - self.state.elapsed.get());
    }

    /// Has the runtime take in work that nobody waits for, instead of giving it back. [`Virtual::spawned`] hands it out.
    ///
    /// ```
    /// # use keylatch::runtime::{Runtime, Virtual};
    /// let time = Virtual::new().spawning();
    /// assert!(time.spawn(Box::pin(async {})).is_ok());
    /// assert_eq!(time.spawned().len(), 1);
    /// ```
    #[must_use]
    pub fn spawning(self) -> Self {
        self.state.spawns.set(true);
        self
    }

    /// The work that was taken in since it was asked for last, for the test's executor.
    ///
    /// ```
    /// # use keylatch::runtime::{Runtime, Virtual};
    /// let time = Virtual::new().spawning();
    /// time.spawn(Box::pin(async {})).map_err(|_| "it takes in work").unwrap();
    /// assert_eq!((time.spawned().len(), time.spawned().len()), (1, 0));
    /// ```
    pub fn spawned(&self) -> Vec<Work> {
        self.state.spawned.take()
    }

    fn next_before(&self, end: f64) -> Option<(f64, Wake)> {
        let mut timers = self.state.timers.borrow_mut();
        let due = timers.iter().map(|timer| timer.0).fold(f64::INFINITY, f64::min);
        let index = timers.iter().position(|timer| timer.0 <= due && timer.0 <= end)?;
        Some(timers.remove(index))
    }
}

impl Runtime for Virtual {
    fn now(&self) -> f64 {
        self.state.elapsed.get() + self.state.lead.get()
    }

    fn elapsed(&self) -> f64 {
        self.state.elapsed.get()
    }

    fn sleep(&self, milliseconds: f64) -> Work {
        let (wake, work) = self.deferred();
        self.state.timers.borrow_mut().push((self.state.elapsed.get() + milliseconds.max(0.0), wake));
        work
    }

    fn spawn(&self, work: Work) -> Result<(), Work> {
        if !self.state.spawns.get() {
            return Err(work);
        }
        self.state.spawned.borrow_mut().push(work);
        Ok(())
    }
}
