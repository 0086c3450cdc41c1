//! How a cache is made.

mod loads;

use super::core::{Core, Settings};
use super::load::LoadDefaults;
use super::options::life;
use super::runtime::{self, Runtime};
use super::{Cache, RandomHash, SpaceRef};
use crate::engine::{Bounds, Config, MAX_ENTRIES, NEVER, PolicyKind, Reason};
use std::hash::BuildHasher;
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::Duration;

/// How many entries a cache holds if it is told nothing.
///
/// ```
/// let cache: keylatch::Cache<usize, ()> = keylatch::Cache::builder().build();
/// (0..2 * keylatch::DEFAULT_MAX).for_each(|key| _ = cache.insert(key, ()));
/// assert_eq!(cache.len(), keylatch::DEFAULT_MAX);
/// ```
pub const DEFAULT_MAX: usize = 10_000;

/// The options of a cache. Made by [`Cache::builder`].
///
/// ```
/// use keylatch::Cache;
/// use std::time::Duration;
///
/// let cache: Cache<String, u32> = Cache::builder()
///     .max(1000)
///     .ttl(Duration::from_secs(300))
///     .grace(Duration::from_secs(3600))
///     .build();
/// ```
#[must_use]
pub struct Builder<K, V, S = RandomHash> {
    max: Option<u32>,
    max_weight: f64,
    max_entry_weight: f64,
    jitter: f64,
    policy: Option<PolicyKind>,
    settings: Settings<K, V>,
    hasher: S,
    types: PhantomData<(K, V)>,
}

impl<K, V> Builder<K, V> {
    pub(super) fn new() -> Self {
        let settings = Settings {
            ttl: NEVER,
            loads: LoadDefaults::default(),
            lock_timeout: f64::INFINITY,
            weigher: None,
            on_removal: None,
            clock: None,
            runtime: runtime::standard(),
        };
        Self {
            max: None,
            max_weight: f64::INFINITY,
            max_entry_weight: f64::INFINITY,
            jitter: 0.0,
            policy: None,
            settings,
            hasher: RandomHash::new(),
            types: PhantomData,
        }
    }
}

impl<K, V, S> Builder<K, V, S> {
    /// The most entries, from 1 to [`MAX_ENTRIES`]; what is beyond counts as that. The bound holds after every call.
    /// Without this and [`Builder::max_weight`], it is [`DEFAULT_MAX`].
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::builder().max(2).build();
    /// (0..5).for_each(|key| _ = cache.insert(key, key));
    /// assert_eq!(cache.len(), 2);
    /// ```
    pub fn max(mut self, entries: usize) -> Self {
        self.max = Some(u32::try_from(entries).unwrap_or(MAX_ENTRIES).clamp(1, MAX_ENTRIES));
        self
    }

    /// The most that all entries may weigh together, in the unit of the [`Builder::weigher`].
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::builder().max_weight(10).build();
    /// (0..5).for_each(|key| cache.entry(key).weight(4).insert(key).unwrap());
    /// assert_eq!(cache.stats().weight, 8);
    /// ```
    pub fn max_weight(mut self, weight: u64) -> Self {
        self.max_weight = weight as f64;
        self
    }

    /// The most that one entry may weigh. A heavier one isn't stored, and its key's old entry is removed.
    ///
    /// ```
    /// # use keylatch::{Cache, InsertError};
    /// let cache = Cache::builder().max_weight(100).max_entry_weight(10).build();
    /// assert_eq!(cache.entry("key").weight(11).insert(1), Err(InsertError::TooHeavy));
    /// ```
    pub fn max_entry_weight(mut self, weight: u64) -> Self {
        self.max_entry_weight = weight as f64;
        self
    }

    /// Weighs an entry that comes without a weight of its own; 0 counts as 1. Called once for each write, in a cache
    /// that is bounded by weights. Without it, each entry weighs 1.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache = Cache::builder().max_weight(10).weigher(|_: &u32, text: &String| text.len() as u64).build();
    /// assert!(cache.insert(1, "12345678".to_owned()));
    /// assert!(!cache.insert(2, "heavier than ten".to_owned()));
    /// ```
    pub fn weigher(mut self, weigher: impl Fn(&K, &V) -> u64 + 'static) -> Self {
        self.settings.weigher = Some(Box::new(weigher));
        self
    }

