//! Classes for JavaScript, over [`aries`](crate::aries): a program that is compiled to WebAssembly has them among its
//! exports. Values are JavaScript's own, by reference; times to live are in seconds.
//!
//! A program that has a cache hands the same one to its JavaScript:
//!
//! ```ignore
//! use keylatch::{Cache, js::InMemoryCache};
//! use wasm_bindgen::prelude::*;
//!
//! thread_local! {
//!     static CACHE: Cache<String, JsValue> = Cache::new(1000);
//! }
//!
//! #[wasm_bindgen]
//! pub fn cache() -> InMemoryCache {
//!     CACHE.with(Cache::clone).into()
//! }
//! ```

mod arguments;
mod lock;

pub use lock::CacheKeyLock;

use crate::Cache;
use crate::aries::{self, BaseCache, CacheError, ErrorCode};
use arguments::{at_once, key, keys, ttl};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// ACA-Py's cache in memory. Keys are strings without lone surrogates.
#[wasm_bindgen]
pub struct InMemoryCache {
    cache: aries::InMemoryCache<JsValue>,
}

impl From<Cache<String, JsValue>> for InMemoryCache {
    fn from(cache: Cache<String, JsValue>) -> Self {
        Self { cache: aries::InMemoryCache::over(cache) }
    }
}

#[wasm_bindgen]
impl InMemoryCache {
    /// A cache of at most so many entries, 10,000 if nothing is said. Throws `invalid-option`.
    #[wasm_bindgen(constructor)]
    pub fn new(max: JsValue) -> Result<InMemoryCache, JsValue> {
        let builder = Cache::builder();
        if max.is_undefined() {
            return Ok(builder.build().into());
        }
        match max.as_f64().filter(|max| *max >= 1.0) {
            Some(max) => Ok(builder.max(max as usize).build().into()),
            None => Err(arguments::error("invalid-option", "max must be a number from 1 on")),
        }
    }

    /// A promise of the value of a key; `undefined` if there is none.
    pub fn get(&self, name: JsValue) -> Promise {
        promise(key(&name).map(|key| self.cache.cache().get(&key).unwrap_or_default()))
    }

    /// Stores a value under a key, or under each of several, for so many seconds. 0 and `Infinity` mean for ever.
    pub fn set(&self, names: JsValue, value: JsValue, seconds: JsValue) -> Promise {
        let set = || {
            let (keys, ttl) = (keys(&names)?, ttl(&seconds)?);
            at_once(self.cache.set(keys, value, ttl))
        };
        promise(set().map(|()| JsValue::UNDEFINED))
    }

    /// Removes the value of a key, if there is one.
    pub fn clear(&self, name: JsValue) -> Promise {
        let cleared = key(&name).and_then(|key| at_once(self.cache.clear(&key)));
        promise(cleared.map(|()| JsValue::UNDEFINED))
    }

    /// Removes every value.
    pub fn flush(&self) -> Promise {
        promise(at_once(self.cache.flush()).map(|()| JsValue::UNDEFINED))
    }

    /// Takes a lock on a key, without waiting. `enter` waits for its turn.
    pub fn acquire(&self, name: JsValue) -> Result<CacheKeyLock, JsValue> {
        self.cache.acquire(&key(&name)?).map(CacheKeyLock::from).map_err(thrown)
    }

    /// Takes a lock on a key, and waits for its turn or for the holder's result. Leave it with `exit`.
    pub fn lock(&self, name: JsValue) -> Promise {
        let lock = self.acquire(name);
        future_to_promise(async move {
            let lock = lock?;
            lock.inner().enter().await.map_err(thrown)?;
            Ok(lock.into())
        })
    }

    /// Calls a function with a lock on a key, and leaves the lock on every path.
    #[wasm_bindgen(js_name = withLock)]
    pub fn with_lock(&self, name: JsValue, callback: Function) -> Promise {
        let lock = self.acquire(name);
        future_to_promise(async move {
            let lock = lock?;
            let inner = lock.inner().clone();
            inner.enter().await.map_err(thrown)?;
            let called = match callback.call1(&JsValue::UNDEFINED, &lock.into()) {
                Ok(value) => JsFuture::from(Promise::resolve(&value)).await,
                failed => failed,
            };
            lock::exit(&inner, called.as_ref().err());
            called
        })
    }

    /// Takes the turn from whoever holds a key. The first that waits has it then.
    pub fn release(&self, name: JsValue) -> Result<(), JsValue> {
        self.cache.release(&key(&name)?);
        Ok(())
    }

    /// How many entries there are.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.cache.cache().len() as f64
    }

    /// `<InMemoryCache>`
    #[wasm_bindgen(js_name = toString)]
    pub fn describe(&self) -> String {
        "<InMemoryCache>".to_owned()
    }
}

/// A promise that is settled already.
fn promise(result: Result<JsValue, JsValue>) -> Promise {
    match result {
        Ok(value) => Promise::resolve(&value),
        Err(error) => Promise::reject(&error),
    }
}

/// An error as JavaScript sees it.
fn thrown(error: CacheError) -> JsValue {
    arguments::error(error.code().as_str(), &error.to_string())
}

/// What can't happen: a store in memory that isn't ready at once.
fn not_ready() -> JsValue {
    arguments::error(ErrorCode::Store.as_str(), "the store isn't ready")
}
