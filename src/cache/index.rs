//! Finds numbers by hashes. One table for all that a cache looks up, whatever its keys and values are: the standard
//! library's adds a copy of itself to a module for each type.

use crate::arena::OutOfMemory;

/// Which number a hash leads to. Open addressing: what doesn't fit into its bucket is in one of the next.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// As many as a power of two; none before the first insert. At most three quarters are in use.
    buckets: Vec<Bucket>,
    used: usize,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    hash: u64,
    number: u32,
}

/// The number of a bucket that is free.
const FREE: u32 = u32::MAX;

impl Bucket {
    const EMPTY: Self = Self { hash: 0, number: FREE };
}

impl Index {
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The number of a hash.
    #[inline]
    pub fn get(&self, hash: u64) -> Option<u32> {
        let mut at = hash as usize;
        loop {
            // Without buckets there is none.
            let bucket = self.buckets.get(at & self.mask())?;
            if bucket.number == FREE {
                return None;
            }
            if bucket.hash == hash {
                return Some(bucket.number);
            }
            at = at.wrapping_add(1);
        }
    }

    /// Has a hash lead to a number. Answers with the one to which it has led.
    pub fn insert(&mut self, hash: u64, number: u32) -> Option<u32> {
        if self.is_full() {
            let buckets = vec![Bucket::EMPTY; self.next_size()];
            self.move_to(buckets);
        }
        let at = self.seek(hash);
        let bucket = self.buckets.get_mut(at)?;
        let before = std::mem::replace(bucket, Bucket { hash, number }).number;
        self.used += usize::from(before == FREE);
        (before != FREE).then_some(before)
    }

    /// Has a hash lead nowhere.
    pub fn remove(&mut self, hash: u64) {
        let mask = self.mask();
        let mut hole = self.seek(hash);
        if self.buckets.get(hole).is_none_or(|bucket| bucket.number == FREE) {
            return;
        }
        self.used -= 1;
        // What stands behind the hole moves into it, unless it would stand before its own bucket then.
        let mut at = hole;
        loop {
            at = at.wrapping_add(1) & mask;
            let Some(&bucket) = self.buckets.get(at).filter(|bucket| bucket.number != FREE) else { break };
            let (way, gap) = (at.wrapping_sub(bucket.hash as usize) & mask, at.wrapping_sub(hole) & mask);
            if way >= gap {
                self.set(hole, bucket);
                hole = at;
            }
        }
        self.set(hole, Bucket::EMPTY);
    }

    /// Makes room for one more.
    pub fn reserve(&mut self) -> Result<(), OutOfMemory> {
        if self.is_full() {
            let mut buckets = Vec::new();
            let size = self.next_size();
            buckets.try_reserve_exact(size).map_err(|_| OutOfMemory)?;
            buckets.resize(size, Bucket::EMPTY);
            self.move_to(buckets);
        }
        Ok(())
    }

    /// The bucket of a hash, or the free one where it would be.
    fn seek(&self, hash: u64) -> usize {
        let mask = self.mask();
        let mut at = hash as usize & mask;
        while let Some(bucket) = self.buckets.get(at)
            && bucket.number != FREE
            && bucket.hash != hash
        {
            at = at.wrapping_add(1) & mask;
        }
        at
    }

    fn set(&mut self, at: usize, bucket: Bucket) {
        if let Some(place) = self.buckets.get_mut(at) {
            *place = bucket;
        }
    }

    #[inline]
    fn mask(&self) -> usize {
        self.buckets.len().wrapping_sub(1)
    }

    fn is_full(&self) -> bool {
        self.used >= self.buckets.len() / 4 * 3
    }

    fn next_size(&self) -> usize {
        self.buckets.len().saturating_mul(2).max(8)
    }

    #[cold]
    fn move_to(&mut self, buckets: Vec<Bucket>) {
        let before = std::mem::replace(&mut self.buckets, buckets);
        for bucket in before.into_iter().filter(|bucket| bucket.number != FREE) {
            let at = self.seek(bucket.hash);
            self.set(at, bucket);
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Index;
    use crate::cache::tests::steps;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(steps(256)) })]

        /// Hashes that stand in each other's way, beside a map of the standard library.
        #[test]
        fn it_is_a_map(calls in prop::collection::vec((0..4_u64, 0..40_u64, any::<bool>()), 0..400)) {
            let (mut index, mut model) = (Index::default(), HashMap::new());
            for (number, (high, low, is_insert)) in (0..).zip(calls) {
                let hash = (high << 32) | low;
                if is_insert {
                    prop_assert_eq!(index.insert(hash, number), model.insert(hash, number));
                } else {
                    index.remove(hash);
                    model.remove(&hash);
                }
                prop_assert_eq!(index.is_empty(), model.is_empty());
                for hash in (0..4).flat_map(|high| (0..40).map(move |low| (high << 32) | low)) {
                    prop_assert_eq!(index.get(hash), model.get(&hash).copied());
                }
            }
        }
    }

    #[test]
    fn it_is_full_never() {
        let mut index = Index::default();
        let count = u64::from(steps(100_000));
        for hash in 0..count {
            index.reserve().unwrap();
            index.insert(hash, hash as u32);
            assert!(index.used * 4 <= index.buckets.len() * 3);
        }
        assert!((0..count).all(|hash| index.get(hash) == Some(hash as u32)));
    }
}
