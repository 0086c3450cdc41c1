//! The cache.

use super::error::{not_ready, thrown};
use super::lock::{CacheKeyLock, enter, with_lock};
use super::options::{self, SetCall, Shared};
use super::validate::{FUNCTION, OBJECT, TEXT, check, check_as};
use super::{key, promise};
use crate::Cache;
use crate::aries::{self, BaseCache, CacheError};
use js_sys::{Array, Object, Promise, Reflect};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;

/// ACA-Py's cache in memory. Its keys are strings and numbers, its values are JavaScript's own.
///
/// A program makes one of its own cache with `from`, and hands it to its JavaScript.
#[wasm_bindgen(skip_typescript)]
pub struct InMemoryCache {
    pub(super) cache: aries::InMemoryCache<JsValue>,
    pub(super) shared: Rc<Shared>,
}

impl From<Cache<String, JsValue>> for InMemoryCache {
    fn from(cache: Cache<String, JsValue>) -> Self {
        aries::InMemoryCache::over(cache).into()
    }
}

impl From<aries::InMemoryCache<JsValue>> for InMemoryCache {
    fn from(cache: aries::InMemoryCache<JsValue>) -> Self {
        Self { cache, shared: Rc::default() }
    }
}

#[wasm_bindgen]
impl InMemoryCache {
    /// A cache with options. Of 10,000 entries if nothing is said.
    ///
    /// # Errors
    /// A `CacheError` with `invalid-option` or `invalid-ttl`.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(options: JsValue) -> Result<InMemoryCache, JsValue> {
        if !options.is_undefined() {
            check(&options, "options", &OBJECT)?;
        }
        let (cache, shared) = options::cache(&options)?;
        Ok(Self { cache: aries::InMemoryCache::over(cache), shared: Rc::new(shared) })
    }

    /// A promise of the value of a key; `undefined` if there is none.
    #[wasm_bindgen(skip_typescript)]
    pub fn get(&self, name: JsValue) -> Promise {
        promise(key::read(&name).map(|key| self.cache.cache().get(&key).unwrap_or_default()))
    }

    /// Stores a value under a key, or under each of several. `undefined` removes.
    #[wasm_bindgen(skip_typescript)]
    pub fn set(&self, names: JsValue, value: JsValue, options: JsValue) -> Promise {
        promise(self.store(&names, &value, &options).map(|()| JsValue::UNDEFINED))
    }

    /// Removes the value of a key, if there is one.
    #[wasm_bindgen(skip_typescript)]
    pub fn clear(&self, name: JsValue) -> Promise {
        let cleared = key::read(&name).and_then(|key| at_once(self.cache.clear(&key)));
        promise(cleared.map(|()| JsValue::UNDEFINED))
    }

    /// Removes every value.
    #[wasm_bindgen(skip_typescript)]
    pub fn flush(&self) -> Promise {
        promise(at_once(self.cache.flush()).map(|()| JsValue::UNDEFINED))
    }

    /// Removes the values with a tag. A promise of their number.
    #[wasm_bindgen(js_name = deleteByTag, skip_typescript)]
    pub fn delete_by_tag(&self, tag: JsValue) -> Promise {
        let checked = check_as(&tag, "tag", &TEXT, "invalid-argument");
        promise(checked.map(|()| (self.cache.cache().invalidate_tag(&key::from_text(&tag)) as f64).into()))
    }

    /// The part of the cache with this name.
    ///
    /// # Errors
    /// A `CacheError` with `invalid-argument`.
    #[wasm_bindgen(skip_typescript)]
    pub fn namespace(&self, name: JsValue) -> Result<InMemoryCache, JsValue> {
        check_as(&name, "name", &TEXT, "invalid-argument")?;
        Ok(Self { cache: self.cache.namespace(&key::from_text(&name)), shared: Rc::clone(&self.shared) })
    }

    /// Takes a lock on a key, without waiting. `enter` waits for its turn.
    ///
    /// # Errors
    /// A `CacheError` with `invalid-key`, `invalid-option` or `out-of-memory`.
    #[wasm_bindgen(skip_typescript)]
    pub fn acquire(&self, name: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
        Ok(self.take(&name, &options)?.object())
    }

    /// Takes a lock on a key, and waits for its turn or for the holder's result. A promise of the lock.
    #[wasm_bindgen(skip_typescript)]
    pub fn lock(&self, name: JsValue, options: JsValue) -> Promise {
        self.take(&name, &options).map_or_else(|error| promise(Err(error)), |lock| enter(&lock))
    }

    /// Calls a function with a lock on a key, and leaves the lock on every path. A promise of what the function returns.
    #[wasm_bindgen(js_name = withLock, skip_typescript)]
    pub fn with_lock(&self, name: JsValue, callback: JsValue, options: JsValue) -> Promise {
        let checked = check_as(&callback, "callback", &FUNCTION, "invalid-argument");
        match checked.and_then(|()| self.take(&name, &options)) {
            Ok(lock) => with_lock(lock, callback.unchecked_into()),
            Err(error) => promise(Err(error)),
        }
    }

    /// Takes the turn from whoever holds a key. The first that waits has it then.
    ///
    /// # Errors
    /// A `CacheError` with `invalid-key`.
    #[wasm_bindgen(skip_typescript)]
    pub fn release(&self, name: JsValue) -> Result<(), JsValue> {
        self.cache.release(&key::read(&name)?);
        Ok(())
    }

    /// How many entries there are.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn size(&self) -> f64 {
        self.cache.cache().len() as f64
    }

    /// What was counted.
    ///
    /// # Errors
    /// None, unless the program has broken JavaScript's own objects.
    #[wasm_bindgen(skip_typescript)]
    pub fn stats(&self) -> Result<Object, JsValue> {
        let stats = self.cache.cache().stats();
        let (max, max_size) = self.cache.cache().bounds();
        let counts = [
            ("hits", stats.hits as f64),
            ("misses", stats.misses as f64),
            ("inserts", stats.inserts as f64),
            ("updates", stats.updates as f64),
            ("evictions", stats.evictions as f64),
            ("expirations", stats.expirations as f64),
            ("deletions", stats.deletions as f64),
            ("refusals", stats.refusals as f64),
            ("loads", stats.loads as f64),
            ("joins", stats.joins as f64),
            ("staleServes", stats.stale as f64),
            ("takeovers", stats.takeovers as f64),
            ("fenced", stats.fenced as f64),
            ("entries", stats.entries as f64),
            ("size", stats.weight as f64),
            ("max", max),
            ("maxSize", max_size),
        ];
        object(counts.map(|(name, count)| (name, JsValue::from(count))))
    }

    /// The keys that are locked at the moment.
    ///
    /// # Errors
    /// None, unless the program has broken JavaScript's own objects.
    #[wasm_bindgen(skip_typescript)]
    pub fn inspect(&self) -> Result<Array, JsValue> {
        let keys = self.cache.cache().live_keys().into_iter().map(|live| {
            let namespace: Array = live.namespace.iter().map(|name| key::to_js(name)).collect();
            object([
                ("key", key::to_js(&live.key)),
                ("namespace", namespace.into()),
                ("kind", if live.is_load { "load" } else { "lock" }.into()),
                ("holder", (live.holder as f64).into()),
                ("remaining", live.remaining.into()),
                ("waiting", live.waiting.into()),
            ])
        });
        keys.collect()
    }

    /// `<InMemoryCache>`
    #[wasm_bindgen(js_name = toString, skip_typescript)]
    pub fn describe(&self) -> String {
        "<InMemoryCache>".to_owned()
    }
}

