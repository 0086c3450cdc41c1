//! What there is to look at: the demo, the page, the measurements, and the comparison with the peers.

use crate::process::{command, run};
use crate::{build, setup};
use anyhow::Result;
use clap::Args;
use std::env;
use std::path::PathBuf;

/// Resolves DIDs through did-resolver with keylatch as its cache, against a local registry.
#[derive(Args)]
pub struct Demo {
    /// Two processes with a second tier instead: `redis` starts a server of its own, kills one of the processes, and then the
    /// server
    #[arg(long, value_name = "STORE", value_parser = ["redis"])]
    tier: Option<String>,
    /// Writes what it prints as JSON too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Demo {
    pub fn run(&self) -> Result<()> {
        build::package()?;
        let mut demo = command("node", &["demo/main.mjs"]);
        if let Some(store) = &self.tier {
            setup::redis()?;
            demo.arg("--tier").arg(store);
        }
        if let Some(file) = &self.json {
            demo.arg("--json").arg(std::path::absolute(file)?);
        }
        run(&mut demo)
    }
}

/// Serves the page in www/.
#[derive(Args)]
pub struct Www {
    /// The port on this machine
    #[arg(long, default_value_t = 5173)]
    port: u16,
    /// Builds the page into www/dist/ instead of serving it
    #[arg(long)]
    build: bool,
}

impl Www {
    pub fn run(&self) -> Result<()> {
        build::package()?;
        if self.build {
            return run(&mut command("npx", &["vite", "build", "www"]));
        }
        run(command("npx", &["vite", "www", "--strictPort", "--port"]).arg(self.port.to_string()))
    }
}

/// Measures the package beside its peers, in one run.
#[derive(Args)]
pub struct Bench {
    /// A run of two minutes instead of three quarters of an hour, less exact and without the matrix of sizes and key lengths
    #[arg(long)]
    quick: bool,
    /// Only what has this word in its name: "hit", "fill", "evict fresh", "100k", "matrix", "loads", "replay", "ratios",
    /// "memory", "costs", "heap", "pause", "import", "size"
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// Replays the traces in this folder too (files NAME.u32.gz, and NAME.size.u32.gz with sizes), for the hit ratios, and
    /// times some of them; by default the folder that the environment variable KEYLATCH_TRACES names
    #[arg(long, value_name = "DIR")]
    traces: Option<PathBuf>,
    /// Times single operations in this headless browser instead of Node, and measures nothing else
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        default_missing_value = "chromium",
        value_parser = ["chromium", "firefox"]
    )]
    browser: Option<String>,
    /// Writes what it prints as JSON too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Compares caches with a second tier in Redis instead, over a server of its own, and measures nothing else
    #[arg(long)]
    tier: bool,
    /// Draws charts of the hit ratios and the times into this folder
    #[arg(long, value_name = "DIR")]
    charts: Option<PathBuf>,
}

impl Bench {
    pub fn run(&self) -> Result<()> {
        build::package()?;
        if self.tier {
            setup::redis()?;
            setup::npm_in("bench/tier")?;
            return run(&mut command("node", &["bench/tier/main.mjs"]));
        }
        let mut bench = command("node", &["--expose-gc", "bench/js/main.mjs"]);
        if self.quick {
            bench.arg("--quick");
        }
        if let Some(word) = &self.only {
            bench.arg("--only").arg(word);
        }
        // The variable too: the command runs in the project's folder, which may be another one than ours.
        let named = || env::var_os("KEYLATCH_TRACES").filter(|name| !name.is_empty()).map(PathBuf::from);
        if let Some(folder) = self.traces.clone().or_else(named) {
            bench.arg("--traces").arg(std::path::absolute(folder)?);
        }
        if let Some(name) = &self.browser {
            let browsers = setup::browsers()?;
            bench.arg("--browser").arg(name).env("CHROMIUM", browsers.chromium).env("FIREFOX", browsers.firefox);
        }
        if let Some(file) = &self.json {
            bench.arg("--json").arg(std::path::absolute(file)?);
        }
        if let Some(folder) = &self.charts {
            bench.arg("--charts").arg(std::path::absolute(folder)?);
        }
        run(&mut bench)
    }
}

/// Shows what the package and its peers do when many want one value, and something changes meanwhile.
#[derive(Args)]
pub struct Probe {
    /// Only the package and the peers that have this word in their name
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Writes what it prints as JSON too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Probe {
    pub fn run(&self) -> Result<()> {
        build::package()?;
        let mut probe = command("node", &["bench/js/probe/main.mjs"]);
        if let Some(name) = &self.only {
            probe.arg("--only").arg(name);
        }
        if let Some(file) = &self.json {
            probe.arg("--json").arg(std::path::absolute(file)?);
        }
        run(&mut probe)
    }
}
