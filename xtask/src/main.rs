//! Automation: `cargo xtask COMMAND`. Each command sets up what it needs.

mod build;
mod demo;
mod examples;
mod fuzz;
mod matrix;
mod mutations;
mod outcome;
mod process;
mod protocol;
mod quick;
mod release;
mod setup;
mod test;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, shows, tests and measures keylatch. Each command sets up what it needs."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Puts the npm package together in pkg/, prints the size of each file, and fails beyond the budgets
    Build,
    /// Resolves DIDs through did-resolver with keylatch as its cache, against a local registry, and prints what it was good for
    Demo(demo::Demo),
    /// Runs all tests, or some of them, in every runtime
    Test(test::Test),
    /// Builds programs with the packed package in bundlers, frameworks and runtimes, and runs them
    Matrix(matrix::Matrix),
    /// Runs random tests with fresh seeds, until one fails or time is up
    Fuzz(fuzz::Fuzz),
    /// Breaks one promise of locks and loads after the other, and tells which break no test notices
    Mutations(mutations::Mutations),
    /// Builds the examples for Rust programs, with the cache and without it, and prints what it adds to each
    Examples(examples::Examples),
    /// Checks that the tree can be released, and prints what would be published
    Release(release::Release),
    /// Serves the page in www/, where a visitor uses the package in the browser
    Www(demo::Www),
    /// Measures the package beside its peers, in one run
    Bench(demo::Bench),
    /// Shows what the package and its peers do when many want one value, and something changes meanwhile; fails if the package is wrong
    Probe(demo::Probe),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Build => build::package(),
        Command::Demo(demo) => demo.run(),
        Command::Test(test) => test.run(),
        Command::Fuzz(fuzz) => fuzz.run(),
        Command::Matrix(matrix) => matrix.run(),
        Command::Mutations(mutations) => mutations.run(),
        Command::Examples(examples) => examples.run(),
        Command::Release(release) => release.run(),
        Command::Www(www) => www.run(),
        Command::Bench(bench) => bench.run(),
        Command::Probe(probe) => probe.run(),
    };
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}
