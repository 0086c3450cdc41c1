//! The boundary in real browsers: what JavaScript can call, with the page in WebAssembly's memory and the clock that
//! `Date` reads. Run by `cargo xtask test wasm`.

#![cfg(all(feature = "package", target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use js_sys::{Date, Float64Array, Function, Promise, Reflect, Uint8Array, WebAssembly::Memory};
use keylatch::boundary::protocol::*;
use keylatch::boundary::{cache, clock, flights, locks};
use keylatch::engine::{PolicyKind, Reason};
use keylatch::latch::Role;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

const NEVER: f64 = f64::INFINITY;

/// A cache whose random numbers have begun: entries have their hashes from the first on.
fn open(entries: f64) -> u32 {
    let number = u32::try_from(cache::open(entries, NEVER, NEVER, 0.0, 0.0, PolicyKind::TinyLfu as u32)).unwrap();
    cache::seed(number, 1);
    number
}

/// The slot of a new entry.
fn insert(number: u32, hash: u32, ttl: f64) -> u32 {
    stored(cache::insert(number, hash, ttl, 0.0, clock::now()))
}

/// The slot in what a write returns; no entry has left.
fn stored(written: f64) -> u32 {
    assert!((0.0..f64::from(AHEAD)).contains(&written), "{written}");
    written as u32
}

/// The removals that wait: slots with the numbers of their reasons.
fn drain(number: u32) -> Vec<(u32, u32)> {
    let gone = std::iter::from_fn(|| u32::try_from(cache::next_removal(number)).ok());
    gone.map(|gone| (gone >> SLOT_SHIFT, gone & REASON_BITS)).collect()
}

/// An event of the latch, as it is written.
fn told(index: u32, event: LatchEvent) -> i32 {
    (index << EVENT_SHIFT | event as u32) as i32
}

fn memory() -> JsValue {
    wasm_bindgen::memory().unchecked_into::<Memory>().buffer()
}

/// Puts a clock in the place of `Date.now` for as long as it lives.
struct FakeClock {
    genuine: JsValue,
}

impl FakeClock {
    fn at(time: f64) -> Self {
        let genuine = Reflect::get(&date(), &"now".into()).unwrap();
        let clock = Self { genuine };
        clock.set(time);
        clock
    }

    fn set(&self, time: f64) {
        let now = Closure::<dyn Fn() -> f64>::new(move || time).into_js_value();
        Reflect::set(&date(), &"now".into(), &now).unwrap();
    }
}

impl Drop for FakeClock {
    fn drop(&mut self) {
        Reflect::set(&date(), &"now".into(), &self.genuine).unwrap();
    }
}

fn date() -> JsValue {
    Reflect::get(&js_sys::global(), &"Date".into()).unwrap()
}

async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        let timer: Function = Reflect::get(&js_sys::global(), &"setTimeout".into()).unwrap().unchecked_into();
        timer.call2(&JsValue::UNDEFINED, &resolve, &milliseconds.into()).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

#[wasm_bindgen_test]
fn the_page_is_memory_that_javascript_reads_and_writes() {
    let number = open(1000.0);
    let slot = insert(number, 7, 5000.0);
    let capacity = cache::page(number, PagePart::Capacity as u32);
    assert!(slot < capacity);
    let expires = Float64Array::new_with_byte_offset_and_length(
        &memory(),
        cache::page(number, PagePart::Expires as u32),
        capacity,
    );
    let ttls =
        Float64Array::new_with_byte_offset_and_length(&memory(), cache::page(number, PagePart::Ttls as u32), capacity);
    assert_eq!(ttls.get_index(slot), 5000.0);
    let left = expires.get_index(slot) - clock::now();
    assert!(left > 4000.0 && left <= 5000.0, "{left}");
    // A reader extends a life by a store; the engine goes by it.
    expires.set_index(slot, clock::now() - 1.0);
    cache::purge(number, clock::now());
    assert_eq!(drain(number), [(slot, Reason::Expire as u32)]);
    cache::close(number);
}

