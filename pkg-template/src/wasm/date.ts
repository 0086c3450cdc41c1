// What the WebAssembly module imports. The package has this file beside `cache.wasm`, under the name that is written there.

/** Reads the wall clock. Tests replace `Date` and `Date.now`, so neither is kept. */
export const now = (): number => Date.now();
