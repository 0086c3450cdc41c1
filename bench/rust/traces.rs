//! Hit ratios on traces: request streams that programs have left.

use crate::caches::Peer;
use std::path::Path;
use std::process::Command;

/// How many entries the caches hold: such shares of a trace's keys.
const SHARES: [f64; 3] = [0.01, 0.05, 0.2];

/// Prints the hit ratios of every cache on every trace of a folder, in percent.
pub fn compare(folder: &Path) {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    let mut traces: Vec<_> = files.filter(|path| name(path).is_some_and(|name| !name.contains('.'))).collect();
    traces.sort();
    for path in traces {
        // `gzip` saves a dependency.
        let unpacked = Command::new("gzip").arg("-dc").arg(&path).output();
        let Ok(bytes) = unpacked.map(|output| output.stdout) else { continue };
        let (words, _) = bytes.as_chunks();
        let requests: Vec<u32> = words.iter().map(|&word| u32::from_le_bytes(word)).collect();
        // Keys are numbered in the order in which they come.
        let keys = requests.iter().max().map_or(0, |last| last + 1);
        for share in SHARES {
            let entries = (f64::from(keys) * share) as u32;
            println!("\n{} with {entries} of {keys} keys", name(&path).unwrap_or_default());
            ratio::<keylatch::Cache<u64, u64>>(entries, &requests);
            ratio::<quick_cache::unsync::Cache<u64, u64>>(entries, &requests);
            ratio::<mini_moka::unsync::Cache<u64, u64>>(entries, &requests);
            ratio::<moka::sync::Cache<u64, u64>>(entries, &requests);
        }
    }
}

/// The name of a trace, if a file is one.
fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.strip_suffix(".u32.gz")
}

fn ratio<P: Peer>(entries: u32, requests: &[u32]) {
    let mut cache = P::new(entries);
    let mut hits = 0_u32;
    for &key in requests {
        let key = u64::from(key);
        if cache.get(key).is_some() {
            hits += 1;
        } else {
            cache.insert(key, key);
        }
    }
    println!("  {:<22} {:5.2} %", P::NAME, 100.0 * f64::from(hits) / requests.len() as f64);
}