    /// How long entries live that come without a time to live of their own. An entry has expired as soon as its time has
    /// passed. `Duration::ZERO` and `Duration::MAX` mean for ever, which is the default.
    ///
    /// ```
    /// # use keylatch::{Cache, runtime::Virtual};
    /// # use std::time::Duration;
    /// let time = Virtual::new();
    /// let cache = Cache::builder().ttl(Duration::from_secs(60)).runtime(time.clone()).build();
    /// cache.insert("key", 1);
    /// time.advance(Duration::from_secs(60));
    /// assert_eq!(cache.get("key"), None);
    /// ```
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.settings.ttl = life(ttl);
        self
    }

    /// Shortens each entry's life at random, by at most this share of it, so that entries that were stored together don't
    /// expire together.
    ///
    /// ```
    /// # use keylatch::{Cache, runtime::Virtual};
    /// # use std::time::Duration;
    /// let time = Virtual::new();
    /// let builder = Cache::builder().ttl(Duration::from_secs(100)).ttl_jitter(0.2);
    /// let cache = builder.runtime(time.clone()).build();
    /// (0..100).for_each(|key| _ = cache.insert(key, key));
    /// time.advance(Duration::from_secs(90));
    /// let left = cache.iter().count();
    /// assert!(0 < left && left < 100, "each has lived for 80 to 100 seconds");
    /// ```
    pub fn ttl_jitter(mut self, share: f64) -> Self {
        self.jitter = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        self
    }

    /// Which entry to evict; by default [`PolicyKind::Sampled`] with [`Builder::max_weight`], else
    /// [`PolicyKind::TinyLfu`].
    ///
    /// ```
    /// # use keylatch::{Cache, PolicyKind};
    /// let cache = Cache::builder().max(2).policy(PolicyKind::Lru).build();
    /// (1..=2).for_each(|key| _ = cache.insert(key, key));
    /// cache.get(&1);
    /// cache.insert(3, 3);
    /// assert!(cache.contains(&1) && !cache.contains(&2));
    /// ```
    pub fn policy(mut self, policy: PolicyKind) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Called when an entry has left, with why it has: after the call that made it leave, so it may use the cache.
    ///
    /// ```
    /// # use keylatch::{Cache, Reason};
    /// # use std::{cell::Cell, rc::Rc};
    /// let evicted = Rc::new(Cell::new(0));
    /// let count = Rc::clone(&evicted);
    /// let cache = Cache::builder()
    ///     .max(10)
    ///     .on_removal(move |_key: &u32, _value: &u32, reason| {
    ///         count.set(count.get() + u32::from(reason == Reason::Evict));
    ///     })
    ///     .build();
    /// for key in 0..15 {
    ///     cache.insert(key, key);
    /// }
    /// assert_eq!(evicted.get(), 5);
    /// ```
    pub fn on_removal(mut self, on_removal: impl Fn(&K, &V, Reason) + 'static) -> Self {
        self.settings.on_removal = Some(Box::new(on_removal));
        self
    }

    /// The wall clock by which entries expire, in milliseconds, in place of the runtime's.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// # use std::time::Duration;
    /// # use std::{cell::Cell, rc::Rc};
    /// let now = Rc::new(Cell::new(0.0));
    /// let clock = Rc::clone(&now);
    /// let cache = Cache::builder().ttl(Duration::from_secs(1)).clock(move || clock.get()).build();
    /// cache.insert("key", 1);
    /// now.set(1000.0);
    /// assert!(!cache.contains("key"));
    /// ```
    pub fn clock(mut self, clock: impl Fn() -> f64 + 'static) -> Self {
        self.settings.clock = Some(Box::new(clock));
        self
    }

    /// The runtime, in place of the standard one: [`Native`](crate::runtime::Native), or `Web` with the feature `web`.
    ///
    /// ```
    /// # use keylatch::{Cache, runtime::Virtual};
    /// # use std::time::Duration;
    /// let time = Virtual::new();
    /// let cache = Cache::builder().ttl(Duration::from_secs(1)).runtime(time.clone()).build();
    /// cache.insert("key", 1);
    /// time.advance(Duration::from_secs(1));
    /// assert!(!cache.contains("key"));
    /// ```
    pub fn runtime(mut self, runtime: impl Runtime + 'static) -> Self {
        self.settings.runtime = Rc::new(runtime);
        self
    }

    /// Hashes keys, in place of [`RandomHash`].
    ///
    /// ```
    /// # use keylatch::Cache;
    /// use std::hash::{BuildHasherDefault, DefaultHasher};
    ///
    /// // The same in every run, for a test.
    /// let hasher: BuildHasherDefault<DefaultHasher> = BuildHasherDefault::default();
    /// let cache = Cache::builder().hasher(hasher).build();
    /// cache.insert("key", 1);
    /// assert_eq!(cache.get("key"), Some(1));
    /// ```
    pub fn hasher<T: BuildHasher + Clone>(self, hasher: T) -> Builder<K, V, T> {
        let Self { max, max_weight, max_entry_weight, jitter, policy, settings, types, .. } = self;
        Builder { max, max_weight, max_entry_weight, jitter, policy, settings, hasher, types }
    }

    /// The cache.
    ///
    /// ```
    /// # use keylatch::Cache;
    /// let cache: Cache<String, u32> = Cache::builder().build();
    /// assert!(cache.is_empty());
    /// ```
    pub fn build(self) -> Cache<K, V, S>
    where
        S: BuildHasher + Clone,
    {
        let is_weighed = self.max_weight < f64::INFINITY;
        let entries = self.max.unwrap_or(if is_weighed { MAX_ENTRIES } else { DEFAULT_MAX as u32 });
        let bounds = Bounds { entries, weight: self.max_weight, entry_weight: self.max_entry_weight };
        let mut config = Config::new(bounds);
        config.jitter = self.jitter;
        config.stale = self.settings.loads.swr.max(self.settings.loads.grace);
        config.policy = self.policy.unwrap_or(config.policy);
        // Nobody outside should foresee what the policy does.
        config.seed = Some(self.hasher.hash_one(0x6b65_796c_u32) as u32);
        let core = Rc::new(Core::new(config, self.settings));
        let space: SpaceRef = None;
        Cache { core, hasher: self.hasher, space }
    }
}
