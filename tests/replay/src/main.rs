//! Replays a stream of requests through the engine, without WebAssembly and JavaScript, and prints how many were hits.
//!
//! ```text
//! replay FILE POLICY ENTRIES FIRST SECOND KEYS
//! ```
//!
//! `FILE` has a little-endian u32 for each request, the number of its key. `FIRST` and `SECOND` are the two random
//! numbers that a cache draws. `KEYS` says what is made of a key's number: `numbers` or `strings`.

mod caller;
#[path = "../../../src/engine/tests/driver.rs"]
mod driver;
mod key;

use caller::Caller;
use key::{Key, Secrets};
use keylatch::engine::PolicyKind;
use std::error::Error;
use std::{env, fs};

const USAGE: &str = "replay FILE tinylfu|lru|sampled|sampled-bytes ENTRIES FIRST SECOND numbers|strings";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, policy, entries, first, second, keys] = arguments.as_slice() else { return Err(USAGE.into()) };
    let policy = match policy.as_str() {
        "tinylfu" => PolicyKind::TinyLfu,
        "lru" => PolicyKind::Lru,
        "sampled" => PolicyKind::Sampled,
        "sampled-bytes" => PolicyKind::SampledBytes,
        _ => return Err(USAGE.into()),
    };
    let make = match keys.as_str() {
        "numbers" => number,
        "strings" => string,
        _ => return Err(USAGE.into()),
    };
    let (start, factor): (u32, u32) = (first.parse()?, second.parse()?);
    let secrets = Secrets { start, factor: factor | 1 };
    let mut cache = Caller::new(policy, entries.parse()?, secrets, make);
    let (mut requests, mut hits) = (0u64, 0u64);
    let bytes = fs::read(file)?;
    let (words, []) = bytes.as_chunks() else { return Err(format!("{file} is no list of u32").into()) };
    for &word in words {
        let key = u32::from_le_bytes(word);
        requests += 1;
        if cache.get(key) {
            hits += 1;
        } else {
            cache.insert(key)?;
        }
    }
    println!(r#"{{"requests":{requests},"hits":{hits}}}"#);
    Ok(())
}

/// Numbers with a fraction, some of them negative: both halves of the float count. The twin of `KEYS` in ../run.mjs.
fn number(key: u32) -> Key {
    Key::Number(f64::from(key) / 8.0 - 1000.0)
}

/// Strings of even and odd length, with a character beyond ASCII and one of two units. The twin of `KEYS` in ../run.mjs.
fn string(key: u32) -> Key {
    Key::text(&format!("clé 🗝 {key}"))
}
