//! What a key has when a load of it begins.

use crate::cache::core::Core;
use crate::cache::place::Place;
use crate::cache::table::Record;
use std::rc::Rc;

/// The value that a key has, fresh or stale.
pub(super) struct Old<K, V> {
    pub record: Rc<Record<K, V>>,
    /// For how long it has been expired, if it has.
    pub stale_for: Option<f64>,
    /// How long ago it was stored, if it expires.
    pub age: Option<f64>,
    /// What it weighs, where entries are weighed.
    pub weight: Option<u64>,
}

/// The names of an entry's tags.
pub(in crate::cache) type Tags = Vec<Rc<str>>;

/// The value of a key, if a load may use it, and the tags of its entry, if it has one.
pub(super) fn of<K: Eq, V>(core: &Core<K, V>, place: &Place<K>) -> (Option<Old<K, V>>, Option<Tags>) {
    let Some(found) = core.find(place.hash, &place.space, &place.key) else { return (None, None) };
    let now = if found.expires { core.now() } else { 0.0 };
    core.read(|state| {
        let table = &state.table;
        if !table.is_filed(found.slot, &found.record) {
            return (None, None);
        }
        let tags = Some(table.tags_of(found.slot));
        let stale_for = table.stale_for(found.slot, now);
        if stale_for.is_none() && now >= table.expires(found.slot) {
            return (None, tags);
        }
        let weight = Some(table.engine.weight(found.slot) as u64).filter(|&weight| weight > 0);
        let age = table.age(found.slot, now);
        (Some(Old { record: Rc::clone(&found.record), stale_for, age, weight }), tags)
    })
}
