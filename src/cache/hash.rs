//! Hashes of keys.

use super::keyed::KeyedHasher;
use super::space::SpaceRef;
use std::fmt;
#[cfg(not(all(feature = "web", target_arch = "wasm32")))]
use std::hash::RandomState;
use std::hash::{BuildHasher, Hash};

/// An odd number whose bits look random: the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hasher of a cache that names none: a few multiplications, with secrets of its own.
///
/// The secrets come from the operating system. In WebAssembly there is none: with the feature `web`, they come from
/// JavaScript; without it, whoever knows the program can foresee the hashes of its keys.
///
/// ```
/// # use keylatch::{Cache, RandomHash};
/// let cache: Cache<&str, u32> = Cache::builder().hasher(RandomHash::new()).build();
/// # cache.insert("key", 1);
/// ```
#[derive(Clone)]
pub struct RandomHash {
    start: u64,
    factor: u64,
}

impl RandomHash {
    /// A hasher with new secrets.
    ///
    /// ```
    /// use keylatch::RandomHash;
    /// use std::hash::BuildHasher;
    ///
    /// let (one, other) = (RandomHash::new(), RandomHash::new());
    /// assert_eq!(one.hash_one("key"), one.clone().hash_one("key"));
    /// assert_ne!(one.hash_one("key"), other.hash_one("key"));
    /// ```
    pub fn new() -> Self {
        // An odd factor loses nothing of what it multiplies.
        Self { start: secret(), factor: secret() | 1 }
    }
}

#[cfg(all(feature = "web", target_arch = "wasm32"))]
fn secret() -> u64 {
    js_sys::Math::random().to_bits().wrapping_mul(FACTOR) ^ js_sys::Math::random().to_bits().rotate_left(20)
}

#[cfg(not(all(feature = "web", target_arch = "wasm32")))]
fn secret() -> u64 {
    RandomState::new().hash_one(FACTOR)
}

/// Shows none of its secrets.
impl fmt::Debug for RandomHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RandomHash").finish_non_exhaustive()
    }
}

impl Default for RandomHash {
    fn default() -> Self {
        Self::new()
    }
}

impl BuildHasher for RandomHash {
    type Hasher = KeyedHasher;

    #[inline]
    fn build_hasher(&self) -> KeyedHasher {
        KeyedHasher::new(self.start, self.factor)
    }
}

/// The hash of a key in a namespace. Spread, because the table takes its lower and its upper bits as they are, and
/// not every hasher has good ones at both ends.
#[inline]
pub(super) fn hash<S: BuildHasher, Q: Hash + ?Sized>(hasher: &S, space: &SpaceRef, key: &Q) -> u64 {
    let hash = hasher.hash_one(key) ^ space.as_ref().map_or(0, |space| space.hash);
    let product = hash.wrapping_mul(FACTOR);
    product ^ (product >> 32)
}