#[wasm_bindgen_test]
fn hits_noted_by_javascript_decide_who_stays() {
    let number = open(100.0);
    let slots: Vec<u32> = (0..100).map(|hash| insert(number, hash, NEVER)).collect();
    let mut kept: Vec<u32> = slots.iter().copied().take(10).collect();
    for hash in 1000..3000 {
        let references = Uint8Array::new_with_byte_offset_and_length(
            &memory(),
            cache::page(number, PagePart::References as u32),
            cache::page(number, PagePart::Capacity as u32),
        );
        kept.iter().for_each(|&slot| references.set_index(slot, 1));
        let written = cache::insert(number, hash, NEVER, 0.0, clock::now());
        let first = (written / f64::from(AHEAD)) as u32 - FIRST_REMOVAL;
        assert_eq!(first & (MORE | REASON_BITS), Reason::Evict as u32, "one leaves, and it had to make room");
        assert_eq!(drain(number), []);
        kept.retain(|&hot| hot != first >> SLOT_SHIFT);
    }
    assert!(kept.len() >= 9, "{} of 10 hot entries are left", kept.len());
    cache::close(number);
}

#[wasm_bindgen_test]
fn a_page_without_times_to_live_has_no_columns_for_them() {
    let number = open(10.0);
    insert(number, 1, NEVER);
    assert_eq!((cache::page(number, PagePart::Expires as u32), cache::page(number, PagePart::Ttls as u32)), (0, 0));
    insert(number, 2, 10.0);
    assert_ne!(cache::page(number, PagePart::Expires as u32), 0);
    cache::close(number);
}

#[wasm_bindgen_test]
fn the_clock_is_date_and_never_runs_backwards() {
    let before = clock::now();
    let fake = FakeClock::at(Date::now() + 1000.0);
    let ahead = clock::now();
    assert!(ahead >= before + 1000.0 && ahead < before + 2000.0);
    fake.set(5.0);
    assert_eq!(clock::now(), ahead, "a step back is no time at all");
    fake.set(105.0);
    assert_eq!(clock::now(), ahead + 100.0);
    assert_eq!(clock::wall_time(ahead), 5.0);
    assert_eq!(clock::moment_of(105.0), ahead + 100.0);
    drop(fake);
}

#[wasm_bindgen_test]
fn a_clock_set_to_nought_by_a_test_is_a_clock() {
    let fake = FakeClock::at(0.0);
    let start = clock::read(false);
    fake.set(150.0);
    assert_eq!(clock::read(false), start + 150.0);
    fake.set(f64::NAN);
    assert_eq!(clock::read(false), start + 150.0);
}

#[wasm_bindgen_test]
async fn entries_expire_by_the_real_clock() {
    let number = open(10.0);
    let slot = insert(number, 1, 40.0);
    cache::purge(number, clock::now());
    assert!(drain(number).is_empty());
    sleep(60).await;
    cache::purge(number, clock::now());
    assert_eq!(drain(number), [(slot, Reason::Expire as u32)]);
    cache::close(number);
}

#[wasm_bindgen_test]
fn a_cache_that_fills_asks_for_its_secret_once() {
    let number = u32::try_from(cache::open(4.0, NEVER, NEVER, 0.0, 0.0, PolicyKind::TinyLfu as u32)).unwrap();
    let first: Vec<f64> = (0..5).map(|_| cache::insert(number, 0, NEVER, 0.0, 0.0)).collect();
    assert!(first.contains(&f64::from(UNSEEDED)), "{first:?}");
    cache::seed(number, 7);
    for slot in 0..4 {
        cache::adopt(number, slot, 100 + slot);
    }
    for hash in 1000..1100 {
        assert!(cache::insert(number, hash, NEVER, 0.0, 0.0) >= 0.0);
        drain(number);
    }
    assert_eq!(cache::count(number, Count::Entries as u32), 4.0);
    cache::close(number);
}

