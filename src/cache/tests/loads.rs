//! Loads: each promise alone.

use super::stage::{Output, Stage};
use crate::{Cache, EntryOptions, Load, LoadContext, LoadError};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const LEASE: u64 = 100;

type Answer = Result<u32, LoadError<&'static str>>;

/// A loader's answer, given from outside.
#[derive(Clone, Default)]
struct Gate {
    answer: Rc<RefCell<Option<Result<u32, &'static str>>>>,
    waker: Rc<RefCell<Option<Waker>>>,
    calls: Rc<Cell<u32>>,
    /// How many of its loaders were dropped or have ended.
    ended: Rc<Cell<u32>>,
}

impl Gate {
    fn open(&self, answer: Result<u32, &'static str>) {
        *self.answer.borrow_mut() = Some(answer);
        self.waker.take().into_iter().for_each(Waker::wake);
    }

    async fn load(self) -> Result<u32, &'static str> {
        struct End(Rc<Cell<u32>>);
        impl Drop for End {
            fn drop(&mut self) {
                self.0.set(self.0.get() + 1);
            }
        }
        self.calls.set(self.calls.get() + 1);
        let _end = End(Rc::clone(&self.ended));
        std::future::poll_fn(|context| {
            *self.waker.borrow_mut() = Some(context.waker().clone());
            self.answer.borrow().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

struct Loads {
    stage: Stage,
    cache: Cache<u32, u32>,
}

const ONE_HOUR: Duration = Duration::from_secs(3600);

impl Loads {
    fn on(stage: Stage) -> Self {
        let lease = Duration::from_millis(LEASE);
        let builder = Cache::builder().max(100).lease(lease).swr(ONE_HOUR / 2).grace(ONE_HOUR);
        Self { cache: builder.runtime(stage.time.clone()).build(), stage }
    }

    fn new() -> Self {
        Self::on(Stage::new())
    }

    fn begin(&mut self, gate: &Gate) -> (usize, Output<Answer>) {
        self.begin_with(gate, |load| load)
    }

    fn begin_with<L>(&mut self, gate: &Gate, change: impl FnOnce(Plain) -> L + 'static) -> (usize, Output<Answer>)
    where
        L: Future<Output = Answer> + 'static,
    {
        let (cache, gate) = (self.cache.clone(), gate.clone());
        let loader: Loader = Box::new(move |_| Box::pin(gate.load()));
        self.stage.spawn(change(cache.load(&7, loader)))
    }

    fn assert_nothing_is_left(&self) {
        self.cache.core.read(|state| {
            state.validate();
            state.assert_nothing_is_left();
        });
    }
}

type Loader = Box<dyn FnOnce(LoadContext<u32, u32>) -> Pin<Box<dyn Future<Output = Result<u32, &'static str>>>>>;
type Plain = Load<'static, u32, u32, u32, Loader, &'static str>;

fn value(output: &Output<Answer>) -> Option<u32> {
    output.borrow().clone()?.ok()
}

fn error(output: &Output<Answer>) -> Option<LoadError<&'static str>> {
    output.borrow().clone()?.err()
}

#[test]
fn one_loader_for_all_who_come_while_it_runs() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let outputs: Vec<_> = (0..4).map(|_| loads.begin(&gate).1).collect();
    assert_eq!(gate.calls.get(), 1);
    gate.open(Ok(5));
    loads.stage.run();
    assert!(outputs.iter().all(|output| value(output) == Some(5)));
    assert_eq!(loads.cache.get(&7), Some(5));
    let stats = loads.cache.stats();
    assert_eq!((stats.loads, stats.joins), (1, 3));
    loads.assert_nothing_is_left();
}

#[test]
fn an_error_goes_to_all_and_the_next_caller_loads_again() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let outputs = [loads.begin(&gate).1, loads.begin(&gate).1];
    gate.open(Err("no"));
    loads.stage.run();
    for output in &outputs {
        assert_eq!(error(output).unwrap().loader(), Some(&"no"));
    }
    let second = loads.begin(&gate).1;
    assert_eq!(gate.calls.get(), 2);
    assert_eq!(error(&second).unwrap().loader(), Some(&"no"));
    loads.assert_nothing_is_left();
}

#[test]
fn a_dropped_waiter_is_only_itself() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let leader = loads.begin(&gate).1;
    let (dropped, _) = loads.begin(&gate);
    let other = loads.begin(&gate).1;
    loads.stage.drop_task(dropped);
    gate.open(Ok(5));
    loads.stage.run();
    assert_eq!((value(&leader), value(&other)), (Some(5), Some(5)));
    loads.assert_nothing_is_left();
}

