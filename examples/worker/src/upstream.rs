//! The service that knows the documents: the binding `UPSTREAM`.

use std::rc::Rc;
use std::time::Duration;
use worker::{Env, Error, Headers, RequestInit, Result};

/// What upstream has answered.
pub struct Answer {
    pub text: Rc<str>,
    /// For how long it holds, if upstream says so.
    #[cfg_attr(not(feature = "cache"), expect(dead_code))]
    pub ttl: Option<Duration>,
}

pub async fn document(env: &Env, did: &str, token: &str) -> Result<Answer> {
    ask(env, &format!("dids/{did}"), Some(token)).await
}

pub async fn status_list(env: &Env, name: &str, token: &str) -> Result<Answer> {
    ask(env, &format!("lists/{name}"), Some(token)).await
}

pub async fn token(env: &Env) -> Result<Answer> {
    ask(env, "token", None).await
}

async fn ask(env: &Env, path: &str, token: Option<&str>) -> Result<Answer> {
    let headers = Headers::new();
    if let Some(token) = token {
        headers.set("authorization", token)?;
    }
    let mut init = RequestInit::new();
    init.with_headers(headers);
    let mut response = env.service("UPSTREAM")?.fetch(format!("http://upstream/{path}"), Some(init)).await?;
    if response.status_code() != 200 {
        return Err(Error::RustError(format!("upstream says {}", response.status_code())));
    }
    let policy = response.headers().get("cache-control")?.unwrap_or_default();
    let seconds = policy.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok());
    Ok(Answer { text: response.text().await?.into(), ttl: seconds.map(Duration::from_secs) })
}
