//! What can happen in a schedule.

use super::KEYS;
use proptest::prelude::*;

/// What a loader does, or a lock's holder: after so many milliseconds.
#[derive(Debug, Clone, Copy)]
pub enum Doing {
    Brings(u64),
    /// Says that the old value is still the current one, if there is one.
    Confirms(u64),
    /// At its first try.
    Fails(u64),
    Never,
}

#[derive(Debug, Clone)]
pub enum Step {
    Load {
        key: u8,
        doing: Doing,
        fresh: bool,
        hard: Option<u64>,
        elsewhere: bool,
        retries: u32,
    },
    Lock {
        key: u8,
        doing: Doing,
    },
    Insert(u8),
    Update(u8),
    Remove(u8),
    Clear,
    Expire(u8),
    ExpireTag,
    ExpireAll,
    Release(u8),
    /// The future of a caller, by its number.
    Drop(usize),
    Freeze(usize),
    Pass(u64),
}

pub fn steps() -> impl Strategy<Value = Step> {
    let doing = || {
        prop_oneof![
            4 => (0..150_u64).prop_map(Doing::Brings),
            2 => (0..150_u64).prop_map(Doing::Confirms),
            1 => (0..150_u64).prop_map(Doing::Fails),
            1 => Just(Doing::Never),
        ]
    };
    let load = (
        0..KEYS,
        doing(),
        prop::bool::weighted(0.1),
        prop::option::of(1..150_u64),
        prop::bool::weighted(0.3),
        0..3_u32,
    );
    prop_oneof![
        8 => load.prop_map(|(key, doing, fresh, hard, elsewhere, retries)| {
            Step::Load { key, doing, fresh, hard, elsewhere, retries }
        }),
        3 => (0..KEYS, doing()).prop_map(|(key, doing)| Step::Lock { key, doing }),
        1 => (0..KEYS).prop_map(Step::Insert),
        1 => (0..KEYS).prop_map(Step::Update),
        2 => (0..KEYS).prop_map(Step::Remove),
        1 => Just(Step::Clear),
        2 => (0..KEYS).prop_map(Step::Expire),
        1 => Just(Step::ExpireTag),
        1 => Just(Step::ExpireAll),
        1 => (0..KEYS).prop_map(Step::Release),
        3 => (0..40_usize).prop_map(Step::Drop),
        1 => (0..40_usize).prop_map(Step::Freeze),
        6 => (0..70_u64).prop_map(Step::Pass),
    ]
}
