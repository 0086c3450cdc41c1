// The one instance of the WebAssembly module: made when the first cache is, and never at import.

import type * as Exports from '#exports';
import imports from '#imports';
import { compile } from '#wasm';

/** What the module exports. Numbers go in and come out, so no glue stands between. There is nothing before `boot`. */
export let core: typeof Exports;

/** Makes sure that the module runs. */
export function boot(): void {
  if (core === undefined) {
    core = new WebAssembly.Instance(compile(), imports).exports as unknown as typeof Exports;
  }
}