#[wasm_bindgen_test]
fn removals_tell_whether_there_are_more() {
    let number = open(10.0);
    for hash in 0..10 {
        insert(number, hash, NEVER);
    }
    cache::resize(number, 3.0, NEVER);
    let mut left = 0;
    loop {
        let gone = cache::next_removal(number);
        assert!(gone >= 0);
        left += 1;
        if gone as u32 & MORE == 0 {
            break;
        }
    }
    assert_eq!(left, 7);
    assert_eq!(cache::next_removal(number), NONE);
    assert_eq!((cache::count(number, Count::Entries as u32), cache::count(number, Count::Max as u32)), (3.0, 3.0));
    cache::close(number);
}

#[wasm_bindgen_test]
fn sizes_are_refused_and_counted() {
    let number = u32::try_from(cache::open(NEVER, 100.0, 60.0, 0.0, 0.0, PolicyKind::TinyLfu as u32)).unwrap();
    assert_eq!(cache::insert(number, 1, NEVER, 61.0, clock::now()), f64::from(TOO_LARGE));
    let slot = stored(cache::insert(number, 1, NEVER, 60.0, clock::now()));
    assert_eq!((cache::weight(number, slot), cache::count(number, Count::Size as u32)), (60.0, 60.0));
    assert_eq!(cache::update(number, slot, NEVER, 61.0, clock::now()), f64::from(TOO_LARGE));
    assert_eq!(cache::count(number, Count::Max as u32), 8_388_608.0, "unbounded means as many as a Map takes");
    cache::close(number);
}

#[wasm_bindgen_test]
fn tags_close_with_their_last_entry() {
    let number = open(10.0);
    let slot = insert(number, 1, NEVER);
    let tag = cache::open_tag(number);
    assert!(tag >= 0 && cache::attach_tag(number, slot, tag as u32));
    assert_eq!((cache::tag(number, slot, 0), cache::tag(number, slot, 1)), (tag, NONE));
    cache::remove_tagged(number, tag as u32);
    assert_eq!(drain(number), [(slot, Reason::Delete as u32)]);
    assert_eq!((cache::next_closed_tag(number), cache::next_closed_tag(number)), (tag, NONE));
    cache::close(number);
}

#[wasm_bindgen_test]
fn a_number_that_names_nothing_does_nothing() {
    let number = open(10.0);
    insert(number, 1, NEVER);
    cache::close(number);
    for gone in [number, 12_345, u32::MAX] {
        assert_eq!(cache::insert(gone, 1, 5.0, 0.0, clock::now()), f64::from(NONE));
        assert_eq!(cache::next_removal(gone), NONE);
        assert_eq!((cache::page(gone, PagePart::Capacity as u32), cache::count(gone, Count::Entries as u32)), (0, 0.0));
        assert_eq!(locks::acquire(gone, NONE, 10.0, 0.0), NONE);
        cache::remove(gone, 0, Reason::Delete as u32);
        cache::clear(gone);
        cache::close(gone);
    }
    let again = open(10.0);
    assert_eq!(cache::count(again, Count::Entries as u32), 0.0, "a number that is used again names something new");
    cache::close(again);
}

#[wasm_bindgen_test]
fn locks_promote_settle_and_close() {
    let number = open(1.0);
    let first = u32::try_from(locks::acquire(number, NONE, 1000.0, 0.0)).unwrap();
    let gate = locks::ticket(number, first, Fact::Gate as u32) as i32;
    let second = u32::try_from(locks::acquire(number, gate, 1000.0, 0.0)).unwrap();
    let third = u32::try_from(locks::acquire(number, gate, 1000.0, 0.0)).unwrap();
    let roles = [first, second, third].map(|ticket| locks::enter(number, ticket, gate, 0.0));
    assert_eq!(roles, [Role::Holding, Role::Waiting, Role::Waiting].map(|role| role as u32));
    locks::release(number, first, gate, 0.0);
    assert_eq!(locks::next_event(number), told(second, LatchEvent::Promoted));
    assert_eq!(locks::settle(number, second), Verdict::Store as u32);
    assert_eq!(locks::next_event(number), told(third, LatchEvent::Settled));
    assert_eq!(locks::settle(number, second), Verdict::SettledAlready as u32);
    assert_eq!(locks::settle(number, first), Verdict::NotHolding as u32);
    assert!(locks::ticket(number, second, Fact::Turn as u32) > 0.0);
    locks::release(number, second, gate, 0.0);
    locks::release(number, third, gate, 0.0);
    assert_eq!(locks::next_event(number), told(gate as u32, LatchEvent::Closed));
    cache::close(number);
}

