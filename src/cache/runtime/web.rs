//! The runtime of browsers and edge workers.

use super::{Runtime, Wake, Work};
use js_sys::{Date, Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The longest time that a timer can be set to.
const LONGEST: f64 = 2_147_483_647.0;

#[wasm_bindgen]
extern "C" {
    // Some places have no such clock.
    #[wasm_bindgen(catch, js_namespace = performance, js_name = now)]
    fn performance_now() -> Result<f64, JsValue>;

    // Some places have no timers, or only at times: workers outside of requests.
    #[wasm_bindgen(catch, js_name = setTimeout)]
    fn set_timeout(callback: &Closure<dyn FnMut()>, milliseconds: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue) -> Result<(), JsValue>;
}

/// `Date`, `performance`, `setTimeout`, and promises.
///
/// Each wait has a promise that was made in the waiter's own turn of the event loop. On edge workers, a waiter therefore
/// goes on in its own request; woken through the queue that all futures of a module share, it would go on in the request
/// of whoever wakes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Web(());

impl Web {
    /// The runtime of the page or the worker in which this is called.
    pub fn new() -> Self {
        Self(())
    }
}

impl Runtime for Web {
    fn now(&self) -> f64 {
        // Some workers have no time before their first request, and read 0.
        let now = Date::now();
        if now > 0.0 { now } else { f64::NAN }
    }

    fn elapsed(&self) -> f64 {
        // A cache lets it run forwards only.
        performance_now().unwrap_or_else(|_| Date::now())
    }

    fn sleep(&self, milliseconds: f64) -> Work {
        let (wake, rung) = self.deferred();
        let callback = Closure::once(wake);
        // Without timers, whoever waits is woken by what it waits for alone.
        let timer = set_timeout(&callback, milliseconds.ceil().clamp(0.0, LONGEST)).ok();
        let timer = Timer { timer, _callback: callback };
        Box::pin(async move {
            let _timer = timer;
            rung.await;
        })
    }

    fn deferred(&self) -> (Wake, Work) {
        let resolver: Rc<RefCell<Option<Function>>> = Rc::default();
        let filed = Rc::clone(&resolver);
        let promise = Promise::new(&mut move |resolve, _reject| drop(filed.borrow_mut().replace(resolve)));
        let wake = move || {
            let resolve = resolver.borrow_mut().take();
            if let Some(resolve) = resolve {
                // Resolving a promise with `undefined` doesn't fail.
                let _ = resolve.call0(&JsValue::UNDEFINED);
            }
        };
        let rung = JsFuture::from(promise);
        let work = async move {
            let _ = rung.await;
        };
        (Box::new(wake), Box::pin(work))
    }

    fn spawn(&self, work: Work) -> Result<(), Work> {
        spawn_local(work);
        Ok(())
    }
}

/// Stopped when it is dropped.
struct Timer {
    timer: Option<JsValue>,
    _callback: Closure<dyn FnMut()>,
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(timer) = &self.timer {
            let _ = clear_timeout(timer);
        }
    }
}
