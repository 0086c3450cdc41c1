//! ACA-Py's tests of its cache, and what differs: in the same order, by the same names.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod stores;
mod writes;

use super::{BaseCache, CacheKeyLock, ErrorCode, InMemoryCache, LockOptions};
use crate::Cache;
use crate::runtime::Virtual;
use futures_executor::block_on;
use futures_util::future::join;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

type Lock = CacheKeyLock<InMemoryCache<String>>;

fn timed() -> (InMemoryCache<String>, Virtual) {
    let time = Virtual::new();
    let cache = InMemoryCache::over(Cache::builder().runtime(time.clone()).build());
    block_on(cache.set("valid key", "value".to_owned(), None)).unwrap();
    (cache, time)
}

fn cache() -> InMemoryCache<String> {
    timed().0
}

fn get<C: BaseCache>(cache: &C, key: &str) -> Option<C::Value> {
    block_on(cache.get(key)).unwrap()
}

fn value() -> Option<String> {
    Some("value".to_owned())
}

#[test]
fn get_none() {
    assert_eq!(get(&cache(), "doesn't exist"), None);
}

#[test]
fn get_valid() {
    assert_eq!(get(&cache(), "valid key"), value());
}

#[test]
fn set_str() {
    let cache = cache();
    block_on(cache.set("key", "newval".to_owned(), None)).unwrap();
    assert_eq!(get(&cache, "key").as_deref(), Some("newval"));
}

#[test]
fn set_dict() {
    let cache = InMemoryCache::new();
    let dict = serde_json::json!({ "dictkey": "dictval" });
    block_on(cache.set("key", dict.clone(), None)).unwrap();
    assert_eq!(get(&cache, "key"), Some(dict));
}

const SEVERAL: [&str; 4] = ["key1", "key2", "key3", "key4"];

#[test]
fn set_multi() {
    let cache = cache();
    block_on(cache.set(SEVERAL, "several".to_owned(), None)).unwrap();
    assert!(SEVERAL.iter().all(|key| get(&cache, key).as_deref() == Some("several")));
}

#[test]
fn set_expires() {
    let (cache, time) = timed();
    block_on(cache.set("key", "newval".to_owned(), Some(0.05))).unwrap();
    time.advance(Duration::from_millis(49));
    assert_eq!(get(&cache, "key").as_deref(), Some("newval"));
    time.advance(Duration::from_millis(1));
    assert_eq!(get(&cache, "key"), None);
    assert_eq!(get(&cache, "valid key"), value());
}

#[test]
fn set_expires_multi() {
    // A clock that goes on at each reading: all keys expire together nonetheless.
    let now = Rc::new(Cell::new(0.0));
    let ticking = Rc::clone(&now);
    let clock = move || {
        ticking.set(ticking.get() + 1.0);
        ticking.get()
    };
    let cache = InMemoryCache::over(Cache::builder().clock(clock).build());
    block_on(cache.set(SEVERAL, 7, Some(0.05))).unwrap();
    assert!(SEVERAL.iter().all(|key| get(&cache, key) == Some(7)));
    now.set(50.0);
    assert!(SEVERAL.iter().rev().all(|key| get(&cache, key).is_none()), "all were stored at 1");
}

#[test]
fn flush() {
    let cache = cache();
    block_on(cache.flush()).unwrap();
    assert!(cache.cache().is_empty());
}

#[test]
fn clear() {
    let cache = cache();
    block_on(cache.set("key", "newval".to_owned(), None)).unwrap();
    block_on(cache.clear("key")).unwrap();
    block_on(cache.clear("key")).unwrap();
    assert_eq!(get(&cache, "key"), None);
}

fn lock(cache: &InMemoryCache<String>, key: &str) -> Lock {
    cache.acquire(key).unwrap()
}

#[test]
fn acquire_release() {
    let cache = cache();
    let lock = lock(&cache, "test-key");
    block_on(lock.enter()).unwrap();
    assert!(cache.locks().is_locked("test-key"));
    lock.exit(None);
    assert!(!cache.locks().is_locked("test-key") && lock.done() && lock.released());
    assert_eq!(get(&cache, "test-key"), None);
    assert!(cache.locks().holders.borrow().is_empty());
}

#[test]
fn acquire_with_future() {
    let cache = cache();
    let lock = lock(&cache, "test-key");
    block_on(lock.enter()).unwrap();
    block_on(lock.set_result("value".to_owned(), None)).unwrap();
    lock.exit(None);
    assert!(lock.done());
    assert_eq!((lock.result(), block_on(lock.future())), (value(), value()));
}

#[test]
fn acquire_release_with_waiter() {
    let cache = cache();
    let lock1 = lock(&cache, "test-key");
    let lock2 = lock(&cache, "test-key");
    assert_eq!((lock1.parent(), lock2.parent()), (None, Some(lock1.clone())));
    block_on(lock1.enter()).unwrap();
    assert!(!lock1.done() && !lock2.done());
    block_on(lock1.set_result("value".to_owned(), None)).unwrap();
    lock1.exit(None);
    assert_eq!(get(&cache, "test-key"), value());
    assert_eq!(block_on(join(lock1.future(), lock2.future())), (value(), value()));
}

#[test]
fn duplicate_set() {
    let cache = cache();
    let lock = lock(&cache, "test-key");
    block_on(lock.enter()).unwrap();
    block_on(lock.set_result("value".to_owned(), None)).unwrap();
    let error = block_on(lock.set_result("value".to_owned(), None)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ResultAlreadySet);
    lock.exit(Some(Rc::new(error)));
    assert!(!cache.locks().is_locked("test-key"));
}

