//! Random calls against a naive model.

use crate::runtime::Virtual;
use crate::{Cache, PolicyKind};
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

#[derive(Debug, Clone)]
enum Step {
    Insert { space: usize, key: u8, ttl: Option<u16>, tag: Option<u8>, weight: u8 },
    Get { space: usize, key: u8 },
    Peek { space: usize, key: u8 },
    Remove { space: usize, key: u8 },
    Take { space: usize, key: u8 },
    Expire { space: usize, key: u8 },
    Invalidate { space: usize, tag: u8 },
    Update { space: usize, key: u8 },
    ExpireTag { space: usize, tag: u8 },
    ExpireAll { space: usize },
    Clear { space: usize },
    Purge,
    Pass(u16),
}

fn steps() -> impl Strategy<Value = Step> {
    let at = || (0..3_usize, 0..24_u8);
    let entry = (prop::option::of(1..60_u16), prop::option::of(0..3_u8), 1..9_u8);
    prop_oneof![
        8 => (at(), entry).prop_map(|((space, key), (ttl, tag, weight))| Step::Insert { space, key, ttl, tag, weight }),
        6 => at().prop_map(|(space, key)| Step::Get { space, key }),
        2 => at().prop_map(|(space, key)| Step::Peek { space, key }),
        2 => at().prop_map(|(space, key)| Step::Remove { space, key }),
        1 => at().prop_map(|(space, key)| Step::Take { space, key }),
        1 => at().prop_map(|(space, key)| Step::Expire { space, key }),
        1 => (0..3_usize, 0..3_u8).prop_map(|(space, tag)| Step::Invalidate { space, tag }),
        2 => at().prop_map(|(space, key)| Step::Update { space, key }),
        1 => (0..3_usize, 0..3_u8).prop_map(|(space, tag)| Step::ExpireTag { space, tag }),
        1 => (0..3_usize).prop_map(|space| Step::ExpireAll { space }),
        1 => (0..3_usize).prop_map(|space| Step::Clear { space }),
        1 => Just(Step::Purge),
        3 => (0..40_u16).prop_map(Step::Pass),
    ]
}

#[derive(Debug, Clone)]
struct Held {
    value: u64,
    expires: u64,
    tag: Option<u8>,
    weight: u64,
}

/// What would be there if nothing were ever evicted.
type Model = HashMap<(usize, u8), Held>;

const MAX: usize = 12;
const MAX_WEIGHT: u64 = 40;

/// The whole cache, a namespace, and one within that.
fn is_within(space: usize, outer: usize) -> bool {
    space >= outer
}

