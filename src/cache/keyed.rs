//! A hash of keys that takes a few multiplications, and whose secrets nobody outside knows.

use std::fmt;
use std::hash::Hasher;

/// Hashes a key: each word of it goes into a product of 128 bits, whose halves are folded into one.
///
/// Without its two secrets, nobody can tell which keys collide. It is not a cryptographic hash: whoever sees many hashes
/// may find them out, so a cache shows none.
///
/// ```
/// use std::hash::{BuildHasher, Hash, Hasher};
///
/// let mut hasher = keylatch::RandomHash::new().build_hasher();
/// "key".hash(&mut hasher);
/// let _hash = hasher.finish();
/// ```
#[derive(Clone)]
pub struct KeyedHasher {
    state: u64,
    factor: u64,
}

impl KeyedHasher {
    /// A hasher with these secrets.
    #[inline]
    pub(super) fn new(start: u64, factor: u64) -> Self {
        Self { state: start, factor }
    }
}

/// Both halves of the product of two numbers.
#[inline]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

/// Up to eight bytes as a number.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

impl Hasher for KeyedHasher {
    #[inline]
    fn finish(&self) -> u64 {
        self.state
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        // With the length, so that no bytes are lost among the zeros behind them.
        let mut state = self.state.wrapping_add(bytes.len() as u64);
        for pair in bytes.chunks(16) {
            let (first, second) = pair.split_at(pair.len().min(8));
            state = fold(word(first) ^ state, word(second) ^ self.factor);
        }
        self.state = state;
    }

    #[inline]
    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    #[inline]
    fn write_u16(&mut self, number: u16) {
        self.write_u64(u64::from(number));
    }

    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.state = fold(self.state ^ number, self.factor);
    }

    #[inline]
    fn write_u128(&mut self, number: u128) {
        self.write_u64(number as u64);
        self.write_u64((number >> 64) as u64);
    }

    #[inline]
    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

/// Shows none of its secrets.
impl fmt::Debug for KeyedHasher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyedHasher").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::RandomHash;
    use std::collections::HashSet;
    use std::hash::{BuildHasher, Hash};

    /// Whether hashes are spread as by chance over 1024 places, by their lowest and by their highest bits.
    fn is_spread(hashes: &[u64]) -> bool {
        [0, 54].into_iter().all(|shift| {
            let mut places = vec![0.0; 1024];
            hashes.iter().for_each(|hash| places[(hash >> shift) as usize % 1024] += 1.0);
            let mean = hashes.len() as f64 / 1024.0;
            let deviation: f64 = places.iter().map(|count| (count - mean) * (count - mean) / mean).sum();
            // For 1023 degrees of freedom, by chance 1023 plus or minus 45.
            (800.0..1300.0).contains(&deviation)
        })
    }

    fn hashes<T: Hash>(keys: impl Iterator<Item = T>) -> Vec<u64> {
        let hasher = RandomHash::new();
        keys.map(|key| super::super::hash::hash(&hasher, &None, &key)).collect()
    }

    #[test]
    #[cfg_attr(miri, ignore = "it takes hours")]
    fn keys_that_people_use_are_spread_as_by_chance() {
        let count = 50_000_u64;
        assert!(is_spread(&hashes(0..count)));
        assert!(is_spread(&hashes((0..count).map(|key| key << 40))));
        assert!(is_spread(&hashes((0..count).map(|key| key as u32))));
        assert!(is_spread(&hashes((0..count).map(|key| (key % 7, key / 7)))));
        assert!(is_spread(&hashes((0..count).map(|key| key.to_string()))));
        assert!(is_spread(&hashes((0..count).map(|key| format!("did:web:example.com:users:{key}:document")))));
        assert!(is_spread(&hashes((0..count).map(|key| u128::from(key) << 64))));
    }

    #[test]
    #[cfg_attr(miri, ignore = "it takes hours")]
    fn each_bit_of_a_key_changes_half_of_the_hash() {
        let hasher = RandomHash::new();
        let hash = |key: u64| super::super::hash::hash(&hasher, &None, &key);
        let flipped: Vec<u32> = (0..64)
            .flat_map(|bit| (0..200_u64).map(move |key| (key.wrapping_mul(0x1234_5678_9ABC_DEF1), bit)))
            .map(|(key, bit)| (hash(key) ^ hash(key ^ 1 << bit)).count_ones())
            .collect();
        let mean = f64::from(flipped.iter().sum::<u32>()) / flipped.len() as f64;
        assert!((28.0..36.0).contains(&mean), "{mean}");
    }

    #[test]
    fn texts_of_any_length_have_hashes_of_their_own() {
        let hasher = RandomHash::new();
        let text = "\0".repeat(100) + &"a".repeat(100);
        let hashes: HashSet<u64> = (0..=200).map(|end| hasher.hash_one(&text[..end])).collect();
        assert_eq!(hashes.len(), 201);
        let pairs = [("", "ab"), ("a", "b"), ("ab", "")].map(|pair| hasher.hash_one(pair));
        assert!(pairs[0] != pairs[1] && pairs[1] != pairs[2] && pairs[0] != pairs[2]);
    }

    #[test]
    fn other_secrets_give_other_hashes() {
        let hashes: HashSet<u64> = (0..100).map(|_| RandomHash::new().hash_one("key")).collect();
        assert_eq!(hashes.len(), 100);
        assert_eq!(format!("{:?}", RandomHash::new().build_hasher()), "KeyedHasher { .. }");
    }
}
