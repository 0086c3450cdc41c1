//! The caches, which JavaScript knows by number.

use crate::engine::{Config, Engine};
use crate::flight::Flights;
use slab::Slab;
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::rc::Rc;

/// Everything that Rust keeps of one cache.
pub struct State {
    /// What it holds.
    pub engine: Engine,
    /// Who may compute what it doesn't hold yet, and who waits for that.
    pub flights: Flights,
}

/// A cache's state, shared with the call that works on it at the moment.
type Shared = Rc<RefCell<State>>;

thread_local! {
    /// The open caches. Numbers instead of an exported class, which costs 270 bytes of WebAssembly for each of its
    /// methods. Never dropped: a thread-local value that is dropped at the end needs code that checks whether it was.
    static CACHES: ManuallyDrop<RefCell<Slab<Shared>>> = const { ManuallyDrop::new(RefCell::new(Slab::new())) };
}

/// Takes in a new cache, and returns its number; `None` if there is no memory.
pub fn open(config: Config) -> Option<u32> {
    let mut state = const { State { engine: Engine::EMPTY, flights: Flights::new() } };
    state.engine.set_up(config);
    let insert = |caches: &mut Slab<Shared>| u32::try_from(caches.insert(Rc::new(RefCell::new(state)))).ok();
    CACHES.try_with(|caches| insert(&mut *caches.try_borrow_mut().ok()?)).ok().flatten()
}

/// Drops a cache.
pub fn close(cache: u32) {
    let remove = |caches: &mut Slab<Shared>| caches.try_remove(cache as usize);
    release(CACHES.try_with(|caches| remove(&mut *caches.try_borrow_mut().ok()?)).ok().flatten());
}

/// Works with a cache. Returns `absent` if there is none with this number, so that a late call does no harm. No
/// JavaScript may run in `work`.
#[inline]
pub fn with<R>(cache: u32, absent: R, work: impl FnOnce(&mut State) -> R) -> R {
    let found = find(cache);
    let result = match found.as_ref().map(|state| state.try_borrow_mut()) {
        Some(Ok(mut state)) => work(&mut state),
        Some(Err(_)) | None => absent,
    };
    release(found);
    result
}

#[inline(never)]
fn find(cache: u32) -> Option<Shared> {
    CACHES.try_with(|caches| caches.try_borrow().ok()?.get(cache as usize).cloned()).ok().flatten()
}

#[inline(never)]
fn release(state: Option<Shared>) {
    drop(state);
}
