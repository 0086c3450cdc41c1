//! The caches, which JavaScript knows by number.

use crate::engine::{Config, Engine};
use crate::flight::Flights;
use slab::Slab;
use std::cell::RefCell;
use std::mem::ManuallyDrop;

/// Everything that Rust keeps of one cache.
pub struct State {
    /// What it holds.
    pub engine: Engine,
    /// Who may compute what it doesn't hold yet, and who waits for that.
    pub flights: Flights,
}

impl State {
    const EMPTY: Self = Self { engine: Engine::EMPTY, flights: Flights::new() };
}

/// A cache's state. Its place is never given back, only what it holds: so a call needs no count of who uses it, and the
/// next cache takes the place of one that was closed.
type Shared = &'static RefCell<State>;

/// The open caches by number, and the places of closed ones.
struct Caches {
    open: Slab<Shared>,
    closed: Vec<Shared>,
}

thread_local! {
    /// The open caches. Numbers instead of an exported class, which costs 270 bytes of WebAssembly for each of its
    /// methods. Never dropped: a thread-local value that is dropped at the end needs code that checks whether it was.
    static CACHES: ManuallyDrop<RefCell<Caches>> =
        const { ManuallyDrop::new(RefCell::new(Caches { open: Slab::new(), closed: Vec::new() })) };
}

/// Takes in a new cache, and returns its number; `None` if there is no memory.
pub fn open(config: Config) -> Option<u32> {
    let insert = |caches: &mut Caches| {
        let state = caches.closed.pop().unwrap_or_else(|| Box::leak(Box::new(RefCell::new(State::EMPTY))));
        state.try_borrow_mut().ok()?.engine.set_up(config);
        u32::try_from(caches.open.insert(state)).ok()
    };
    CACHES.try_with(|caches| insert(&mut *caches.try_borrow_mut().ok()?)).ok().flatten()
}

/// Drops a cache.
pub fn close(cache: u32) {
    let remove = |caches: &mut Caches| {
        let state = caches.open.try_remove(cache as usize)?;
        *state.try_borrow_mut().ok()? = State::EMPTY;
        caches.closed.push(state);
        Some(())
    };
    let _ = CACHES.try_with(|caches| remove(&mut *caches.try_borrow_mut().ok()?));
}

/// Works with a cache. Returns `absent` if there is none with this number, so that a late call does no harm. No
/// JavaScript may run in `work`.
#[inline]
pub fn with<R>(cache: u32, absent: R, work: impl FnOnce(&mut State) -> R) -> R {
    match find(cache).map(|state| state.try_borrow_mut()) {
        Some(Ok(mut state)) => work(&mut state),
        Some(Err(_)) | None => absent,
    }
}

#[inline(never)]
fn find(cache: u32) -> Option<Shared> {
    CACHES.try_with(|caches| caches.try_borrow().ok()?.open.get(cache as usize).copied()).ok().flatten()
}