#[test]
fn a_dropped_leader_hands_over_to_a_live_waiter_with_its_own_loader() {
    let mut loads = Loads::new();
    let gates = [(); 3].map(|()| Gate::default());
    let (leader, _) = loads.begin(&gates[0]);
    let outputs = [loads.begin(&gates[1]).1, loads.begin(&gates[2]).1];
    loads.stage.drop_task(leader);
    assert_eq!(gates.each_ref().map(|gate| gate.calls.get()), [1, 1, 0]);
    assert_eq!(gates[0].ended.get(), 1, "the loader goes with its caller");
    gates[1].open(Ok(6));
    loads.stage.run();
    assert!(outputs.iter().all(|output| value(output) == Some(6)));
    loads.assert_nothing_is_left();
}

#[test]
fn the_last_who_leaves_ends_the_load() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let (leader, _) = loads.begin(&gate);
    loads.stage.drop_task(leader);
    assert_eq!(gate.ended.get(), 1);
    loads.assert_nothing_is_left();
}

#[test]
fn a_frozen_leader_is_replaced_after_its_lease() {
    let mut loads = Loads::new();
    let gates = [(); 2].map(|()| Gate::default());
    let (leader, _) = loads.begin(&gates[0]);
    let output = loads.begin(&gates[1]).1;
    loads.stage.freeze(leader);
    loads.stage.advance(LEASE - 1);
    assert_eq!(gates[1].calls.get(), 0);
    loads.stage.advance(1);
    assert_eq!(gates[1].calls.get(), 1);
    gates[1].open(Ok(6));
    loads.stage.run();
    assert_eq!((value(&output), loads.cache.get(&7)), (Some(6), Some(6)));
    assert_eq!(loads.cache.stats().takeovers, 1);
}

#[test]
fn a_change_meanwhile_keeps_the_value_from_being_stored() {
    type Change = fn(&Cache<u32, u32>);
    let changes: [(Change, Option<u32>); 5] = [
        (|cache| _ = cache.insert(7, 1), Some(1)),
        (|cache| _ = cache.remove(&7), None),
        (|cache| cache.clear(), None),
        (|cache| _ = cache.expire(&7), None),
        (|cache| _ = cache.take(&7), None),
    ];
    for (change, left) in changes {
        let mut loads = Loads::new();
        let gate = Gate::default();
        let output = loads.begin(&gate).1;
        change(&loads.cache);
        gate.open(Ok(5));
        loads.stage.run();
        assert_eq!((value(&output), loads.cache.get(&7)), (Some(5), left));
        assert_eq!(loads.cache.stats().fenced, 1);
        loads.assert_nothing_is_left();
    }
}

#[test]
fn an_invalidated_tag_keeps_a_value_from_being_stored_that_comes_with_it() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let output = loads.begin_with(&gate, |load| load.entry(EntryOptions::new().tags(["a", "b"]))).1;
    assert_eq!(loads.cache.invalidate_tag("b"), 0);
    gate.open(Ok(5));
    loads.stage.run();
    assert_eq!((value(&output), loads.cache.get(&7)), (Some(5), None));
}

#[test]
fn who_wants_a_fresh_value_joins_nobody() {
    let mut loads = Loads::new();
    let gates = [(); 2].map(|()| Gate::default());
    let before = loads.begin(&gates[0]).1;
    let after = loads.begin_with(&gates[1], |load| load.force_fresh()).1;
    gates[0].open(Ok(1));
    loads.stage.run();
    assert_eq!((value(&before), loads.cache.get(&7)), (Some(1), None));
    gates[1].open(Ok(2));
    loads.stage.run();
    assert_eq!((value(&after), loads.cache.get(&7)), (Some(2), Some(2)));
    loads.assert_nothing_is_left();
}

#[test]
fn a_stale_value_is_served_while_a_new_one_is_loaded_behind() {
    let mut loads = Loads::on(Stage::spawning());
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let gate = Gate::default();
    let outputs = [loads.begin(&gate).1, loads.begin(&gate).1];
    assert_eq!(outputs.each_ref().map(value), [Some(1); 2]);
    assert_eq!(gate.calls.get(), 1);
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!(loads.cache.get(&7), Some(2));
    loads.assert_nothing_is_left();
}

#[test]
fn without_anything_to_run_it_the_caller_loads_the_new_value() {
    let mut loads = Loads::new();
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let gate = Gate::default();
    let (first, second) = (loads.begin(&gate).1, loads.begin(&gate).1);
    assert_eq!((value(&first), value(&second)), (None, Some(1)));
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!((value(&first), loads.cache.get(&7)), (Some(2), Some(2)));
    loads.assert_nothing_is_left();
}

