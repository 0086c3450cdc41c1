//! What the other commands need, installed once: into target/ and node_modules/, except for Debian's packages.

use crate::process::{command, exists, output, root, run, tools, version};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// What building the package takes.
pub fn for_building() -> Result<()> {
    wasm_target()?;
    let npm = std::thread::spawn(npm);
    let metadata = cargo_metadata()?;
    cargo_tool("wasm-bindgen-cli", "wasm-bindgen", locked(&metadata, "wasm-bindgen")?)?;
    cargo_tool("wasm-pack", "wasm-pack", pinned(&metadata, "wasm-pack")?)?;
    npm.join().map_err(|_| anyhow::anyhow!("npm's thread has ended"))?
}

/// Binaryen's optimizer, from npm, where wasm-pack looks for it: it would download one else.
pub fn wasm_opt() -> Result<()> {
    let (link, program) = (tools().join("bin/wasm-opt"), root().join("node_modules/binaryen/bin/wasm-opt"));
    let _ = fs::remove_file(&link);
    symlink(&program, &link).with_context(|| format!("{} can't be linked", program.display()))
}

/// What finds mutations in Rust.
pub fn cargo_mutants() -> Result<()> {
    cargo_tool("cargo-mutants", "cargo-mutants", pinned(&cargo_metadata()?, "cargo-mutants")?)
}

/// What the package is compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The compiler's part for WebAssembly.
pub fn wasm_target() -> Result<()> {
    let sysroot = output(&mut command("rustc", &["--print", "sysroot"]))?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(TARGET).exists() {
        return Ok(());
    }
    run(&mut command("rustup", &["target", "add", TARGET]))
        .with_context(|| format!("install the target {TARGET} for your compiler, then try again"))
}

/// The oldest compiler that takes the crate, which Cargo.toml names. Returns its version.
pub fn oldest_compiler() -> Result<String> {
    let metadata = cargo_metadata()?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let version = packages.filter(|package| package["name"] == "keylatch").find_map(|it| it["rust_version"].as_str());
    let version = version.context("the crate has no rust-version")?;
    run(&mut command("rustup", &["toolchain", "install", version, "--profile", "minimal", "--target", TARGET]))?;
    Ok(version.to_owned())
}

/// A compiler with Miri, if there is none.
pub fn miri() -> Result<()> {
    let version = output(&mut command("cargo", &["+nightly", "miri", "--version"]));
    if version.is_ok() {
        return Ok(());
    }
    run(&mut command("rustup", &["toolchain", "install", "nightly", "--profile", "minimal", "-c", "miri,rust-src"]))
}

/// A program from a crate, in one version. It is compiled without optimizations, which takes a third of the time: none of
/// them has much to do here. What several of them are made of is compiled once.
fn cargo_tool(package: &str, program: &str, wanted: &str) -> Result<()> {
    if version(program).split_whitespace().nth(1) == Some(wanted) {
        return Ok(());
    }
    println!("installing {package} {wanted}, once: it takes a minute or two");
    let arguments = ["install", package, "--version", &format!("={wanted}"), "--quiet", "--force", "--debug"];
    let mut install = command("cargo", &arguments);
    install.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    install.arg("--root").arg(tools()).arg("--target-dir").arg(tools().join("build"));
    run(&mut install)
}

/// The packages of package-lock.json.
pub fn npm() -> Result<()> {
    npm_in("")
}

