//! Other programs.

use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the project's folder").to_path_buf()
}

/// Where cargo's tools are, which are installed for this project alone.
pub fn tools() -> PathBuf {
    root().join("target/tools")
}

/// A command that runs in the project's folder, and finds the project's own tools first.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let mut path = OsString::from(tools().join("bin"));
    if let Some(inherited) = env::var_os("PATH") {
        path.push(":");
        path.push(inherited);
    }
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).env("PATH", path);
    command
}

/// Runs a command to its end; what it prints goes where ours goes.
pub fn run(command: &mut Command) -> Result<()> {
    let name = shown(command);
    let status = command.status().with_context(|| format!("{name} can't be started"))?;
    if !status.success() {
        bail!("{name} ended with {status}");
    }
    Ok(())
}

/// Runs a command to its end, and returns what it printed. Its errors go where ours go.
pub fn output(command: &mut Command) -> Result<String> {
    let name = shown(command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("{name} can't be started"))?;
    if !output.status.success() {
        bail!("{name} ended with {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command to its end, shows what it prints, and returns it with whether the command succeeded.
pub fn watch(command: &mut Command) -> Result<(bool, String)> {
    let name = shown(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("{name} can't be started"))?;
    let mut text = String::new();
    for line in BufReader::new(child.stdout.take().context("no output")?).lines() {
        let line = line?;
        println!("{line}");
        text.push_str(&line);
        text.push('\n');
    }
    Ok((child.wait()?.success(), text))
}

/// Whether a program can be started.
pub fn exists(program: &str) -> bool {
    command(program, &["--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// What a program says of its version; nothing if it can't be started.
pub fn version(program: &str) -> String {
    let output = command(program, &["--version"]).stderr(Stdio::null()).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
