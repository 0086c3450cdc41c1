//! The npm package, from the crate and the template.

use crate::process::{command, output, root, run};
use crate::protocol;
use crate::setup::{self, TARGET};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;

/// The most bytes of a cache with its locks and loads, gzipped: the WebAssembly module, and the JavaScript that a bundler
/// leaves of the package. The goal is 27,000; `docs/decisions/size.md` tells what each part takes.
const CORE: u64 = 32_250;
/// The most bytes of the WebAssembly module alone, gzipped.
const MODULE: u64 = 14_000;

/// The most bytes of `keylatch/portable`, gzipped: all of the package, with JavaScript in place of the module.
const PORTABLE: u64 = 40_100;

/// The most bytes of each subpath beyond the package, gzipped. The goals for the second tier are 4,000; 1,500 for Redis,
/// 2,000 for IndexedDB, 1,000 for sealed stores, and 1,500 for Durable Objects and KV together.
const SUBPATHS: [(&str, u64); 12] = [
    ("keyv", 2_000),
    ("undici", 700),
    ("did", 700),
    ("unstorage", 700),
    ("otel", 700),
    ("next", 1_250),
    ("tier", 8_550),
    ("redis", 3_350),
    ("idb", 3_150),
    ("sealed", 2_100),
    ("durable", 3_350),
    ("kv", 2_150),
];

/// Builds the package into pkg/, and lets node_modules find it there.
pub fn package() -> Result<()> {
    setup::for_building()?;
    protocol::write()?;
    let home = env::var("CARGO_HOME").or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo")))?;
    let compile = compile(&home);
    run(command("cargo", &compile.words).env(compile.flags.0, compile.flags.1))?;
    let module = format!("target/{TARGET}/release/keylatch.wasm");
    let bind = ["--target", "bundler", "--out-dir", "target/glue", "--out-name", "keylatch", &module];
    run(&mut command("wasm-bindgen", &bind))?;
    // The version of the workspace is that of this program, too.
    let report = output(&mut command("node", &["pkg-template/build.mjs", env!("CARGO_PKG_VERSION")]))?;
    let link = root().join("node_modules/keylatch");
    let _ = fs::remove_file(&link);
    symlink("../pkg", &link)?;
    check_sizes(&report)
}

/// How the module is compiled: cargo's arguments, and a variable for it.
pub struct Compile {
    pub words: Vec<&'static str>,
    pub flags: (&'static str, String),
}

/// How to compile the module in a folder, with this home of cargo's.
pub fn compile(home: &str) -> Compile {
    // As a cdylib alone: beside an rlib, cargo skips `lto`.
    let mut words = vec!["rustc", "--release", "--lib", "--features", "package", "--target", TARGET];
    words.extend(["--crate-type", "cdylib", "--target-dir", "target", "--"]);
    // What is called from several places stays a function of its own: nearly 1 kB less, gzipped, and no slower. Binaryen
    // puts into its callers what is small.
    words.extend(["-C", "llvm-args=-inline-threshold=5"]);
    // The same bytes on every machine: messages of panics name the sources of other crates.
    Compile { words, flags: ("CARGO_ENCODED_RUSTFLAGS", format!("--remap-path-prefix={home}=/cargo")) }
}

/// Prints the sizes, and holds them against the budgets.
fn check_sizes(report: &str) -> Result<()> {
    let files: Vec<Value> = report.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let size = |name: &str| {
        let file = files.iter().find(|file| file["file"] == name).and_then(|file| file["gzip"].as_u64());
        file.with_context(|| format!("pkg/{name} is missing"))
    };
    println!("\n{:<12} {:>8} {:>8}", "pkg/", "raw", "gzip");
    for file in &files {
        let number = |kind: &str| file[kind].as_u64().unwrap_or_default();
        let name = file["file"].as_str().unwrap_or_default();
        println!("{name:<12} {:>8} {:>8}", number("raw"), number("gzip"));
    }
    let module = size("cache.wasm")?;
    let core = module + size("core")?;
    let everything = module + size("workerd.js")?;
    println!(
        "\nWebAssembly alone {module} of {MODULE} bytes; with the JavaScript of a program that uses Cache {core} of {CORE};"
    );
    let portable = size("portable.js")?;
    println!("with all JavaScript {everything}; without WebAssembly {portable} of {PORTABLE}");
    for (subpath, bound) in SUBPATHS {
        if size(subpath)? > bound {
            bail!("the subpath {subpath} is larger than {bound} bytes");
        }
    }
    if module > MODULE || core > CORE || portable > PORTABLE {
        bail!("the package is larger than its budget");
    }
    Ok(())
}
