//! The cache of ACA-Py, the wallet of the Aries project: its `BaseCache`, `InMemoryCache`, `CacheKeyLock` and
//! `CacheError`, without its faults. Times to live are in seconds.
//!
//! ```
//! use keylatch::aries::{BaseCache, CacheError, InMemoryCache};
//!
//! async fn schema(cache: &InMemoryCache<String>, id: &str) -> Result<String, CacheError> {
//!     let entry = cache.lock(&format!("schema::{id}")).await?;
//!     if let Some(schema) = entry.result() {
//!         return Ok(schema);
//!     }
//!     let schema = format!("the schema {id}"); // stands for a request
//!     entry.set_result(schema.clone(), Some(600.0)).await?;
//!     Ok(schema)
//! }
//!
//! # futures_executor::block_on(async {
//! let cache = InMemoryCache::new();
//! assert_eq!(schema(&cache, "1").await?, "the schema 1");
//! assert_eq!(cache.get("schema::1").await?, Some("the schema 1".to_owned()));
//! # Ok::<(), CacheError>(())
//! # }).unwrap();
//! ```
//!
//! Of those who wait for a lock whose holder leaves without a result, one has the turn, not all. A holder that never
//! leaves loses its turn when its lease is over. A result that comes after a change of its key goes to those who wait for
//! it, and isn't stored. Every value is a result, `false`, 0 and the empty ones included.

mod base;
mod error;
mod keys;
mod lock;
mod memory;
mod options;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
#[cfg(any(test, all(feature = "js", target_arch = "wasm32")))]
pub(crate) mod wide;
mod writes;

pub use base::{BaseCache, Change, KeyLocks};
pub use error::{CacheError, ErrorCode};
pub use keys::{Keys, life};
pub use lock::CacheKeyLock;
pub use memory::InMemoryCache;
pub use options::LockOptions;
