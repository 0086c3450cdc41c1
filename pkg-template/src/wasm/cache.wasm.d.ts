// What an import of `keylatch/cache.wasm` gives. Its functions are keylatch's own business, and change with every version:
// hand what you have to `init` or `initSync` of `keylatch/slim`.

import type { WasmSource } from './slim.js';

/** The compiled module: in Cloudflare Workers, on Vercel's edge, and wherever else WebAssembly is imported as a module. */
declare const module: Exclude<WasmSource, { arrayBuffer(): Promise<ArrayBuffer> }>;
export default module;
/** With the rest of `import * as`, where WebAssembly is imported like a script: Deno, webpack, Rspack, Node. */
export declare const memory: object;
