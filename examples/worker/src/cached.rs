//! Three caches, which live as long as the isolate: documents, status lists, and the token for upstream.

use crate::upstream;
use keylatch::{Cache, EntryOptions, LoadError};
use std::rc::Rc;
use std::time::Duration;
use worker::{Context, Env, Error};

/// How long a request may load before another one does so. Upstream answers sooner, or not at all.
const LEASE: Duration = Duration::from_secs(2);

thread_local! {
    /// An old document serves for ten minutes while a new one is loaded, and for a day while upstream fails.
    static DOCUMENTS: Cache<String, Rc<str>> = Cache::builder()
        .max(10_000)
        .ttl(Duration::from_secs(300))
        .swr(Duration::from_secs(600))
        .grace(Duration::from_secs(86_400))
        .lease(LEASE)
        .build();

    /// Eight megabytes of lists. A list that has expired serves only while upstream fails.
    static LISTS: Cache<String, Rc<str>> = Cache::builder()
        .max_weight(8_000_000)
        .weigher(|name: &String, list: &Rc<str>| (name.len() + list.len()) as u64)
        .ttl(Duration::from_secs(60))
        .grace(Duration::from_secs(3600))
        .lease(LEASE)
        .build();

    /// The lease is shorter than that of the loads that want a token: one that waits for a dead holder is still in time.
    static TOKENS: Cache<String, Rc<str>> = Cache::builder().max(1).lease(LEASE / 2).build();
}

/// The document of a DID. The context keeps the load alive: it ends with a document for all who wait, even if this
/// request has been answered with an old one, or if its client has gone away.
pub async fn document(did: &str, env: &Env, context: &Context) -> Result<Rc<str>, String> {
    let env = env.clone();
    let documents = DOCUMENTS.with(Cache::clone);
    let load = documents.load(did, async move |load| {
        let token = token(&env).await?;
        let answer = upstream::document(&env, load.key(), &token).await?;
        if let Some(ttl) = answer.ttl {
            load.set_ttl(ttl);
        }
        Ok(answer.text)
    });
    load.wait_until(|work| context.wait_until(work)).await.map_err(describe)
}

/// A status list. Nothing keeps this load alive: if its request dies, another one who waits loads, after the lease.
pub async fn status_list(name: &str, env: &Env) -> Result<Rc<str>, String> {
    let env = env.clone();
    let lists = LISTS.with(Cache::clone);
    let load = lists.load(name, async move |load| {
        let token = token(&env).await?;
        let answer = upstream::status_list(&env, load.key(), &token).await?;
        if let Some(ttl) = answer.ttl {
            load.set_ttl(ttl);
        }
        Ok(answer.text)
    });
    load.await.map_err(describe)
}

/// The token that upstream wants. With a lock, its holder decides what becomes of a token: one that upstream grants for
/// no time at all is used once, and the next in line asks for its own.
async fn token(env: &Env) -> Result<Rc<str>, Error> {
    let tokens = TOKENS.with(Cache::clone);
    let turn = tokens.lock("upstream").await.map_err(|error| Error::RustError(error.to_string()))?;
    if let Some(token) = turn.value() {
        return Ok(token);
    }
    let answer = upstream::token(env).await?;
    match answer.ttl {
        Some(ttl) if ttl.is_zero() => {}
        ttl => {
            let options = ttl.map_or_else(EntryOptions::new, |ttl| EntryOptions::new().ttl(ttl));
            // Fails if this turn was lost meanwhile: then another token serves the others, and this one this request.
            let _ = turn.set_with(Rc::clone(&answer.text), options);
        }
    }
    Ok(answer.text)
}

/// What the caches have counted: a line each.
pub fn stats() -> String {
    let line = |name: &str, cache: &Cache<String, Rc<str>>| {
        let stats = cache.stats();
        format!(
            "{name}: {} hits, {} misses, {} loads, {} joins, {} stale, {} takeovers\n",
            stats.hits, stats.misses, stats.loads, stats.joins, stats.stale, stats.takeovers
        )
    };
    [DOCUMENTS.with(|cache| line("documents", cache)), LISTS.with(|cache| line("lists", cache))].concat()
        + &TOKENS.with(|cache| line("tokens", cache))
}

fn describe(error: LoadError<Error>) -> String {
    error.loader().map_or_else(|| error.to_string(), Error::to_string)
}
