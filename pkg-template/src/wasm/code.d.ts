/** The WebAssembly module as JavaScript. The build puts it in; see `pkg-template/portable.mjs`. */
export function instantiate(imports: WebAssembly.Imports): WebAssembly.Exports;
