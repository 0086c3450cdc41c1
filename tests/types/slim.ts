// The entry without WebAssembly.

import { Cache, init, initSync, type CacheOptions, type WasmSource } from 'keylatch/slim';
import * as exports from 'keylatch/cache.wasm';
import wasm from 'keylatch/cache.wasm';

const source: WasmSource = new Response();
await init(source);
await init(fetch('/cache.wasm'));
initSync(new Uint8Array(8));
initSync(wasm);
await init(exports);
const options: CacheOptions = { max: 5 };
new Cache(options).get('a');