#[test]
fn a_stale_value_serves_within_grace_if_the_load_fails() {
    let mut loads = Loads::new();
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let gate = Gate::default();
    let output = loads.begin_with(&gate, |load| load.swr(Duration::ZERO)).1;
    let without = loads.begin_with(&gate, |load| load.swr(Duration::ZERO).grace(Duration::ZERO)).1;
    gate.open(Err("down"));
    loads.stage.run();
    assert_eq!(value(&output), Some(1));
    assert_eq!(error(&without).unwrap().loader(), Some(&"down"));
    loads.assert_nothing_is_left();
}

#[test]
fn a_soft_timeout_serves_the_stale_value_and_the_load_goes_on() {
    let mut loads = Loads::on(Stage::spawning());
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let gate = Gate::default();
    let patient = |load: Plain| load.swr(Duration::ZERO).timeout(Duration::from_millis(20));
    let output = loads.begin_with(&gate, patient).1;
    loads.stage.advance(19);
    assert_eq!(value(&output), None);
    loads.stage.advance(1);
    assert_eq!(value(&output), Some(1));
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!(loads.cache.get(&7), Some(2));
    loads.assert_nothing_is_left();
}

#[test]
fn a_hard_timeout_ends_one_wait_and_no_load() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let leader = loads.begin(&gate).1;
    let hasty = loads.begin_with(&gate, |load| load.hard_timeout(Duration::from_millis(20))).1;
    loads.stage.advance(20);
    assert!(matches!(error(&hasty), Some(LoadError::TimedOut)));
    gate.open(Ok(2));
    loads.stage.run();
    assert_eq!(value(&leader), Some(2));
    loads.assert_nothing_is_left();
}

#[test]
fn work_that_runs_elsewhere_goes_on_for_those_who_wait() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let works: Rc<RefCell<Vec<_>>> = Rc::default();
    let elsewhere = Rc::clone(&works);
    let (leader, _) =
        loads.begin_with(&gate, move |load| load.wait_until(move |work| elsewhere.borrow_mut().push(work)));
    let work = works.borrow_mut().pop().unwrap();
    loads.stage.spawn(work);
    let other = loads.begin(&Gate::default()).1;
    loads.stage.drop_task(leader);
    gate.open(Ok(5));
    loads.stage.run();
    assert_eq!(value(&other), Some(5));
    loads.assert_nothing_is_left();
}

#[test]
fn work_that_is_dropped_elsewhere_hands_over_and_its_caller_is_told() {
    let mut loads = Loads::new();
    let gates = [(); 2].map(|()| Gate::default());
    let leader = loads.begin_with(&gates[0], |load| load.wait_until(drop)).1;
    assert!(matches!(error(&leader), Some(LoadError::Abandoned)), "nobody has run it");
    let other = loads.begin(&gates[1]).1;
    gates[1].open(Ok(5));
    loads.stage.run();
    assert_eq!(value(&other), Some(5));
    loads.assert_nothing_is_left();
}

#[test]
fn a_loader_that_loads_its_own_key_is_told_so() {
    let mut loads = Loads::new();
    let cache = loads.cache.clone();
    let (_, output) = loads.stage.spawn(async move {
        let within = cache.clone();
        cache
            .load(&7, async move |_| {
                let inner = within.load(&8, {
                    let within = within.clone();
                    async move |_| within.load(&7, async |_| Ok::<_, &str>(1)).await.map_err(|error| error.to_string())
                });
                inner.await.map_err(|error| error.loader().cloned().unwrap_or_default())
            })
            .await
            .map_err(|error| error.loader().cloned())
    });
    assert_eq!(output.borrow().clone(), Some(Err(Some("the caller would wait for itself".to_owned()))));
    loads.assert_nothing_is_left();
}

#[test]
fn a_loader_that_panics_hands_over() {
    let mut loads = Loads::new();
    let cache = loads.cache.clone();
    let trigger = Gate::default();
    let inside = trigger.clone();
    let mut panicking = Box::pin(async move {
        cache
            .load(&7, async move |_| -> Result<u32, &'static str> {
                inside.load().await?;
                panic!("the loader's own")
            })
            .await
    });
    assert!(panicking.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let gate = Gate::default();
    let other = loads.begin(&gate).1;
    trigger.open(Ok(0));
    let poll = std::panic::AssertUnwindSafe(|| panicking.as_mut().poll(&mut Context::from_waker(Waker::noop())));
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    assert!(std::panic::catch_unwind(poll).is_err());
    std::panic::set_hook(hook);
    loads.stage.run();
    assert_eq!(gate.calls.get(), 1);
    gate.open(Ok(5));
    loads.stage.run();
    assert_eq!(value(&other), Some(5));
    drop(panicking);
    loads.assert_nothing_is_left();
}

