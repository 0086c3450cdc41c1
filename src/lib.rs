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

/// Talc is smaller than the default allocator, and faster in WebAssembly; see `docs/decisions.md`.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
