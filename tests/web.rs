//! The Rust cache with the runtime of browsers, in real ones: its clock, its timers and its promises. Run by
//! `cargo xtask test wasm`.

#![cfg(all(feature = "web", target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use futures_util::future::{join, join_all};
use js_sys::{Promise, Reflect};
use keylatch::runtime::{Runtime, Web};
use keylatch::{Cache, LoadError, LockError};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::{JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

async fn sleep(milliseconds: f64) {
    Web::new().sleep(milliseconds).await;
}

#[wasm_bindgen_test]
async fn entries_expire_by_date() {
    let cache = Cache::builder().ttl(Duration::from_millis(30)).build();
    cache.insert("key", 1);
    assert_eq!(cache.get("key"), Some(1));
    sleep(40.0).await;
    assert_eq!(cache.get("key"), None);
}

#[wasm_bindgen_test]
async fn one_loader_for_all() {
    let cache = Cache::new(10);
    let calls = Rc::new(Cell::new(0));
    let loads = (0..5).map(|_| {
        let calls = Rc::clone(&calls);
        cache.load(&"key", async move |_| {
            calls.set(calls.get() + 1);
            sleep(5.0).await;
            Ok::<_, ()>(7)
        })
    });
    let values = join_all(loads).await;
    assert!(values.into_iter().all(|value| matches!(value, Ok(7))));
    assert_eq!(calls.get(), 1);
}

#[wasm_bindgen_test]
async fn a_waiter_of_another_task_is_woken() {
    let cache: Cache<u32, u32> = Cache::new(10);
    let found: Rc<RefCell<Option<u32>>> = Rc::default();
    let turn = cache.lock(&1).await.unwrap();
    let (waiting, place) = (cache.clone(), Rc::clone(&found));
    spawn_local(async move {
        let value = waiting.lock(&1).await.unwrap().value();
        *place.borrow_mut() = value;
    });
    sleep(1.0).await;
    assert_eq!(found.take(), None);
    turn.set(5).unwrap();
    sleep(1.0).await;
    assert_eq!(found.take(), Some(5));
}

#[wasm_bindgen_test]
async fn a_dead_holder_is_replaced_after_its_lease() {
    let cache: Cache<u32, u32> = Cache::builder().lease(Duration::from_millis(20)).build();
    let dead = cache.lock(&1).await.unwrap();
    let taker = cache.lock(&1).await.unwrap();
    assert!(taker.is_held() && dead.is_lost());
    dead.lost().await;
}

#[wasm_bindgen_test]
async fn waits_end_in_time() {
    let cache: Cache<u32, u32> = Cache::new(10);
    let turn = cache.lock(&1).await.unwrap();
    let hasty = cache.lock(&1).timeout(Duration::from_millis(10)).await;
    assert!(matches!(hasty, Err(LockError::TimedOut)));
    drop(turn);
    let never = cache.load(&1, async |_| {
        std::future::pending::<()>().await;
        Ok::<_, ()>(1)
    });
    let outcome = never.hard_timeout(Duration::from_millis(10)).await;
    assert!(matches!(outcome, Err(LoadError::TimedOut)));
}

#[wasm_bindgen_test]
async fn whoever_waits_where_no_timer_can_be_set_is_woken_by_what_it_waits_for() {
    let cache: Cache<u32, u32> = Cache::new(10);
    let found: Rc<RefCell<Option<u32>>> = Rc::default();
    let turn = cache.lock(&1).await.unwrap();
    let (global, name) = (js_sys::global(), JsValue::from("setTimeout"));
    let timers = Reflect::get(&global, &name).unwrap();
    // As workerd does outside of requests.
    let refuse = Closure::<dyn Fn() -> Result<(), JsValue>>::new(|| Err("no timers here".into()));
    Reflect::set(&global, &name, refuse.as_ref()).unwrap();
    let (waiting, place) = (cache.clone(), Rc::clone(&found));
    spawn_local(async move {
        let value = waiting.lock(&1).await.unwrap().value();
        *place.borrow_mut() = value;
    });
    // Lets the waiter begin.
    JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await.unwrap();
    Reflect::set(&global, &name, &timers).unwrap();
    sleep(1.0).await;
    turn.set(5).unwrap();
    sleep(1.0).await;
    assert_eq!(found.take(), Some(5));
}

#[wasm_bindgen_test]
async fn a_stale_value_is_served_while_a_new_one_is_loaded_behind() {
    let cache = Cache::builder().swr(Duration::from_secs(60)).build();
    cache.insert("key", 1);
    cache.expire("key");
    let load = || {
        cache.load(&"key", async |_| {
            sleep(5.0).await;
            Ok::<_, ()>(2)
        })
    };
    let (first, second) = join(load(), load()).await;
    assert!(matches!((first, second), (Ok(1), Ok(1))));
    sleep(20.0).await;
    assert_eq!(cache.get("key"), Some(2));
}
