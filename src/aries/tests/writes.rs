//! Locks over a store that takes its time, and finishes calls in any order.

use crate::Cache;
use crate::aries::{BaseCache, CacheError, CacheKeyLock, ErrorCode, KeyLocks, Keys};
use crate::cache::tests::stage::{Output, Stage};
use crate::runtime::{Runtime, Virtual};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

const LEASE: u64 = 100;

/// A call has its effect when it ends.
#[derive(Clone)]
struct Slow {
    time: Virtual,
    values: Rc<RefCell<HashMap<String, u32>>>,
    locks: KeyLocks<u32>,
    /// How long the next call takes, in milliseconds.
    delay: Rc<Cell<u64>>,
    /// Whether `get` removes what it finds, as if it had expired.
    expires: Rc<Cell<bool>>,
    reads: Rc<Cell<u32>>,
}

impl Slow {
    async fn pass(&self) {
        let delay = self.delay.get();
        if delay > 0 {
            self.time.sleep(delay as f64).await;
        }
    }
}

impl BaseCache for Slow {
    type Value = u32;

    fn locks(&self) -> &KeyLocks<u32> {
        &self.locks
    }

    async fn get(&self, key: &str) -> Result<Option<u32>, CacheError> {
        self.reads.set(self.reads.get() + 1);
        let found = self.values.borrow().get(key).copied();
        self.pass().await;
        if self.expires.get() && found.is_some() {
            self.clear(key).await?;
            return Ok(None);
        }
        Ok(found)
    }

    async fn set(&self, keys: impl Keys, value: u32, _ttl: Option<f64>) -> Result<(), CacheError> {
        let keys = keys.into_keys();
        let _change = self.locks.change(&keys).await;
        self.pass().await;
        self.values.borrow_mut().extend(keys.into_iter().map(|key| (key, value)));
        Ok(())
    }

    async fn clear(&self, key: &str) -> Result<(), CacheError> {
        let _change = self.locks.change(&[key]).await;
        self.pass().await;
        self.values.borrow_mut().remove(key);
        Ok(())
    }

    async fn flush(&self) -> Result<(), CacheError> {
        let _change = self.locks.change_all().await;
        self.pass().await;
        self.values.borrow_mut().clear();
        Ok(())
    }
}

/// A store, and where its callers run.
struct Scene {
    stage: Stage,
    slow: Slow,
}

type Lock = CacheKeyLock<Slow>;

impl Scene {
    fn new() -> Self {
        let stage = Stage::new();
        let lease = Duration::from_millis(LEASE);
        let builder = Cache::builder().lease(lease).lock_timeout(8 * lease).runtime(stage.time.clone());
        let slow = Slow {
            time: stage.time.clone(),
            values: Rc::default(),
            locks: KeyLocks::with(builder),
            delay: Rc::default(),
            expires: Rc::default(),
            reads: Rc::default(),
        };
        Self { stage, slow }
    }

    /// Begins a call that takes so long.
    fn begin<T: 'static, F: Future<Output = T> + 'static>(
        &mut self,
        delay: u64,
        call: impl FnOnce(Slow) -> F,
    ) -> Output<T> {
        self.slow.delay.set(delay);
        self.stage.spawn(call(self.slow.clone())).1
    }

    fn lock(&mut self) -> Lock {
        let lock = self.begin(0, async |slow| slow.lock("key").await.unwrap());
        lock.take().expect("it has its turn")
    }

    /// Has a lock's result stored, which takes so long.
    fn set_result(&mut self, lock: &Lock, value: u32, delay: u64) -> Output<Result<(), ErrorCode>> {
        let lock = lock.clone();
        self.begin(delay, async move |_| lock.set_result(value, None).await.map_err(|error| error.code()))
    }

    fn value(&self) -> Option<u32> {
        self.slow.values.borrow().get("key").copied()
    }
}

#[test]
fn a_result_on_its_way_does_not_end_up_over_what_is_newer() {
    type Change = fn(&mut Scene);
    let changes: [(Change, Option<u32>); 4] = [
        (|scene| drop(scene.begin(1, async |slow| slow.clear("key").await.unwrap())), None),
        (|scene| drop(scene.begin(1, async |slow| slow.set("key", 2, None).await.unwrap())), Some(2)),
        (|scene| drop(scene.begin(1, async |slow| slow.set(["other", "key"], 2, None).await.unwrap())), Some(2)),
        (|scene| drop(scene.begin(1, async |slow| slow.flush().await.unwrap())), None),
    ];
    for (change, left) in changes {
        let mut scene = Scene::new();
        let lock = scene.lock();
        let stored = scene.set_result(&lock, 1, 50);
        scene.stage.advance(10);
        change(&mut scene);
        let later = scene.slow.acquire("key").unwrap();
        assert!(later.parent().is_none(), "who comes after the change starts afresh");
        scene.stage.advance(35);
        assert_eq!(scene.value(), None, "the change waits");
        scene.stage.advance(10);
        assert_eq!((stored.take(), scene.value()), (Some(Ok(())), left));
        drop((lock, later));
        scene.slow.locks.cache.assert_nothing_is_left();
    }
}

