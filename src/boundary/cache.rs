//! The engine of each cache, as JavaScript sees it. A cache, its slots and its tags are numbers, and so is
//! every word of the [protocol](super::protocol).
//! Times to live are in milliseconds.

use super::protocol::{AHEAD, Count, FIRST_REMOVAL, MORE, NONE, PINNED, PagePart, SLOT_SHIFT, TOO_LARGE, UNSEEDED};
use super::{id, number, state};
use crate::arena::Id;
use crate::engine::{Bounds, Config, Engine, Entry, InsertError, MAX_ENTRIES, PolicyKind, Reason, Removal, Slot, Tag};
use wasm_bindgen::prelude::*;

fn with<R>(cache: u32, absent: R, work: impl FnOnce(&mut Engine) -> R) -> R {
    state::with(cache, absent, |state| work(&mut state.engine))
}

/// Makes an empty cache. The first three are bounds, infinite where there is none: the most entries, the most that all
/// entries weigh together, and the most that one weighs. `jitter` is the share by which lives are shortened at random
/// at most, and `stale` is for how long writes leave expired entries in place for readers of stale values. `policy` is
/// a `PolicyKind`. `NONE` if there is no memory.
#[wasm_bindgen(js_name = cacheOpen)]
pub fn open(entries: f64, weight: f64, entry_weight: f64, jitter: f64, stale: f64, policy: u32) -> i32 {
    let bounds = Bounds { entries: entries.min(f64::from(MAX_ENTRIES)) as u32, weight, entry_weight };
    let weighs = weight.is_finite() || entry_weight.is_finite();
    let policy = PolicyKind::from_number(policy).unwrap_or(PolicyKind::TinyLfu);
    let config = Config { bounds, weighs, jitter, stale, policy, seed: None };
    state::open(config).map_or(NONE, |cache| cache as i32)
}

/// Drops a cache, with its locks.
#[wasm_bindgen(js_name = cacheClose)]
pub fn close(cache: u32) {
    state::close(cache);
}

/// Starts the engine's random numbers. Before that, a hash is 0; after it, `cacheAdopt` gives the present keys their
/// hashes.
#[wasm_bindgen(js_name = cacheSeed)]
pub fn seed(cache: u32, seed: u32) {
    with(cache, (), |engine| engine.seed(seed));
}

/// Gives the key in `slot` its hash, if it has none.
#[wasm_bindgen(js_name = cacheAdopt)]
pub fn adopt(cache: u32, slot: u32, hash: u32) {
    with(cache, (), |engine| engine.adopt(Slot::from_index(slot), hash));
}

/// Stores an entry for a key that has none. Returns its slot together with the first removal; see `AHEAD` for the
/// encoding. `NONE` if there is no memory, `TOO_LARGE`, `PINNED`, or `UNSEEDED` if `cacheSeed` has to come first. `now` counts
/// only if this entry expires, or any other does.
#[wasm_bindgen(js_name = cacheInsert)]
pub fn insert(cache: u32, hash: u32, ttl: f64, weight: f64, now: f64) -> f64 {
    with(cache, f64::from(NONE), |engine| {
        let slot = engine.insert(Entry { hash, weight, ttl }, now);
        stored(slot, engine)
    })
}

/// Notes that so many slots have entries, from `Count::RoomStart` on.
#[wasm_bindgen(js_name = cacheArrive)]
pub fn arrive(cache: u32, count: u32) {
    with(cache, (), |engine| engine.arrive(count));
}

/// Stores another value for the key in `slot`. Returns the same as `cacheInsert`.
#[wasm_bindgen(js_name = cacheUpdate)]
pub fn update(cache: u32, slot: u32, ttl: f64, weight: f64, now: f64) -> f64 {
    with(cache, f64::from(NONE), |engine| {
        let slot = Slot::from_index(slot);
        let updated = engine.update(slot, Entry { hash: 0, weight, ttl }, now);
        stored(updated.map(|()| slot), engine)
    })
}

/// Removes an entry, for a `Reason`.
#[wasm_bindgen(js_name = cacheRemove)]
pub fn remove(cache: u32, slot: u32, reason: u32) {
    with(cache, (), |engine| {
        engine.remove(Slot::from_index(slot), Reason::from_number(reason).unwrap_or(Reason::Delete))
    });
}

