//! Classes for JavaScript, over [`aries`](crate::aries): a program that is compiled to WebAssembly has them among its
//! exports. Values are JavaScript's own, by reference. Times to live are in seconds, the durations of locks in
//! milliseconds. `docs/rust-js.md` lists every member.
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
//!
//! A string in JavaScript is the same key as that string in Rust. JavaScript has keys besides that are no strings in Rust:
//! numbers, and strings with half a surrogate pair. [`key_of`] tells as which string such a key is kept.

mod abort;
mod cache;
mod error;
mod key;
mod lock;
mod options;
mod platform;
mod validate;

pub use cache::InMemoryCache;
pub use lock::CacheKeyLock;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

/// The declarations of the classes. Written by hand: the generated ones would have `any` in every place.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// The string as which a key of JavaScript's is kept: the string itself, unless it has half a surrogate pair or U+10FFFF in
/// it. For numbers and such strings, one that begins or goes on with U+10FFFF, which is no character: another one for each
/// key.
///
/// # Errors
/// A `CacheError` for JavaScript, with the code `invalid-key`, if it is neither a string nor a number.
pub fn key_of(value: &JsValue) -> Result<String, JsValue> {
    key::read(value)
}

/// A promise that is settled already.
fn promise(result: Result<JsValue, JsValue>) -> Promise {
    match result {
        Ok(value) => Promise::resolve(&value),
        Err(error) => Promise::reject(&error),
    }
}
