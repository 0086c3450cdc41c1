//! What JavaScript passes, checked, and what it gets if it is wrong.

use super::{not_ready, thrown};
use crate::aries::CacheError;
use js_sys::{Error, JsString, Reflect};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::{JsCast, JsValue};

/// A `CacheError` with a code.
pub(super) fn error(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    error.set_name("CacheError");
    // An error that was just made takes any property.
    let _ = Reflect::set(&error, &JsValue::from_str("code"), &JsValue::from_str(code));
    error.into()
}

/// A key. Rust's strings can't hold lone surrogates, and two keys must not become the same one.
pub(super) fn key(value: &JsValue) -> Result<String, JsValue> {
    let text = value.dyn_ref::<JsString>().filter(|text| text.is_valid_utf16());
    text.map(String::from).ok_or_else(|| error("invalid-key", "a key must be a string without lone surrogates"))
}

/// One key, or several.
pub(super) fn keys(value: &JsValue) -> Result<Vec<String>, JsValue> {
    if value.is_string() {
        return Ok(vec![key(value)?]);
    }
    // What isn't an object can't even be asked whether it is iterable.
    let values = if value.is_object() { js_sys::try_iter(value)? } else { None };
    match values {
        Some(values) => values.map(|value| key(&value?)).collect(),
        None => Err(error("invalid-key", "keys must be a string, or several")),
    }
}

/// Seconds; none if nothing is said.
pub(super) fn ttl(value: &JsValue) -> Result<Option<f64>, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    match value.as_f64() {
        Some(ttl) => Ok(Some(ttl)),
        None => Err(error("invalid-ttl", "ttl must be a number of seconds")),
    }
}

/// The result of what a store in memory does, which never waits.
pub(super) fn at_once<T>(work: impl Future<Output = Result<T, CacheError>>) -> Result<T, JsValue> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.map_err(thrown),
        Poll::Pending => Err(not_ready()),
    }
}
