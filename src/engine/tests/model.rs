//! The engine against a model that could not be simpler: random operations at random times.
//!
//! The model holds every entry with the life that it has left, and knows nothing of slots, lists or policies. It can't
//! tell which entry is evicted, so it follows the engine there; but it knows when one may be.

use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

const KEYS: u32 = 40;
const TAGS: usize = 4;

#[derive(Debug, Clone)]
enum Step {
    Get(u32),
    Set {
        key: u32,
        ttl: Option<u16>,
        weight: u8,
        tags: Vec<usize>,
    },
    Delete(u32),
    Take(u32),
    Reschedule(u32, u16),
    Expire(u32),
    ExpireTag(usize),
    Pin(u32, bool),
    Pop,
    DeleteTag(usize),
    Purge,
    Clear,
    Resize {
        entries: u32,
        weight: u8,
    },
    /// The wall clock goes on, stands still, or is set back.
    Clock(i32),
}

/// A step; pins come with this weight among the others.
fn step(pins: u32) -> impl Strategy<Value = Step> {
    let key = 0..KEYS;
    let tags = prop::collection::vec(0..TAGS, 0..3);
    prop_oneof![
        8 => key.clone().prop_map(Step::Get),
        12 => (key.clone(), prop::option::of(1u16..200), 0u8..30, tags)
            .prop_map(|(key, ttl, weight, tags)| Step::Set { key, ttl, weight, tags }),
        2 => key.clone().prop_map(Step::Delete),
        1 => key.clone().prop_map(Step::Take),
        1 => (key.clone(), 1u16..200).prop_map(|(key, ttl)| Step::Reschedule(key, ttl)),
        1 => (0..KEYS).prop_map(Step::Expire),
        1 => (0..TAGS).prop_map(Step::ExpireTag),
        pins => (key, any::<bool>()).prop_map(|(key, pinned)| Step::Pin(key, pinned)),
        1 => Just(Step::Pop),
        1 => (0..TAGS).prop_map(Step::DeleteTag),
        1 => Just(Step::Purge),
        1 => Just(Step::Clear),
        1 => (1u32..30, 30u8..).prop_map(|(entries, weight)| Step::Resize { entries, weight }),
        6 => prop_oneof![0..80i32, Just(0), -200..0i32].prop_map(Step::Clock),
    ]
}

/// Many steps, with few pins or many.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    (1..12u32).prop_flat_map(|pins| prop::collection::vec(step(pins), 1..150))
}

fn policy() -> impl Strategy<Value = PolicyKind> {
    prop_oneof![
        Just(PolicyKind::TinyLfu),
        Just(PolicyKind::Lru),
        Just(PolicyKind::Sampled),
        Just(PolicyKind::SampledBytes)
    ]
}

#[derive(Debug, Clone)]
struct Known {
    left: f64,
    weight: f64,
    tags: HashSet<usize>,
    pinned: bool,
}

struct Model {
    cache: Indexed,
    timeline: Timeline,
    wall: f64,
    /// The engine's time at the last step.
    now: f64,
    bounds: Bounds,
    known: HashMap<u32, Known>,
    /// The engine's numbers for the tags that are in use.
    tags: HashMap<usize, Tag>,
}

impl Model {
    fn new(entries: u32, weight: f64, policy: PolicyKind, seed: Option<u32>) -> Self {
        let config = Config { policy, seed, ..config(entries, weight) };
        let mut timeline = Timeline::new();
        timeline.read(Some(1e12));
        Self {
            cache: Indexed::new(config),
            now: timeline.read(Some(1e12)),
            timeline,
            wall: 1e12,
            bounds: config.bounds,
            known: HashMap::new(),
            tags: HashMap::new(),
        }
    }

    fn weight(&self) -> f64 {
        self.known.values().map(|known| known.weight).sum()
    }

    /// How many of some entries are pinned, and what they weigh.
    fn pinned(&self, which: impl Fn(u32, &Known) -> bool) -> (u32, f64) {
        let pinned = self.known.iter().filter(|&(&key, known)| known.pinned && which(key, known));
        pinned.fold((0, 0.0), |(count, weight), (_, known)| (count + 1, weight + known.weight))
    }

