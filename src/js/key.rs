//! Keys: strings and numbers of JavaScript's, as the strings of a cache in Rust.

use super::platform::text;
use super::validate::{self, Rule};
use crate::aries::wide::{self, Wide};
use js_sys::JsString;
use wasm_bindgen::{JsCast, JsValue};

const KEY: Rule = Rule::new("a string or a number", |value| value.is_string() || is_number(value)).code("invalid-key");

fn is_number(value: &JsValue) -> bool {
    value.as_f64().is_some()
}

/// A key, checked.
pub(super) fn read(value: &JsValue) -> Result<String, JsValue> {
    validate::check(value, "key", &KEY)?;
    Ok(if is_number(value) { wide::from_number(&text(value)) } else { from_text(value) })
}

/// One key, or several, each as JavaScript has it, too.
pub(super) fn read_all(value: &JsValue) -> Result<Vec<(JsValue, String)>, JsValue> {
    let keys = if value.is_object() || value.is_null() {
        validate::list(value, "keys", "invalid-argument")?
    } else {
        vec![value.clone()]
    };
    keys.into_iter().map(|key| read(&key).map(|text| (key, text))).collect()
}

/// A string of JavaScript's as one of Rust's. Others than itself only where Rust's can't hold it; see `wide`.
pub(super) fn from_text(value: &JsValue) -> String {
    match value.as_string() {
        // Surrogates without their other half become this character.
        Some(text) if wide::is_plain(&text) && !text.contains(char::REPLACEMENT_CHARACTER) => text,
        _ => {
            let units: Vec<u16> = value.dyn_ref().map(|text: &JsString| text.iter().collect()).unwrap_or_default();
            wide::from_units(&units)
        }
    }
}

/// The key that a string stands for.
pub(super) fn to_js(text: &str) -> JsValue {
    match wide::to_key(text) {
        Wide::Plain(text) => text.into(),
        Wide::Number(digits) => js_sys::parse_float(digits).into(),
        Wide::Units(units) => JsString::from_char_code(&units).into(),
    }
}
