//! What the runners of tests print, and what has become of it.
//!
//! Cargo's, pytest's and ours print a line with how many tests have passed and failed. A test that has failed is a block
//! of lines, or a line. There is no other form that all of them have.

use crate::process::{Ended, watch};
use anyhow::{Error, Result, anyhow, bail};
use std::process::Command;
use std::time::Instant;

/// How many lines of the message of a test that has failed are repeated at the end.
const MESSAGE: usize = 12;
/// How many lines are repeated of all messages together: the last hundred lines have to tell everything.
const ALL_MESSAGES: usize = 70;
/// How many of the last lines are repeated of a runner that doesn't say which test has failed.
const LAST: usize = 25;

/// How tests went: a line for each of their runners, and those that have failed.
#[derive(Default)]
pub struct Outcome {
    lines: Vec<(String, String)>,
    failures: Vec<Failure>,
    failed: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Failure {
    name: String,
    message: Vec<String>,
}

impl Outcome {
    /// Runs a test runner, and keeps the lines with its results.
    pub fn record(&mut self, name: &str, command: &mut Command) {
        let ended = match watch(command) {
            Ok(ended) => ended,
            Err(error) => return self.give_up(name, &error),
        };
        let results: Vec<&str> = ended
            .text
            .lines()
            .filter(|line| counts(line).is_some_and(|(passed, failed)| passed + failed > 0))
            .collect();
        for line in &results {
            // A runner that runs in several places says where, before what cargo's runner would say.
            let (place, result) =
                line.split_once(": test result").map_or((name, *line), |(place, _)| (place, &line[place.len() + 2..]));
            self.lines.push((place.to_owned(), result.trim_matches(['=', ' ']).to_owned()));
        }
        if !ended.succeeded || results.is_empty() {
            self.fail(name, "FAILED".to_owned(), &ended);
        }
    }

    /// A check that counts nothing: it holds, or it doesn't.
    pub fn check(&mut self, name: &str, command: &mut Command) {
        match watch(command) {
            Ok(ended) if ended.succeeded => self.lines.push((name.to_owned(), "ok".to_owned())),
            Ok(ended) => self.fail(name, format!("FAILED: {}", ended.how), &ended),
            Err(error) => self.give_up(name, &error),
        }
    }

    /// A fact that holds, or doesn't.
    pub fn hold(&mut self, name: &str, holds: bool) {
        if holds {
            self.lines.push((name.to_owned(), "ok".to_owned()));
        } else {
            self.give_up(name, &anyhow!("it does not hold"));
        }
    }

    /// Notes that something could not be run.
    pub fn give_up(&mut self, name: &str, error: &Error) {
        self.failed = true;
        self.lines.push((name.to_owned(), "FAILED".to_owned()));
        self.failures.push(Failure { name: name.to_owned(), message: vec![format!("{error:#}")] });
    }

    fn fail(&mut self, name: &str, line: String, ended: &Ended) {
        self.failed = true;
        self.lines.push((name.to_owned(), line));
        let mut found = failures(&ended.text);
        if found.is_empty() {
            let lines: Vec<_> = ended.text.lines().map(str::to_owned).collect();
            let message = lines.get(lines.len().saturating_sub(LAST)..).unwrap_or_default().to_vec();
            found.push(Failure { name: "it ended with:".to_owned(), message });
        }
        self.failures.extend(found.into_iter().map(|Failure { name: test, message }| {
            let message = message.into_iter().take(LAST).collect();
            Failure { name: format!("{name}: {test}"), message }
        }));
    }

    /// Prints what ran where, then what has failed: the end of a log is what is read.
    pub fn summarize(&self, begun: Instant) -> Result<()> {
        println!("\n── what ran where ──");
        let width = self.lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, line) in &self.lines {
            println!("{name:width$}  {line}");
        }
        self.print_failures();
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