#[wasm_bindgen_test]
fn a_lease_ends_at_its_time() {
    let number = open(1.0);
    let holder = u32::try_from(locks::acquire(number, NONE, 30.0, 0.0)).unwrap();
    let gate = locks::ticket(number, holder, Fact::Gate as u32) as i32;
    assert_eq!(locks::enter(number, holder, gate, 0.0), Role::Holding as u32);
    let waiter = u32::try_from(locks::acquire(number, gate, 30.0, 0.0)).unwrap();
    assert_eq!(locks::enter(number, waiter, gate, 29.0), Role::Waiting as u32);
    assert_eq!(locks::enter(number, waiter, gate, 30.0), Role::Holding as u32);
    assert_eq!(locks::settle(number, holder), Verdict::Lost as u32, "too late");
    cache::close(number);
}

#[wasm_bindgen_test]
fn many_caches_share_the_memory() {
    let caches: Vec<u32> = (0..50).map(|size| open(f64::from(size + 1))).collect();
    for hash in 0..500 {
        for &number in &caches {
            cache::insert(number, hash, 1000.0, 0.0, clock::now());
            drain(number);
        }
    }
    for (size, &number) in caches.iter().enumerate() {
        assert_eq!(cache::count(number, Count::Entries as u32), (size + 1) as f64);
    }
    caches.into_iter().for_each(cache::close);
}

#[wasm_bindgen_test]
fn flights_work_through_numbers() {
    let number = open(10.0);
    let ask = |now| flights::ask(number, NONE, false, 100.0, NEVER, 0.0, NEVER, NEVER, 0.0, 0.0, now);
    let [flight, rest] = parts(ask(0.0));
    assert_eq!(rest & 1, 1, "it leads");
    let gate = locks::ticket(number, flight, Fact::Gate as u32) as i32;
    let [joined, other] = parts(flights::ask(number, gate, false, 100.0, NEVER, 0.0, NEVER, NEVER, 0.0, 0.0, 10.0));
    assert_eq!((joined, other & 1), (flight, 0), "it joins");
    assert_eq!(locks::ticket(number, flight, Fact::Waiting as u32), 2.0);
    assert_eq!(flights::watch(number, other >> 1, gate, true, 10.0), 90.0);
    let taken = flights::watch(number, other >> 1, gate, false, 100.0);
    assert!(taken <= f64::from(TAKES_OVER), "{taken}");
    let next = (TAKES_OVER - taken as i32) as u32 >> 1;
    assert_eq!(locks::next_event(number), told(flight, LatchEvent::Lost));
    assert_eq!(locks::next_event(number), told(flight, LatchEvent::Replaced));
    assert_eq!(locks::next_event(number), NONE);
    assert_eq!(flights::watch(number, rest >> 1, gate, false, 100.0), f64::from(GIVES_UP));
    assert_eq!(flights::next(number, next, false), (other >> 1 << 1) as i32);
    assert_eq!(flights::next(number, next, false), NONE);
    locks::release(number, next, gate, 100.0);
    locks::release(number, flight, gate, 100.0);
    assert_eq!(flights::refresh(number, NONE, 100.0, 5.0, 5.0, 0.0, 100.0), TOO_OLD);
    assert!(flights::refresh(number, NONE, 100.0, 4.0, 5.0, 0.0, 100.0) >= 0);
    cache::close(number);
    assert_eq!((ask(0.0), flights::next(number, 0, true)), (f64::from(NO_MEMORY), NONE), "there is no cache any more");
}

/// The flight in what `ask` returns, and the waiter with whether it leads.
fn parts(answer: f64) -> [u32; 2] {
    assert!(answer >= 0.0, "{answer}");
    [answer % f64::from(FLIGHTS), answer / f64::from(FLIGHTS)].map(|part| part as u32)
}
