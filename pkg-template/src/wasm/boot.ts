// The one instance of the WebAssembly module: made by `init` or with the first cache, and never at import.

import type * as Exports from '#exports';
import { instantiate } from '#wasm';

/** What the module exports. Numbers go in and come out, so no glue stands between. Undefined before `boot`. */
export let core: typeof Exports;

/** Makes sure that the module runs. */
export function boot(): void {
  if (core === undefined) adopt(instantiate());
}

/** Uses an instance's exports from now on, unless there is an instance already. */
export function adopt(exports: WebAssembly.Exports): void {
  core ??= exports as unknown as typeof Exports;
}