#[test]
fn results_and_changes_come_one_after_the_other() {
    let mut scene = Scene::new();
    let first = scene.lock();
    scene.set_result(&first, 1, 30);
    scene.begin(1, async |slow| slow.clear("key").await.unwrap());
    let second = scene.lock();
    scene.set_result(&second, 2, 1);
    scene.begin(1, async |slow| slow.set("key", 3, None).await.unwrap());
    scene.begin(1, async |slow| slow.set("other", 4, None).await.unwrap());
    scene.stage.advance(1);
    assert_eq!(scene.slow.values.borrow().get("other"), Some(&4), "other keys have nothing to wait for");
    scene.stage.advance(40);
    assert_eq!(scene.value(), Some(3));
}

#[test]
fn a_store_that_hangs_delays_a_change_for_one_lease_and_its_result_is_removed() {
    let mut scene = Scene::new();
    let lock = scene.lock();
    let stored = scene.set_result(&lock, 1, 500);
    let other = scene.slow.acquire("other").unwrap();
    scene.begin(0, async move |_| other.enter().await.unwrap());
    let changed = scene.begin(1, async |slow| slow.set("key", 2, None).await.is_ok());
    scene.stage.advance(LEASE - 1);
    assert_eq!(scene.value(), None);
    scene.stage.advance(2);
    assert_eq!((changed.take(), scene.value()), (Some(true), Some(2)));
    scene.stage.advance(500);
    assert_eq!((stored.take(), scene.value()), (Some(Ok(())), None), "nobody knows which value came last");
}

#[test]
fn a_call_that_is_dropped_blocks_nobody() {
    let mut scene = Scene::new();
    let lock = scene.lock();
    scene.slow.delay.set(1000);
    let (task, _) = scene.stage.spawn(async move { lock.set_result(1, None).await });
    let changed = scene.begin(1, async |slow| slow.clear("key").await.is_ok());
    scene.stage.advance(10);
    assert_eq!(changed.take(), None);
    scene.stage.drop_task(task);
    scene.stage.advance(1);
    assert_eq!(changed.take(), Some(true));
}

#[test]
fn a_store_that_removes_what_has_expired_fences_nothing() {
    let mut scene = Scene::new();
    scene.slow.values.borrow_mut().insert("key".to_owned(), 1);
    scene.slow.expires.set(true);
    let lock = scene.lock();
    assert!(!lock.done());
    scene.set_result(&lock, 2, 0);
    assert_eq!(scene.value(), Some(2));
}

#[test]
fn a_change_during_a_look_has_the_lock_look_again() {
    let mut scene = Scene::new();
    scene.slow.values.borrow_mut().insert("key".to_owned(), 1);
    let lock = scene.begin(20, async |slow| slow.lock("key").await.unwrap());
    scene.stage.advance(10);
    scene.begin(1, async |slow| slow.clear("key").await.unwrap());
    scene.stage.advance(20);
    let lock = lock.take().unwrap();
    assert_eq!((lock.result(), scene.slow.reads.get()), (None, 2), "what it found first is gone");
    scene.set_result(&lock, 2, 0);
    assert_eq!(scene.value(), Some(2), "it has computed that after the change");
}

#[test]
fn a_look_that_hangs_ends_with_the_callers_patience_and_holds_the_key_for_a_lease() {
    let mut scene = Scene::new();
    let hangs = scene.begin(10_000, async |slow| slow.lock("key").await.map_err(|error| error.code()));
    let next = scene.begin(0, async |slow| slow.lock("key").await.map_err(|error| error.code()));
    scene.stage.advance(LEASE);
    let next = next.take().expect("it has its turn").unwrap();
    assert!(!next.done());
    scene.stage.advance(LEASE);
    assert!(hangs.borrow().is_none(), "it had computed nothing, and waits again");
    scene.set_result(&next, 5, 0);
    scene.stage.run();
    assert_eq!(hangs.take().unwrap().unwrap().result(), Some(5));
    drop(next);
    let alone = scene.begin(10_000, async |slow| slow.lock("other").await.map_err(|error| error.code()));
    scene.stage.advance(8 * LEASE);
    assert_eq!(alone.take().unwrap().err(), Some(ErrorCode::LockTimeout));
    assert!(!scene.slow.locks.is_locked("other"));
}