fn check(steps: Vec<Step>, policy: PolicyKind, weighs: bool) {
    let time = Virtual::new();
    let builder = Cache::builder().max(MAX).policy(policy).runtime(time.clone());
    let cache: Cache<u8, u64> = if weighs { builder.max_weight(MAX_WEIGHT).build() } else { builder.build() };
    let inner = cache.namespace("inner");
    let spaces = [cache.clone(), inner.clone(), inner.namespace("within")];
    let mut model = Model::new();
    let mut now = 0;
    for (value, step) in (0..).zip(steps) {
        let known = |model: &Model, space, key| model.get(&(space, key)).filter(|held| now < held.expires).cloned();
        match step {
            Step::Insert { space, key, ttl, tag, weight } => {
                let mut entry = spaces[space].entry(key).weight(u64::from(weight));
                if let Some(ttl) = ttl {
                    entry = entry.ttl(Duration::from_millis(u64::from(ttl)));
                }
                entry.tags(tag.map(|tag| tag.to_string())).insert(value).unwrap();
                assert_eq!(spaces[space].peek(&key), Some(value), "what was just stored is there");
                let expires = ttl.map_or(u64::MAX, |ttl| now + u64::from(ttl));
                model.insert((space, key), Held { value, expires, tag, weight: u64::from(weight) });
            }
            Step::Get { space, key } | Step::Peek { space, key } => {
                let found =
                    if matches!(step, Step::Get { .. }) { spaces[space].get(&key) } else { spaces[space].peek(&key) };
                let known = known(&model, space, key).map(|held| held.value);
                assert!(found.is_none() || found == known, "{found:?} instead of {known:?}");
                assert_eq!(spaces[space].contains(&key), found.is_some());
            }
            Step::Remove { space, key } => {
                spaces[space].remove(&key);
                model.remove(&(space, key));
                assert!(!spaces[space].contains(&key));
            }
            Step::Take { space, key } => {
                let found = spaces[space].take(&key);
                let known = known(&model, space, key).map(|held| held.value);
                assert!(found.is_none() || found == known);
                model.remove(&(space, key));
                assert!(!spaces[space].contains(&key));
            }
            Step::Expire { space, key } => {
                spaces[space].expire(&key);
                if let Some(held) = model.get_mut(&(space, key)) {
                    held.expires = held.expires.min(now);
                }
                assert!(!spaces[space].contains(&key));
            }
            Step::Invalidate { space, tag } => {
                spaces[space].invalidate_tag(&tag.to_string());
                model.retain(|&(at, _), held| !is_within(at, space) || held.tag != Some(tag));
            }
            Step::Update { space, key } => {
                let known = known(&model, space, key);
                let mut found = None;
                spaces[space].update(key, |old| {
                    found = old.copied();
                    Some(value)
                });
                assert!(found.is_none() || found == known.as_ref().map(|held| held.value));
                let kept = known.filter(|_| found.is_some());
                let (expires, tag) = kept.map_or((u64::MAX, None), |held| (held.expires, held.tag));
                model.insert((space, key), Held { value, expires, tag, weight: 1 });
                assert_eq!(spaces[space].peek(&key), Some(value));
            }
            Step::ExpireTag { space, tag } => {
                spaces[space].expire_tag(&tag.to_string());
                let tagged = model.iter_mut().filter(|((at, _), held)| is_within(*at, space) && held.tag == Some(tag));
                tagged.for_each(|(_, held)| held.expires = held.expires.min(now));
            }
            Step::ExpireAll { space } => {
                spaces[space].expire_all();
                let inside = model.iter_mut().filter(|((at, _), _)| is_within(*at, space));
                inside.for_each(|(_, held)| held.expires = held.expires.min(now));
                assert_eq!(spaces[space].iter().count(), 0);
            }
            Step::Clear { space } => {
                spaces[space].clear();
                model.retain(|&(at, _), _| !is_within(at, space));
            }
            Step::Purge => {
                cache.purge();
                model.retain(|_, held| now < held.expires);
            }
            Step::Pass(milliseconds) => {
                now += u64::from(milliseconds);
                time.advance(Duration::from_millis(u64::from(milliseconds)));
            }
        }
        compare(&cache, &spaces, &model, now, weighs);
    }
}

fn compare(cache: &Cache<u8, u64>, spaces: &[Cache<u8, u64>; 3], model: &Model, now: u64, weighs: bool) {
    cache.core.read(|state| state.validate());
    let stats = cache.stats();
    assert!(stats.entries as usize <= MAX);
    assert_eq!(stats.entries as usize, spaces.iter().map(Cache::len).sum::<usize>());
    let mut live = 0;
    for (space, part) in spaces.iter().enumerate() {
        for entry in part.iter() {
            let held = model.get(&(space, *entry.key())).expect("an entry that should be gone");
            assert!(now < held.expires && held.value == *entry.value());
            live += held.weight;
        }
    }
    if weighs {
        assert!(live <= stats.weight && stats.weight <= MAX_WEIGHT);
    }
}

fn policies() -> impl Strategy<Value = PolicyKind> {
    prop_oneof![Just(PolicyKind::TinyLfu), Just(PolicyKind::Lru), Just(PolicyKind::Sampled)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(super::steps(256)) })]
    #[test]
    fn nothing_is_found_that_should_be_gone(
        steps in prop::collection::vec(steps(), 1..300),
        policy in policies(),
        weighs: bool,
    ) {
        check(steps, policy, weighs);
    }
}

#[test]
fn nothing_is_lost_below_the_bound() {
    let cache = Cache::new(1000);
    let mut model = HashMap::new();
    for step in 0..super::steps(20_000) {
        let key = step.wrapping_mul(2_654_435_761) % 900;
        if step % 7 == 0 {
            assert_eq!(cache.take(&key), model.remove(&key));
        } else {
            cache.insert(key, step);
            model.insert(key, step);
        }
        assert_eq!((cache.len(), cache.get(&key)), (model.len(), model.get(&key).copied()));
    }
    cache.core.read(|state| state.validate());
}
