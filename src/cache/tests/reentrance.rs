//! The caller's code, which uses the cache wherever it runs, lies and panics.

use crate::{Cache, LoadContext, PolicyKind};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

type Meddled = Cache<Meddler, Meddler>;

thread_local! {
    static CACHE: RefCell<Option<Meddled>> = const { RefCell::new(None) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static STEP: Cell<u32> = const { Cell::new(1) };
    static LIES: Cell<bool> = const { Cell::new(false) };
    static PANICS: Cell<bool> = const { Cell::new(false) };
}

/// The next of a stream of random numbers.
fn random(below: u32) -> u32 {
    STEP.with(|step| {
        let mut state = step.get();
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        step.set(state);
        state % below
    })
}

/// Does something to the cache, unless it is called from within itself too often.
fn meddle() {
    let depth = DEPTH.get();
    let is_done = depth >= 2 || random(4) > 0;
    let Ok(Some(cache)) = CACHE.try_with(|cache| cache.borrow().clone()) else { return };
    if PANICS.get() && random(50) == 0 && !std::thread::panicking() {
        panic!("the caller's own");
    }
    if is_done {
        return;
    }
    struct Depth(u32);
    impl Drop for Depth {
        fn drop(&mut self) {
            DEPTH.set(self.0);
        }
    }
    let _depth = Depth(depth);
    DEPTH.set(depth + 1);
    step(&cache);
}

/// One call of the cache.
fn step(cache: &Meddled) {
    let key = Meddler(random(12));
    match random(14) {
        0..3 => _ = cache.insert(key, Meddler(100)),
        3..5 => _ = cache.get(&key),
        5 => _ = cache.remove(&key),
        6 => _ = cache.take(&key),
        7 => _ = cache.with(&key, |_| meddle()),
        8 => _ = cache.iter().count(),
        10 => load(cache, key),
        11 => lock(cache, &key),
        12 => _ = cache.update(key, |value| value.map(|value| Meddler(value.0 + 1))),
        13 => _ = cache.expire_tag("tag"),
        _ if random(10) == 0 => cache.clear(),
        _ => {
            let _ = cache.entry(key).tags(["tag"]).insert(Meddler(7));
            cache.invalidate_tag("tag");
        }
    }
}

thread_local! {
    /// A load that is under way.
    static LOADING: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>> = const { RefCell::new(None) };
}

/// Begins a load, and goes on with the one before, or drops it.
fn load(cache: &Meddled, key: Meddler) {
    let cache = cache.clone();
    let mut polls = random(3);
    let mut load: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
        let loader = async move |load: LoadContext<Meddler, Meddler>| {
            load.set_tags(["tag"]);
            std::future::poll_fn(move |context| {
                meddle();
                context.waker().wake_by_ref();
                let is_ready = polls == 0;
                polls = polls.saturating_sub(1);
                if is_ready { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            if random(3) == 0 { Err(Meddler(8)) } else { Ok(Meddler(9)) }
        };
        let _ = cache.load(&key, loader).grace_backoff(Duration::from_secs(1)).await;
    });
    let mut context = Context::from_waker(Waker::noop());
    let is_pending = load.as_mut().poll(&mut context).is_pending();
    // Whatever was there is dropped when nothing is borrowed.
    let before = LOADING.with(|loading| loading.replace(if is_pending { Some(load) } else { None }));
    if let Some(mut before) = before
        && random(2) == 0
    {
        let _ = before.as_mut().poll(&mut context);
    }
}

/// Locks a key, and perhaps sets it.
fn lock(cache: &Meddled, key: &Meddler) {
    let Ok(turn) = cache.acquire(key) else { return };
    let _ = pin!(turn.enter()).poll(&mut Context::from_waker(Waker::noop()));
    if random(2) == 0 {
        let _ = turn.set(Meddler(3));
    }
    if random(3) == 0 {
        cache.release(key);
    }
}

/// A key and a value whose every method uses the cache.
struct Meddler(u32);

impl Hash for Meddler {
    fn hash<H: Hasher>(&self, state: &mut H) {
        meddle();
        let number = if LIES.get() && random(4) == 0 { random(3) } else { self.0 % 3 };
        number.hash(state);
    }
}

impl PartialEq for Meddler {
    fn eq(&self, other: &Self) -> bool {
        meddle();
        if LIES.get() { random(2) == 0 } else { self.0 == other.0 }
    }
}

impl Eq for Meddler {}

impl Clone for Meddler {
    fn clone(&self) -> Self {
        meddle();
        Self(self.0)
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            meddle();
        }
    }
}

fn cache(policy: PolicyKind) -> Meddled {
    let cache = Cache::builder()
        .max(6)
        .max_weight(20)
        .policy(policy)
        .weigher(|_: &Meddler, _: &Meddler| {
            meddle();
            2
        })
        .on_removal(|_, _, _| meddle())
        .build();
    CACHE.set(Some(cache.clone()));
    cache
}

fn run(seed: u32, steps: u32) {
    STEP.set(seed | 1);
    for policy in [PolicyKind::TinyLfu, PolicyKind::Sampled, PolicyKind::Lru] {
        let cache = cache(policy);
        for _ in 0..steps {
            let result = catch_unwind(AssertUnwindSafe(|| step(&cache)));
            assert!(result.is_ok() || PANICS.get());
            DEPTH.set(0);
            cache.core.read(|state| state.validate());
            assert!(cache.stats().entries <= 6);
        }
        CACHE.set(None);
        drop(LOADING.take());
        // What panics in a drop of the caller's would end the process here.
        PANICS.set(false);
    }
}

#[test]
fn every_method_of_keys_and_values_may_use_the_cache() {
    run(1, super::steps(3000));
}

#[test]
fn keys_that_lie_harm_only_themselves() {
    LIES.set(true);
    run(2, super::steps(3000));
}

#[test]
fn a_panic_is_its_callers_and_the_cache_stays_whole() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for seed in 0..super::steps(20) {
        PANICS.set(true);
        run(seed, 100);
    }
    std::panic::set_hook(hook);
}

#[test]
fn a_callback_that_drops_the_last_handle_is_no_trouble() {
    let held: Rc<RefCell<Option<Cache<u32, u32>>>> = Rc::default();
    let inside = Rc::clone(&held);
    let cache = Cache::builder().max(1).on_removal(move |_: &u32, _: &u32, _| drop(inside.take())).build();
    held.replace(Some(cache.clone()));
    cache.insert(1, 1);
    cache.insert(2, 2);
    assert!(held.borrow().is_none());
    assert_eq!(cache.len(), 1);
}
