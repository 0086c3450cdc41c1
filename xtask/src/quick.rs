//! The inner loop: the package's tests in Node alone, against the sources as they are.

use crate::process::{command, run};
use crate::protocol;
use crate::setup::{self, TARGET};
use anyhow::Result;

/// Runs the tests that have these words in their name or their file's.
pub fn test(words: &str) -> Result<()> {
    compile()?;
    let words = (!words.is_empty()).then_some(words);
    run(command("node", &["tests/quick.mjs"]).args(words))
}

/// Compiles the module as fast as it goes, with checks of overflows.
pub fn compile() -> Result<()> {
    setup::for_building()?;
    protocol::write()?;
    let compile = ["build", "--quiet", "--profile", "quick", "--lib", "--features", "package", "--target", TARGET];
    run(command("cargo", &compile).args(["--target-dir", "target"]))?;
    let module = format!("target/{TARGET}/quick/keylatch.wasm");
    let bind = ["--target", "bundler", "--out-dir", "target/quick/glue", "--out-name", "keylatch", &module];
    run(&mut command("wasm-bindgen", &bind))
}
