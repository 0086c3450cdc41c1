//! The protocol between Rust and TypeScript: what `src/boundary/protocol.rs` defines, as TypeScript.

use crate::process::root;
use anyhow::Result;
use keylatch::boundary::protocol::{CONSTANTS, ENUMS, Listing, Words};
use std::fs;

/// The file, from the project's folder.
pub const FILE: &str = "pkg-template/src/wasm/protocol.ts";

/// Whether the file says what the definition says.
pub fn is_current() -> Result<bool> {
    Ok(fs::read_to_string(root().join(FILE))? == text())
}

/// Writes the file anew, if that changes anything.
pub fn write() -> Result<()> {
    if !is_current().unwrap_or_default() {
        println!("{FILE} is written anew: src/boundary/protocol.rs has changed");
        fs::write(root().join(FILE), text())?;
    }
    Ok(())
}

/// What the file should say.
fn text() -> String {
    let mut text = "// The numbers that go between Rust and TypeScript. Made by `cargo xtask build` from \
                    src/boundary/protocol.rs: change that, and not this.\n"
        .to_owned();
    for (listing, words) in ENUMS {
        text += &format!("\n{}", enumeration(listing));
        if let Some(words) = words {
            text += &format!("\n{}", spoken(listing, words));
        }
    }
    for (name, about, value) in CONSTANTS {
        text += &format!("\n{}export const {name} = {value};\n", comment(about, ""));
    }
    text
}

/// An enum that leaves no trace: the compiler puts its numbers in.
fn enumeration(Listing { name, about, variants }: &Listing) -> String {
    let lines = variants.iter().map(|(variant, meaning)| format!("{}  {variant},\n", comment(meaning, "  ")));
    format!("{}export const enum {name} {{\n{}}}\n", comment(about, ""), lines.collect::<String>())
}

/// The names of an enum's variants: the type of one, and the list by their numbers.
fn spoken(Listing { name, about, variants }: &Listing, Words { word, list, unnamed }: &Words) -> String {
    let (named, rest) = variants.split_at(variants.len() - unnamed.len());
    assert!(rest.iter().map(|(variant, _)| variant).eq(*unnamed), "{name}: what has no name has to come last");
    let names: Vec<_> = named.iter().map(|(variant, _)| format!("'{}'", variant.to_lowercase())).collect();
    format!(
        "{}export type {word} = {};\n\n{}export const {list}: readonly {word}[] = [{}];\n",
        comment(about, ""),
        names.join(" | "),
        comment(&format!("The names of each `{name}`, by its number."), ""),
        names.join(", ")
    )
}

/// A comment with the text of a comment in Rust.
fn comment(about: &str, indent: &str) -> String {
    let lines: Vec<_> = about.lines().map(str::trim).collect();
    if let [line] = lines.as_slice() {
        return format!("{indent}/** {line} */\n");
    }
    let lines: String = lines.iter().map(|line| format!("{indent} * {line}\n")).collect();
    format!("{indent}/**\n{lines}{indent} */\n")
}
