//! Random schedules of loads, locks and changes, on a virtual clock.

mod steps;

use super::stage::{Output, Stage};
use crate::{Cache, LoadContext, LoadError, Retry};
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use steps::{Doing, Step, steps};

const LEASE: u64 = 100;
const KEYS: u8 = 2;

/// One loader that was called.
struct Loader {
    key: u8,
    since: u64,
    /// The number of the step in which it began.
    step: u64,
    is_running: Rc<Cell<bool>>,
}

/// What loaders do, and what is known of them.
#[derive(Default)]
struct Log {
    step: Cell<u64>,
    now: Cell<u64>,
    loaders: RefCell<Vec<Loader>>,
    /// By key: the last step that changed it or let it expire, the last that took its value away, and the last after which
    /// a second loader may run.
    changed: [Cell<u64>; KEYS as usize],
    removed: [Cell<u64>; KEYS as usize],
    excused: [Cell<u64>; KEYS as usize],
    /// The step in which each value began to be computed.
    origins: RefCell<Vec<u64>>,
}

impl Log {
    fn change(&self, key: u8) {
        self.removed[usize::from(key)].set(self.step.get());
        self.expire(key);
    }

    fn expire(&self, key: u8) {
        self.changed[usize::from(key)].set(self.step.get());
        self.excuse(key);
    }

    /// A value is current still, said by a loader that began in this step.
    fn confirm(&self, value: u64, step: u64) {
        let origin = &mut self.origins.borrow_mut()[value as usize];
        *origin = step.max(*origin);
    }

    fn excuse(&self, key: u8) {
        self.excused[usize::from(key)].set(self.step.get());
    }

    /// A new value, whose origin is this step.
    fn value(&self) -> u64 {
        self.origins.borrow_mut().push(self.step.get());
        self.origins.borrow().len() as u64 - 1
    }

    fn origin(&self, value: u64) -> u64 {
        self.origins.borrow()[value as usize]
    }

    /// A load's loader is called, at its first try or later: `begun` has the moment and the step of the first.
    fn begin(&self, key: u8, begun: &Cell<Option<(u64, u64)>>) -> Running {
        let (since, step) = begun.get().unwrap_or((self.now.get(), self.step.get()));
        begun.set(Some((since, step)));
        let excused = self.excused[usize::from(key)].get();
        let mut loaders = self.loaders.borrow_mut();
        for other in loaders.iter().filter(|other| other.key == key && other.is_running.get()) {
            let is_overdue = self.now.get() >= other.since + LEASE;
            assert!(is_overdue || other.step <= excused || step <= excused, "two loaders at once");
        }
        let is_running = Rc::new(Cell::new(true));
        loaders.push(Loader { key, since, step, is_running: Rc::clone(&is_running) });
        Running(is_running)
    }
}

