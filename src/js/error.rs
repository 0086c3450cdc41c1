//! Errors as JavaScript sees them: with the codes and the words of the npm package.

use super::key;
use super::platform::{define_property, text};
use crate::aries::{CacheError, ErrorCode};
use js_sys::{Error, JSON, JsString, Object, Reflect, Symbol};
use std::error;
use std::fmt;
use wasm_bindgen::{JsCast, JsValue};

/// A `CacheError` with a code. The npm package's `instanceof CacheError` is true for it, too.
pub(super) fn coded(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    error.set_name("CacheError");
    note(&error, &"code".into(), &code.into());
    note(&error, &Symbol::for_("keylatch.CacheError"), &JsValue::TRUE);
    error.into()
}

/// An error about an option or an argument.
pub(super) fn invalid(code: &str, name: &str, expected: &str, value: &JsValue) -> JsValue {
    coded(code, &format!("{name}: expected {expected}, got {}", describe(value)))
}

/// An error about the lock of a key.
pub(super) fn about(code: &str, key: &JsValue, words: &str) -> JsValue {
    let error = coded(code, &format!("{}: {words}", describe(key)));
    note(&error, &"key".into(), key);
    error
}

/// An error of the Rust classes. One that JavaScript has thrown is itself.
pub(super) fn thrown(error: &CacheError) -> JsValue {
    match (error::Error::source(error), error.key()) {
        (Some(source), _) => of_source(source),
        (None, Some(key)) => about(error.code().as_str(), &key::to_js(key), error.words()),
        (None, None) => coded(error.code().as_str(), error.words()),
    }
}

/// What JavaScript has thrown, or another error of the program's.
pub(super) fn of_source(source: &(dyn error::Error + 'static)) -> JsValue {
    match source.downcast_ref::<Thrown>() {
        Some(thrown) => thrown.0.clone(),
        None => Error::new(&source.to_string()).into(),
    }
}

/// What can't happen: a store in memory that isn't ready at once.
pub(super) fn not_ready() -> JsValue {
    coded(ErrorCode::Store.as_str(), "the store isn't ready")
}

fn note(object: &JsValue, name: &JsValue, value: &JsValue) {
    // An error that was just made takes any property.
    let _ = define(object, name, value);
}

/// Gives an object a property that isn't listed, as methods are.
pub(super) fn define(object: &JsValue, name: &JsValue, value: &JsValue) -> Result<bool, JsValue> {
    let property = Object::new();
    for (name, value) in [("value", value), ("configurable", &JsValue::TRUE), ("writable", &JsValue::TRUE)] {
        Reflect::set(&property, &name.into(), value)?;
    }
    define_property(object, name, &property)
}

/// What a value looks like in a message: short, and without running any code of the value's owner.
pub(super) fn describe(value: &JsValue) -> String {
    if let Some(string) = value.dyn_ref::<JsString>() {
        let is_long = string.length() > 40;
        let start = if is_long { string.slice(0, 40) } else { string.clone() };
        let shown = if is_long { start.concat(&"…".into()) } else { start };
        return JSON::stringify(&shown).map_or_else(|_| "a string".to_owned(), String::from);
    }
    if value.is_bigint() {
        return format!("{}n", text(value));
    }
    if value.is_function() {
        return "a function".to_owned();
    }
    match value.as_f64() {
        Some(number) if number == 0.0 && number.is_sign_negative() => "-0".to_owned(),
        _ if value.is_object() => "an object".to_owned(),
        _ => text(value),
    }
}

/// What JavaScript has thrown.
#[derive(Debug)]
pub(super) struct Thrown(pub(super) JsValue);

impl fmt::Display for Thrown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JavaScript has thrown")
    }
}

impl error::Error for Thrown {}
