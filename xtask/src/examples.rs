//! The examples for Rust programs.

use crate::outcome::Outcome;
use crate::process::{command, run};
use crate::setup::{self, Browsers, TARGET};
use anyhow::Result;
use clap::Args;
use std::process::Command;

const NAMES: [&str; 3] = ["worker", "page", "leptos"];

/// Builds the examples, and prints what the cache adds to each.
#[derive(Args)]
pub struct Examples {
    /// Which ones; all if none is named
    #[arg(value_parser = NAMES)]
    names: Vec<String>,
}

impl Examples {
    pub fn run(&self) -> Result<()> {
        setup::for_building()?;
        run(build().args(&self.names))
    }
}

fn build() -> Command {
    command("node", &["examples/build.mjs"])
}

/// Builds the examples, and runs them.
pub fn test(outcome: &mut Outcome, browsers: &Browsers) {
    for name in NAMES {
        let manifest = format!("examples/{name}/Cargo.toml");
        let cargo = |words: &[&str]| command("cargo", &[words, &["--manifest-path", &manifest]].concat());
        outcome.check(&format!("rustfmt, {name}"), &mut cargo(&["fmt", "--check"]));
        // In the profile in which they are built: so the macros that they use are there already.
        let mut clippy = cargo(&["clippy", "--quiet", "--release", "--locked", "--target", TARGET]);
        clippy.args(["--target-dir", "target/examples", "--", "-D", "warnings"]);
        outcome.check(&format!("clippy, {name}"), &mut clippy);
    }
    // What it adds to the others is printed by `cargo xtask examples`: building them twice takes another minute.
    outcome.check("what the cache adds to a page", build().args(["--compare", "page"]));
    let mut test = command("node", &["--test", "--test-reporter", "./www/harness/reporter.mjs"]);
    test.args(NAMES.map(|name| format!("examples/{name}/test/{name}.test.mjs")));
    outcome.record("examples", test.env("CHROMIUM", &browsers.chromium));
}