    /// Lets the model know what left, and checks that it was allowed to.
    fn removed(&mut self, gone: Vec<(u32, Reason)>, expected: Reason) {
        for (key, reason) in gone {
            let over = self.known.len() > self.bounds.entries as usize || self.weight() > self.bounds.weight;
            let known = self.known.remove(&key).expect("only known entries leave");
            match reason {
                Reason::Evict => assert!(over && !known.pinned, "{key} was evicted: {known:?}"),
                Reason::Expire => assert!(known.left <= 0.0, "{key} left with {} to live", known.left),
                other => assert_eq!(other, expected),
            }
        }
        while let Some(tag) = self.cache.engine.next_closed_tag() {
            self.tags.retain(|_, &mut open| open != tag);
        }
    }

    fn run(&mut self, step: Step) {
        let now = self.timeline.read(Some(self.wall));
        self.now = now;
        if !matches!(step, Step::Get(_) | Step::Set { .. } | Step::Clock(_)) {
            self.cache.flush();
        }
        match step {
            Step::Clock(by) => {
                self.wall += f64::from(by);
                let elapsed = f64::from(by.max(0));
                self.known.values_mut().for_each(|known| known.left -= elapsed);
                self.now = self.timeline.read(Some(self.wall));
            }
            Step::Get(key) => {
                let Some(&slot) = self.cache.slots.get(&key) else { return };
                let expired = self.cache.engine.is_expired(slot, now);
                assert_eq!(expired, self.known[&key].left <= 0.0);
                if expired {
                    let gone = self.cache.remove(key, Reason::Expire);
                    self.removed(gone, Reason::Expire);
                } else {
                    assert_eq!(self.cache.engine.remaining(slot, now), self.known[&key].left);
                    self.cache.hit(slot);
                }
            }
            Step::Set { key, ttl, weight, tags } => self.set(key, ttl, weight, tags, now),
            Step::Delete(key) => {
                let gone = self.cache.remove(key, Reason::Delete);
                self.removed(gone, Reason::Delete);
            }
            Step::Take(key) => {
                let gone = self.cache.remove(key, Reason::Take);
                self.removed(gone, Reason::Take);
            }
            Step::Reschedule(key, ttl) => {
                if let Some(&slot) = self.cache.slots.get(&key) {
                    self.cache.engine.reschedule(slot, f64::from(ttl), now).unwrap();
                    self.cache.find_room();
                    self.known.get_mut(&key).unwrap().left = f64::from(ttl);
                }
            }
            Step::Expire(key) => {
                let Some(&slot) = self.cache.slots.get(&key) else { return };
                let known = self.known.get_mut(&key).unwrap();
                assert_eq!(self.cache.engine.expire(slot, now), Ok(known.left > 0.0));
                known.left = known.left.min(0.0);
                assert!(self.cache.engine.is_expired(slot, now));
                self.cache.find_room();
            }
            Step::ExpireTag(tag) => {
                let Some(&open) = self.tags.get(&tag) else { return };
                let is_meant = |known: &&mut Known| known.left > 0.0 && known.tags.contains(&tag);
                let alive: Vec<_> = self.known.values_mut().filter(is_meant).collect();
                assert_eq!(self.cache.engine.expire_tagged(open, now), Ok(alive.len() as u32));
                alive.into_iter().for_each(|known| known.left = 0.0);
                self.cache.find_room();
            }
            Step::Pin(key, pinned) => {
                self.cache.flush();
                if let Some(&slot) = self.cache.slots.get(&key) {
                    self.cache.engine.pin(slot, pinned);
                    assert!(self.cache.drain().is_empty());
                    self.known.get_mut(&key).unwrap().pinned = pinned;
                }
            }
            Step::Pop => {
                self.cache.flush();
                self.cache.engine.pop(now);
                let gone = self.cache.drain();
                let (taken, expired): (Vec<_>, Vec<_>) = gone.into_iter().partition(|gone| gone.1 == Reason::Take);
                self.removed(expired, Reason::Expire);
                let left = self.known.values().filter(|known| !known.pinned && known.left > 0.0).count();
                assert_eq!(taken.len(), left.min(1), "it takes one, if any can be taken");
                assert!(taken.iter().all(|(key, _)| !self.known[key].pinned));
                self.removed(taken, Reason::Take);
            }
            Step::DeleteTag(tag) => {
                if let Some(&open) = self.tags.get(&tag) {
                    self.cache.engine.remove_tagged(open);
                }
                let gone = self.cache.drain();
                let carriers = self.known.values().filter(|known| known.tags.contains(&tag)).count();
                assert_eq!(gone.len(), carriers);
                self.removed(gone, Reason::Delete);
                assert!(self.known.values().all(|known| !known.tags.contains(&tag)));
            }
            Step::Purge => {
                self.cache.engine.purge(now);
                let gone = self.cache.drain();
                self.removed(gone, Reason::Expire);
                assert!(self.known.values().all(|known| known.left > 0.0));
            }
            Step::Clear => {
                self.cache.clear();
                self.known.clear();
                self.tags.clear();
            }
            Step::Resize { entries, weight } => {
                let weight = if self.bounds.weight.is_finite() { f64::from(weight) } else { f64::INFINITY };
                let bounds = Bounds { entries, weight, entry_weight: f64::INFINITY };
                let (count, total) = self.pinned(|_, _| true);
                if count > entries || total > weight {
                    assert_eq!(self.cache.engine.resize(bounds), Err(InsertError::Pinned));
                    assert_eq!(self.cache.engine.bounds(), self.bounds);
                    return;
                }
                self.bounds = bounds;
                self.cache.engine.resize(bounds).unwrap();
                self.cache.find_room();
                let gone = self.cache.drain();
                self.removed(gone, Reason::Evict);
            }
        }
    }

