//! The caches that are compared, behind one interface.

/// What every cache can do.
pub trait Peer {
    const NAME: &'static str;

    fn new(entries: u32) -> Self;
    fn get(&mut self, key: u64) -> Option<u64>;
    fn insert(&mut self, key: u64, value: u64);
}

impl Peer for keylatch::Cache<u64, u64> {
    const NAME: &'static str = "keylatch";

    fn new(entries: u32) -> Self {
        Self::new(entries as usize)
    }

    fn get(&mut self, key: u64) -> Option<u64> {
        Self::get(self, &key)
    }

    fn insert(&mut self, key: u64, value: u64) {
        Self::insert(self, key, value);
    }
}

impl Peer for quick_cache::unsync::Cache<u64, u64> {
    const NAME: &'static str = "quick_cache (unsync)";

    fn new(entries: u32) -> Self {
        Self::new(entries as usize)
    }

    fn get(&mut self, key: u64) -> Option<u64> {
        Self::get(self, &key).copied()
    }

    fn insert(&mut self, key: u64, value: u64) {
        Self::insert(self, key, value);
    }
}

impl Peer for mini_moka::unsync::Cache<u64, u64> {
    const NAME: &'static str = "mini-moka (unsync)";

    fn new(entries: u32) -> Self {
        Self::new(u64::from(entries))
    }

    fn get(&mut self, key: u64) -> Option<u64> {
        Self::get(self, &key).copied()
    }

    fn insert(&mut self, key: u64, value: u64) {
        Self::insert(self, key, value);
    }
}

impl Peer for moka::sync::Cache<u64, u64> {
    const NAME: &'static str = "moka (sync)";

    fn new(entries: u32) -> Self {
        Self::new(u64::from(entries))
    }

    fn get(&mut self, key: u64) -> Option<u64> {
        Self::get(self, &key)
    }

    fn insert(&mut self, key: u64, value: u64) {
        Self::insert(self, key, value);
    }
}
