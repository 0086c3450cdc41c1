//! Dumps.

use crate::runtime::Virtual;
use crate::{Cache, EntryOptions};
use std::time::Duration;

#[test]
fn a_dump_keeps_what_is_known_of_entries() {
    let time = Virtual::new();
    time.set_clock(1_000_000.0);
    let cache = Cache::builder().max_weight(100).runtime(time.clone()).build();
    let part = cache.namespace("a").namespace("b");
    part.entry("x".to_owned()).ttl(Duration::from_secs(60)).tags(["t"]).weight(5).insert(1).unwrap();
    cache.entry("y".to_owned()).options(EntryOptions::new().pinned()).insert(2).unwrap();
    time.advance(Duration::from_secs(20));
    let dump = cache.dump();

    let later = Virtual::new();
    later.set_clock(1_050_000.0);
    let other = Cache::builder().max_weight(100).runtime(later.clone()).build();
    other.insert("z".to_owned(), 0);
    other.restore(dump.clone());
    assert_eq!(other.stats().entries, 2, "what was there is replaced");
    let part = other.namespace("a").namespace("b");
    assert_eq!((part.peek("x"), other.peek("y")), (Some(1), Some(2)));
    assert_eq!(other.dump().len(), 2);
    later.advance(Duration::from_millis(9_999));
    assert!(part.contains("x"));
    later.advance(Duration::from_millis(1));
    assert!(!part.contains("x"), "its life goes on where it was");
    assert_eq!(part.invalidate_tag("t"), 1);
    other.core.read(|state| state.validate());
}

#[test]
fn the_first_entries_of_a_dump_find_room() {
    let cache = Cache::new(100);
    for step in 0_u32..2000 {
        let key = (step.wrapping_mul(2_654_435_761) >> 20) % (1 + step % 200);
        if cache.get(&key).is_none() {
            cache.insert(key, step);
        }
    }
    let dump = cache.dump();
    let other = Cache::new(20);
    other.restore(dump.clone());
    assert_eq!(other.len(), 20);
    assert!(dump.iter().take(20).all(|(key, entry)| other.peek(key) == Some(entry.value)));
}

#[cfg(feature = "serde")]
#[test]
fn as_json_it_is_what_the_npm_package_takes_and_gives() {
    let time = Virtual::new();
    time.set_clock(1_700_000_000_000.0);
    let cache = Cache::builder().max(10).runtime(time.clone()).build();
    cache.namespace("a").entry("x".to_owned()).ttl(Duration::from_secs(60)).tags(["t"]).insert(1).unwrap();
    let json = serde_json::to_value(cache.dump()).unwrap();
    let expected = serde_json::json!([["x", {
        "value": 1, "ttl": 60_000.0, "start": 1_700_000_000_000.0_f64, "tags": ["t"], "namespace": ["a"], "uses": json[0][1]["uses"],
    }]]);
    assert_eq!(json, expected);

    let given =
        r#"[["y",{"value":7,"uses":3}],["x",{"value":2,"ttl":5000,"start":1699999998000,"etag":"1","size":3}]]"#;
    cache.restore(serde_json::from_str::<Vec<_>>(given).unwrap());
    assert_eq!((cache.get("x"), cache.get("y")), (Some(2), Some(7)));
    time.advance(Duration::from_secs(3));
    assert_eq!(cache.get("x"), None);
}
