//! The package with what people use it with: `tests/matrix`.

use crate::outcome::Outcome;
use crate::process::command;
use crate::{build, setup};
use anyhow::Result;
use clap::Args;
use std::time::Instant;

/// Builds programs with the packed package in bundlers, frameworks and runtimes, and runs them. Takes half an hour, and
/// installs some 2 GB into target/matrix.
#[derive(Args)]
pub struct Matrix {
    /// Only the cells whose names begin so: "vite", "next-16", "chromium"
    names: Vec<String>,
}

impl Matrix {
    pub fn run(&self) -> Result<()> {
        let begun = Instant::now();
        build::package()?;
        let browsers = setup::browsers()?;
        if self.names.is_empty() || self.names.iter().any(|name| name.starts_with("webkit")) {
            setup::webkit()?;
        }
        let mut outcome = Outcome::default();
        let mut cells = command("node", &["tests/matrix/run.mjs"]);
        cells.env("CHROMIUM", &browsers.chromium).env("FIREFOX", &browsers.firefox);
        outcome.record("matrix", cells.args(&self.names));
        outcome.summarize(begun)
    }
}
