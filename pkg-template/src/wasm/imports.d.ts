// What the WebAssembly module imports, collected by the build.

/** Tells wasm-bindgen's script of the instance. */
export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
