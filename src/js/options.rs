//! The options of caches, of what is stored, and of locks. Those of locks are in milliseconds, a `ttl` is in seconds.

use super::error::{coded, invalid};
use super::key::{from_text, to_js};
use super::platform::{AbortSignal, report};
use super::validate::{
    DURATION, ENTRIES, FUNCTION, LIST, MOMENT, OPTIMIZE, Options, POLICY, Rules, SHARE, SIGNAL, SIZE, SIZE_BOUND, SPAN,
    TTL, check, list,
};
use crate::aries::{LockOptions, life};
use crate::{Builder, Cache, EntryOptions, PolicyKind, Reason};
use js_sys::{Date, Function};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};

const CACHE: &Rules = &[
    ("max", ENTRIES),
    ("maxSize", SIZE_BOUND),
    ("maxEntrySize", SIZE_BOUND),
    ("sizeCalculation", FUNCTION),
    ("ttl", TTL),
    ("ttlJitter", SHARE),
    ("policy", POLICY),
    ("optimize", OPTIMIZE),
    ("dispose", FUNCTION),
    ("lease", SPAN),
    ("lockTimeout", DURATION),
];
const SET: &Rules = &[("ttl", TTL), ("expires", MOMENT), ("size", SIZE), ("tags", LIST)];
const LOCK: &Rules = &[("signal", SIGNAL), ("timeout", DURATION), ("lease", SPAN)];

/// What a class knows of its cache beyond what the cache knows itself.
#[derive(Default)]
pub(super) struct Shared {
    sizes: Sizes,
    /// In milliseconds; none if the cache was made in Rust.
    lock_timeout: Option<f64>,
}

/// How the sizes of entries are known.
#[derive(Default)]
enum Sizes {
    /// As the program says that has made the cache.
    #[default]
    Rust,
    /// Not at all: it is bounded by entries alone.
    None,
    /// Each value comes with its own, or is measured.
    Own(Option<Function>),
}

/// A cache, by the options of the constructor.
pub(super) fn cache(options: &JsValue) -> Result<(Cache<String, JsValue>, Shared), JsValue> {
    let given = Options::read(options, CACHE)?;
    let mut builder = Cache::builder();
    if let Some(max) = given.number("max") {
        builder = builder.max(max as usize);
    }
    let bound = |name: &str| given.number(name).filter(|bound| bound.is_finite());
    let (max_size, max_entry_size) = (bound("maxSize"), bound("maxEntrySize"));
    if let Some(size) = max_size {
        builder = builder.max_weight(size as u64);
    }
    if let Some(size) = max_entry_size {
        builder = builder.max_entry_weight(size as u64);
    }
    let calculation = given.function("sizeCalculation");
    let sizes = match (max_size.or(max_entry_size), calculation) {
        (None, Some(_)) => {
            let bound = given.get("maxSize").cloned().unwrap_or_default();
            return Err(invalid("invalid-option", "maxSize", "a bound for what sizeCalculation measures", &bound));
        }
        (None, None) => Sizes::None,
        (Some(_), calculation) => Sizes::Own(calculation),
    };
    if let Some(policy) = policy(&given, max_size.is_some())? {
        builder = builder.policy(policy);
    }
    if let Some(ttl) = given.number("ttl") {
        builder = builder.ttl(seconds(ttl)?);
    }
    if let Some(share) = given.number("ttlJitter") {
        builder = builder.ttl_jitter(share);
    }
    if let Some(lease) = given.number("lease") {
        builder = builder.lease(milliseconds(lease));
    }
    let lock_timeout = given.number("lockTimeout").unwrap_or(f64::INFINITY);
    builder = builder.lock_timeout(milliseconds(lock_timeout));
    let cache = with_dispose(builder, given.function("dispose")).build();
    Ok((cache, Shared { sizes, lock_timeout: Some(lock_timeout) }))
}

fn policy(given: &Options, is_sized: bool) -> Result<Option<PolicyKind>, JsValue> {
    let name = given.text("policy");
    let policy = match name.as_deref() {
        Some("lru") => Some(PolicyKind::Lru),
        Some("tinylfu") => Some(PolicyKind::TinyLfu),
        Some(_) => Some(PolicyKind::Sampled),
        None => is_sized.then_some(PolicyKind::Sampled),
    };
    let Some(optimize) = given.get("optimize") else { return Ok(policy) };
    if policy != Some(PolicyKind::Sampled) {
        return Err(invalid("invalid-option", "optimize", "a choice for the policy 'sampled' only", optimize));
    }
    let saves_bytes = given.text("optimize").is_some_and(|saved| saved == "bytes");
    Ok(if saves_bytes { Some(PolicyKind::SampledBytes) } else { policy })
}