impl InMemoryCache {
    fn store(&self, names: &JsValue, value: &JsValue, options: &JsValue) -> Result<(), JsValue> {
        let keys = key::read_all(names)?;
        let call = SetCall::read(options)?;
        if value.is_undefined() || call.has_passed {
            for (_, key) in keys {
                self.cache.cache().remove(&key);
            }
            return Ok(());
        }
        let entries = keys.into_iter().map(|(name, key)| Ok((key, call.of(&self.shared, &name, value)?)));
        let entries = entries.collect::<Result<_, JsValue>>()?;
        self.cache.set_all(entries, value).map_err(|error| thrown(&error))
    }

    fn take(&self, name: &JsValue, options: &JsValue) -> Result<CacheKeyLock, JsValue> {
        let key = key::read(name)?;
        let (options, patience) = options::lock(options, &self.shared)?;
        let lock = self.cache.acquire_with(&key, options).map_err(|error| thrown(&error))?;
        Ok(CacheKeyLock::new(lock, patience, &self.shared))
    }
}

/// An object with these properties.
fn object<const N: usize>(properties: [(&str, JsValue); N]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in properties {
        Reflect::set(&object, &name.into(), &value)?;
    }
    Ok(object)
}

/// The result of what a store in memory does, which never waits.
pub(super) fn at_once<T>(work: impl Future<Output = Result<T, CacheError>>) -> Result<T, JsValue> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.map_err(|error| thrown(&error)),
        Poll::Pending => Err(not_ready()),
    }
}
