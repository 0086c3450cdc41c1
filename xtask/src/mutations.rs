//! How well the tests notice mistakes.

use crate::process::{command, run};
use crate::{build, setup};
use anyhow::{Result, bail};
use clap::Args;

/// The name that stands for the mutations in Rust.
const RUST: &str = "rust";

/// Breaks one promise of locks and loads after the other, in a copy of the sources, and tells which break no test notices.
#[derive(Args)]
pub struct Mutations {
    /// The names of those to try; all in TypeScript if none is named: they are in tests/mutations/. "rust" for what
    /// cargo-mutants finds to change in the latch and the flights, and after it a part of a function's name: "Latch::settle"
    names: Vec<String>,
}

impl Mutations {
    pub fn run(&self) -> Result<()> {
        match self.names.split_first() {
            Some((first, functions)) if first == RUST => in_rust(functions),
            _ if self.names.iter().any(|name| name == RUST) => bail!("`rust` comes first, and by itself"),
            _ => {
                build::package()?;
                run(command("node", &["tests/mutations/run.mjs"]).args(&self.names))
            }
        }
    }
}

/// The latch and the flights, by their own tests. With names, only in functions that have one of them in theirs.
fn in_rust(functions: &[String]) -> Result<()> {
    setup::cargo_mutants()?;
    // The files of the rules, without their tests.
    let mut mutants = command("cargo", &["mutants", "--file", "src/latch/*.rs", "--file", "src/flight/*.rs"]);
    mutants.args(["--exclude", "**/tests.rs", "--jobs", "2", "--output", "target"]);
    for name in functions {
        mutants.args(["--re", &format!(r"\b{name}")]);
    }
    mutants.args(["--", "--lib", "--", "latch::", "flight::"]);
    // Which inputs are the smallest that fail doesn't matter here, and every run tries the same ones.
    run(mutants.env("PROPTEST_MAX_SHRINK_ITERS", "0").env("PROPTEST_RNG_SEED", "1").env("RUST_BACKTRACE", "0"))
}
