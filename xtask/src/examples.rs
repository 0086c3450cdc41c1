//! The examples for Rust programs.

use crate::outcome::Outcome;
use crate::process::{command, run};
use crate::setup::{self, Browsers};
use anyhow::Result;
use clap::Args;
use std::process::Command;

/// Builds the examples, and prints what the cache adds to each.
#[derive(Args)]
pub struct Examples {
    /// Which ones: worker, page, leptos; all if none is named
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

/// Builds the examples with lints, and runs them.
pub fn test(outcome: &mut Outcome, browsers: &Browsers) {
    for name in ["worker", "page", "leptos"] {
        let manifest = format!("examples/{name}/Cargo.toml");
        let format = ["fmt", "--check", "--manifest-path", &manifest];
        outcome.check(&format!("rustfmt, examples/{name}"), &mut command("cargo", &format));
    }
    outcome.check("examples, and what the cache adds to them", build().env("LINTS", "true"));
    let test = ["--test", "--test-reporter", "./www/harness/reporter.mjs", "examples/*/test/*.test.mjs"];
    outcome.record("examples", command("node", &test).env("CHROMIUM", &browsers.chromium));
}
