//! Signals of callers: one listener for each, however many locks have it.

use super::platform::AbortSignal;
use js_sys::{Error, Map};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

type Act = Rc<dyn Fn(&JsValue)>;

/// A signal that somebody listens to.
struct Listened {
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
    /// In the order in which they came.
    acts: BTreeMap<u32, Act>,
}

thread_local! {
    /// The number of each.
    static NUMBERS: Map = Map::new();
    static SIGNALS: RefCell<HashMap<u32, Listened>> = RefCell::default();
    static LAST: Cell<u32> = const { Cell::new(0) };
}

fn next_number() -> u32 {
    LAST.set(LAST.get().wrapping_add(1));
    LAST.get()
}

/// Calls a function when a signal aborts, for as long as this is there.
pub(super) struct OnAbort {
    signal: u32,
    act: u32,
}

impl OnAbort {
    pub(super) fn new(signal: &AbortSignal, act: impl Fn(&JsValue) + 'static) -> Result<Self, JsValue> {
        let number = NUMBERS.with(|numbers| numbers.get(signal).as_f64());
        let number = match number {
            Some(number) => number as u32,
            None => listen(signal)?,
        };
        let own = next_number();
        SIGNALS.with_borrow_mut(|signals| {
            if let Some(listened) = signals.get_mut(&number) {
                listened.acts.insert(own, Rc::new(act));
            }
        });
        Ok(Self { signal: number, act: own })
    }
}

impl Drop for OnAbort {
    fn drop(&mut self) {
        let (act, unused) = SIGNALS.with_borrow_mut(|signals| {
            let Some(listened) = signals.get_mut(&self.signal) else { return (None, None) };
            let act = listened.acts.remove(&self.act);
            let is_unused = listened.acts.is_empty();
            (act, if is_unused { signals.remove(&self.signal) } else { None })
        });
        drop(act);
        if let Some(Listened { signal, listener, .. }) = unused {
            NUMBERS.with(|numbers| numbers.delete(&signal));
            // A signal that can't be told so calls a function that is gone: an error of its own.
            let _ = signal.remove("abort", listener.as_ref().unchecked_ref());
        }
    }
}

fn listen(signal: &AbortSignal) -> Result<u32, JsValue> {
    let number = next_number();
    let listener: Closure<dyn FnMut()> = Closure::new(move || abort(number));
    signal.add("abort", listener.as_ref().unchecked_ref())?;
    NUMBERS.with(|numbers| numbers.set(signal, &number.into()));
    let listened = Listened { signal: signal.clone(), listener, acts: BTreeMap::new() };
    SIGNALS.with_borrow_mut(|signals| signals.insert(number, listened));
    Ok(number)
}

fn abort(number: u32) {
    let found = SIGNALS.with_borrow(|signals| {
        let listened = signals.get(&number)?;
        Some((listened.signal.clone(), listened.acts.values().cloned().collect::<Vec<_>>()))
    });
    let Some((signal, acts)) = found else { return };
    let reason = why(&signal);
    acts.iter().for_each(|act| act(&reason));
}

/// Why a signal has aborted, if it has.
pub(super) fn abortion(signal: &AbortSignal) -> Option<JsValue> {
    match signal.aborted() {
        Ok(aborted) if aborted.is_falsy() => None,
        _ => Some(why(signal)),
    }
}

fn why(signal: &AbortSignal) -> JsValue {
    signal.reason().unwrap_or_else(|_| Error::new("the signal has aborted").into())
}
