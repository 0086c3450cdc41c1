//! A box to type a DID into. Its document comes from the page's own server, through the cache.

#[cfg_attr(not(feature = "cache"), path = "uncached.rs")]
mod cached;
mod server;

use js_sys::Date;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Event, HtmlInputElement, window};

/// Runs when the page has loaded the module.
#[wasm_bindgen(start)]
fn start() -> Result<(), JsValue> {
    let document = document()?;
    let on_submit = Closure::<dyn Fn(Event)>::new(|event: Event| {
        event.prevent_default();
        spawn_local(async {
            // What goes wrong in the page itself has nowhere to be shown.
            let _ = answer().await;
        });
    });
    element(&document, "form")?.add_event_listener_with_callback("submit", on_submit.as_ref().unchecked_ref())?;
    // The page keeps it for as long as it lives.
    on_submit.forget();
    show("state", "ready")
}

/// Shows the document of the DID in the box.
async fn answer() -> Result<(), JsValue> {
    let did = element(&document()?, "did")?.unchecked_into::<HtmlInputElement>().value();
    show("state", "asks")?;
    let begun = Date::now();
    let answer = cached::document(did.trim()).await;
    show("answer", &answer.unwrap_or_else(|error| error.into()))?;
    show("took", &format!("{} ms", Date::now() - begun))?;
    show("counts", &cached::counts())?;
    show("state", "ready")
}

fn document() -> Result<Document, JsValue> {
    window().and_then(|window| window.document()).ok_or_else(|| "there is no document".into())
}

fn element(document: &Document, id: &str) -> Result<web_sys::Element, JsValue> {
    document.get_element_by_id(id).ok_or_else(|| id.into())
}

fn show(id: &str, text: &str) -> Result<(), JsValue> {
    element(&document()?, id)?.set_text_content(Some(text));
    Ok(())
}
