//! The caller's code, which uses the cache wherever it runs, lies and panics.

use crate::{Cache, PolicyKind};
use std::cell::{Cell, RefCell};
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

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
    let Some(cache) = CACHE.with(|cache| cache.borrow().clone()) else { return };
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
    match random(10) {
        0..3 => _ = cache.insert(key, Meddler(100)),
        3..5 => _ = cache.get(&key),
        5 => _ = cache.remove(&key),
        6 => _ = cache.take(&key),
        7 => _ = cache.with(&key, |_| meddle()),
        8 => _ = cache.iter().count(),
        _ if random(10) == 0 => cache.clear(),
        _ => {
            let _ = cache.entry(key).tags(["tag"]).insert(Meddler(7));
            cache.invalidate_tag("tag");
        }
    }
}

/// A key and a value whose every method uses the cache.
struct Meddler(u32);

impl Hash for Meddler {
    fn hash<H: Hasher>(&self, state: &mut H) {
        meddle();
        (self.0 % 3).hash(state);
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
        // What panics in a drop of the caller's would end the process here.
        PANICS.set(false);
    }
}

#[test]
fn every_method_of_keys_and_values_may_use_the_cache() {
    run(1, 3000);
}

#[test]
fn keys_that_lie_harm_only_themselves() {
    LIES.set(true);
    run(2, 3000);
}

#[test]
fn a_panic_is_its_callers_and_the_cache_stays_whole() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for seed in 0..20 {
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
