//! What the platform has, as far as it is used here. Whatever may be the caller's own object can throw.

use js_sys::{Array, Function, JsString, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Object, catch)]
    fn keys(object: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(js_namespace = Object, js_name = getPrototypeOf, catch)]
    pub(super) fn prototype_of(object: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Reflect, js_name = defineProperty, catch)]
    pub(super) fn define_property(object: &JsValue, name: &JsValue, property: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(js_name = String, catch)]
    fn to_text(value: &JsValue) -> Result<JsString, JsValue>;

    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn print(error: &JsValue);

    /// An `AbortSignal`, or what has the same members.
    #[derive(Debug, Clone)]
    pub(super) type AbortSignal;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn aborted(this: &AbortSignal) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn reason(this: &AbortSignal) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, js_name = addEventListener, catch)]
    pub(super) fn add(this: &AbortSignal, event: &str, listener: &Function) -> Result<(), JsValue>;

    #[wasm_bindgen(method, js_name = removeEventListener, catch)]
    pub(super) fn remove(this: &AbortSignal, event: &str, listener: &Function) -> Result<(), JsValue>;

    pub(super) type AbortController;

    #[wasm_bindgen(constructor, catch)]
    pub(super) fn new() -> Result<AbortController, JsValue>;

    #[wasm_bindgen(method, getter)]
    pub(super) fn signal(this: &AbortController) -> AbortSignal;

    #[wasm_bindgen(method, catch)]
    pub(super) fn abort(this: &AbortController, reason: &JsValue) -> Result<(), JsValue>;

    type WeakRef;

    #[wasm_bindgen(constructor, catch)]
    fn new(target: &JsValue) -> Result<WeakRef, JsValue>;

    #[wasm_bindgen(method)]
    fn deref(this: &WeakRef) -> JsValue;
}

/// The names of an object's own properties that can be listed.
pub(super) fn names(object: &JsValue) -> Result<Vec<JsValue>, JsValue> {
    Ok(keys(object)?.iter().collect())
}

/// A value as text.
pub(super) fn text(value: &JsValue) -> String {
    to_text(value).map_or_else(|_| "a value".to_owned(), String::from)
}

/// Tells of an error that no caller gets, as the platform tells of one that nobody catches; else it is printed.
pub(super) fn report(error: &JsValue) {
    let report = Reflect::get(&js_sys::global(), &"reportError".into()).and_then(JsCast::dyn_into::<Function>);
    if report.and_then(|report| report.call1(&JsValue::UNDEFINED, error)).is_err() {
        print(error);
    }
}

/// A weak reference, where the runtime has them.
pub(super) struct Weak(Option<WeakRef>);

impl Weak {
    pub(super) fn to(object: &JsValue) -> Self {
        Self(WeakRef::new(object).ok())
    }

    pub(super) fn upgrade(&self) -> Option<JsValue> {
        self.0.as_ref().map(WeakRef::deref).filter(|object| !object.is_undefined())
    }
}
