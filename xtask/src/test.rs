//! All tests, in every runtime that the README names.

use crate::process::{command, root, run, watch};
use crate::setup::{self, Browsers};
use crate::{build, process, protocol};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Runs all tests, or some of them, in every runtime.
#[derive(Args)]
pub struct Test {
    /// Which tests to run; all of them but `upstream` if none is named
    #[arg(value_enum)]
    parts: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting, lints, types and documentation
    Lints,
    /// The engine and the latch, natively
    Native,
    /// Whether the engine has natively the very hits that it has in the package
    Replay,
    /// The boundary, in headless Chromium and Firefox
    Wasm,
    /// The packed package, in Node, Deno, Bun, workerd, pages and a service worker
    Package,
    /// Whether the tests of locks and loads notice when the code is wrong
    Mutations,
    /// ACA-Py's own cache tests, and a comparison with the original
    Aries,
    /// ACA-Py's modules that touch its cache, with keylatch in its place. Installs all of ACA-Py: only if it is named
    Upstream,
    /// The page in www/, in Chromium
    Page,
    /// Whether the measurements work, in their short form; not what they find
    Bench,
}

/// How a part went: a line for each of its runners.
#[derive(Default)]
struct Outcome {
    lines: Vec<(String, String)>,
    failed: bool,
}

impl Test {
    pub fn run(&self) -> Result<()> {
        let parts = if self.parts.is_empty() { Part::by_default() } else { self.parts.clone() };
        let wants = |part| parts.contains(&part);
        let browsers = if wants(Part::Wasm) || wants(Part::Package) || wants(Part::Page) {
            Some(setup::browsers()?)
        } else {
            None
        };
        let python = if wants(Part::Upstream) { Some(setup::python_for_upstream()?) } else { None };
        // Before the build, which writes it anew.
        let is_protocol_current = protocol::is_current()?;
        if parts.iter().any(|part| !matches!(part, Part::Native)) {
            build::package()?;
        }
        let begun = Instant::now();
        let mut outcome = Outcome::default();
        for part in &parts {
            println!("\n── {} ──", part.title());
            match part {
                Part::Lints => lints(&mut outcome, is_protocol_current)?,
                Part::Native => outcome.record(
                    "engine and latch, natively",
                    &mut cargo(&["test", "--quiet", "--lib", "--features", "package"]),
                )?,
                Part::Replay => replay(&mut outcome)?,
                Part::Wasm => wasm(&mut outcome, browsers.as_ref())?,
                Part::Package => package(&mut outcome, browsers.as_ref())?,
                Part::Mutations => outcome.record("mutations", &mut command("node", &["tests/mutations/run.mjs"]))?,
                Part::Aries => aries(&mut outcome)?,
                Part::Upstream => upstream(&mut outcome, python.as_deref())?,
                Part::Page => page(&mut outcome, browsers.as_ref())?,
                Part::Bench => bench(&mut outcome),
            }
        }
        outcome.summarize(begun)
    }
}

impl Part {
    /// What runs if nothing is named: everything but what downloads much.
    fn by_default() -> Vec<Part> {
        Part::value_variants().iter().copied().filter(|part| !matches!(part, Part::Upstream)).collect()
    }

    fn title(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

impl Outcome {
    /// Runs a test runner, and keeps the lines with its results.
    fn record(&mut self, name: &str, command: &mut Command) -> Result<()> {
        let (succeeded, text) = watch(command)?;
        let results: Vec<&str> =
            text.lines().filter(|line| counts(line).is_some_and(|(passed, failed)| passed + failed > 0)).collect();
        for line in &results {
            // A runner that runs in several places says where, before what cargo's runner would say.
            let (place, result) =
                line.split_once(": test result").map_or((name, *line), |(place, _)| (place, &line[place.len() + 2..]));
            self.lines.push((place.to_owned(), result.trim_matches(['=', ' ']).to_owned()));
        }
        if !succeeded || results.is_empty() {
            self.failed = true;
            self.lines.push((name.to_owned(), "FAILED".to_owned()));
        }
        Ok(())
    }

    /// A fact that holds, or doesn't.
    fn hold(&mut self, name: &str, holds: bool) {
        self.failed |= !holds;
        self.lines.push((name.to_owned(), if holds { "ok" } else { "FAILED" }.to_owned()));
    }

    /// A check that counts nothing: it holds, or it doesn't.
    fn check(&mut self, name: &str, command: &mut Command) {
        let result = run(command);
        self.failed |= result.is_err();
        self.lines
            .push((name.to_owned(), result.map_or_else(|error| format!("FAILED: {error}"), |()| "ok".to_owned())));
    }

    fn summarize(&self, begun: Instant) -> Result<()> {
        println!("\n── what ran where ──");
        let width = self.lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, line) in &self.lines {
            println!("{name:width$}  {line}");
        }
        let totals = self.lines.iter().filter_map(|(_, line)| counts(line));
        let (passed, failed) = totals.fold((0, 0), |all, (passed, failed)| (all.0 + passed, all.1 + failed));
        let word = if self.failed || failed > 0 { "FAILED" } else { "ok" };
        let seconds = begun.elapsed().as_secs();
        println!("\ntest result: {word}. {passed} passed; {failed} failed; by all runners together, in {seconds}s");
        if self.failed || failed > 0 {
            bail!("not all tests have passed");
        }
        Ok(())
    }
}

/// What a runner's last line counts, as cargo, pytest and ours write it.
fn counts(line: &str) -> Option<(u32, u32)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let before = |word: &str| {
        let at = words.iter().position(|each| each.trim_matches([';', ',']) == word)?;
        words.get(at.checked_sub(1)?)?.parse().ok()
    };
    let passed = before("passed");
    let failed = before("failed");
    (passed.is_some() || failed.is_some()).then(|| (passed.unwrap_or(0), failed.unwrap_or(0)))
}

