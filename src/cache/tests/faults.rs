//! What surrounds a cache, when it fails: runtimes without timers, bounds beyond all measure, handles that are gone.

use super::stage::Stage;
use crate::runtime::{Runtime, Virtual, Work};
use crate::{Cache, LoadError};
use std::future::{Future, pending};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Its clocks go, and its timers never fire.
struct Timerless(Virtual);

impl Runtime for Timerless {
    fn now(&self) -> f64 {
        self.0.now()
    }

    fn elapsed(&self) -> f64 {
        self.0.elapsed()
    }

    fn sleep(&self, _: f64) -> Work {
        Box::pin(pending())
    }
}

#[test]
fn without_timers_whoever_asks_later_takes_over() {
    let mut stage = Stage::new();
    let lease = Duration::from_millis(100);
    let cache: Cache<u32, u32> = Cache::builder().lease(lease).runtime(Timerless(stage.time.clone())).build();
    let (frozen, _) = stage.spawn({
        let cache = cache.clone();
        async move { cache.load(&7, async |_| pending::<Result<u32, ()>>().await).await.is_ok() }
    });
    let waits = stage.spawn({
        let cache = cache.clone();
        async move { cache.load(&7, async |_| Ok::<_, ()>(1)).await.ok() }
    });
    stage.freeze(frozen);
    stage.advance(99);
    assert_eq!(*waits.1.borrow(), None);
    stage.advance(1);
    let later = stage.spawn({
        let cache = cache.clone();
        async move { cache.load(&7, async |_| Ok::<_, ()>(2)).await.ok() }
    });
    assert_eq!((later.1.take(), waits.1.take()), (Some(Some(2)), Some(Some(2))));
    let dead = cache.acquire(&8).unwrap();
    let mut enter = pin!(dead.enter());
    assert!(enter.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    stage.advance(100);
    let next = cache.acquire(&8).unwrap();
    assert_eq!(pin!(next.enter()).poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(())));
    assert!(next.is_held() && dead.is_lost());
}

#[test]
fn bounds_and_durations_beyond_all_measure_are_bounds_and_durations() {
    let time = Virtual::new();
    let builder = Cache::builder().max(usize::MAX).max_weight(u64::MAX).max_entry_weight(u64::MAX);
    let builder = builder.ttl(Duration::MAX - Duration::from_nanos(1)).swr(Duration::MAX).grace(Duration::MAX);
    let builder = builder.lease(Duration::MAX).timeout(Duration::MAX).hard_timeout(Duration::MAX);
    let cache = builder.ttl_jitter(f64::NAN).runtime(time.clone()).build();
    cache.entry(1).weight(u64::MAX).insert(1).unwrap();
    cache.entry(2).weight(0).insert(2).unwrap();
    time.advance(Duration::from_secs(1_000_000_000));
    assert_eq!(cache.get(&2), Some(2));
    assert!(cache.stats().weight > 0);
    cache.core.read(|state| state.validate());
    let least = Cache::builder().max(0).max_weight(0).build();
    assert!(!least.insert(1, 1), "nothing weighs less than 1");
    assert!(Cache::new(0).insert(1, 1), "a cache has room for one");
}

#[test]
fn a_clock_that_is_broken_lets_nothing_expire_and_breaks_nothing() {
    for reading in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let cache = Cache::builder().ttl(Duration::from_millis(1)).clock(move || reading).build();
        cache.insert(1, 1);
        assert_eq!(cache.get(&1), Some(1));
        assert!(cache.expire(&1));
        assert_eq!(cache.get(&1), None);
        cache.core.read(|state| state.validate());
    }
}

#[test]
fn a_load_outlives_every_handle_of_its_cache() {
    let mut stage = Stage::new();
    let time = stage.time.clone();
    let cache: Cache<u32, Rc<u32>> = Cache::builder().runtime(stage.time.clone()).build();
    let load = cache.load(&7, async move |load| {
        time.sleep(5.0).await;
        drop(load);
        Ok::<_, ()>(Rc::new(1))
    });
    let output = stage.spawn(load).1;
    drop(cache);
    stage.advance(5);
    assert!(matches!(output.take(), Some(Ok(value)) if Rc::strong_count(&value) == 1));
}

#[test]
fn a_loader_that_panics_at_once_leaves_its_key_to_the_next() {
    let cache: Cache<u32, u32> = Cache::new(10);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for _ in 0..3 {
        let load = cache.load(&7, |_| -> std::future::Ready<Result<u32, ()>> { panic!("the loader's own") });
        let mut load = Box::pin(load);
        let poll = std::panic::AssertUnwindSafe(|| load.as_mut().poll(&mut Context::from_waker(Waker::noop())));
        assert!(std::panic::catch_unwind(poll).is_err());
        let again = load.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(again, Poll::Ready(Err(LoadError::Abandoned))));
    }
    std::panic::set_hook(hook);
    cache.assert_nothing_is_left();
    assert!(matches!(futures_executor::block_on(cache.load(&7, async |_| Ok::<_, ()>(1))), Ok(1)));
}
