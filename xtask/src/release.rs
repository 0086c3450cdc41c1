//! What has to hold before a release, and what would be published. Publishing itself is for CI, which can prove where the
//! package comes from: `.github/workflows/release.yml`.

use crate::outcome::Outcome;
use crate::process::{command, output, root, run};
use crate::{build, setup};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Checks that the tree can be released, and prints what would be published.
#[derive(Args)]
pub struct Release {
    /// Publishes nothing. Required: only CI publishes
    #[arg(long)]
    dry_run: bool,
}

/// Of the workspace, and so of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Release {
    pub fn run(&self) -> Result<()> {
        if !self.dry_run {
            bail!("only CI publishes, when a tag is pushed; here, there is --dry-run");
        }
        let begun = Instant::now();
        build::package()?;
        let mut outcome = Outcome::default();
        outcome.hold("one version, that of Cargo.toml", version_in_package()? == VERSION);
        outcome.hold("CHANGELOG.md has a section for it, with its date", has_section()?);
        let is_clean = output(&mut command("git", &["status", "--porcelain"]))?.is_empty();
        outcome.hold("the tree is clean", is_clean);
        if is_clean {
            let differing = built_elsewhere()?;
            println!("\nbuilt in another folder, with another home of cargo's: {} files differ", differing.len());
            for file in &differing {
                println!("  {}", file.display());
            }
            outcome.hold("the same bytes from another folder", differing.is_empty());
        }
        println!("\n── npm package ──");
        outcome.check("npm takes it", &mut command("npm", &["publish", "./pkg", "--dry-run", "--provenance=false"]));
        println!("\n── crate ──");
        outcome.check(
            "cargo takes it",
            &mut command("cargo", &["package", "--list", "--package", "keylatch", "--allow-dirty"]),
        );
        outcome.summarize(begun)
    }
}

fn version_in_package() -> Result<String> {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(root().join("pkg/package.json"))?)?;
    Ok(manifest["version"].as_str().unwrap_or_default().to_owned())
}

/// The section begins with "## 1.2.3, 31 December 2026".
fn has_section() -> Result<bool> {
    let text = fs::read_to_string(root().join("CHANGELOG.md"))?;
    let start = format!("## {VERSION}, ");
    let section = text.lines().find_map(|line| line.strip_prefix(&start));
    Ok(section.is_some_and(|date| date.starts_with(|letter: char| letter.is_ascii_digit())))
}

/// Builds what is committed in another folder, and compares the packages.
fn built_elsewhere() -> Result<Vec<PathBuf>> {
    let place = root().join("target/elsewhere");
    let (copy, home) = (place.join("a folder of another name"), place.join("home"));
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    run(command("git", &["clone", "--quiet", "."]).arg(&copy))?;
    symlink(root().join("node_modules"), copy.join("node_modules"))?;
    fs::create_dir_all(copy.join("target"))?;
    symlink(root().join("target/tools"), copy.join("target/tools"))?;
    symlink(cargo_home()?, &home)?;
    // As `build::package` does, but for the link in node_modules.
    let compile = build::compile(&home.to_string_lossy());
    run(command("cargo", &compile.words)
        .current_dir(&copy)
        .env("CARGO_HOME", &home)
        .env(compile.flags.0, compile.flags.1))?;
    let module = format!("target/{}/release/keylatch.wasm", setup::TARGET);
    let bind = ["--target", "bundler", "--out-dir", "target/glue", "--out-name", "keylatch", &module];
    run(command("wasm-bindgen", &bind).current_dir(&copy))?;
    output(command("node", &["pkg-template/build.mjs", VERSION]).current_dir(&copy))?;
    compare(&root().join("pkg"), &copy.join("pkg"))
}

fn cargo_home() -> Result<PathBuf> {
    let given = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    given
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")))
        .context("there is no home for cargo")
}

/// The files that aren't the same in both folders.
fn compare(one: &Path, other: &Path) -> Result<Vec<PathBuf>> {
    let names = |folder: &Path| -> Result<Vec<_>> {
        Ok(fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?)
    };
    let mut all = [names(one)?, names(other)?].concat();
    all.sort();
    all.dedup();
    let differs = |name: &std::ffi::OsString| fs::read(one.join(name)).ok() != fs::read(other.join(name)).ok();
    Ok(all.into_iter().filter(differs).map(PathBuf::from).collect())
}
