//! Hashes of keys.

use super::space::SpaceRef;
use std::hash::{BuildHasher, Hash, RandomState};

/// An odd number whose bits look random: the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The standard library's hasher.
pub(super) fn random() -> RandomState {
    RandomState::new()
}

/// The hash of a key in a namespace. Spread, because the table takes its lower and its upper bits as they are, and
/// not every hasher has good ones at both ends.
#[inline]
pub(super) fn hash<S: BuildHasher, Q: Hash + ?Sized>(hasher: &S, space: &SpaceRef, key: &Q) -> u64 {
    let hash = hasher.hash_one(key) ^ space.as_ref().map_or(0, |space| space.hash);
    let product = hash.wrapping_mul(FACTOR);
    product ^ (product >> 32)
}
