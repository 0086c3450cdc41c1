//! Long random runs: the property tests in Rust, and the schedules of locks and loads, with other seeds each time.

use crate::process::{command, output, root, run};
use crate::quick;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What is no property test in Rust.
const SCHEDULES: &str = "schedules";

/// Runs random tests with fresh seeds, until one fails or time is up. What fails is made as short as it can be, and printed
/// with its seed. A property test in Rust keeps it in proptest-regressions/, too, and tries it first from then on.
#[derive(Args)]
pub struct Fuzz {
    /// Only what has this word in its name: "engine", "latch", or "schedules" for locks and loads of the package
    target: Option<String>,
    /// For how many seconds each of them runs
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

impl Fuzz {
    pub fn run(&self) -> Result<()> {
        let mut targets = Vec::new();
        find_property_tests(&root().join("src"), &mut targets)?;
        targets.sort();
        targets.push(SCHEDULES.to_owned());
        let all = targets.join(", ");
        targets.retain(|target| self.target.as_ref().is_none_or(|word| target.contains(word.as_str())));
        if targets.is_empty() {
            bail!("nothing of that name: there are {all}");
        }
        for target in targets {
            if target == SCHEDULES {
                self.run_schedules()?;
            } else {
                self.run_property_tests(&target)?;
            }
        }
        Ok(())
    }

    /// Runs the property tests of a module again and again.
    fn run_property_tests(&self, module: &str) -> Result<()> {
        let program = test_program()?;
        let end = Instant::now() + Duration::from_secs(self.seconds);
        let mut rounds = 0;
        while Instant::now() < end {
            let seed = fresh_seed();
            let mut tests = command(&program, &[module]);
            let result = tests.env("PROPTEST_RNG_SEED", seed.to_string()).output()?;
            let text = String::from_utf8_lossy(&result.stdout);
            if !result.status.success() {
                // Before that, the panics of all that it has tried.
                let shortest = text.rfind("minimal failing input").and_then(|at| text.get(at..)).unwrap_or(&text);
                println!("{shortest}");
                bail!("again with: PROPTEST_RNG_SEED={seed} cargo test --lib --features package {module}");
            }
            if text.contains("running 0 tests") {
                bail!("{module} has no tests");
            }
            rounds += 1;
        }
        println!("{module}: ok, with {rounds} seeds");
        Ok(())
    }

    fn run_schedules(&self) -> Result<()> {
        quick::compile()?;
        let seed = fresh_seed() >> 33;
        run(&mut command("node", &["tests/fuzz.mjs", &seed.to_string(), &self.seconds.to_string()]))
    }
}

/// The modules that have property tests: `latch::tests::schedules` for src/latch/tests/schedules.rs.
fn find_property_tests(folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_property_tests(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && fs::read_to_string(&path)?.contains("proptest! {")
        {
            let module = path.strip_prefix(root().join("src"))?.with_extension("");
            let names = module.iter().map(|name| name.to_string_lossy()).filter(|name| name != "mod");
            found.push(names.collect::<Vec<_>>().join("::"));
        }
    }
    Ok(())
}

/// Compiles the crate's tests. Returns the program.
fn test_program() -> Result<String> {
    let arguments = ["test", "--quiet", "--no-run", "--lib", "--features", "package", "--message-format", "json"];
    let messages = output(&mut command("cargo", &arguments))?;
    let programs = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = programs.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    Ok(program.context("cargo has compiled no tests")?.to_string_lossy().into_owned())
}

fn fresh_seed() -> u64 {
    RandomState::new().hash_one(Instant::now())
}
