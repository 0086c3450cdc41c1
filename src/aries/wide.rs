//! JavaScript's keys as Rust's strings: each key is another string, and every string without U+10FFFF is itself.
//!
//! JavaScript's strings may have surrogates without their other half, which Rust's can't, and a number is another key
//! than its digits. U+10FFFF, which is no character, marks both:
//!
//! - before a character up to U+07FF, it stands for the surrogate 0xD800 and so much;
//! - before another U+10FFFF, for U+10FFFF itself;
//! - before U+E000, at the beginning, for a number, whose digits follow.

/// What marks the rest.
const MARK: char = '\u{10FFFF}';
/// After the mark: a number.
const NUMBER: char = '\u{E000}';
/// The first surrogate.
const SURROGATE: u16 = 0xD800;

/// Whether a string stands for itself.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.contains(MARK)
}

/// The string of a key that is a string of JavaScript's.
pub(crate) fn from_units(units: &[u16]) -> String {
    let mut text = String::with_capacity(units.len());
    for unit in char::decode_utf16(units.iter().copied()) {
        match unit {
            Ok(MARK) => text.extend([MARK, MARK]),
            Ok(character) => text.push(character),
            Err(lone) => {
                let rest = lone.unpaired_surrogate().wrapping_sub(SURROGATE);
                text.extend([MARK, char::from_u32(u32::from(rest)).unwrap_or_default()]);
            }
        }
    }
    text
}

/// The string of a key that is a number with these digits.
pub(crate) fn from_number(digits: &str) -> String {
    let mut text = String::from_iter([MARK, NUMBER]);
    text.push_str(digits);
    text
}

/// A key of JavaScript's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wide<'a> {
    Plain(&'a str),
    Units(Vec<u16>),
    /// Its digits.
    Number(&'a str),
}

/// The key that a string stands for.
pub(crate) fn to_key(text: &str) -> Wide<'_> {
    if is_plain(text) {
        return Wide::Plain(text);
    }
    if let Some(digits) = text.strip_prefix([MARK]).and_then(|rest| rest.strip_prefix([NUMBER])) {
        return Wide::Number(digits);
    }
    let mut units = Vec::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let marked = if character == MARK { characters.next() } else { None };
        match marked.map(u32::from) {
            Some(rest @ ..0x800) => units.push(SURROGATE + rest as u16),
            _ => units.extend_from_slice(marked.unwrap_or(character).encode_utf16(&mut [0; 2])),
        }
    }
    Wide::Units(units)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::cache::tests::steps;
    use proptest::prelude::*;

    fn units(text: &str) -> Vec<u16> {
        match to_key(text) {
            Wide::Plain(text) => text.encode_utf16().collect(),
            Wide::Units(units) => units,
            Wide::Number(_) => Vec::new(),
        }
    }

    /// Units that make every kind of text: letters, both kinds of surrogates, and those of the mark.
    fn text() -> impl Strategy<Value = Vec<u16>> {
        let unit = prop_oneof![
            Just(0x61),
            Just(0xE000),
            0u16..0x20,
            0xD800u16..=0xDFFF,
            Just(0xDBFF),
            Just(0xDFFF),
            any::<u16>()
        ];
        prop::collection::vec(unit, 0..8)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(steps(256)) })]

        #[test]
        fn each_text_comes_back(text in text()) {
            let encoded = from_units(&text);
            prop_assert_eq!(units(&encoded), text);
            let is_number = matches!(to_key(&encoded), Wide::Number(_));
            prop_assert!(!is_number, "{:?} is no number", encoded);
        }

        #[test]
        fn what_has_no_mark_is_itself(text in any::<String>()) {
            let units: Vec<u16> = text.encode_utf16().collect();
            prop_assert_eq!(from_units(&units) == text, is_plain(&text));
        }
    }

    #[test]
    fn numbers_are_no_texts() {
        for digits in ["1", "-0.5", "NaN", "1e+21", "Infinity"] {
            assert_eq!(to_key(&from_number(digits)), Wide::Number(digits));
            assert_ne!(from_number(digits), digits);
        }
        assert_eq!(units("\u{10FFFF}"), [0xDBFF, 0xDFFF], "a mark of a Rust program's own");
    }
}
