//! keylatch: a cache for browsers, edge workers and servers.
//!
//! [`Cache`] is for Rust programs, natively and in WebAssembly; `docs/rust.md` is its guide.
//!
//! [`aries`] has the cache of ACA-Py with the same members, over the same rules.
//!
//! The crate is also compiled to WebAssembly and shipped as an npm package; `ARCHITECTURE.md` shows how the crate and the
//! package work together. Both have the same rules, in three parts that know nothing of keys, values or clocks:
//!
//! - [`engine`]: which entries a cache holds, and for how long;
//! - [`latch`]: who may compute the value of a key, and who waits for it;
//! - [`flight`]: who loads the value of a key, who joins, and who takes over.
//!
//! [`tier`] has the rules for a store behind many caches. The npm package has a driver, and the same rules in TypeScript.
//!
//! By default it depends on no other crate, exports nothing, and brings no allocator.
//!
//! | feature | what |
//! | --- | --- |
//! | `web` | the runtime of browsers and edge workers: `Date`, `setTimeout`, promises |
//! | `js` | `InMemoryCache` and `CacheKeyLock` as classes for JavaScript; `docs/rust-js.md` is their guide |
//! | `serde` | dumps that can be written and read, also by the npm package |
//! | `package` | for the npm package alone: `boundary`, the functions that JavaScript calls, and an allocator |

// The crate's tests share files with programs that use the crate from outside, under this name.
#[cfg(test)]
extern crate self as keylatch;

pub mod arena;
pub mod aries;
#[cfg(feature = "package")]
pub mod boundary;
mod cache;
pub mod engine;
pub mod flight;
#[cfg(all(feature = "js", target_arch = "wasm32"))]
pub mod js;
pub mod latch;
mod numbered;
pub mod tier;

pub use cache::*;
pub use engine::{InsertError, PolicyKind, Reason};
pub use latch::{Outcome, SettleError};

/// The examples of the guide are tested, too.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;

/// Adds half as much to the module as the default allocator; see `docs/decisions/module-build.md`.
#[cfg(all(feature = "package", target_arch = "wasm32"))]
#[global_allocator]
#[expect(unsafe_code, reason = "the allocator has to be told that there is one thread")]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> = {
    #[cfg(target_feature = "atomics")]
    compile_error!("keylatch is for one thread: its allocator is not safe for more");
    // SAFETY: Without the target feature `atomics`, which is refused above, WebAssembly's memory can't be shared, so
    // there is one thread.
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) }
};
