//! A worker that resolves DIDs and looks into status lists, with an upstream that does the work.
//!
//! - `GET /dids/DID` answers with the document.
//! - `POST /status/LIST`, with an index as its body, answers whether that credential is revoked.
//! - `GET /stats` answers with what the caches have counted.

#[cfg_attr(not(feature = "cache"), path = "uncached.rs")]
mod cached;
mod upstream;

use worker::{Context, Env, Request, Response, Result, event};

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, context: Context) -> Result<Response> {
    let path = request.path();
    let found = match path.strip_prefix('/').map(|path| path.split_once('/').unwrap_or((path, ""))) {
        Some(("dids", did)) => cached::document(did, &env, &context).await,
        Some(("status", name)) => match cached::status_list(name, &env).await {
            Ok(list) => {
                // Read after the cache has answered: a request can read only its own body, and only in its own turn.
                let body = request.text().await?;
                return match body.trim().parse::<usize>().ok().and_then(|index| list.as_bytes().get(index)) {
                    Some(status) => Response::ok(if *status == b'1' { "revoked" } else { "valid" }),
                    None => Response::error("no such credential", 400),
                };
            }
            Err(error) => Err(error),
        },
        Some(("stats", _)) => return Response::ok(cached::stats()),
        _ => return Response::error("not found", 404),
    };
    match found {
        Ok(document) => Response::ok(&*document),
        Err(error) => Response::error(error, 502),
    }
}