    fn set(&mut self, key: u32, ttl: Option<u16>, weight: u8, tags: Vec<usize>, now: f64) {
        let weight = if self.bounds.weight.is_finite() { f64::from(weight) } else { 0.0 };
        let ttl = ttl.map_or(NEVER, f64::from);
        let is_plain = ttl == NEVER && weight == 0.0 && tags.is_empty();
        let is_new = !self.cache.slots.contains_key(&key);
        let arrives = is_plain && is_new && self.cache.arrive(key);
        let result = if arrives { Ok(Vec::new()) } else { self.store(key, Entry { hash: 0, weight, ttl }, now) };
        let tags = HashSet::from_iter(tags);
        // What has expired makes room, pinned or not.
        let (count, others) = self.pinned(|other, known| other != key && known.left > 0.0);
        let is_full = !self.known.contains_key(&key) && count >= self.bounds.entries;
        if is_full || others + weight > self.bounds.weight {
            assert_eq!(result, Err(InsertError::Pinned));
            let gone = self.cache.drain();
            return self.removed(gone, Reason::Expire);
        }
        let gone = result.expect("there is room that isn't pinned");
        let pinned = self.known.get(&key).is_some_and(|known| known.pinned);
        self.known.insert(key, Known { left: ttl, weight, tags: HashSet::new(), pinned });
        self.removed(gone, Reason::Evict);
        assert!(self.cache.slots.contains_key(&key), "what was set last is there");
        for &tag in &tags {
            let open = *self.tags.entry(tag).or_insert_with(|| self.cache.engine.open_tag().unwrap());
            let slot = self.cache.slot(key);
            self.cache.engine.attach_tag(slot, open).unwrap();
        }
        self.known.get_mut(&key).unwrap().tags = tags;
    }

    /// Stores an entry by a call, and starts the engine's random numbers when it asks for them.
    fn store(&mut self, key: u32, entry: Entry, now: f64) -> Result<Vec<(u32, Reason)>, InsertError> {
        let stored = self.cache.set(key, entry, now);
        if stored != Err(InsertError::Unseeded) {
            return stored;
        }
        self.cache.engine.seed(42);
        self.cache.set(key, entry, now)
    }

    fn check(&self) {
        self.cache.engine.validate();
        assert!(self.known.len() <= self.bounds.entries as usize, "the bound holds after every call");
        assert_eq!((self.cache.engine.len() + self.cache.arrivals) as usize, self.known.len());
        assert_eq!(self.cache.engine.total_weight(), self.weight());
        for (key, known) in &self.known {
            let slot = self.cache.slots.get(key).expect("known entries are in the index");
            let left = self.cache.engine.expires(*slot) - self.now;
            assert_eq!(left, known.left, "how much {key} has left, or for how long it has been expired");
            let tags: HashSet<_> = self.cache.engine.tags(*slot).collect();
            assert_eq!(tags, known.tags.iter().map(|tag| self.tags[tag]).collect());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn bounded_by_entries(entries in 1u32..25, policy in policy(), seed in prop::option::of(1u32..), steps in steps()) {
        let mut model = Model::new(entries, f64::INFINITY, policy, seed);
        for step in steps {
            model.run(step);
            model.check();
        }
    }

    #[test]
    fn bounded_by_weight(entries in prop_oneof![1u32..25, Just(MAX_ENTRIES)], weight in 30u8.., policy in policy(),
                          seed in prop::option::of(1u32..), steps in steps()) {
        let mut model = Model::new(entries, f64::from(weight), policy, seed);
        for step in steps {
            model.run(step);
            model.check();
        }
    }
}