    fn print_failures(&self) {
        if self.failures.is_empty() {
            return;
        }
        println!("\n── failures ──");
        let mut left = ALL_MESSAGES;
        for Failure { name, message } in &self.failures {
            println!("{name}");
            let shown = MESSAGE.max(if self.failures.len() == 1 { LAST } else { 0 }).min(left);
            for line in message.iter().take(shown) {
                println!("    {line}");
            }
            left = left.saturating_sub(message.len().min(shown) + 1);
        }
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

/// The tests that have failed, with what is told of each: the blocks of cargo's runner and ours, which begin with
/// `---- NAME ----`, and the lines of others, which begin with `FAILED NAME`.
fn failures(text: &str) -> Vec<Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    let mut is_inside = false;
    for line in text.lines() {
        let block =
            line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" ----").or(rest.strip_suffix(" stdout")));
        if let Some(name) = block {
            let name = name.trim_end_matches(" stdout").trim_end_matches(" output").to_owned();
            failures.push(Failure { name, message: Vec::new() });
            is_inside = true;
        } else if let Some(rest) = line.strip_prefix("FAILED ") {
            let (name, message) = rest.split_once(" - ").or(rest.split_once(": ")).unwrap_or((rest, ""));
            let message = if message.is_empty() { Vec::new() } else { vec![message.to_owned()] };
            failures.push(Failure { name: name.trim().to_owned(), message });
            is_inside = true;
        } else if line == "failures:"
            || line.starts_with("ok ")
            || line.contains("test result:")
            || line.starts_with("====")
        {
            is_inside = false;
        } else if is_inside && !line.trim().is_empty() {
            failures.last_mut().map(|failure| failure.message.push(line.to_owned())).unwrap_or_default();
        }
    }
    failures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(name: &str, message: &[&str]) -> Failure {
        Failure { name: name.to_owned(), message: message.iter().map(|line| (*line).to_owned()).collect() }
    }

    #[test]
    fn sums_are_read_as_each_runner_writes_them() {
        assert_eq!(counts("test result: FAILED. 7 passed; 1 failed; 0 ignored"), Some((7, 1)));
        assert_eq!(counts("node-import: test result: ok. 810 passed; 0 failed; finished in 1.00s"), Some((810, 0)));
        assert_eq!(counts("===== 2 failed, 3 passed in 0.12s ====="), Some((3, 2)));
        assert_eq!(counts("running 5 tests"), None);
    }

    #[test]
    fn failures_of_cargo() {
        let text = "running 2 tests\n.F\nfailures:\n\n---- latch::tests::turns stdout ----\n\nthread 'x' panicked at a.rs:1\n\
                    left: 1\n\n\nfailures:\n    latch::tests::turns\n\ntest result: FAILED. 1 passed; 1 failed\n";
        let expected = failure("latch::tests::turns", &["thread 'x' panicked at a.rs:1", "left: 1"]);
        assert_eq!(failures(text), [expected]);
    }

    #[test]
    fn failures_of_our_runners() {
        let text = "\n---- bun: loads: one ----\nError: x\n    at y\n\n---- bun: two ----\nError: z\n\
                    bun: test result: FAILED. 0 passed; 2 failed\nnode: test result: ok. 1 passed\n";
        let expected = [failure("bun: loads: one", &["Error: x", "    at y"]), failure("bun: two", &["Error: z"])];
        assert_eq!(failures(text), expected);
    }

    #[test]
    fn failures_of_others() {
        let text = "ok      first\nFAILED  second\nError: x\n    at y\nok      third\nnoise\n\
                    FAILED test_x.py::test_y - assert 1 == 2\n==== 1 failed ====\nFAILED trace, lru: the package has 1\n";
        let expected = [
            failure("second", &["Error: x", "    at y"]),
            failure("test_x.py::test_y", &["assert 1 == 2"]),
            failure("trace, lru", &["the package has 1"]),
        ];
        assert_eq!(failures(text), expected);
    }
}
