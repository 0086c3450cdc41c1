//! All tests, in every runtime that the README names.

use crate::outcome::Outcome;
use crate::process::{command, output, root, run};
use crate::setup::{self, Browsers, TARGET};
use crate::{build, examples, protocol, quick};
use anyhow::{Result, anyhow};
use clap::{Args, ValueEnum};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Runs all tests, or some of them, in every runtime.
#[derive(Args)]
pub struct Test {
    /// Which tests to run; all of them but `upstream`, `crate` and `miri` if none is named
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Only those tests of the package that have these words in their name, or in that of their file: "loads-stale"
    #[arg(long, value_name = "WORDS")]
    only: Option<String>,
    /// Runs the tests of the package in Node alone, against the sources as they are, in seconds: nothing is packed, made
    /// small or checked. With words, only the tests that have them in their name, or in that of their file
    #[arg(long, value_name = "WORDS", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["parts", "only"])]
    quick: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting, lints, types and documentation
    Lints,
    /// The crate, natively: the rules, and the cache for Rust programs
    Native,
    /// What the crate's package has, and whether the oldest compiler takes it. Installs that compiler: only if it is named
    Crate,
    /// The Rust cache under Miri, which finds undefined behaviour. Installs a nightly compiler: only if it is named
    Miri,
    /// Whether the engine has natively the very hits that it has in the package
    Replay,
    /// The boundary and the cache for Rust programs, in headless Chromium and Firefox
    Wasm,
    /// The crate's classes for JavaScript, as wasm-pack packs them: in Node, in pages, by ACA-Py's tests, and their types
    Js,
    /// The packed package, in Node, Deno, Bun, workerd, pages and a service worker
    Package,
    /// The stores of the second tier: the conformance suite, and faults of servers and networks
    Tier,
    /// ACA-Py's own cache tests, and a comparison with the original
    Aries,
    /// ACA-Py's modules that touch its cache, with keylatch in its place. Installs all of ACA-Py: only if it is named
    Upstream,
    /// The page in www/, in Chromium
    Page,
    /// The examples for Rust programs, in workerd and Chromium, and what the cache adds to each
    Examples,
    /// Whether the measurements work; not what they find
    Bench,
}

impl Test {
    pub fn run(&self) -> Result<()> {
        if let Some(words) = &self.quick {
            return quick::test(words);
        }
        let parts = match self.parts.as_slice() {
            [] if self.only.is_some() => vec![Part::Package],
            [] => Part::by_default(),
            parts => parts.to_vec(),
        };
        let begun = Instant::now();
        // Before the build, which writes it anew.
        let is_protocol_current = protocol::is_current()?;
        let browsers = set_up(&parts)?;
        println!("\nset up and built in {}s", begun.elapsed().as_secs());
        let mut outcome = Outcome::default();
        outcome.hold("protocol.ts is what Rust defines", is_protocol_current);
        for part in parts {
            let title = part.title();
            println!("\n── {title} ──");
            let since = Instant::now();
            if let Err(error) = self.run_part(part, &mut outcome, browsers.as_ref()) {
                outcome.give_up(&title, &error);
            }
            println!("\n{title} took {}s", since.elapsed().as_secs());
        }
        outcome.summarize(begun)
    }

    fn run_part(&self, part: Part, outcome: &mut Outcome, browsers: Option<&Browsers>) -> Result<()> {
        match (part, browsers) {
            (Part::Lints, _) => lints(outcome),
            (Part::Native, _) => native(outcome),
            (Part::Crate, _) => the_crate(outcome)?,
            (Part::Miri, _) => miri(outcome)?,
            (Part::Replay, _) => replay(outcome)?,
            (Part::Aries, _) => aries(outcome)?,
            (Part::Upstream, _) => upstream(outcome)?,
            (Part::Bench, _) => bench(outcome),
            (Part::Wasm, Some(browsers)) => wasm(outcome, browsers),
            (Part::Js, Some(browsers)) => js(outcome, browsers)?,
            (Part::Tier, Some(browsers)) => tier(outcome, browsers)?,
            (Part::Package, Some(browsers)) => package(outcome, browsers, self.only.as_deref()),
            (Part::Page, Some(browsers)) => page(outcome, browsers)?,
            (Part::Examples, Some(browsers)) => examples::test(outcome, browsers),
            (Part::Wasm | Part::Js | Part::Package | Part::Tier | Part::Page | Part::Examples, None) => {}
        }
        Ok(())
    }
}

/// Installs browsers while the package is built, as far as the parts need them.
fn set_up(parts: &[Part]) -> Result<Option<Browsers>> {
    std::thread::scope(|scope| {
        let needs_browsers = parts.iter().any(|part| part.needs_browsers());
        let browsers = needs_browsers.then(|| scope.spawn(setup::browsers));
        if parts.iter().any(|part| part.needs_package()) {
            build::package()?;
        } else if parts.contains(&Part::Examples) {
            setup::for_building()?;
        }
        let browsers = browsers.map(|thread| thread.join().map_err(|_| anyhow!("the browsers' thread has ended")));
        browsers.transpose()?.transpose()
    })
}

