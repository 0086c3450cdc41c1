// The same, with JavaScript in place of the WebAssembly module.

export * from './index.js';