/// The next removal; see `SLOT_SHIFT` for the encoding. `NONE` if there is none.
#[wasm_bindgen(js_name = cacheNextRemoval)]
pub fn next_removal(cache: u32) -> i32 {
    with(cache, NONE, removal)
}

/// Makes every entry leave that has been expired for `stale` milliseconds.
#[wasm_bindgen(js_name = cachePurge)]
pub fn purge(cache: u32, now: f64) {
    with(cache, (), |engine| engine.purge(now));
}

/// Removes the entry that is worth least, with the reason `Take`, and expired entries that it meets on the way.
#[wasm_bindgen(js_name = cachePop)]
pub fn pop(cache: u32, now: f64) {
    with(cache, (), |engine| engine.pop(now));
}

/// Forgets every entry.
#[wasm_bindgen(js_name = cacheClear)]
pub fn clear(cache: u32) {
    with(cache, (), Engine::clear);
}

/// Changes the bounds of a cache. They hold even if there is no memory for the policy to plan with. False if they have no
/// room for the pinned entries; nothing has changed then.
#[wasm_bindgen(js_name = cacheResize)]
pub fn resize(cache: u32, entries: f64, weight: f64) -> bool {
    with(cache, false, |engine| {
        let entries = entries.min(f64::from(MAX_ENTRIES)) as u32;
        engine.resize(Bounds { entries, weight, ..engine.bounds() }) != Err(InsertError::Pinned)
    })
}

/// Pins an entry or unpins it.
#[wasm_bindgen(js_name = cachePin)]
pub fn pin(cache: u32, slot: u32, pinned: bool) {
    with(cache, (), |engine| engine.pin(Slot::from_index(slot), pinned));
}

/// Takes the first `count` slots of the log as hit, in their order.
#[wasm_bindgen(js_name = cacheReplay)]
pub fn replay(cache: u32, count: u32) {
    with(cache, (), |engine| engine.replay(count));
}

/// Gives an entry a time to live that began at `start`, a moment of the engine's time. False if there is no memory.
#[wasm_bindgen(js_name = cacheReschedule)]
pub fn reschedule(cache: u32, slot: u32, ttl: f64, start: f64) -> bool {
    with(cache, false, |engine| engine.reschedule(Slot::from_index(slot), ttl, start).is_ok())
}

/// Has an entry expire now, without removing it. 1 if it had been alive, 0 if not; `NONE` if there is no memory.
#[wasm_bindgen(js_name = cacheExpire)]
pub fn expire(cache: u32, slot: u32, now: f64) -> i32 {
    with(cache, NONE, |engine| engine.expire(Slot::from_index(slot), now).map_or(NONE, i32::from))
}

/// Has every entry expire now that carries a tag. Returns how many had been alive; `NONE` if there is no memory.
#[wasm_bindgen(js_name = cacheExpireTagged)]
pub fn expire_tagged(cache: u32, tag: u32, now: f64) -> i32 {
    with(cache, NONE, |engine| engine.expire_tagged(Tag::from_index(tag), now).map_or(NONE, |count| count as i32))
}

/// The size of an entry.
#[wasm_bindgen(js_name = cacheWeight)]
pub fn weight(cache: u32, slot: u32) -> f64 {
    with(cache, 0.0, |engine| engine.weight(Slot::from_index(slot)))
}

/// A number for a tag that no entry carries yet; `NONE` if there is no memory.
#[wasm_bindgen(js_name = cacheOpenTag)]
pub fn open_tag(cache: u32) -> i32 {
    number(with(cache, None, |engine| engine.open_tag().ok()))
}

/// Gives an entry a tag. False if there is no memory.
#[wasm_bindgen(js_name = cacheAttachTag)]
pub fn attach_tag(cache: u32, slot: u32, tag: u32) -> bool {
    with(cache, false, |engine| engine.attach_tag(Slot::from_index(slot), Tag::from_index(tag)).is_ok())
}

/// Removes every entry that carries a tag.
#[wasm_bindgen(js_name = cacheRemoveTagged)]
pub fn remove_tagged(cache: u32, tag: u32) {
    with(cache, (), |engine| engine.remove_tagged(Tag::from_index(tag)));
}

/// The next tag that no entry carries any more; `NONE` if there is none.
#[wasm_bindgen(js_name = cacheNextClosedTag)]
pub fn next_closed_tag(cache: u32) -> i32 {
    number(with(cache, None, Engine::next_closed_tag))
}

