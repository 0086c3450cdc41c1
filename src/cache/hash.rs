//! Hashes of keys.

use super::space::SpaceRef;
use std::hash::{BuildHasher, DefaultHasher, Hash, RandomState};

/// An odd number whose bits look random: the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hasher of a cache that names none: the standard library's, with secrets of its own.
///
/// `RandomState` is not random on `wasm32-unknown-unknown`. With the feature `web`, the secrets come from JavaScript there;
/// without it, whoever knows the program can foresee the hashes of its keys.
#[derive(Debug, Clone)]
pub struct RandomHash {
    state: RandomState,
    #[cfg(all(feature = "web", target_arch = "wasm32"))]
    salt: u64,
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
        Self {
            state: RandomState::new(),
            #[cfg(all(feature = "web", target_arch = "wasm32"))]
            salt: js_sys::Math::random().to_bits() ^ js_sys::Math::random().to_bits().rotate_left(20),
        }
    }
}

impl Default for RandomHash {
    fn default() -> Self {
        Self::new()
    }
}

impl BuildHasher for RandomHash {
    type Hasher = DefaultHasher;

    #[inline]
    fn build_hasher(&self) -> DefaultHasher {
        #[cfg_attr(not(all(feature = "web", target_arch = "wasm32")), expect(unused_mut))]
        let mut hasher = self.state.build_hasher();
        #[cfg(all(feature = "web", target_arch = "wasm32"))]
        std::hash::Hasher::write_u64(&mut hasher, self.salt);
        hasher
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
