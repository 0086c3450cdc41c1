//! The runtime of browsers and edge workers.

use super::{Runtime, Wake, Work};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Date, Function, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The longest time that a timer can be set to.
const LONGEST: f64 = 2_147_483_647.0;

/// `Date`, `setTimeout`, and promises.
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
        CLOCK.with(|clock| clock.as_ref().map_or_else(Date::now, Clock::read))
    }

    fn sleep(&self, milliseconds: f64) -> Work {
        let delay = milliseconds.ceil().clamp(0.0, LONGEST);
        Box::pin(TimeoutFuture::new(delay as u32))
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

thread_local! {
    static CLOCK: Option<Clock> = Clock::new();
}

/// `performance.now`, where it is.
struct Clock {
    performance: JsValue,
    now: Function,
    last: Cell<f64>,
}

impl Clock {
    fn new() -> Option<Self> {
        let performance = Reflect::get(&js_sys::global(), &"performance".into()).ok()?;
        let now = Reflect::get(&performance, &"now".into()).ok()?.dyn_into().ok()?;
        Some(Self { performance, now, last: Cell::new(0.0) })
    }

    fn read(&self) -> f64 {
        let reading = self.now.call0(&self.performance).ok().and_then(|now| now.as_f64());
        let now = reading.unwrap_or(0.0).max(self.last.get());
        self.last.set(now);
        now
    }
}
