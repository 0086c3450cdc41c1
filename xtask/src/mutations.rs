//! How well the tests notice mistakes.

use crate::build;
use crate::process::{command, run};
use anyhow::Result;
use clap::Args;

/// Breaks one promise of locks and loads after the other, in a copy of the sources, and tells which break no test notices.
#[derive(Args)]
pub struct Mutations {
    /// The names of those to try; all of them if none is named. They are in tests/mutations/
    names: Vec<String>,
}

impl Mutations {
    pub fn run(&self) -> Result<()> {
        build::package()?;
        run(command("node", &["tests/mutations/run.mjs"]).args(&self.names))
    }
}