impl Part {
    /// What runs if nothing is named: everything but what downloads much.
    fn by_default() -> Vec<Part> {
        Part::value_variants().iter().copied().filter(|part| !part.downloads_much()).collect()
    }

    fn downloads_much(self) -> bool {
        matches!(self, Part::Upstream | Part::Crate | Part::Miri)
    }

    fn needs_package(self) -> bool {
        !matches!(self, Part::Native | Part::Crate | Part::Miri | Part::Examples)
    }

    fn needs_browsers(self) -> bool {
        matches!(self, Part::Wasm | Part::Js | Part::Package | Part::Tier | Part::Page | Part::Examples)
    }

    fn title(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

fn cargo(arguments: &[&str]) -> Command {
    command("cargo", arguments)
}

fn lints(outcome: &mut Outcome) {
    const WARN: &[&str] = &["--", "-D", "warnings"];
    let clippy = |more: &[&str]| cargo(&[&["clippy", "--quiet"], more, WARN].concat());
    outcome.check("rustfmt", &mut cargo(&["fmt", "--all", "--check"]));
    outcome.check("clippy", &mut clippy(&["--workspace", "--all-targets"]));
    outcome.check("clippy, all features", &mut clippy(&["--workspace", "--all-targets", "--all-features"]));
    outcome.check("clippy, WebAssembly", &mut clippy(&["--target", TARGET, "--tests", "--all-features"]));
    outcome.check(
        "rustdoc",
        cargo(&["doc", "--quiet", "--no-deps", "--document-private-items", "--all-features"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    );
    outcome.record("what a dependent crate gets", &mut command("node", &["tests/features/run.mjs"]));
    outcome.check("layers of the TypeScript", &mut command("npx", &["depcruise", "pkg-template/src"]));
    outcome.check("prettier", &mut command("npx", &["prettier", "--check", "--log-level", "warn", "."]));
    outcome.record("types of the package", &mut command("node", &["tests/types/run.mjs"]));
    outcome.record("the code of each mutation", &mut command("node", &["tests/mutations/places.mjs"]));
    outcome.record("the package as npm shows it", &mut command("node", &["tests/package/published.mjs"]));
}

fn native(outcome: &mut Outcome) {
    let crate_tests = ["test", "--quiet", "--lib", "--features", "package,serde"];
    outcome.record("the crate, natively", &mut cargo(&crate_tests));
    outcome.record("examples in the crate's documentation", &mut cargo(&["test", "--quiet", "--doc"]));
    outcome.record("the automation's own tests", &mut cargo(&["test", "--quiet", "--package", "xtask"]));
}

/// What goes to the registry, and whether it compiles from there; and the oldest compiler that Cargo.toml names.
fn the_crate(outcome: &mut Outcome) -> Result<()> {
    let oldest = setup::oldest_compiler()?;
    let toolchain = format!("+{oldest}");
    let check = [toolchain.as_str(), "check", "--quiet", "--lib", "--target-dir", "target/oldest"];
    outcome.check(&format!("the crate with Rust {oldest}"), &mut cargo(&check));
    outcome.check("with all features", cargo(&check).args(["--features", "serde,package", "--target", TARGET]));
    outcome.check("and its classes", cargo(&check).args(["--features", "serde,js", "--target", TARGET]));
    outcome.check("the crate's package", &mut cargo(&["package", "--quiet", "--package", "keylatch", "--allow-dirty"]));
    let files = output(&mut cargo(&["package", "--quiet", "--package", "keylatch", "--allow-dirty", "--list"]))?;
    const ROOT: [&str; 8] = [
        ".cargo_vcs_info.json",
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "Cargo.toml.orig",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "docs/rust.md",
    ];
    let is_known = |file: &str| file.starts_with("src/") || ROOT.contains(&file);
    outcome.hold("which has the sources, the guide and the licenses only", files.lines().all(is_known));
    outcome.hold("the guide among them", files.lines().any(|file| file == "docs/rust.md"));
    Ok(())
}

fn miri(outcome: &mut Outcome) -> Result<()> {
    setup::miri()?;
    let test = ["+nightly", "miri", "test", "--quiet", "--lib", "--features", "serde", "--target-dir", "target/miri"];
    let mut test = cargo(&test);
    // The runtime reads clocks.
    let test = test.args(["--", "cache::", "aries::", "arena::"]).env("MIRIFLAGS", "-Zmiri-disable-isolation");
    outcome.record("the Rust cache under Miri", test);
    Ok(())
}

fn replay(outcome: &mut Outcome) -> Result<()> {
    run(&mut cargo(&["build", "--quiet", "--release", "--package", "replay"]))?;
    outcome.record("replay", &mut command("node", &["tests/replay/run.mjs"]));
    Ok(())
}

fn wasm(outcome: &mut Outcome, browsers: &Browsers) {
    let drivers = [
        ("Chromium", "--chrome", "--chromedriver", &browsers.chromedriver),
        ("Firefox", "--firefox", "--geckodriver", &browsers.geckodriver),
    ];
    for (name, browser, option, driver) in drivers {
        let arguments = ["test", "--headless", "--mode", "no-install", browser, option];
        let mut test = command("wasm-pack", &arguments);
        let test = test
            .arg(driver)
            .args(["--", "--features", "package,js", "--test", "boundary", "--test", "web", "--test", "js"])
            .env_remove("RUST_LOG");
        outcome.record(&format!("boundary, Rust cache and its classes, in headless {name}"), test);
    }
}

fn js(outcome: &mut Outcome, browsers: &Browsers) -> Result<()> {
    setup::wasm_opt()?;
    let python = setup::python()?;
    pack_classes("nodejs", &["--no-opt"])?;
    pack_classes("bundler", &["--no-opt"])?;
    let packed = std::thread::scope(|scope| {
        // The one for pages is what a program gets: with wasm-opt, which takes half a minute.
        let packed = scope.spawn(|| pack_classes("web", &[]));
        let classes = root().join("target/js/nodejs/keylatch.js");
        for (name, arguments) in ARIES {
            let name = format!("{name}, with the classes for JavaScript");
            outcome.record(&name, pytest(&python, arguments).env("KEYLATCH_CLASSES", &classes));
        }
        packed.join()
    });
    packed.map_err(|_| anyhow!("wasm-pack's thread has ended"))??;
    outcome
        .record("classes for JavaScript", command("node", &["tests/js/run.mjs"]).env("CHROMIUM", &browsers.chromium));
    Ok(())
}

/// Packs the classes for JavaScript, into target/js.
fn pack_classes(target: &str, options: &[&str]) -> Result<()> {
    let build = ["--log-level", "warn", "build", "--mode", "no-install", "--target", target, "--out-dir"];
    let mut pack = command("wasm-pack", &build);
    // Compiled in a folder of its own, since it has other features than the npm package's module.
    let pack = pack.arg(root().join("target/js").join(target)).env("CARGO_TARGET_DIR", root().join("target/js/build"));
    run(pack.args(options).args(["--", "--quiet", "--features", "js"]))
}

fn package(outcome: &mut Outcome, browsers: &Browsers, only: Option<&str>) {
    let mut test = command("node", &["tests/package/run.mjs"]);
    test.env("CHROMIUM", &browsers.chromium).env("FIREFOX", &browsers.firefox);
    outcome.record("package", test.args(only.map(|words| format!("--only={words}"))));
}

fn tier(outcome: &mut Outcome, browsers: &Browsers) -> Result<()> {
    setup::npm()?;
    setup::redis()?;
    let mut test = command("node", &["tests/tier/run.mjs"]);
    test.env("CHROMIUM", &browsers.chromium).env("FIREFOX", &browsers.firefox);
    outcome.record("the stores of the second tier", &mut test);
    Ok(())
}

/// What pytest runs in tests/aries.
const ARIES: [(&str, &[&str]); 2] = [
    (
        "ACA-Py's own cache tests",
        &["-p", "keylatch_bridge", "-c", "pytest.ini", "--pyargs", "acapy_agent.cache.tests.test_in_memory_cache"],
    ),
    ("comparison with ACA-Py's cache", &["test_differential.py"]),
];

fn pytest(python: &Path, arguments: &[&str]) -> Command {
    let folder = root().join("tests/aries");
    let mut test = command(&python.to_string_lossy(), &["-m", "pytest"]);
    test.args(arguments).current_dir(&folder).env("PYTHONPATH", &folder).env("PYTHONDONTWRITEBYTECODE", "1");
    test
}

fn aries(outcome: &mut Outcome) -> Result<()> {
    let python = setup::python()?;
    for (name, arguments) in ARIES {
        outcome.record(name, &mut pytest(&python, arguments));
    }
    Ok(())
}

fn upstream(outcome: &mut Outcome) -> Result<()> {
    let python = setup::python_for_upstream()?;
    let mut tests = command(&python.to_string_lossy(), &["tests/aries/upstream.py"]);
    outcome.record("ACA-Py's modules with keylatch", tests.env("PYTHONDONTWRITEBYTECODE", "1"));
    Ok(())
}

fn page(outcome: &mut Outcome, browsers: &Browsers) -> Result<()> {
    run(&mut command("npx", &["vite", "build", "www", "--logLevel", "warn"]))?;
    let test = ["--test", "--test-reporter", "./www/harness/reporter.mjs", "www/test/page.test.mjs"];
    outcome.record("page", command("node", &test).env("CHROMIUM", &browsers.chromium));
    Ok(())
}

fn bench(outcome: &mut Outcome) {
    let mut smoke = command("node", &["--expose-gc", "bench/js/main.mjs", "--smoke"]);
    outcome.check("measurements, two rounds of each", smoke.env_remove("KEYLATCH_TRACES"));
}
