//! The clock: the wall clock, read through `Date`, on one timeline for all caches of this instance.

use crate::engine::Timeline;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static TIMELINE: RefCell<Timeline> = const { RefCell::new(Timeline::new()) };
}

fn with(work: impl FnOnce(&mut Timeline) -> f64) -> f64 {
    let result = TIMELINE.try_with(|timeline| timeline.try_borrow_mut().map(|mut timeline| work(&mut timeline)));
    result.map_or(0.0, |borrowed| borrowed.unwrap_or(0.0))
}

/// The time now, in milliseconds since the first reading. It goes on while the machine sleeps, and never runs
/// backwards. `is_native`: whether the clock is the runtime's own, and not a test's.
#[wasm_bindgen(js_name = clockNow)]
pub fn read(is_native: bool) -> f64 {
    let reading = js_sys::Date::now();
    // A clock that reads 0 has not started yet (workerd's outside a request), unless a test has set it to 0.
    let wall = (reading != 0.0 || !is_native).then_some(reading);
    with(|timeline| timeline.read(wall))
}

/// The time now by the runtime's own clock.
pub fn now() -> f64 {
    read(true)
}

/// The wall clock's reading at a moment of the engine's time.
#[wasm_bindgen(js_name = clockWallTime)]
pub fn wall_time(moment: f64) -> f64 {
    with(|timeline| timeline.wall(moment))
}

/// The engine's time at a reading of the wall clock.
#[wasm_bindgen(js_name = clockMomentOf)]
pub fn moment_of(wall: f64) -> f64 {
    with(|timeline| timeline.moment(wall))
}
