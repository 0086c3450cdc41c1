// The one instance of the WebAssembly module: made when the first cache is, and never at import.

import type * as Exports from '#exports';
import * as imports from '#imports';
import { compile } from '#wasm';

/** What the module exports. Numbers go in and come out, so no glue stands between. There is nothing before `boot`. */
export let core: typeof Exports;

/** Makes sure that the module runs. */
export function boot(): void {
  if (core === undefined) {
    const module = compile();
    // Every import has a name of its own, whichever script it comes from: wasm-bindgen's, or the one beside the Rust
    // that reads the clock.
    const scripts = WebAssembly.Module.imports(module).map(({ module: script }) => [script, imports]);
    const { exports } = new WebAssembly.Instance(module, Object.fromEntries(scripts) as WebAssembly.Imports);
    imports.__wbg_set_wasm(exports);
    core = exports as unknown as typeof Exports;
    core.__wbindgen_start();
  }
}
