//! keylatch: a cache for browsers and edge workers.
//!
//! The crate is compiled to WebAssembly and shipped as an npm package; `ARCHITECTURE.md` shows how the two belong
//! together. In Rust there are three parts, and only the last one knows JavaScript:
//!
//! - [`engine`]: which entries a cache holds, and for how long;
//! - [`latch`]: who may compute the value of a key, and who waits for it;
//! - [`boundary`]: what JavaScript can call.

pub mod arena;
pub mod boundary;
pub mod engine;
pub mod latch;

/// Half the size of the default allocator in what it adds to the module; see `docs/decisions.md`.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
#[expect(unsafe_code, reason = "the allocator has to be told that there is one thread")]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> = {
    #[cfg(target_feature = "atomics")]
    compile_error!("keylatch is for one thread: its allocator is not safe for more");
    // SAFETY: Without the target feature `atomics`, which is refused above, WebAssembly's memory can't be shared, so
    // there is one thread.
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) }
};
