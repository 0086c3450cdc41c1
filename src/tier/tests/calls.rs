//! Writes down what the rules are asked and what they answer, so that the same rules in TypeScript can be held against them:
//! `tests/tier/rules.test.mjs` does that.

use super::super::{self as rules, Continuity, Epoch, Heard, Marks, Sequence, Since, Worth};
use super::random::{SETUP, play};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::{env, fs};

/// What was noted since somebody began to, one call a line.
#[derive(Default)]
struct Notes {
    is_on: bool,
    lines: String,
    /// How many rules, and how many questions, have a number.
    given: usize,
}

thread_local! {
    static NOTES: RefCell<Notes> = RefCell::default();
}

/// A number for what later lines refer to.
fn number() -> usize {
    NOTES.with_borrow_mut(|notes| {
        notes.given += 1;
        notes.given
    })
}

fn note(line: impl FnOnce() -> Value) {
    NOTES.with_borrow_mut(|notes| {
        if notes.is_on {
            notes.lines += &format!("{}\n", line());
        }
    });
}

/// As TypeScript writes a word of Rust's.
fn word(value: impl Debug) -> String {
    format!("{value:?}").to_lowercase()
}

fn name(epoch: Epoch) -> String {
    format!("e{}", epoch.0)
}

/// [`rules::Asked`], and the number of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked(rules::Asked, usize);

/// [`rules::Horizon`], its number, and the epochs in the order in which it has first heard them.
#[derive(Debug, Clone)]
pub struct Horizon(rules::Horizon, usize, Vec<Epoch>);

impl Horizon {
    pub fn new() -> Self {
        Self(rules::Horizon::default(), number(), Vec::new())
    }

    pub fn ask(&self) -> Asked {
        let asked = Asked(self.0.ask(), number());
        note(|| json!({ "rule": "horizon", "of": self.1, "call": "ask", "asked": asked.1 }));
        asked
    }

    pub fn hear(&mut self, asked: Asked, epoch: Epoch, sequence: Sequence) -> Heard {
        let place = self.2.iter().position(|&known| known == epoch).unwrap_or_else(|| {
            self.2.push(epoch);
            self.2.len() - 1
        });
        let heard = self.0.hear(asked.0, Epoch(place as u32), sequence);
        note(|| {
            let since = self.since().map(|since| json!({ "epoch": name(since.epoch), "sequence": since.sequence }));
            json!({
                "rule": "horizon", "of": self.1, "call": "hear", "asked": asked.1, "with": [name(epoch), sequence],
                "gives": word(heard), "since": since, "greatest": self.greatest(),
            })
        });
        heard
    }

    pub fn since(&self) -> Option<Since> {
        let Since { epoch: Epoch(place), sequence } = self.0.since()?;
        Some(Since { epoch: self.2[place as usize], sequence })
    }

    pub const fn greatest(&self) -> Sequence {
        self.0.greatest()
    }
}

#[derive(Debug, Clone)]
pub struct Doubt(rules::Doubt, usize);

impl Doubt {
    pub fn new(limit: f64, now: f64) -> Self {
        let doubt = Self(rules::Doubt::new(limit, now), number());
        doubt.note("new", &[limit, now], Value::Null);
        doubt
    }

    pub fn news(&mut self, asked: f64, now: f64) {
        self.0.news(asked, now);
        self.note("news", &[asked, now], Value::Null);
    }

    pub fn begins(&mut self, now: f64) -> bool {
        let begins = self.0.begins(now);
        self.note("begins", &[now], json!(begins));
        begins
    }

    pub fn life(&self, asked: f64, now: f64) -> f64 {
        let life = self.0.life(asked, now);
        // JSON writes infinity as null.
        self.note("life", &[asked, now], json!(life));
        life
    }

    fn note(&self, call: &str, with: &[f64], gives: Value) {
        note(|| {
            json!({
                "rule": "doubt", "of": self.1, "call": call, "with": with, "gives": gives,
                "isOn": self.0.is_on(), "deadline": self.0.deadline(),
            })
        });
    }
}

