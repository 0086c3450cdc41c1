//! The page's own server, which has the documents.

use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, window};

pub async fn fetch(did: &str) -> Result<Rc<str>, String> {
    ask(did).await.map_err(|error| error.as_string().unwrap_or_else(|| "the server can't be reached".to_owned()))
}

async fn ask(did: &str) -> Result<Rc<str>, JsValue> {
    let window = window().ok_or("there is no window")?;
    let path = format!("/dids/{}", js_sys::encode_uri_component(did));
    let response: Response = JsFuture::from(window.fetch_with_str(&path)).await?.unchecked_into();
    if !response.ok() {
        return Err(format!("the server says {}", response.status()).into());
    }
    let text = JsFuture::from(response.text()?).await?;
    Ok(text.as_string().unwrap_or_default().into())
}