struct Running(Rc<Cell<bool>>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// One who wants a value.
struct Caller {
    task: usize,
    key: u8,
    /// The last change before it came.
    changed: u64,
    result: Output<Option<u64>>,
    is_gone: bool,
}

struct Schedule {
    stage: Stage,
    cache: Cache<u8, u64>,
    log: Rc<Log>,
    callers: Vec<Caller>,
    has_frozen: bool,
    /// Whether callers may have stale values.
    has_grace: bool,
}

impl Schedule {
    fn new(spawns: bool, has_grace: bool) -> Self {
        let stage = if spawns { Stage::spawning() } else { Stage::new() };
        let lease = Duration::from_millis(LEASE);
        let mut builder = Cache::builder().max(10).lease(lease).ttl(Duration::from_millis(300));
        if has_grace {
            let grace = Duration::from_millis(200);
            builder = builder.grace(grace).swr(grace / 2).refresh_ahead(0.5);
        }
        let cache = builder.runtime(stage.time.clone()).build();
        Self { stage, cache, log: Rc::default(), callers: Vec::new(), has_frozen: false, has_grace }
    }

    fn run(&mut self, step: Step) {
        let log = Rc::clone(&self.log);
        log.step.set(log.step.get() + 1);
        match step {
            Step::Load { key, doing, fresh, hard, elsewhere, retries } => {
                self.load(key, doing, fresh, hard, elsewhere, retries);
            }
            Step::Lock { key, doing } => self.lock(key, doing),
            Step::Insert(key) => {
                log.change(key);
                let _ = self.cache.entry(key).tags(["tag"]).insert(log.value());
            }
            Step::Update(key) => {
                log.change(key);
                self.cache.update(key, |_| Some(log.value()));
            }
            Step::Expire(key) => {
                log.expire(key);
                self.cache.expire(&key);
            }
            Step::ExpireTag => {
                // Loads are out of date, too, that will come with the tags of an entry that has expired.
                (0..KEYS).for_each(|key| log.excuse(key));
                (0..KEYS).filter(|key| self.is_tagged(*key)).for_each(|key| log.expire(key));
                self.cache.expire_tag("tag");
            }
            Step::ExpireAll => {
                (0..KEYS).for_each(|key| log.expire(key));
                self.cache.expire_all();
            }
            Step::Remove(key) => {
                log.change(key);
                self.cache.remove(&key);
            }
            Step::Clear => {
                (0..KEYS).for_each(|key| log.change(key));
                self.cache.clear();
            }
            Step::Release(key) => {
                // The holder goes on, and the next one begins.
                log.excuse(key);
                self.cache.release(&key);
            }
            Step::Drop(number) => {
                if let Some(caller) = self.callers.get_mut(number) {
                    caller.is_gone = true;
                    self.stage.drop_task(caller.task);
                }
            }
            Step::Freeze(number) => {
                if let Some(caller) = self.callers.get_mut(number) {
                    caller.is_gone = true;
                    self.has_frozen = true;
                    self.stage.freeze(caller.task);
                }
            }
            Step::Pass(milliseconds) => self.pass(milliseconds),
        }
        self.stage.run();
        self.check();
    }

    fn pass(&mut self, milliseconds: u64) {
        for _ in 0..milliseconds {
            self.log.now.set(self.log.now.get() + 1);
            self.stage.advance(1);
        }
    }

    fn load(&mut self, key: u8, doing: Doing, fresh: bool, hard: Option<u64>, elsewhere: bool, retries: u32) {
        if fresh {
            self.log.excuse(key);
        }
        let (cache, log, time) = (self.cache.clone(), Rc::clone(&self.log), self.stage.time.clone());
        let spawner = self.stage.time.clone();
        self.call(key, fresh, async move {
            let begun: Rc<Cell<Option<(u64, u64)>>> = Rc::default();
            let loader = async move |load: LoadContext<u8, u64>| {
                let step = log.step.get();
                let is_first = begun.get().is_none();
                let _running = log.begin(key, &begun);
                let value = log.value();
                let brings = act(&time, doing).await;
                if matches!(doing, Doing::Confirms(_))
                    && let Some(old) = load.not_modified()
                {
                    log.confirm(old, step);
                    return Ok(old);
                }
                (brings || !is_first).then_some(value).ok_or("failed")
            };
            let retry = Retry::times(retries).delay(Duration::from_millis(20));
            let mut load = cache.load(&key, loader).retry(retry);
            if fresh {
                load = load.force_fresh();
            }
            if let Some(hard) = hard {
                load = load.hard_timeout(Duration::from_millis(hard));
            }
            if elsewhere {
                load = load.wait_until(move |work| drop(crate::runtime::Runtime::spawn(&spawner, work)));
            }
            match load.await {
                Ok(value) => Some(value),
                Err(LoadError::Loader(_) | LoadError::TimedOut | LoadError::Abandoned) => None,
                Err(other) => panic!("{other}"),
            }
        });
    }

    fn lock(&mut self, key: u8, doing: Doing) {
        let (cache, log, time) = (self.cache.clone(), Rc::clone(&self.log), self.stage.time.clone());
        self.call(key, false, async move {
            let turn = cache.lock(&key).await.unwrap();
            if let Some(value) = turn.value() {
                return Some(value);
            }
            let running = log.begin(key, &Cell::default());
            let value = log.value();
            let brings = act(&time, doing).await;
            drop(running);
            (brings && turn.set(value).is_ok()).then_some(value)
        });
    }

    fn call(&mut self, key: u8, is_fresh: bool, future: impl Future<Output = Option<u64>> + 'static) {
        let changes = if self.has_grace { &self.log.removed } else { &self.log.changed };
        let changed = if is_fresh && !self.has_grace { self.log.step.get() } else { changes[usize::from(key)].get() };
        let (task, result) = self.stage.spawn(future);
        self.callers.push(Caller { task, key, changed, result, is_gone: false });
    }

    fn is_tagged(&self, key: u8) -> bool {
        self.cache.dump().iter().any(|(other, entry)| *other == key && !entry.tags.is_empty())
    }

    fn check(&self) {
        self.cache.core.read(|state| state.validate());
        for key in 0..KEYS {
            if let Some(value) = self.cache.peek(&key) {
                let changed = self.log.changed[usize::from(key)].get();
                assert!(self.log.origin(value) >= changed, "the cache holds what is out of date");
            }
        }
        for caller in &self.callers {
            if let Some(Some(value)) = *caller.result.borrow() {
                assert!(
                    self.log.origin(value) >= caller.changed,
                    "a value from before its caller's time ({})",
                    caller.key
                );
            }
        }
    }

    /// Whatever has happened, all who wait have an answer in the end, and nothing is left.
    fn end(mut self) {
        // A lease may have doubled five times, and each of those who hold a lock without end has one.
        for _ in 0..400 {
            self.pass(LEASE);
            let is_over = |caller: &Caller| caller.is_gone || caller.result.borrow().is_some();
            if self.callers.iter().all(is_over) {
                break;
            }
        }
        for (number, caller) in self.callers.iter().enumerate() {
            assert!(caller.is_gone || caller.result.borrow().is_some(), "caller {number} waits for ever");
        }
        // Loads that go on behind, each with three tries of 20 s.
        for _ in 0..1300 {
            self.stage.time.advance(Duration::from_millis(50));
            self.stage.run();
        }
        self.check();
        if !self.has_frozen {
            self.cache.core.read(|state| state.assert_nothing_is_left());
        }
    }
}

/// True if it brings a value.
async fn act(time: &crate::runtime::Virtual, doing: Doing) -> bool {
    use crate::runtime::Runtime;
    match doing {
        Doing::Brings(after) | Doing::Confirms(after) | Doing::Fails(after) => time.sleep(after as f64).await,
        // For longer than any lease, but not for ever: a lock's holder keeps its caller.
        Doing::Never => time.sleep(20_000.0).await,
    }
    matches!(doing, Doing::Brings(_) | Doing::Confirms(_))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(super::steps(400)) })]
    #[test]
    fn whatever_happens_nobody_waits_for_ever_and_nothing_is_out_of_date(
        steps in prop::collection::vec(steps(), 1..40),
        spawns: bool,
        has_grace: bool,
    ) {
        let mut schedule = Schedule::new(spawns, has_grace);
        for step in steps {
            schedule.run(step);
        }
        schedule.end();
    }
}
