//! Two cards that show the same document, each with a resource of its own. The cache makes one request of it.

#[cfg_attr(not(feature = "cache"), path = "uncached.rs")]
mod cached;
mod server;

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the page has loaded the module.
#[wasm_bindgen(start)]
fn start() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let (asked, ask) = signal(String::new());
    let (counts, show_counts) = signal(String::new());
    let did = NodeRef::<Input>::new();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        ask.set(did.get().map(|input| input.value().trim().to_owned()).unwrap_or_default());
    };
    view! {
        <main>
            <h1>"Resolver"</h1>
            <form on:submit=on_submit>
                <label>"DID " <input id="did" required node_ref=did /></label>
                <button>"Resolve"</button>
            </form>
            <Card id="left" asked show_counts />
            <Card id="right" asked show_counts />
            <p id="counts">{counts}</p>
        </main>
    }
}

#[component]
fn Card(id: &'static str, asked: ReadSignal<String>, show_counts: WriteSignal<String>) -> impl IntoView {
    let document = LocalResource::new(move || {
        let did = asked.get();
        async move {
            if did.is_empty() {
                return "nothing asked".into();
            }
            let answer = cached::document(&did).await;
            show_counts.set(cached::counts());
            answer.unwrap_or_else(|error| error.into())
        }
    });
    view! { <pre id=id>{move || document.get().map(|text| text.to_string())}</pre> }
}