fn cargo(arguments: &[&str]) -> Command {
    command("cargo", arguments)
}

fn lints(outcome: &mut Outcome, is_protocol_current: bool) -> Result<()> {
    const WARN: &[&str] = &["--", "-D", "warnings"];
    let clippy = |more: &[&str]| cargo(&[&["clippy", "--quiet"], more, WARN].concat());
    outcome.hold("protocol.ts is what Rust defines", is_protocol_current);
    outcome.check("rustfmt", &mut cargo(&["fmt", "--all", "--check"]));
    outcome.check("clippy", &mut clippy(&["--workspace", "--all-targets"]));
    outcome.check("clippy, all features", &mut clippy(&["--workspace", "--all-targets", "--all-features"]));
    let browser = ["--target", "wasm32-unknown-unknown", "--tests", "--all-features"];
    outcome.check("clippy, WebAssembly", &mut clippy(&browser));
    outcome.check(
        "rustdoc",
        cargo(&["doc", "--quiet", "--no-deps", "--document-private-items", "--all-features"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    );
    outcome.record("what a dependent crate gets", &mut command("node", &["tests/features/run.mjs"]))?;
    outcome.check("prettier", &mut command("npx", &["prettier", "--check", "--log-level", "warn", "."]));
    outcome.record("types of the package", &mut command("node", &["tests/types/run.mjs"]))?;
    outcome.record("the package as npm shows it", &mut command("node", &["tests/package/published.mjs"]))
}

fn replay(outcome: &mut Outcome) -> Result<()> {
    run(&mut cargo(&["build", "--quiet", "--release", "--package", "replay"]))?;
    outcome.record("replay", &mut command("node", &["tests/replay/run.mjs"]))
}

fn wasm(outcome: &mut Outcome, browsers: Option<&Browsers>) -> Result<()> {
    let Some(browsers) = browsers else { return Ok(()) };
    let drivers = [
        ("Chromium", "--chrome", "--chromedriver", &browsers.chromedriver),
        ("Firefox", "--firefox", "--geckodriver", &browsers.geckodriver),
    ];
    for (name, browser, option, driver) in drivers {
        let arguments = ["test", "--headless", "--mode", "no-install", browser, option];
        let mut test = command("wasm-pack", &arguments);
        let test = test.arg(driver).args(["--", "--features", "package"]).env_remove("RUST_LOG");
        outcome.record(&format!("boundary, in headless {name}"), test)?;
    }
    Ok(())
}

fn package(outcome: &mut Outcome, browsers: Option<&Browsers>) -> Result<()> {
    let Some(browsers) = browsers else { return Ok(()) };
    let mut test = command("node", &["tests/package/run.mjs"]);
    outcome.record("package", test.env("CHROMIUM", &browsers.chromium).env("FIREFOX", &browsers.firefox))
}

fn aries(outcome: &mut Outcome) -> Result<()> {
    let python = setup::python()?;
    let folder = root().join("tests/aries");
    let pytest = |arguments: &[&str]| {
        let mut test = command(&python.to_string_lossy(), &["-m", "pytest"]);
        test.args(arguments).current_dir(&folder).env("PYTHONPATH", &folder).env("PYTHONDONTWRITEBYTECODE", "1");
        test
    };
    let suite =
        ["-p", "keylatch_bridge", "-c", "pytest.ini", "--pyargs", "acapy_agent.cache.tests.test_in_memory_cache"];
    outcome.record("ACA-Py's own cache tests", &mut pytest(&suite))?;
    outcome.record("comparison with ACA-Py's cache", &mut pytest(&["test_differential.py"]))
}

fn upstream(outcome: &mut Outcome, python: Option<&Path>) -> Result<()> {
    let Some(python) = python else { return Ok(()) };
    let mut tests = command(&python.to_string_lossy(), &["tests/aries/upstream.py"]);
    outcome.record("ACA-Py's modules with keylatch", tests.env("PYTHONDONTWRITEBYTECODE", "1"))
}

fn page(outcome: &mut Outcome, browsers: Option<&Browsers>) -> Result<()> {
    let Some(browsers) = browsers else { return Ok(()) };
    process::run(&mut command("npx", &["vite", "build", "www", "--logLevel", "warn"]))?;
    let test = ["--test", "--test-reporter", "./www/harness/reporter.mjs", "www/test/page.test.mjs"];
    outcome.record("page", command("node", &test).env("CHROMIUM", &browsers.chromium))
}

fn bench(outcome: &mut Outcome) {
    let mut quick = command("node", &["--expose-gc", "bench/js/main.mjs", "--quick"]);
    outcome.check("measurements, a short run", quick.env_remove("KEYLATCH_TRACES"));
}
