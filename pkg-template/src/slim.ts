// The same without the WebAssembly module, which the caller brings.

export * from './index.js';
export { init, initSync } from './wasm/slim.js';
export type { WasmSource } from './wasm/slim.js';