#[test]
fn a_load_waits_for_the_lock_of_its_key_and_takes_its_result() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let turn = loads.cache.acquire(&7).unwrap();
    let output = loads.begin(&gate).1;
    assert!(output.borrow().is_none());
    turn.set(4).unwrap();
    loads.stage.run();
    assert_eq!((value(&output), gate.calls.get()), (Some(4), 0));
    drop(turn);
    loads.assert_nothing_is_left();
}

#[test]
fn callers_with_other_errors_share_the_load_and_know_it() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    loads.begin(&gate);
    let cache = loads.cache.clone();
    let (_, other) = loads.stage.spawn(async move { cache.load(&7, async |_| Err::<u32, u8>(1)).await });
    gate.open(Err("no"));
    loads.stage.run();
    assert!(matches!(other.take(), Some(Err(LoadError::Other(error))) if error.is::<&'static str>()));
}

#[test]
fn a_load_that_is_never_polled_does_nothing() {
    let loads = Loads::new();
    let cache = loads.cache.clone();
    drop(cache.load(&7, async |_| Ok::<_, &str>(1)));
    assert_eq!(loads.cache.stats().misses, 0);
    loads.assert_nothing_is_left();
}

#[test]
fn after_a_failure_callers_back_off() {
    let mut loads = Loads::new();
    let backoff = Duration::from_millis(50);
    let builder = Cache::builder().grace(ONE_HOUR).grace_backoff(backoff).negative_backoff(backoff);
    loads.cache = builder.runtime(loads.stage.time.clone()).build();
    let gate = Gate::default();
    gate.open(Err("down"));
    let answers = |loads: &mut Loads| (loads.begin(&gate).1, loads.begin(&gate).1);
    let (first, second) = answers(&mut loads);
    let (first, second) = (error(&first).unwrap(), error(&second).unwrap());
    assert!(matches!(&first, LoadError::Loader(_)) && matches!(&second, LoadError::FailedRecently(_)));
    assert_eq!((first.loader(), second.loader()), (Some(&"down"), Some(&"down")));
    assert_eq!(gate.calls.get(), 1);
    loads.stage.advance(50);
    loads.begin(&gate);
    assert_eq!(gate.calls.get(), 2);
    loads.cache.insert(7, 1);
    loads.cache.expire(&7);
    let (first, second) = answers(&mut loads);
    assert_eq!((value(&first), value(&second), gate.calls.get()), (Some(1), Some(1), 3));
    loads.cache.remove(&7);
    loads.assert_nothing_is_left();
}

#[test]
fn an_error_that_comes_late_is_not_the_cause() {
    let mut loads = Loads::new();
    let builder = Cache::builder().lease(Duration::from_millis(LEASE)).negative_backoff(ONE_HOUR);
    loads.cache = builder.runtime(loads.stage.time.clone()).build();
    let [late, last] = [Gate::default(), Gate::default()];
    let (number, _) = loads.begin(&late);
    let work = loads.stage.pause(number);
    loads.stage.advance(LEASE);
    last.open(Err("last"));
    assert_eq!(error(&loads.begin(&last).1).unwrap().loader(), Some(&"last"));
    late.open(Err("late"));
    loads.stage.resume(number, work);
    let second = error(&loads.begin(&last).1).unwrap();
    assert_eq!((second.loader(), last.calls.get()), (Some(&"last"), 1));
}

#[test]
fn a_call_has_backoffs_of_its_own() {
    let mut loads = Loads::new();
    let calls = Rc::new(Cell::new(0));
    let ask = |stage: &mut Stage, cache: &Cache<u32, u32>, backoff: u64| {
        let (cache, calls) = (cache.clone(), Rc::clone(&calls));
        let loader = async move |_| {
            calls.set(calls.get() + 1);
            Err::<u32, _>("down")
        };
        let load = async move {
            let load = cache.load(&7, loader).negative_backoff(Duration::from_millis(backoff));
            matches!(load.await, Err(LoadError::FailedRecently(_)))
        };
        stage.spawn(load).1.take().unwrap()
    };
    let cache = loads.cache.clone();
    assert!(!ask(&mut loads.stage, &cache, 50));
    assert!(ask(&mut loads.stage, &cache, 50));
    assert!(!ask(&mut loads.stage, &cache, 0), "a call without a backoff tries");
    loads.stage.advance(60);
    assert!(!ask(&mut loads.stage, &cache, 50));
    assert_eq!(calls.get(), 3);
}
