//! The lock of a key.

use super::arguments::{at_once, ttl};
use super::{promise, thrown};
use crate::aries::{self, InMemoryCache};
use js_sys::Promise;
use std::error::Error;
use std::fmt;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

type Lock = aries::CacheKeyLock<InMemoryCache<JsValue>>;

/// A lock on a key. The first that enters computes the value; the others wait for it. Leave it with `exit`.
#[wasm_bindgen]
pub struct CacheKeyLock {
    inner: Lock,
}

impl CacheKeyLock {
    pub(super) fn inner(&self) -> &Lock {
        &self.inner
    }
}

impl From<Lock> for CacheKeyLock {
    fn from(inner: Lock) -> Self {
        Self { inner }
    }
}

#[wasm_bindgen]
impl CacheKeyLock {
    /// The key.
    #[wasm_bindgen(getter)]
    pub fn key(&self) -> String {
        self.inner.key().to_owned()
    }

    /// Whether it has a result, or was given back.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> bool {
        self.inner.done()
    }

    /// The result; `undefined` if there is none.
    #[wasm_bindgen(getter)]
    pub fn result(&self) -> JsValue {
        self.inner.result().unwrap_or_default()
    }

    /// A promise of the result; of `undefined` if the lock is left without one.
    #[wasm_bindgen(getter)]
    pub fn future(&self) -> Promise {
        let future = self.inner.future();
        future_to_promise(async move { Ok(future.await.unwrap_or_default()) })
    }

    /// The lock that held the key when this one was acquired, as long as somebody has it. Another object each time.
    #[wasm_bindgen(getter)]
    pub fn parent(&self) -> Option<CacheKeyLock> {
        self.inner.parent().map(Self::from)
    }

    /// What it was left with.
    #[wasm_bindgen(getter)]
    pub fn exception(&self) -> JsValue {
        let exception = self.inner.exception();
        let thrown = exception.as_ref().and_then(|error| error.downcast_ref::<Thrown>());
        thrown.map(|thrown| thrown.0.clone()).unwrap_or_default()
    }

    /// Whether it was given back.
    #[wasm_bindgen(getter)]
    pub fn released(&self) -> bool {
        self.inner.released()
    }

    /// Waits for the turn, or for the holder's result.
    pub fn enter(&self) -> Promise {
        let lock = self.inner.clone();
        future_to_promise(async move { lock.enter().await.map(|()| JsValue::UNDEFINED).map_err(thrown) })
    }

    /// Hands the result to all who wait, and stores it for so many seconds. With `undefined` nothing happens.
    #[wasm_bindgen(js_name = setResult)]
    pub fn set_result(&self, value: JsValue, seconds: JsValue) -> Promise {
        if value.is_undefined() {
            return promise(Ok(value));
        }
        let set = ttl(&seconds).and_then(|ttl| at_once(self.inner.set_result(value, ttl)));
        promise(set.map(|()| JsValue::UNDEFINED))
    }

    /// Leaves the lock, perhaps with what was thrown. Without a result, the next in line has the turn.
    pub fn exit(&self, error: JsValue) {
        exit(&self.inner, Some(&error).filter(|error| !error.is_undefined()));
    }

    /// Gives the lock back. A second time, nothing happens.
    pub fn release(&self) {
        self.inner.release();
    }
}

pub(super) fn exit(lock: &Lock, error: Option<&JsValue>) {
    lock.exit(error.map(|error| Rc::new(Thrown(error.clone())) as Rc<dyn Error>));
}

/// What JavaScript has thrown.
#[derive(Debug)]
struct Thrown(JsValue);

impl fmt::Display for Thrown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JavaScript has thrown")
    }
}

impl Error for Thrown {}