#[derive(Debug, Clone)]
pub struct Feed(rules::Feed, usize);

impl Feed {
    pub fn new() -> Self {
        Self(rules::Feed::default(), number())
    }

    pub const fn at(&self) -> Option<Sequence> {
        self.0.at()
    }

    pub fn begin(&mut self, at: Sequence) {
        self.0.begin(at);
        self.note("begin", json!([at]), Value::Null);
    }

    pub fn forget(&mut self) {
        self.0.forget();
        self.note("forget", json!([]), Value::Null);
    }

    pub fn advance(&mut self, from: Option<Sequence>, head: Sequence) -> Continuity {
        let continuity = self.0.advance(from, head);
        self.note("advance", json!([from, head]), json!(word(continuity)));
        continuity
    }

    fn note(&self, call: &str, with: Value, gives: Value) {
        note(|| json!({ "rule": "feed", "of": self.1, "call": call, "with": with, "gives": gives, "at": self.at() }));
    }
}

// Two that differ in their number alone are the same.

impl Hash for Asked {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash(hasher);
    }
}

impl Hash for Horizon {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.0, &self.2).hash(hasher);
    }
}

impl Hash for Feed {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash(hasher);
    }
}

impl Hash for Doubt {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.0.deadline().to_bits(), self.0.is_on()).hash(hasher);
    }
}

/// The rule in TypeScript isn't asked about a record of another epoch: a store leaves it out.
pub fn judge(since: Since, epoch: Epoch, marks: Marks) -> Worth {
    let worth = rules::judge(since, epoch, marks);
    if since.epoch == epoch {
        let Marks { hard, soft } = marks;
        note(|| json!({ "rule": "judge", "since": since.sequence, "hard": hard, "soft": soft, "gives": word(worth) }));
    }
    worth
}

/// Calls by chance: they go where a store never does that keeps its promises.
fn call_by_chance(runner: &mut TestRunner) {
    let (mut horizon, mut feed) = (Horizon::new(), Feed::new());
    let mut doubt = Doubt::new(4.0, 0.0);
    let mut asked = vec![horizon.ask()];
    // Epochs are numbered in the order in which they are heard.
    let mut names = Vec::new();
    let (mut now, some) = (0.0, (0..40u32, 0..6u64, 0..6u64, 0..6u64));
    for (which, first, second, third) in vec(some, 0..60).new_tree(runner).unwrap().current() {
        now += f64::from(which % 3) / 2.0;
        let question = asked[which as usize % asked.len()];
        match which % 8 {
            0 | 1 => asked.push(horizon.ask()),
            2 | 3 => {
                let epoch = names.iter().position(|&name| name == first).unwrap_or_else(|| {
                    names.push(first);
                    names.len() - 1
                });
                horizon.hear(question, Epoch(epoch as u32), second);
            }
            4 => doubt.news(now - second as f64, now),
            5 => {
                doubt.begins(now);
                doubt.life(now - first as f64, now);
            }
            6 => {
                feed.advance((first > 0).then_some(second), third);
            }
            _ if first == 0 => feed.forget(),
            _ if first == 1 => feed.begin(second),
            _ => {
                let since = Since { epoch: Epoch(0), sequence: first };
                judge(since, Epoch(0), Marks { hard: second, soft: third });
            }
        }
    }
}

/// Writes the calls of random worlds, and some by chance, to the file that `CALLS` names. `SEED` is any number.
#[test]
#[ignore = "tests/tier/rules.test.mjs runs it"]
fn write_calls() {
    let seed: u64 = env::var("SEED").unwrap().parse().unwrap();
    let seed = [seed.to_le_bytes(); 4].concat();
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    NOTES.with_borrow_mut(|notes| notes.is_on = true);
    for _ in 0..300 {
        let choices = vec(any::<u16>(), 0..200).new_tree(&mut runner).unwrap().current();
        play(SETUP, &choices).unwrap();
        call_by_chance(&mut runner);
    }
    fs::write(env::var("CALLS").unwrap(), NOTES.take().lines).unwrap();
}
