//! What arguments and options have to be, in the words of the npm package's `base/validate.ts`.

use super::error::invalid;
use super::platform::{names, prototype_of};
use crate::engine::MAX_ENTRIES;
use js_sys::{Function, Reflect, Symbol};
use wasm_bindgen::{JsCast, JsValue};

/// What a value has to be, in words and as a check, and the code of the error otherwise.
pub(super) struct Rule {
    expected: &'static str,
    fits: fn(&JsValue) -> bool,
    code: &'static str,
}

impl Rule {
    pub(super) const fn new(expected: &'static str, fits: fn(&JsValue) -> bool) -> Self {
        Self { expected, fits, code: "invalid-option" }
    }

    pub(super) const fn code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }
}

/// The options that an object may have.
pub(super) type Rules = [(&'static str, Rule)];

pub(super) const FUNCTION: Rule = Rule::new("a function", JsValue::is_function);
pub(super) const TEXT: Rule = Rule::new("a string", JsValue::is_string);
pub(super) const OBJECT: Rule = Rule::new("an object", is_object);
/// Milliseconds, from 0 on.
pub(super) const DURATION: Rule = Rule::new("a number of milliseconds from 0 on", |value| is(value, |it| it >= 0.0));
/// Milliseconds, more than 0.
pub(super) const SPAN: Rule = Rule::new("a number of milliseconds above 0", |value| is(value, |it| it > 0.0));
pub(super) const SHARE: Rule = Rule::new("a share from 0 to 1", |value| is(value, |it| (0.0..=1.0).contains(&it)));
pub(super) const SIZE_BOUND: Rule = Rule::new("a size from 1 on", |value| is(value, |it| it >= 1.0));
pub(super) const ENTRIES: Rule = Rule::new("a whole number of entries from 1 to 8388608, or Infinity", |value| {
    let is_whole = |it: f64| it.fract() == 0.0 && (1.0..=f64::from(MAX_ENTRIES)).contains(&it);
    is(value, |it| it == f64::INFINITY || is_whole(it))
});
const _: () = assert!(MAX_ENTRIES == 8_388_608, "the words of this rule");
/// A time to live, in seconds.
pub(super) const TTL: Rule = Rule::new("a number from 0 on", |value| is(value, |it| it >= 0.0)).code("invalid-ttl");
/// A moment of the wall clock.
pub(super) const MOMENT: Rule =
    Rule::new("a moment in milliseconds", |value| is(value, |it| !it.is_nan())).code("invalid-ttl");
pub(super) const SIZE: Rule =
    Rule::new("a number from 0 to 2^53 - 1", |value| is(value, |it| (0.0..=MAX_SAFE).contains(&it)))
        .code("invalid-size");
/// An iterable, but not a string: hardly anybody means its characters.
pub(super) const LIST: Rule =
    Rule::new("an iterable", |value| is_object(value) && has_method(value, &Symbol::iterator()));
pub(super) const SIGNAL: Rule = Rule::new("an AbortSignal", |value| has_method(value, &"addEventListener".into()));
pub(super) const POLICY: Rule =
    Rule::new("one of tinylfu, lru, sampled", |value| is_one_of(value, &["tinylfu", "lru", "sampled"]));
pub(super) const OPTIMIZE: Rule = Rule::new("one of hits, bytes", |value| is_one_of(value, &["hits", "bytes"]));

/// The greatest number up to which all whole numbers are numbers.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;
/// How long a chain of prototypes may be. Only that of a proxy is longer.
const DEPTH: usize = 100;

fn is(value: &JsValue, fits: impl Fn(f64) -> bool) -> bool {
    value.as_f64().is_some_and(fits)
}

fn is_object(value: &JsValue) -> bool {
    value.is_object() && !value.is_null() && !value.is_function()
}

fn is_one_of(value: &JsValue, words: &[&str]) -> bool {
    value.as_string().is_some_and(|text| words.contains(&text.as_str()))
}

fn has_method(value: &JsValue, name: &JsValue) -> bool {
    Reflect::get(value, name).is_ok_and(|method| method.is_function())
}

/// An error if a value isn't what a rule expects.
pub(super) fn check(value: &JsValue, name: &str, rule: &Rule) -> Result<(), JsValue> {
    check_as(value, name, rule, rule.code)
}

/// The same, for an argument, which isn't an option.
pub(super) fn check_as(value: &JsValue, name: &str, rule: &Rule, code: &str) -> Result<(), JsValue> {
    if (rule.fits)(value) { Ok(()) } else { Err(invalid(code, name, rule.expected, value)) }
}

/// The members of an argument that is a list.
pub(super) fn list(value: &JsValue, name: &str, code: &str) -> Result<Vec<JsValue>, JsValue> {
    check_as(value, name, &LIST, code)?;
    js_sys::try_iter(value)?.into_iter().flatten().collect()
}

/// Options, each read once and checked.
pub(super) struct Options(Vec<(&'static str, JsValue)>);

impl Options {
    /// Leaves out undefined properties, and inherited ones that are not options.
    pub(super) fn read(options: &JsValue, rules: &'static Rules) -> Result<Self, JsValue> {
        let mut read = Self(Vec::new());
        if options.is_undefined() {
            return Ok(read);
        }
        check(options, "options", &OBJECT)?;
        let mut owner = options.clone();
        for depth in 0..DEPTH {
            for name in names(&owner)? {
                read.take(options, &name, rules, depth == 0)?;
            }
            owner = prototype_of(&owner)?;
            if owner.is_null() {
                break;
            }
        }
        Ok(read)
    }

    fn take(&mut self, options: &JsValue, name: &JsValue, rules: &'static Rules, is_own: bool) -> Result<(), JsValue> {
        let text = name.as_string().unwrap_or_default();
        let rule = rules.iter().find(|(option, _)| *option == text);
        if (rule.is_none() && !is_own) || self.get(&text).is_some() {
            return Ok(());
        }
        let value = Reflect::get(options, name)?;
        match rule {
            _ if value.is_undefined() => Ok(()),
            Some((option, rule)) => {
                check(&value, option, rule)?;
                self.0.push((option, value));
                Ok(())
            }
            None => {
                let all: Vec<&str> = rules.iter().map(|(option, _)| *option).collect();
                let expected = format!("one of {}", all.join(", "));
                Err(invalid("invalid-option", &format!("options.{text}"), &expected, &value))
            }
        }
    }

    /// What was given, if it was.
    pub(super) fn get(&self, name: &str) -> Option<&JsValue> {
        self.0.iter().find(|(option, _)| *option == name).map(|(_, value)| value)
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_string()
    }

    pub(super) fn function(&self, name: &str) -> Option<Function> {
        self.get(name)?.dyn_ref().cloned()
    }
}
