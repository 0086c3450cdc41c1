//! Other programs.

use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

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

/// How a command has ended.
pub struct Ended {
    pub succeeded: bool,
    /// The command, and how it ended.
    pub how: String,
    /// What it has printed, errors too.
    pub text: String,
}

/// Runs a command to its end, and shows and keeps what it prints.
pub fn watch(command: &mut Command) -> Result<Ended> {
    let name = shown(command);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("{name} can't be started"))?;
    let (out, errors) = (child.stdout.take().context("no output")?, child.stderr.take().context("no errors")?);
    let text = Mutex::new(String::new());
    let keep = |line: &str| {
        let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
        text.push_str(line);
        text.push('\n');
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for line in lines(errors) {
                eprintln!("{line}");
                keep(&line);
            }
        });
        for line in lines(out) {
            println!("{line}");
            keep(&line);
        }
    });
    let status = child.wait()?;
    let text = text.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Ended { succeeded: status.success(), how: format!("{name} ended with {status}"), text })
}

/// The lines of a stream, as long as it can be read.
fn lines(stream: impl Read) -> impl Iterator<Item = String> {
    let lines = BufReader::new(stream).split(b'\n').map_while(std::result::Result::ok);
    lines.map(|line| String::from_utf8_lossy(&line).into_owned())
}

/// Whether a program can be started.
pub fn exists(program: &str) -> bool {
    command(program, &["--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// What a program says of its version; nothing if it can't be started.
pub fn version(program: &str) -> String {
    // A command of cargo's is asked by its own name.
    let mut ask = command(program, &[]);
    let output = ask.args(program.strip_prefix("cargo-")).arg("--version").stderr(Stdio::null()).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