/// The `index`-th tag of an entry; `NONE` if it has no more.
#[wasm_bindgen(js_name = cacheTag)]
pub fn tag(cache: u32, slot: u32, index: u32) -> i32 {
    number(with(cache, None, |engine| engine.tags(Slot::from_index(slot)).nth(index as usize)))
}

/// The entry that is worth most, for `NONE`, or the next after the one in `slot`; `NONE` behind the one that is worth least.
#[wasm_bindgen(js_name = cacheNextRanked)]
pub fn next_ranked(cache: u32, slot: i32) -> i32 {
    number(with(cache, None, |engine| engine.next_ranked(id(slot))))
}

/// What the policy remembers of an entry's uses, for `cacheRestore`.
#[wasm_bindgen(js_name = cacheUses)]
pub fn uses(cache: u32, slot: u32) -> f64 {
    with(cache, 0.0, |engine| engine.uses(Slot::from_index(slot)))
}

/// What an entry is worth: infinity if it is pinned. Where it is the same for all, the order of `cacheNextRanked` tells.
#[wasm_bindgen(js_name = cacheWorth)]
pub fn worth(cache: u32, slot: u32) -> f64 {
    with(cache, 0.0, |engine| engine.worth(Slot::from_index(slot)))
}

/// Has the policy remember what `cacheUses` told of an entry.
#[wasm_bindgen(js_name = cacheRestore)]
pub fn restore(cache: u32, slot: u32, uses: f64) {
    with(cache, (), |engine| engine.restore(Slot::from_index(slot), uses));
}

/// One of the numbers that describe a cache; `what` is a `Count`.
#[wasm_bindgen(js_name = cacheCount)]
pub fn count(cache: u32, what: u32) -> f64 {
    let Some(what) = Count::from_number(what) else { return 0.0 };
    with(cache, 0.0, |engine| {
        let (stats, bounds) = (engine.stats(), engine.bounds());
        let left = |reason| stats.removals(reason) as f64;
        match what {
            Count::Inserts => stats.inserts as f64,
            Count::Updates => stats.updates as f64,
            Count::Evictions => left(Reason::Evict),
            Count::Expirations => left(Reason::Expire),
            Count::Deletions => left(Reason::Delete) + left(Reason::Set) + left(Reason::Take),
            Count::Entries => f64::from(engine.len()),
            Count::Size => engine.total_weight(),
            Count::Max => f64::from(bounds.entries),
            Count::MaxSize => bounds.weight,
            Count::RoomStart => f64::from(engine.room().start),
            Count::RoomEnd => f64::from(engine.room().end),
        }
    })
}

/// A part of the shared page; `what` is a `PagePart`.
#[wasm_bindgen(js_name = cachePage)]
pub fn page(cache: u32, what: u32) -> u32 {
    let Some(what) = PagePart::from_number(what) else { return 0 };
    with(cache, 0, |engine| {
        let page = engine.page();
        match what {
            PagePart::Capacity => page.capacity,
            PagePart::References => page.references as u32,
            PagePart::Expires => page.expires.map_or(0, |address| address as u32),
            PagePart::Ttls => page.ttl.map_or(0, |address| address as u32),
            PagePart::Log => page.log.map_or(0, |address| address as u32),
        }
    })
}

/// The result of a write, with the first removal in it, so that a set that evicts takes one call, not two.
#[inline(always)]
fn stored(result: Result<Slot, InsertError>, engine: &mut Engine) -> f64 {
    match result {
        Ok(slot) => {
            let first = if engine.has_removals() { removal(engine).wrapping_add_unsigned(FIRST_REMOVAL) } else { 0 };
            f64::from(slot.index()) + f64::from(AHEAD) * f64::from(first)
        }
        Err(error) => f64::from(match error {
            InsertError::TooHeavy => TOO_LARGE,
            InsertError::OutOfMemory => NONE,
            InsertError::Pinned => PINNED,
            InsertError::Unseeded => UNSEEDED,
        }),
    }
}

fn removal(engine: &mut Engine) -> i32 {
    engine.next_removal().map_or(NONE, |Removal { slot, reason }| {
        let more = if engine.has_removals() { MORE } else { 0 };
        (slot.index() << SLOT_SHIFT | more | reason as u32) as i32
    })
}