fn with_dispose(builder: Builder<String, JsValue>, dispose: Option<Function>) -> Builder<String, JsValue> {
    let Some(dispose) = dispose else { return builder };
    builder.on_removal(move |key, value, reason| {
        let reason = match reason {
            Reason::Evict => "evict",
            Reason::Expire => "expire",
            Reason::Set => "set",
            Reason::Delete => "delete",
            // For values that somebody has taken over.
            Reason::Take => return,
        };
        if let Err(error) = dispose.call3(&JsValue::UNDEFINED, value, &to_js(key), &reason.into()) {
            report(&error);
        }
    })
}

/// What a `set` was told, checked.
pub(super) struct SetCall {
    options: EntryOptions,
    /// Its expiry has passed: nothing is stored.
    pub(super) has_passed: bool,
    size: Option<JsValue>,
}

impl SetCall {
    /// Reads seconds, or an object.
    pub(super) fn read(options: &JsValue) -> Result<Self, JsValue> {
        if options.as_f64().is_some() {
            check(options, "ttl", &TTL)?;
        }
        let given = match options.as_f64() {
            Some(_) => Options::read(&JsValue::UNDEFINED, SET)?,
            None => Options::read(options, SET)?,
        };
        let mut options = match options.as_f64().or_else(|| given.number("ttl")) {
            Some(ttl) => EntryOptions::new().ttl(seconds(ttl)?),
            None => EntryOptions::new(),
        };
        let mut has_passed = false;
        if let Some(expires) = given.number("expires") {
            if let Some(ttl) = given.get("ttl") {
                return Err(invalid("invalid-ttl", "ttl", "none beside expires", ttl));
            }
            let rest = expires - Date::now();
            has_passed = rest <= 0.0;
            options = options.ttl(milliseconds(rest));
        }
        if let Some(tags) = given.get("tags") {
            options = options.tags(texts(tags)?);
        }
        Ok(Self { options, has_passed, size: given.get("size").cloned() })
    }

    /// How an entry is stored. Measures it.
    pub(super) fn of(&self, shared: &Shared, key: &JsValue, value: &JsValue) -> Result<EntryOptions, JsValue> {
        let options = self.options.clone();
        let size = match (&shared.sizes, &self.size) {
            (Sizes::Rust | Sizes::None, None) => return Ok(options),
            (Sizes::None, Some(size)) => {
                return Err(invalid("invalid-option", "size", "a cache with maxSize or maxEntrySize", size));
            }
            (Sizes::Rust | Sizes::Own(_), Some(size)) => size.clone(),
            (Sizes::Own(Some(calculation)), None) => calculation.call2(&JsValue::UNDEFINED, value, key)?,
            (Sizes::Own(None), None) => JsValue::UNDEFINED,
        };
        let is_measured = matches!(shared.sizes, Sizes::Own(Some(_)));
        check(&size, if is_measured { "sizeCalculation" } else { "size" }, &SIZE)?;
        let size = size.as_f64().unwrap_or_default();
        Ok(options.weight(size.ceil().max(1.0) as u64))
    }
}

fn texts(values: &JsValue) -> Result<Vec<String>, JsValue> {
    let texts = list(values, "tags", "invalid-option")?.into_iter().map(|text| {
        if text.is_string() { Ok(from_text(&text)) } else { Err(invalid("invalid-option", "tags", "strings", &text)) }
    });
    texts.collect()
}

/// How a lock waits.
#[derive(Default)]
pub(super) struct Patience {
    pub(super) signal: Option<AbortSignal>,
    /// In milliseconds.
    pub(super) timeout: Option<f64>,
}

/// Reads the options of a lock.
pub(super) fn lock(options: &JsValue, shared: &Shared) -> Result<(LockOptions, Patience), JsValue> {
    let given = Options::read(options, LOCK)?;
    let timeout = given.number("timeout").or(shared.lock_timeout);
    let mut options = LockOptions::new();
    if let Some(timeout) = timeout {
        options = options.timeout(milliseconds(timeout));
    }
    if let Some(lease) = given.number("lease") {
        options = options.lease(milliseconds(lease));
    }
    let signal = given.get("signal").map(|signal| signal.unchecked_ref::<AbortSignal>().clone());
    Ok((options, Patience { signal, timeout }))
}

/// Checks a lease.
pub(super) fn lease(value: &JsValue) -> Result<Duration, JsValue> {
    check(value, "lease", &SPAN)?;
    Ok(milliseconds(value.as_f64().unwrap_or_default()))
}

fn seconds(ttl: f64) -> Result<Duration, JsValue> {
    // Was checked already.
    life(ttl).map_err(|error| coded(error.code().as_str(), error.words()))
}

/// A number of milliseconds: `Duration::MAX` for what is longer, and never 0, which would mean for ever.
fn milliseconds(number: f64) -> Duration {
    let duration = Duration::try_from_secs_f64(number.max(0.0) / 1000.0).unwrap_or(Duration::MAX);
    duration.max(Duration::from_nanos(1))
}