/// The packages of a folder's package-lock.json.
pub fn npm_in(folder: &str) -> Result<()> {
    let folder = root().join(folder);
    let (lock, stamp) = (folder.join("package-lock.json"), folder.join("node_modules/.lock-stamp"));
    let wanted = fs::read_to_string(&lock)?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing the packages of {}", lock.display());
    run(command("npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder))?;
    // The old Node among them is for one of the tests. As a program of that name, npx would run everything with it.
    let _ = fs::remove_file(folder.join("node_modules/.bin/node"));
    Ok(fs::write(stamp, wanted)?)
}

/// Redis, other clocks, and the clients with which the tests of the second tier ask it.
pub fn redis() -> Result<()> {
    let missing: Vec<&str> =
        ["redis-server", "faketime"].into_iter().filter(|program| find(program).is_none()).collect();
    if !missing.is_empty() {
        debian(&missing)?;
    }
    npm_in("tests/tier")
}

/// Where the browsers and their drivers are.
pub struct Browsers {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
    pub firefox: PathBuf,
    pub geckodriver: PathBuf,
}

/// Chromium and Firefox with their drivers: those that are there, or Debian's.
pub fn browsers() -> Result<Browsers> {
    let missing = |programs: &[&str]| programs.iter().all(|program| find(program).is_none());
    let wanted: Vec<&str> = [
        ("chromium", &["chromium", "chromium-browser", "google-chrome"][..]),
        ("chromium-driver", &["chromedriver"][..]),
        ("firefox-esr", &["firefox-esr", "firefox"][..]),
    ]
    .into_iter()
    .filter_map(|(package, programs)| missing(programs).then_some(package))
    .collect();
    if !wanted.is_empty() {
        debian(&wanted)?;
    }
    cargo_tool("geckodriver", "geckodriver", pinned(&cargo_metadata()?, "geckodriver")?)?;
    let first = |programs: &[&str]| {
        programs
            .iter()
            .find_map(|program| find(program))
            .with_context(|| format!("{} is missing", programs.join(" or ")))
    };
    Ok(Browsers {
        chromium: first(&["chromium", "chromium-browser", "google-chrome"])?,
        chromedriver: first(&["chromedriver"])?,
        firefox: first(&["firefox-esr", "firefox"])?,
        geckodriver: tools().join("bin/geckodriver"),
    })
}

/// WebKit's browser, and a server for screens that nobody sees: it has no mode without one. Debian's, some 200 MB.
pub fn webkit() -> Result<()> {
    let is_there = Path::new("/usr/lib").read_dir().is_ok_and(|folders| {
        folders.flatten().any(|folder| folder.path().join("webkit2gtk-4.1/MiniBrowser").is_file())
    });
    if is_there && find("Xvfb").is_some() { Ok(()) } else { debian(&["libwebkit2gtk-4.1-0", "xvfb"]) }
}

/// Python with ACA-Py's cache and its test runner. Returns the interpreter.
pub fn python() -> Result<PathBuf> {
    python_with("python", "requirements.txt", || Ok(PathBuf::from("python3")))
}

/// Python with all of ACA-Py, for its own tests. Returns the interpreter.
pub fn python_for_upstream() -> Result<PathBuf> {
    python_with("python-upstream", "requirements-upstream.txt", || {
        // ACA-Py asks for 3.13, and its tests pass on 3.12, too.
        ["3.13", "3.12"].into_iter().flat_map(pythons).find(|python| has_venv(python)).context(
            "ACA-Py's tests need Python 3.13 or 3.12 with its module venv: none is on the PATH, and neither pyenv nor uv \
             has one. Install it (pyenv install 3.13, uv python install 3.13, or your system's package), then try again",
        )
    })
}

/// Where a version of Python may be: on the PATH, among pyenv's, or among uv's.
fn pythons(version: &str) -> impl Iterator<Item = PathBuf> {
    let name = format!("python{version}");
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv"));
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or(home);
    let versions = pyenv.and_then(|folder| fs::read_dir(folder.join("versions")).ok()).into_iter().flatten().flatten();
    let mut uv = command("uv", &["python", "find", "--no-python-downloads", version]);
    std::iter::once(PathBuf::from(&name))
        .chain(versions.map(move |version| version.path().join("bin").join(&name)))
        .chain(std::iter::once_with(move || output(&mut uv).ok()).flatten().map(|path| PathBuf::from(path.trim())))
}

/// Whether a Python runs and can make an environment. A shim of pyenv's may be there without its Python.
fn has_venv(python: &Path) -> bool {
    let mut check = command(&python.to_string_lossy(), &["-c", "import venv, ensurepip"]);
    check.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// A Python with the packages of a list, in a folder of its own in target/. Returns the interpreter.
fn python_with(folder: &str, list: &str, base: impl FnOnce() -> Result<PathBuf>) -> Result<PathBuf> {
    let (folder, path) = (root().join("target").join(folder), root().join("tests/aries").join(list));
    let (python, stamp) = (folder.join("bin/python"), folder.join(".requirements-stamp"));
    let wanted = fs::read_to_string(&path)?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let base = base()?;
    println!("installing the packages of tests/aries/{list} with {}", base.display());
    run(command(&base.to_string_lossy(), &["-m", "venv", "--clear"]).arg(&folder))
        .context("Python 3.11 or later is needed, with its module venv (Debian: python3-venv)")?;
    // The lists are complete. ACA-Py's cache needs the standard library only, in an older Python, too.
    let arguments = ["-m", "pip", "install", "--quiet", "--no-deps", "--ignore-requires-python", "-r"];
    run(command(&python.to_string_lossy(), &arguments).arg(&path).env("PIP_DISABLE_PIP_VERSION_CHECK", "1"))?;
    fs::write(stamp, wanted)?;
    Ok(python)
}

/// Installs packages of Debian's, if that can be done here.
fn debian(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let is_root = output(&mut command("id", &["-u"])).is_ok_and(|id| id.trim() == "0");
    if !is_root || !exists("apt-get") {
        bail!("the tests need {list}: install them with your system's package manager, then try again");
    }
    println!("installing {list}");
    run(command("apt-get", &["update", "-qq"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    let mut install = command("apt-get", &install);
    run(install.args(packages).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()))
}

fn find(program: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// What cargo says of the workspace, and of all that it depends on.
fn cargo_metadata() -> Result<Value> {
    let text = output(&mut command("cargo", &["metadata", "--format-version", "1", "--locked"]))?;
    Ok(serde_json::from_str(&text)?)
}

/// A version from the workspace's list of tools.
fn pinned<'a>(metadata: &'a Value, tool: &str) -> Result<&'a str> {
    let version = metadata["metadata"]["tools"][tool].as_str();
    version.with_context(|| format!("{tool} isn't in workspace.metadata.tools"))
}

/// The version of a library that is locked.
fn locked<'a>(metadata: &'a Value, library: &str) -> Result<&'a str> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let version = packages.filter(|package| package["name"] == library).find_map(|package| package["version"].as_str());
    version.with_context(|| format!("{library} isn't in Cargo.lock"))
}
