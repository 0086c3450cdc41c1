// What workerd starts. It has the compiled module as an import, and wasm-bindgen's glue wants an instance of it.

import * as glue from './worker_example_bg.js';
import module from './worker_example_bg.wasm';

const { exports } = new WebAssembly.Instance(module, { './worker_example_bg.js': glue });
glue.__wbg_set_wasm(exports);
exports.__wbindgen_start();

export default { fetch: glue.fetch };