#[test]
fn populated() {
    let cache = cache();
    let lock1 = lock(&cache, "valid key");
    let lock2 = lock(&cache, "valid key");
    block_on(lock1.enter()).unwrap();
    block_on(lock2.enter()).unwrap();
    assert_eq!((lock1.result(), lock2.result()), (value(), value()));
    assert!(lock1.done() && lock2.done());
    drop((lock1, lock2));
    assert!(!cache.locks().is_locked("valid key"));
}

#[test]
fn acquire_exception() {
    let cache = cache();
    let lock = lock(&cache, "test-key");
    block_on(lock.enter()).unwrap();
    lock.exit(Some(Rc::new(std::fmt::Error)));
    assert_eq!(lock.exception().unwrap().to_string(), std::fmt::Error.to_string());
    assert!(lock.done() && lock.result().is_none());
}

#[test]
fn repr() {
    assert_eq!(format!("{:?}", cache()), "<InMemoryCache>");
}

#[test]
fn wrong_ttls_change_nothing() {
    let cache = cache();
    for ttl in [-1.0, f64::NAN, f64::NEG_INFINITY] {
        let error = block_on(cache.set("valid key", "other".to_owned(), Some(ttl))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidTtl);
        let lock = lock(&cache, "key");
        block_on(lock.enter()).unwrap();
        assert_eq!(block_on(lock.set_result(String::new(), Some(ttl))).unwrap_err().code(), ErrorCode::InvalidTtl);
        assert!(!lock.done());
    }
    assert_eq!(get(&cache, "valid key"), value());
}

#[test]
fn a_dropped_lock_hands_over_to_one() {
    let cache = cache();
    let [first, second, third] = [(); 3].map(|()| lock(&cache, "key"));
    drop(first);
    block_on(second.enter()).unwrap();
    assert!(!second.done() && second.parent().is_none());
    let waiting = async {
        third.enter().await.unwrap();
        third.result()
    };
    let computing = async {
        second.set_result(String::new(), None).await.unwrap();
    };
    assert_eq!(block_on(join(waiting, computing)).0, Some(String::new()), "an empty value is a result");
}

#[test]
fn a_lock_that_waits_sets_nothing() {
    let cache = cache();
    let [first, second] = [(); 2].map(|()| lock(&cache, "key"));
    block_on(first.enter()).unwrap();
    let refused = |lock: &Lock| block_on(lock.set_result(String::new(), None)).unwrap_err().code();
    assert_eq!(refused(&second), ErrorCode::NotHolder);
    cache.release("key");
    block_on(second.enter()).unwrap();
    assert_eq!(refused(&first), ErrorCode::LockLost);
    drop((first, second));
    assert!(cache.locks().holders.borrow().is_empty());
}

#[test]
fn a_holder_that_fails_ends_all_who_wait() {
    let cache = cache();
    let (holder, waiter, resting) = (lock(&cache, "key"), lock(&cache, "key"), lock(&cache, "key"));
    let other = lock(&cache, "other");
    block_on(holder.enter()).unwrap();
    let load = cache.cache().load("key", async |_| Ok::<_, std::fmt::Error>(String::new()));
    let down: Rc<dyn std::error::Error> = Rc::new(std::fmt::Error);
    let failing = async { holder.fail(Rc::clone(&down)) };
    let ((entered, loaded), ()) = block_on(join(join(waiter.enter(), load), failing));
    for error in [entered.unwrap_err(), block_on(resting.enter()).unwrap_err()] {
        assert_eq!((error.code(), error.key()), (ErrorCode::Failed, Some("key")));
        assert!(std::error::Error::source(&error).unwrap().is::<std::fmt::Error>());
    }
    assert!(loaded.is_err() && holder.released() && resting.released() && !other.released());
    assert!(Rc::ptr_eq(&holder.exception().unwrap(), &down));
    let later = lock(&cache, "key");
    block_on(later.enter()).unwrap();
    // Whose turn it isn't ends nobody else.
    resting.fail(Rc::clone(&down));
    lock(&cache, "key").fail(down);
    assert!(!later.done());
}

#[test]
fn a_lock_has_a_lease_and_a_timeout_of_its_own() {
    let (cache, time) = timed();
    let options = LockOptions::new().lease(Duration::from_millis(20));
    let dead = block_on(cache.lock_with("key", options)).unwrap();
    time.advance(Duration::from_millis(20));
    let next = block_on(cache.lock("key")).unwrap();
    assert!(dead.is_lost() && block_on(dead.lost()) && next.token() > dead.token());
    let patient = cache.acquire_with("key", LockOptions::new().timeout(Duration::from_millis(1500))).unwrap();
    let (entered, ()) = block_on(join(patient.enter(), async { time.advance(Duration::from_millis(1500)) }));
    assert_eq!(entered.unwrap_err().to_string(), r#""key": no turn within 1500 ms"#);
    next.release();
    assert!(!block_on(next.lost()));
}

#[test]
fn a_namespace_has_keys_and_locks_of_its_own() {
    let cache = cache();
    let (one, again) = (cache.namespace("one"), cache.namespace("one"));
    let holder = lock(&one, "key");
    assert_eq!((lock(&cache, "key").parent(), lock(&again, "key").parent()), (None, Some(holder)));
}
